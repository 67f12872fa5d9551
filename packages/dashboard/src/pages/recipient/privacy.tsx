// What the law gives somebody: everything that is known of them as one file, and to be forgotten. Forgetting says before what
// becomes of what, wants the id typed, and tells how far it has come.
import { Button, Group, List, Paper, Stack, Text, TextInput } from '@mantine/core';
import type { Erasure } from '@relance/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { download as handOver } from '../../download.ts';
import { onEscape } from '../../shell/escape.ts';
import { News } from '../../shell/news.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';

const ASK_AGAIN_MS = 1_000;

interface Props {
  readonly id: string;
  readonly name: string;
}
/** What the server answers when it has begun, or is done. */
export type BegunErasure = Awaited<ReturnType<typeof api.recipients.erase>>;

export function Privacy({ id, name, erased }: Props & { readonly erased: (begun: BegunErasure) => void }) {
  const [asked, setAsked] = useState(false);
  const download = useMutation({
    mutationFn: () => api.recipients.export(id),
    onSuccess: (text) => handOver(`${id}.json`, text, 'application/json'),
  });
  const erase = useMutation({
    mutationFn: (reason: string) => api.recipients.erase(id, reason === '' ? {} : { reason }),
    onSuccess: erased,
  });
  return (
    <Panel title="Privacy">
      <Stack gap="sm">
        {download.error !== null && <ProblemAlert error={download.error} />}
        <Text size="sm">
          Everything that is known of them as one JSON file: profile, messages with their words, choices, activity,
          follow-ups. That it was handed out is written down in the audit.
        </Text>
        <Group gap="xs">
          <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
            Download what is known
          </Button>
          {!asked && (
            <Button variant="default" className="danger" onClick={() => setAsked(true)}>
              Erase…
            </Button>
          )}
        </Group>
        {asked && (
          <Confirm
            id={id}
            name={name}
            busy={erase.isPending}
            error={erase.error}
            erase={(reason) => erase.mutate(reason)}
            close={() => setAsked(false)}
          />
        )}
      </Stack>
    </Panel>
  );
}

interface ConfirmProps extends Props {
  readonly busy: boolean;
  readonly error: Error | null;
  readonly erase: (reason: string) => void;
  readonly close: () => void;
}

function Confirm({ id, name, busy, error, erase, close }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === id) erase(reason.trim());
  };
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      aria-label={`Erase ${name}`}
      onSubmit={submit}
      onKeyDown={onEscape(close)}
    >
      <Stack gap="sm">
        <Text fw={600}>Erase {name}: this cannot be taken back</Text>
        <List size="sm" spacing={4}>
          <List.Item>Nothing is sent to them from that moment on; what waits is taken back.</List.Item>
          <List.Item>
            Profile, addresses, choices, activity, inbox and group memberships are gone, and every link of theirs opens
            nothing.
          </List.Item>
          <List.Item>Live follow-ups go on with the others who are asked, else with the policy’s fallback.</List.Item>
          <List.Item>Timelines and figures stay without their name: a stand-in takes the place of the id.</List.Item>
          <List.Item>Addresses that must not be written to stay stopped, as hashes.</List.Item>
        </List>
        {error !== null && <ProblemAlert error={error} />}
        <TextInput
          label={`Type ${id} to confirm`}
          required
          autoFocus
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <TextInput
          label="Reason"
          description="Kept in the audit, without their name and addresses."
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button type="submit" variant="default" className="danger" loading={busy} disabled={typed.trim() !== id}>
            Erase
          </Button>
          <Button variant="default" onClick={close}>
            Never mind
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** Of somebody with very much it takes a while; it goes on whether or not this page stays open. */
export function Erased({ begun }: { readonly begun: BegunErasure }) {
  const { data = begun, error } = useQuery<Erasure>({
    queryKey: ['erasures', begun.id],
    queryFn: () => api.recipients.erasure(begun.id),
    enabled: begun.status === 'running',
    refetchInterval: ({ state }) => (state.data?.status === 'done' ? false : ASK_AGAIN_MS),
  });
  const { policies, schedules } = begun.named;
  const counted = Object.entries(data.counts).filter(([, count]) => count > 0);
  return (
    <News
      kind={data.status === 'done' ? 'good' : 'plain'}
      title={data.status === 'done' ? 'They are erased' : 'Nothing starts for them any more; the rest is being erased'}
    >
      <Stack gap="xs">
        {error !== null && <ProblemAlert error={error} />}
        {counted.length > 0 && <Text size="sm">{counted.map(([what, count]) => `${what}: ${count}`).join(', ')}.</Text>}
        {policies.length + schedules.length > 0 && (
          <Text size="sm">
            Still named by{' '}
            {[...policies.map((one) => `policy ${one}`), ...schedules.map((one) => `schedule ${one}`)].join(', ')}: say
            there who stands in their place.
          </Text>
        )}
        <PageLink to="/people" size="sm">
          To the people
        </PageLink>
      </Stack>
    </News>
  );
}
