// What a reader gets of a template while it is written: for a recipient, in a language, of a real follow-up or an invented one, as wide
// as a desk or a phone, light or dark. And a test of it, to oneself.
import { Button, Checkbox, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Channel, PreviewRequest, TemplatePreview } from '@relance/client';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { PersonField } from '../../person-field.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { MailFrame, type Width } from './mail-frame.tsx';
import { type Draft, OWN, shownOf } from './template-draft.ts';

const ROLES = ['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'] as const;
const TYPED_MS = 400;

interface Reader {
  readonly recipient: string;
  readonly locale: string;
  readonly role: string;
  readonly followUp: string;
  readonly data: string;
}
const NOBODY: Reader = { recipient: '', locale: '', role: '', followUp: '', data: '' };

interface Props {
  readonly id: string;
  readonly draft: Draft;
  readonly channel: Channel;
  readonly locale: string;
}

/** Null where the data is no JSON object. */
function requestOf({ draft, channel, locale }: Props, reader: Reader): PreviewRequest | null {
  const asked = reader.locale.trim() === '' ? locale : reader.locale.trim();
  const role = ROLES.find((one) => one === reader.role);
  const data = dataOf(reader.data);
  if (data === null) return null;
  return {
    channel,
    template: shownOf(draft, channel),
    data,
    ...(reader.recipient.trim() === '' ? {} : { recipient: reader.recipient.trim() }),
    ...(asked === OWN ? {} : { locale: asked }),
    ...(role === undefined ? {} : { role }),
    ...(reader.followUp.trim() === '' ? {} : { followUp: reader.followUp.trim() }),
  };
}

function dataOf(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === '') return {};
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function Preview(props: Props) {
  const [reader, setReader] = useState(NOBODY);
  const [width, setWidth] = useState<Width>('desktop');
  const [dark, setDark] = useState(false);
  const request = requestOf(props, reader);
  const [asked] = useDebouncedValue(JSON.stringify(request), TYPED_MS);
  const shown = useQuery({
    queryKey: ['templates', 'preview', props.id, asked],
    // One that nobody waits for any more gives its turn away.
    queryFn: async ({ signal }) => ({
      asked,
      preview: await api.request('POST /v1/templates/{id}/preview', {
        path: { id: props.id },
        body: JSON.parse(asked) as PreviewRequest,
        signal,
      }),
    }),
    enabled: asked !== 'null',
    refetchInterval: false,
    refetchOnWindowFocus: false,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title="Preview">
      <Stack gap="sm">
        <ReaderFields reader={reader} wrong={request === null} change={setReader} />
        <Group gap="md" align="flex-end">
          <NativeSelect
            label="As wide as"
            value={width}
            data={[
              { value: 'desktop', label: 'A desk' },
              { value: 'phone', label: 'A phone' },
            ]}
            onChange={(event) => setWidth(event.currentTarget.value === 'phone' ? 'phone' : 'desktop')}
          />
          <Checkbox
            label="Dark colours"
            pb={8}
            checked={dark}
            onChange={(event) => setDark(event.currentTarget.checked)}
          />
        </Group>
        {shown.error !== null && <ProblemAlert error={shown.error} />}
        {shown.data === undefined ? (
          shown.error === null && <Pending />
        ) : (
          <Said id={props.id} {...shown.data} width={width} dark={dark} />
        )}
        <SendTest key={props.channel} id={props.id} channel={props.channel} request={request} />
      </Stack>
    </Panel>
  );
}

interface ReaderProps {
  readonly reader: Reader;
  readonly wrong: boolean;
  readonly change: (reader: Reader) => void;
}

function ReaderFields({ reader, wrong, change }: ReaderProps) {
  const field = (name: keyof Reader) => ({
    value: reader[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ ...reader, [name]: event.currentTarget.value }),
  });
  return (
    <details>
      <Text component="summary" size="sm" fw={600}>
        For whom, and of what
      </Text>
      <Stack gap="sm" mt="xs">
        <Group gap="sm" align="flex-start" grow>
          <PersonField
            label="Recipient"
            required={false}
            value={reader.recipient}
            change={(recipient) => change({ ...reader, recipient })}
          />
          <TextInput label="Language" description="In the place of theirs." placeholder="fr" {...field('locale')} />
        </Group>
        <Group gap="sm" align="flex-start" grow>
          <NativeSelect label="Stage" data={[{ value: '', label: 'As it comes' }, ...ROLES]} {...field('role')} />
          <TextInput label="Follow-up" placeholder="Id of a real one" {...field('followUp')} />
        </Group>
        <Textarea
          className="source"
          label="Data of an invented one (JSON)"
          placeholder={'{"amount": 120, "currency": "EUR"}'}
          error={wrong ? 'This is not a JSON object.' : null}
          autosize
          minRows={2}
          maxRows={10}
          spellCheck={false}
          {...field('data')}
        />
      </Stack>
    </details>
  );
}

interface SaidProps {
  readonly id: string;
  readonly asked: string;
  readonly preview: TemplatePreview;
  readonly width: Width;
  readonly dark: boolean;
}

function Said({ id, asked, preview: { content, locale, missing, channel }, width, dark }: SaidProps) {
  const subject = content.subject ?? '';
  const said = `said ${width} ${dark ? 'dark' : 'light'}`;
  return (
    <>
      <Text size="sm" c="dimmed">
        In {locale}.{missing.length > 0 && ' It reads names that have no value: '}
        {missing.length > 0 && <code>{missing.join(', ')}</code>}
      </Text>
      {channel === 'email' && content.html !== undefined ? (
        <>
          <Text fw={600}>{subject}</Text>
          <MailFrame id={id} subject={subject} preview={asked} width={width} dark={dark} />
          <details>
            <Text component="summary" size="sm">
              The same as text
            </Text>
            <div className="said words">{content.text}</div>
          </details>
        </>
      ) : (
        <div className={said}>
          {subject !== '' && <strong>{subject}</strong>}
          <div className="words">{content.text}</div>
        </div>
      )}
    </>
  );
}

interface TestProps {
  readonly id: string;
  readonly channel: Channel;
  readonly request: PreviewRequest | null;
}

/** To an address; a push goes to a recipient's devices, and an inbox is a recipient's, whoever the words speak to. */
function SendTest({ id, channel, request }: TestProps) {
  const [to, setTo] = useState('');
  const send = useMutation({
    mutationFn: () =>
      api.templates.test(id, {
        ...(request ?? {}),
        ...(to.trim() === '' ? {} : channel === 'push' ? { recipient: to.trim() } : { address: to.trim() }),
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const outcome = send.data?.outcome;
  return (
    <Stack gap="xs" component="form" onSubmit={submit}>
      {send.error !== null && <ProblemAlert error={send.error} />}
      <Group gap="xs" align="flex-end">
        <TextInput
          label={channel === 'push' || channel === 'inbox' ? 'Send a test to (recipient)' : 'Send a test to'}
          placeholder={channel === 'email' ? 'you@example.com' : ''}
          w={260}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={send.isPending} disabled={request === null}>
          Send a test
        </Button>
      </Group>
      {outcome !== undefined && (
        <Text size="sm" role="status">
          <Word color={outcome.kind === 'accepted' ? 'green' : 'red'}>
            {outcome.kind === 'accepted' ? 'Handed over' : 'Not handed over'}
          </Word>{' '}
          {outcome.detail}
        </Text>
      )}
    </Stack>
  );
}
