// The ledger of suppressions: addresses that get nothing more, since when and why; searched, added to, imported, exported, and lifted
// for a reason, which is kept with what was.
import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Suppression } from '@relance/client';
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { download } from '../../download.ts';
import { Moment } from '../../moment.tsx';
import { onEscape } from '../../shell/escape.ts';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { useTyped } from '../../shell/typed.ts';
import { Word } from '../follow-up/standing.tsx';
import { CHANNEL_NAMES } from './channel-query.ts';
import './channels.css';
import { AddOne, ImportList, SUPPRESSIONS_KEY } from './suppression-forms.tsx';
import { SOURCE_NAMES, SOURCES, SUPPRESSED_CHANNELS, type SuppressionSearch } from './suppression-search.ts';

const route = getRouteApi('/inside/suppressions');
const PAGE_ITEMS = 100;

const ledgerQuery = (search: SuppressionSearch) =>
  infiniteQueryOptions({
    queryKey: [...SUPPRESSIONS_KEY, search],
    queryFn: ({ pageParam }) =>
      api.suppressions.list({ ...search, limit: PAGE_ITEMS, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: false,
    select: ({ pages }): readonly Suppression[] => pages.flatMap(({ items }) => items),
  });

export function Suppressions() {
  useTitle('Suppressions');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState<'add' | 'import' | null>(null);
  const [lifted, setLifted] = useState<string | null>(null);
  const ledger = useInfiniteQuery(ledgerQuery(search));
  const change = (changed: SuppressionSearch) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  const { data, error, hasNextPage } = ledger;
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between">
        <Title order={1}>Suppressions</Title>
        <Group gap="xs">
          <Button size="xs" onClick={() => setOpen('add')}>
            Suppress an address
          </Button>
          <Button size="xs" variant="default" onClick={() => setOpen('import')}>
            Import
          </Button>
          <Export history={search.history === true} />
        </Group>
      </Group>
      <Text size="sm" c="dimmed" maw={760}>
        Nothing is sent to these addresses, of whichever policy. Bounces, complaints and a STOP come here by themselves.
      </Text>
      {open === 'add' && <AddOne close={() => setOpen(null)} />}
      {open === 'import' && <ImportList close={() => setOpen(null)} />}
      <Filters search={search} change={change} />
      {lifted !== null && (
        <Alert color="orange" variant="light" role="status" title="Lifted">
          {lifted}
        </Alert>
      )}
      {error !== null && <ProblemAlert error={error} again={() => void ledger.refetch()} />}
      {data === undefined ? (
        error === null && <Pending />
      ) : data.length === 0 ? (
        <Nothing search={search} clear={() => change({ q: undefined, channel: undefined, source: undefined })} />
      ) : (
        <Ledger items={data} told={setLifted} />
      )}
      {hasNextPage && (
        <Group>
          <Button variant="default" onClick={() => void ledger.fetchNextPage()} loading={ledger.isFetchingNextPage}>
            Older ones
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Export({ history }: { readonly history: boolean }) {
  const save = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const text = await api.suppressions.export({ format, ...(history ? { history } : {}) });
      const [ending, type] = format === 'csv' ? ['csv', 'text/csv'] : ['ndjson', 'application/x-ndjson'];
      download(`suppressions.${ending}`, text, type);
    },
  });
  return (
    <>
      {(['csv', 'json'] as const).map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          loading={save.isPending && save.variables === format}
          onClick={() => save.mutate(format)}
        >
          Export {format === 'csv' ? 'CSV' : 'JSON lines'}
        </Button>
      ))}
      {save.error !== null && <ProblemAlert error={save.error} />}
    </>
  );
}

interface FilterProps {
  readonly search: SuppressionSearch;
  readonly change: (changed: SuppressionSearch) => void;
}

function Filters({ search, change }: FilterProps) {
  const words = useTyped(search.q, (q) => change({ q }));
  return (
    <Group gap="sm" align="flex-end">
      <TextInput label="Search" type="search" placeholder="A part of an address" flex="1 1 220px" {...words} />
      <NativeSelect
        label="Channel"
        value={search.channel ?? ''}
        data={[
          { value: '', label: 'Every channel' },
          ...SUPPRESSED_CHANNELS.map((value) => ({ value, label: CHANNEL_NAMES[value] })),
        ]}
        onChange={(event) => change({ channel: SUPPRESSED_CHANNELS.find((one) => one === event.currentTarget.value) })}
      />
      <NativeSelect
        label="Why"
        value={search.source ?? ''}
        data={[
          { value: '', label: 'Whatever the reason' },
          ...SOURCES.map((value) => ({ value, label: SOURCE_NAMES[value] })),
        ]}
        onChange={(event) => change({ source: SOURCES.find((one) => one === event.currentTarget.value) })}
      />
      <Checkbox
        label="Lifted ones too"
        pb={8}
        checked={search.history === true}
        onChange={(event) => change({ history: event.currentTarget.checked ? true : undefined })}
      />
    </Group>
  );
}

function Nothing({ search, clear }: { readonly search: SuppressionSearch; readonly clear: () => void }) {
  const filtered = search.q !== undefined || search.channel !== undefined || search.source !== undefined;
  return (
    <Stack align="flex-start" gap="xs" py="xl">
      <Title order={2}>{filtered ? 'None matches' : 'Nobody is suppressed'}</Title>
      <Text c="dimmed" maw={600}>
        {filtered
          ? 'No address is as these filters say.'
          : 'An address comes here when mail to it bounces for good, its reader complains or says STOP, or you put it here. Bring the list of the system you used before with you: import it.'}
      </Text>
      {filtered && (
        <Button variant="default" onClick={clear}>
          Clear the filters
        </Button>
      )}
    </Stack>
  );
}

interface LedgerProps {
  readonly items: readonly Suppression[];
  /** Hears what lifting one means; it outlives the row, which may be the last. */
  readonly told: (text: string) => void;
}

function Ledger({ items, told }: LedgerProps) {
  return (
    <table className="ledger">
      <thead>
        <tr>
          <th scope="col">Address</th>
          <th scope="col">Why</th>
          <th scope="col">Since</th>
          <th scope="col">Lift</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <Entry key={`${one.channel} ${one.address} ${one.source} ${one.sender} ${one.at}`} one={one} told={told} />
        ))}
      </tbody>
    </table>
  );
}

function Entry({ one, told }: { readonly one: Suppression; readonly told: (words: string) => void }) {
  const { channel, address, source, reason, sender, at, liftedAt, liftedReason } = one;
  const [lifting, setLifting] = useState(false);
  return (
    <tr>
      <td>
        <span className="address">{address}</span>{' '}
        <Text span size="xs" c="dimmed">
          {CHANNEL_NAMES[channel]}
          {sender !== null && `, from ${sender} alone`}
        </Text>
      </td>
      <td>
        {SOURCE_NAMES[source]}
        {reason !== null && (
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        )}
      </td>
      <td>
        <Moment at={at} />
      </td>
      <td>
        {liftedAt !== null ? (
          <>
            <Word color="gray">Lifted</Word>
            <Text size="xs" c="dimmed">
              <Moment at={liftedAt} />
              {liftedReason !== null && `: ${liftedReason}`}
            </Text>
          </>
        ) : lifting ? (
          <LiftForm one={one} told={told} close={() => setLifting(false)} />
        ) : (
          <Button size="xs" variant="default" aria-label={`Lift ${address}`} onClick={() => setLifting(true)}>
            Lift
          </Button>
        )}
      </td>
    </tr>
  );
}

interface LiftProps {
  readonly one: Suppression;
  readonly told: (words: string) => void;
  readonly close: () => void;
}

function LiftForm({ one: { channel, address }, told, close }: LiftProps) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const lift = useMutation({
    mutationFn: () => api.suppressions.lift({ channel, address, reason: reason.trim() }),
    onSuccess: async ({ warning }) => {
      told(`${address} may be written to again. ${warning ?? ''}`);
      await queries.invalidateQueries({ queryKey: SUPPRESSIONS_KEY });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lift.mutate();
  };
  return (
    <Stack gap="xs" component="form" onSubmit={submit} onKeyDown={onEscape(close)}>
      {lift.error !== null && <ProblemAlert error={lift.error} />}
      <TextInput
        aria-label={`Why ${address} may be written to again`}
        placeholder="Why it may be written to again"
        required
        autoFocus
        size="xs"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="xs" justify="flex-end">
        <Button type="submit" size="xs" loading={lift.isPending} disabled={reason.trim() === ''}>
          Lift it
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          Leave it
        </Button>
      </Group>
    </Stack>
  );
}
