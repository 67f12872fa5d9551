// People: who can be told. Searched for in the address of the page, added here, or by the hundred from a file.
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Recipient } from '@relance/client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useLetterKeys } from '../../letter-keys.ts';
import { useNow } from '../../moment.tsx';
import { Person } from '../../people.tsx';
import { Icon } from '../../shell/icon.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { useTyped } from '../../shell/typed.ts';
import { VirtualRows } from '../../shell/virtual-rows.tsx';
import { Word } from '../follow-up/standing.tsx';
import type { PeopleSearch } from './list-search.ts';
import { addressesOf, awayNow } from './reach.ts';
import { RecipientForm } from './recipient-form.tsx';
import { recipientsQuery } from './recipient-query.ts';
import './recipient.css';

const route = getRouteApi('/inside/people');
const SEARCH_ID = 'search-people';
const idOf = ({ id }: Recipient): string => id;
const ROW_PX = { desk: 68, phone: 112 };

export function People() {
  useTitle('People');
  const { q, add } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: PeopleSearch) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  const list = useInfiniteQuery({ ...recipientsQuery(q), placeholderData: keepPreviousData });
  const words = useTyped(q, (typed) => change({ q: typed }));
  useLetterKeys([['/', () => document.getElementById(SEARCH_ID)?.focus()]]);
  const { data: items, hasNextPage, isFetching, fetchNextPage } = list;
  const number = items?.length ?? 0;
  return (
    <Stack gap="md" maw={1400}>
      <Group justify="space-between">
        <Title order={1}>People</Title>
        <Group gap="xs">
          <Button component={Link} to="/import/people" variant="default">
            Import a file
          </Button>
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => change({ add: true })}>
            Add somebody
          </Button>
        </Group>
      </Group>
      {add === true && (
        <RecipientForm
          known={null}
          close={() => change({ add: undefined })}
          saved={({ id }) => void navigate({ to: '/people/$id', params: { id } })}
        />
      )}
      <TextInput
        id={SEARCH_ID}
        label="Search"
        placeholder="Name, email address or id"
        leftSection={<Icon name="search" size={16} />}
        type="search"
        maw={480}
        {...words}
      />
      {list.error !== null && <ProblemAlert error={list.error} again={() => void list.refetch()} />}
      {items === undefined && list.error === null && <Pending />}
      {items !== undefined && number === 0 && <Nobody q={q} clear={() => change({ q: undefined })} />}
      {items !== undefined && number > 0 && (
        <VirtualRows
          label="People"
          items={items}
          keyOf={idOf}
          complete={!hasNextPage}
          row={(one) => <Row recipient={one} />}
          height={ROW_PX}
          counted={
            hasNextPage
              ? `The first ${number}, by id; more as you scroll`
              : number === 1
                ? '1 person'
                : `${number} people`
          }
          more={hasNextPage && !isFetching ? () => void fetchNextPage() : null}
        />
      )}
    </Stack>
  );
}

function Row({ recipient }: { readonly recipient: Recipient }) {
  const { id, name, email, phone, manager, timeZone, locale } = recipient;
  const now = useNow();
  const away = now !== undefined && awayNow(recipient, now) !== null;
  return (
    <Link className="row person-row" to="/people/$id" params={{ id }}>
      <span className="row-what">
        <strong>{name ?? id}</strong>
        <small>{id}</small>
      </span>
      <span className="row-standing">
        {away && <Word color="orange">Away</Word>}
        {addressesOf(recipient).length === 0 && <Word color="gray">Inbox only</Word>}
      </span>
      <span className="row-cell">
        <small>Reached at</small>
        <span>{[email, phone].filter((one) => one != null).join(', ') || '–'}</span>
      </span>
      <span className="row-cell">
        <small>Zone and language</small>
        <span>{[timeZone, locale].filter((one) => one != null).join(', ') || '–'}</span>
      </span>
      <span className="row-cell">
        <small>Manager</small>
        <span>{manager == null ? '–' : <Person id={manager} />}</span>
      </span>
    </Link>
  );
}

/** Says why nobody is here, and what would put somebody here. */
function Nobody({ q, clear }: { readonly q: string | undefined; readonly clear: () => void }) {
  if (q !== undefined)
    return (
      <Stack align="flex-start" gap="xs" py="xl">
        <Title order={2}>Nobody matches</Title>
        <Text c="dimmed">No name, email address or id has “{q}” in it.</Text>
        <Button variant="default" onClick={clear}>
          Clear the search
        </Button>
      </Stack>
    );
  return (
    <Stack align="flex-start" gap="xs" py="xl">
      <Title order={2}>Nobody is known yet</Title>
      <Text c="dimmed" maw={600}>
        People are who follow-ups ask, remind and escalate to. Add one by hand,{' '}
        <PageLink to="/import/people">import a CSV file</PageLink>, or let your own systems keep them:{' '}
        <code>PUT /v1/recipients/ana</code>, a list to <code>POST /v1/recipients/bulk</code>, or{' '}
        <code>directory/people.yaml</code> of a project.
      </Text>
    </Stack>
  );
}
