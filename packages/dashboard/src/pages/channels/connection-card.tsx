// One connection: how it fares, in which order it is tried, how much it may send, where its provider tells what became of messages.
import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import type { Connection } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { Moment } from '../../moment.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { CHANNEL_NAMES, readChannelsAgain } from './channel-query.ts';
import { ConnectionForm } from './connection-form.tsx';

interface Props {
  readonly connection: Connection;
  /** Its place among those of its channel that are used, from 1 on. */
  readonly place: number | null;
  readonly admin: boolean;
  /** Whether its brand tells what became of messages. */
  readonly tells: boolean;
}

export function ConnectionCard({ connection, place, admin, tells }: Props) {
  const { id, channel, provider, health, disabled, secretsSet } = connection;
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  return (
    <li className="connection">
      <Stack gap={6}>
        <Group gap={8}>
          <Text fw={600}>{id}</Text>
          <Standing connection={connection} />
        </Group>
        <Text size="sm">
          {CHANNEL_NAMES[channel]} by {provider}
          {place !== null && `, ${place === 1 ? 'tried first' : `tried as number ${place}`}`}. {limitsOf(connection)}
          {secretsSet.length > 0 && ` Secrets: ${secretsSet.join(', ')}.`}
        </Text>
        {health.detail !== null && !disabled && (
          <Text size="sm" className={health.state === 'up' ? undefined : 'late'}>
            {health.state === 'up' ? 'It said last: ' : 'Why: '}
            {health.detail}
          </Text>
        )}
        {health.since !== null && (
          <Text size="xs" c="dimmed">
            {health.state === 'up' ? 'Well' : 'So'} since <Moment at={health.since} />
          </Text>
        )}
        {tells && <Receipts of={connection} />}
        {admin && <Deeds connection={connection} open={open} setOpen={setOpen} />}
        {open === 'edit' && <ConnectionForm before={connection} close={() => setOpen(null)} />}
      </Stack>
    </li>
  );
}

/** Where its provider tells what became of messages, and whether it does. */
function Receipts({ of: { id, receiptsUrl, lastReceiptAt } }: { readonly of: Connection }) {
  return (
    <>
      <Text size="sm">
        {lastReceiptAt === null ? (
          'What became of a message has not been told yet: its provider tells once it has the address.'
        ) : (
          <>
            Last receipt <Moment at={lastReceiptAt} />
          </>
        )}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Text size="xs" c="dimmed" className="address">
          Receipts at <Code>{receiptsUrl}</Code>
        </Text>
        <CopyButton value={receiptsUrl}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              variant="default"
              flex="none"
              onClick={copy}
              aria-label={`Copy the address of ${id}`}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </>
  );
}

function Standing({ connection: { disabled, health } }: { readonly connection: Connection }) {
  if (disabled) return <Word color="gray">Switched off</Word>;
  if (health.state === 'down') return <Word color="red">Down</Word>;
  return health.state === 'failing' ? <Word color="orange">Failing</Word> : <Word color="green">Up</Word>;
}

function limitsOf({ perSecondMax, concurrencyMax }: Connection): string {
  const all = [
    perSecondMax === null ? null : `at most ${perSecondMax} a second`,
    concurrencyMax === null ? null : `${concurrencyMax} at once`,
  ].filter((one) => one !== null);
  return all.length === 0 ? 'As fast as the brand allows.' : `${all.join(', ').replace(/^a/, 'A')}.`;
}

/** What a PUT needs to say the same again: secrets that are left out stay. */
const writtenOf = ({ provider, settings, position, concurrencyMax, perSecondMax, disabled }: Connection) => ({
  ...{ provider, settings, position, concurrencyMax, perSecondMax, disabled },
});

interface DeedsProps {
  readonly connection: Connection;
  readonly open: 'edit' | 'remove' | null;
  readonly setOpen: (open: 'edit' | 'remove' | null) => void;
}

function Deeds({ connection, open, setOpen }: DeedsProps) {
  const { id, disabled } = connection;
  const queries = useQueryClient();
  const onSuccess = () => readChannelsAgain(queries);
  const turn = useMutation({
    // What somebody else has changed of it meanwhile stays.
    mutationFn: async () =>
      api.connections.put(id, { ...writtenOf(await api.connections.get(id)), disabled: !disabled }),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: () => api.connections.delete(id), onSuccess });
  const trouble = turn.error ?? remove.error;
  return (
    <>
      {trouble !== null && <ProblemAlert error={trouble} />}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          aria-label={`Change ${id}`}
          aria-expanded={open === 'edit'}
          onClick={() => setOpen(open === 'edit' ? null : 'edit')}
        >
          Change
        </Button>
        <Button
          size="xs"
          variant="default"
          aria-label={`${disabled ? 'Switch on' : 'Switch off'} ${id}`}
          onClick={() => turn.mutate()}
          loading={turn.isPending}
        >
          {disabled ? 'Switch on' : 'Switch off'}
        </Button>
        {open === 'remove' ? (
          <>
            <Text size="sm">Its secrets and its address for receipts are gone then.</Text>
            <Button size="xs" color="red" onClick={() => remove.mutate()} loading={remove.isPending}>
              Remove {id}
            </Button>
            <Button size="xs" variant="default" onClick={() => setOpen(null)}>
              Keep it
            </Button>
          </>
        ) : (
          <Button size="xs" variant="default" aria-label={`Remove ${id}…`} onClick={() => setOpen('remove')}>
            Remove…
          </Button>
        )}
      </Group>
    </>
  );
}
