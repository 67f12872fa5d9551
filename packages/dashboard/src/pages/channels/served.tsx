// What each channel is served by now and how that fares, what became of its messages of the last week, and a test that leaves as a
// message would.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Channel, PreviewRequest, ServedChannel } from '@relance/client';
import { type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { Moment } from '../../moment.tsx';
import { PersonField } from '../../person-field.tsx';
import { onEscape } from '../../shell/escape.ts';
import { Panel } from '../../shell/panel.tsx';
import { Read } from '../../shell/read.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { CHANNEL_NAMES, channelsQuery, FATES_DAYS, type Fates, fatesQuery } from './channel-query.ts';

const BY: Readonly<
  Record<ServedChannel['by'], { readonly word: string; readonly color: 'green' | 'blue' | 'orange' | 'red' }>
> = {
  tenant: { word: 'Your own', color: 'green' },
  server: { word: 'The server’s', color: 'blue' },
  mailbox: { word: 'Captured', color: 'orange' },
  nothing: { word: 'Nothing', color: 'red' },
};

export function Served() {
  const channels = useQuery(channelsQuery);
  const fates = useQuery(fatesQuery);
  return (
    <Panel title="What messages leave by">
      {fates.error !== null && <ProblemAlert error={fates.error} again={() => void fates.refetch()} />}
      <Read of={channels}>
        {(all) => (
          <ul className="served" aria-label="Channels">
            {all.map((served) => (
              <ServedRow key={served.channel} served={served} fate={fateOf(fates, served.channel)} />
            ))}
          </ul>
        )}
      </Read>
    </Panel>
  );
}

/** In words: that nothing is known yet, or could not be read, is not that there was no message. */
function fateOf({ data, error }: UseQueryResult<Fates>, channel: Channel): string {
  if (data === undefined) return error === null ? 'Being counted…' : 'Not known';
  const fate = data.get(channel);
  if (fate === undefined || fate.accepted === 0) return 'No message';
  return `${fate.accepted} taken, ${fate.delivered} delivered, ${fate.bounced} bounced`;
}

interface RowProps {
  readonly served: ServedChannel;
  readonly fate: string;
}

function ServedRow({ served, fate }: RowProps) {
  const { channel, by, connections } = served;
  const [testing, setTesting] = useState(false);
  const failing = connections.filter(({ health }) => health.state !== 'up');
  return (
    <li>
      <div className="served-row">
        <strong>{CHANNEL_NAMES[channel]}</strong>
        <span>
          <Word color={BY[by].color}>{BY[by].word}</Word>
          <small>{saysOf(served)}</small>
          {failing.map(({ id, health: { state, detail, since } }) => (
            <small key={id}>
              <Word color={state === 'down' ? 'red' : 'orange'}>{state === 'down' ? 'Down' : 'Failing'}</Word> {id}
              {since !== null && (
                <>
                  {' since '}
                  <Moment at={since} />
                </>
              )}
              {detail !== null && `: ${detail}`}
            </small>
          ))}
        </span>
        <span>
          {fate}
          <small>of what opened in the last {FATES_DAYS} days</small>
        </span>
        {channel === 'inbox' || connections.length === 0 ? (
          <span />
        ) : (
          <Button
            size="xs"
            variant="default"
            aria-expanded={testing}
            aria-label={`Send a test by ${CHANNEL_NAMES[channel].toLowerCase()}`}
            onClick={() => setTesting(!testing)}
          >
            Send a test
          </Button>
        )}
      </div>
      {testing && <TestForm channel={channel} close={() => setTesting(false)} />}
    </li>
  );
}

/** By which it leaves now, and why not by the one before. */
function saysOf({ channel, by, connections, now }: ServedChannel): string {
  if (by === 'nothing') return 'None of its connections may be used, so nothing leaves.';
  if (by === 'mailbox') return 'Nothing is set up: messages are kept in the mailbox, and nothing leaves.';
  if (channel === 'inbox') return 'Read over HTTP and in your application; nothing to set up.';
  const names = connections.map(({ id, provider }) => (id === provider ? id : `${id} (${provider})`));
  const place = connections.findIndex(({ id }) => id === now);
  if (place < 0)
    return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} down as last tried: messages wait, and one of them tries again.`;
  const rest = names.slice(place + 1);
  const then = rest.length === 0 ? '.' : `; where it fails, by ${rest.join(', then ')}.`;
  if (place === 0) return `By ${names[0]}${then}`;
  const before = names.slice(0, place);
  return `Now by ${names[place]}, since ${before.join(' and ')} ${place === 1 ? 'is' : 'are'} down${then}`;
}

const WORDS = 'It works.';
const TEMPLATES: Readonly<Record<Channel, PreviewRequest['template']>> = {
  email: { email: { subject: 'A test of Relance', text: WORDS } },
  sms: { sms: { text: WORDS } },
  push: { push: { title: 'A test of Relance', body: WORDS } },
  inbox: { inbox: { title: 'A test of Relance', body: WORDS } },
  chat: { chat: { text: WORDS } },
  webhook: { webhook: { text: WORDS } },
};
const ADDRESSES: Readonly<Partial<Record<Channel, { readonly label: string; readonly placeholder: string }>>> = {
  email: { label: 'Email address', placeholder: 'you@example.com' },
  sms: { label: 'Phone number', placeholder: '+34600000001' },
  chat: { label: 'Channel', placeholder: 'C0123456789' },
  webhook: { label: 'Address', placeholder: 'https://example.com/in' },
};
const SAID: Readonly<Record<string, string>> = {
  accepted: 'The provider took it.',
  retry: 'The provider does not take it now.',
  rejected: 'It was refused.',
  uncertain: 'Nobody knows whether it left.',
};

function TestForm({ channel, close }: { readonly channel: Channel; readonly close: () => void }) {
  const [to, setTo] = useState('');
  const asked = ADDRESSES[channel];
  const send = useMutation({
    mutationFn: () =>
      api.templates.test('channel-test', {
        channel,
        ...(asked === undefined ? { recipient: to.trim() } : { address: to.trim() }),
        ...(TEMPLATES[channel] === undefined ? {} : { template: TEMPLATES[channel] }),
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const outcome = send.data?.outcome;
  return (
    <Stack gap="xs" mt="sm" component="form" onSubmit={submit} onKeyDown={onEscape(close)}>
      {send.error !== null && <ProblemAlert error={send.error} />}
      <Group align="flex-end" gap="xs">
        {asked === undefined ? (
          <PersonField label="Recipient with a device" required value={to} change={setTo} />
        ) : (
          <TextInput
            {...asked}
            required
            autoFocus
            w={280}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        )}
        <Button type="submit" loading={send.isPending}>
          Send it
        </Button>
        <Button variant="default" onClick={close}>
          Never mind
        </Button>
      </Group>
      {outcome !== undefined && (
        <Text size="sm" role="status">
          <Word color={outcome.kind === 'accepted' ? 'green' : 'red'}>{SAID[outcome.kind] ?? outcome.kind}</Word>{' '}
          {outcome.detail}
        </Text>
      )}
    </Stack>
  );
}
