// Follow-ups, filtered and searched: the list from which one is opened. The filters stand in the address. Only the rows that are
// seen exist, so that ten thousand scroll as ten do. `/` goes to the search, j and k through the rows, Enter opens, x chooses: what is
// chosen is acted on together (bulk-bar.tsx).
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import type { FollowUp } from '@relance/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useLetterKeys } from '../../letter-keys.ts';
import { useNow } from '../../moment.tsx';
import { Icon } from '../../shell/icon.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { ListFilters, SEARCH_ID } from './list-filters.tsx';
import { listQuery, readAllOf } from './list-query.ts';
import { ListRows } from './list-rows.tsx';
import type { ListSearch } from './list-search.ts';
import { atMost, CHOSEN_MAX } from './read-matching.ts';

const route = getRouteApi('/inside/follow-ups');

export function FollowUps() {
  useTitle('Follow-ups');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const list = useInfiniteQuery(listQuery(search, now));
  const [chosen, setChosen] = useState<ReadonlyMap<string, FollowUp>>(new Map());
  const choose = (followUp: FollowUp, isChosen: boolean) =>
    setChosen((before) => {
      const after = new Map(before);
      if (isChosen) after.set(followUp.id, followUp);
      else after.delete(followUp.id);
      return after;
    });
  const change = (changed: ListSearch) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  const { data: items, hasNextPage, isFetching, isPlaceholderData, fetchNextPage } = list;
  const isRead = items !== undefined && !isPlaceholderData; // otherwise there are rows of the filters of before, or none
  const isWhole = isRead && !hasNextPage;
  useLetterKeys([['/', () => document.getElementById(SEARCH_ID)?.focus()]]);
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between">
        <Title order={1}>Follow-ups</Title>
        <Group gap="xs">
          <Button component={Link} to="/follow-ups/import" variant="default">
            Import a file
          </Button>
          <Button component={Link} to="/follow-ups/new" leftSection={<Icon name="plus" size={16} />}>
            Open one
          </Button>
        </Group>
      </Group>
      <ListFilters search={search} change={change} />
      <BulkBar
        chosen={[...chosen.values()]}
        all={items ?? []}
        isWhole={isWhole}
        filters={JSON.stringify(search)}
        choose={(all) => setChosen(new Map(all.map((one) => [one.id, one])))}
        chooseNot={(all) => {
          const gone = new Set(all.map(({ id }) => id));
          setChosen((before) => new Map([...before].filter(([id]) => !gone.has(id))));
        }}
        readAll={async (signal, said) =>
          isWhole || (isRead && items.length >= CHOSEN_MAX)
            ? atMost(items, isWhole)
            : readAllOf(search, now, signal, said)
        }
      />
      {list.error !== null && <ProblemAlert error={list.error} again={() => void list.refetch()} />}
      {items === undefined ? (
        list.error === null && <Pending />
      ) : items.length === 0 ? (
        <Nothing search={search} clear={() => change(NO_FILTER)} />
      ) : (
        <ListRows
          items={items}
          more={hasNextPage && !isFetching ? () => void fetchNextPage() : null}
          complete={!hasNextPage}
          chosen={new Set(chosen.keys())}
          choose={choose}
        />
      )}
    </Stack>
  );
}

const NO_FILTER: ListSearch = {
  show: undefined,
  why: undefined,
  policy: undefined,
  assignee: undefined,
  team: undefined,
  stage: undefined,
  subject: undefined,
  key: undefined,
  due: undefined,
  overdue: undefined,
  q: undefined,
};

/** Says why nothing is here, and what would put something here. */
function Nothing({ search, clear }: { readonly search: ListSearch; readonly clear: () => void }) {
  const { show: _show, ...filters } = search;
  const filtered = Object.values(filters).some((one) => one !== undefined);
  if (search.show === 'attention' && !filtered)
    return (
      <Stack align="flex-start" gap="xs" py="xl">
        <Title order={2}>Nothing needs you</Title>
        <Text c="dimmed" maw={560}>
          A follow-up stands here when Relance can go no further by itself: every stage has run, nobody is known to ask,
          or an error keeps it from going on.
        </Text>
      </Stack>
    );
  if (filtered || (search.show !== undefined && search.show !== 'all'))
    return (
      <Stack align="flex-start" gap="xs" py="xl">
        <Title order={2}>None matches</Title>
        <Text c="dimmed">No follow-up is as these filters say.</Text>
        <Button variant="default" onClick={clear}>
          Clear the filters
        </Button>
      </Stack>
    );
  return (
    <Stack align="flex-start" gap="xs" py="xl">
      <Title order={2}>No follow-up is under way</Title>
      <Text c="dimmed" maw={560}>
        One begins when an event arrives that a policy listens to (<code>POST /v1/events</code>), or when{' '}
        <Link to="/follow-ups/new">somebody opens one</Link>. Closed ones are under{' '}
        <Link to="/follow-ups" search={{ show: 'closed' }}>
          Closed
        </Link>
        .
      </Text>
    </Stack>
  );
}
