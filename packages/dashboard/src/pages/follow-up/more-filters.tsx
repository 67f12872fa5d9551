// What one filters a list of follow-ups by more seldom: put away until it is asked for, and open where the address says some of it.
import { Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { LOCAL_MAX, localToRfc3339, rfc3339ToLocal } from '../../local-time.ts';
import { ZONE } from '../../moment.tsx';
import { useTyped } from '../../shell/typed.ts';
import type { ListSearch } from './list-search.ts';

type Name = 'team' | 'stage' | 'subject' | 'key';
const FIELDS: readonly { readonly name: Name; readonly label: string; readonly placeholder: string }[] = [
  { name: 'team', label: 'Team', placeholder: 'Its id' },
  { name: 'stage', label: 'Stage', placeholder: 'That ran last' },
  { name: 'subject', label: 'Subject', placeholder: 'Its id, or type/id' },
  { name: 'key', label: 'Key', placeholder: 'The whole of it' },
];

interface Props {
  readonly search: ListSearch;
  readonly change: (changed: ListSearch) => void;
}

export function MoreFilters({ search, change }: Props) {
  const said = [...FIELDS.map(({ name }) => search[name]), search.due].filter((one) => one !== undefined).length;
  const [open, setOpen] = useState(said > 0);
  const due = useTyped(search.due === undefined ? undefined : rfc3339ToLocal(search.due), (local) => {
    const at = local === undefined ? undefined : localToRfc3339(local);
    if (at !== null) change({ due: at }); // while its year is typed it says nothing
  });
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <Text component="summary" size="sm">
        More filters{said > 0 && ` (${said})`}
      </Text>
      <Group gap="sm" mt="xs" align="flex-end">
        {FIELDS.map((field) => (
          <Words key={field.name} {...field} search={search} change={change} />
        ))}
        <TextInput
          type="datetime-local"
          max={LOCAL_MAX}
          label="Due before"
          description={`In ${ZONE}`}
          flex="1 1 200px"
          {...due}
        />
      </Group>
    </details>
  );
}

function Words({ name, label, placeholder, search, change }: Props & (typeof FIELDS)[number]) {
  const typed = useTyped(search[name], (text) => change({ [name]: text }));
  return <TextInput label={label} placeholder={placeholder} flex="1 1 150px" {...typed} />;
}
