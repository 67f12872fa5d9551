// Whether each address of somebody gets what is sent to it: an entry in the suppression ledger stops every message, and is lifted
// here with a reason that is kept.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Lifted, Recipient, Suppression } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { Moment } from '../../moment.tsx';
import { News } from '../../shell/news.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { type Address, addressesOf } from './reach.ts';
import { readPeopleAgain, suppressionsOfQuery } from './recipient-query.ts';

const SAID_BY: Readonly<Record<Suppression['source'], string>> = {
  hard_bounce: 'A message came back: the address is gone',
  complaint: 'Its reader complained of a message',
  stop: 'Its reader said STOP',
  provider: 'The provider stopped it',
  person: 'Its reader asked for it',
  admin: 'Somebody here stopped it',
};

export function Reached({ recipient }: { readonly recipient: Recipient }) {
  const addresses = addressesOf(recipient);
  const { data, error, refetch } = useQuery(suppressionsOfQuery(recipient));
  const [lifted, setLifted] = useState<Lifted | null>(null);
  return (
    <Panel title="How they are reached">
      <Stack gap="sm">
        {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
        {data === undefined && error === null && <Pending />}
        {lifted !== null && (
          <News
            kind={lifted.warning === null ? 'good' : 'warning'}
            title={`Messages may go to ${lifted.address} again`}
          >
            {lifted.warning}
          </News>
        )}
        {data !== undefined && (
          <ul className="items">
            {addresses.map((one) => (
              <AddressItem
                key={`${one.channel} ${one.address}`}
                of={one}
                stopped={data.filter(({ channel, address }) => channel === one.channel && same(address, one.address))}
                lifted={setLifted}
              />
            ))}
            <li>
              <Text size="sm" fw={600}>
                Inbox
              </Text>
              <Text size="sm" c="dimmed">
                In an application of yours, with a token of theirs.
              </Text>
            </li>
          </ul>
        )}
        {addresses.length === 0 && (
          <Text size="sm">
            No email address and no phone number is known: what a policy sends by those is not sent, and says so in the
            timeline.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

interface ItemProps {
  readonly of: Address;
  readonly stopped: readonly Suppression[];
  readonly lifted: (lifted: Lifted) => void;
}

function AddressItem({ of, stopped, lifted }: ItemProps) {
  const everySender = stopped.filter(({ sender }) => sender === null);
  return (
    <li>
      <Group gap={6}>
        <Text size="sm" fw={600}>
          {of.address}
        </Text>
        <Text size="sm" c="dimmed">
          {of.channel}
          {of.copy !== null && `, ${of.copy}`}
        </Text>
        {stopped.length > 0 && (
          <Word color="red">{everySender.length > 0 ? 'Gets nothing' : 'Not from every number'}</Word>
        )}
      </Group>
      {stopped.map((one) => (
        <Text key={`${one.source} ${one.sender}`} size="sm">
          {SAID_BY[one.source]}
          {one.sender !== null && ` (to ${one.sender})`}
          {one.reason !== null && `: “${one.reason}”`}, <Moment at={one.at} />.
        </Text>
      ))}
      {stopped.length > 0 && <Lift of={of} lifted={lifted} />}
    </li>
  );
}

function Lift({ of: { channel, address }, lifted }: Pick<ItemProps, 'of' | 'lifted'>) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const lift = useMutation({
    mutationFn: () => api.suppressions.lift({ channel, address, reason }),
    onSuccess: async (answer) => {
      lifted(answer);
      await readPeopleAgain(queries);
    },
  });
  if (!open)
    return (
      <Button size="xs" variant="default" mt={6} onClick={() => setOpen(true)}>
        Send to it again
      </Button>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lift.mutate();
  };
  return (
    <Stack gap="xs" mt={6} component="form" onSubmit={submit}>
      {lift.error !== null && <ProblemAlert error={lift.error} />}
      <TextInput
        label="Why it may be written to again"
        description="Kept in the history of the address."
        required
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button size="xs" type="submit" loading={lift.isPending}>
          Send to it again
        </Button>
        <Button size="xs" variant="default" onClick={() => setOpen(false)}>
          Never mind
        </Button>
      </Group>
    </Stack>
  );
}
