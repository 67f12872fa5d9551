// What the list is filtered by: how follow-ups stand, of which policy, with whom, and words that are searched for as they are typed.
// What is asked for more seldom is more-filters.tsx.
import { Checkbox, Chip, Group, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { policyChoicesQuery } from '../../queries.ts';
import { Icon } from '../../shell/icon.tsx';
import { useTyped } from '../../shell/typed.ts';
import { type ListSearch, type Shown, WHY, type Why } from './list-search.ts';
import { MoreFilters } from './more-filters.tsx';
import { ALARMED, STUCK } from './standing.tsx';

export const SEARCH_ID = 'search-follow-ups';

const LABELS: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: 'live', label: 'Live' },
  { value: 'attention', label: 'Need attention' },
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'closed', label: 'Closed' },
  { value: 'all', label: 'All' },
];

const WHY_LABELS: Readonly<Record<Why, string>> = { ...STUCK, ...ALARMED };

interface Props {
  readonly search: ListSearch;
  readonly change: (changed: ListSearch) => void;
}

export function ListFilters({ search, change }: Props) {
  const policies = useQuery(policyChoicesQuery).data?.items ?? [];
  const words = useTyped(search.q, (q) => change({ q }));
  const who = useTyped(search.assignee, (assignee) => change({ assignee }));
  const named = policies.map(({ id, title }) => ({ value: String(id), label: String(title) }));
  const { policy } = search;
  // One that is deleted or not on the first page may still stand in the address.
  const known =
    policy === undefined || named.some(({ value }) => value === policy)
      ? named
      : [...named, { value: policy, label: policy }];
  return (
    <>
      <Chip.Group
        value={search.show ?? 'live'}
        onChange={(show) => change({ show: show === 'live' ? undefined : (show as Shown), why: undefined })}
      >
        <Group gap="xs" role="radiogroup" aria-label="How they stand">
          {LABELS.map(({ value, label }) => (
            <Chip key={value} value={value} radius="md">
              {label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Group gap="sm" align="flex-end">
        {search.show === 'attention' && (
          <NativeSelect
            label="Why"
            flex="0 1 220px"
            value={search.why ?? ''}
            onChange={({ currentTarget: { value } }) => change({ why: WHY.find((one) => one === value) })}
            data={[
              { value: '', label: 'Goes no further by itself' },
              ...WHY.map((value) => ({ value, label: WHY_LABELS[value] })),
            ]}
          />
        )}
        <TextInput
          id={SEARCH_ID}
          label="Search"
          placeholder="Title, key or id"
          leftSection={<Icon name="search" size={16} />}
          type="search"
          flex="1 1 220px"
          {...words}
        />
        <NativeSelect
          label="Policy"
          flex="0 1 220px"
          value={policy ?? ''}
          onChange={(event) =>
            change({ policy: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
          }
          data={[{ value: '', label: 'Every policy' }, ...known]}
        />
        <TextInput label="Assignee" placeholder="Their id" flex="0 1 160px" {...who} />
        <Checkbox
          label="Overdue"
          pb={8}
          checked={search.overdue === true}
          onChange={(event) => change({ overdue: event.currentTarget.checked ? true : undefined })}
        />
      </Group>
      <MoreFilters search={search} change={change} />
    </>
  );
}
