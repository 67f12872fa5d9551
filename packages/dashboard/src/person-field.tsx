// A field for a person: an id may be typed as it is; whoever is found by name or address is taken by their id.
import { Autocomplete, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { api } from './api.ts';

const TYPED_MS = 200;
const FOUND_MAX = 20;

interface Props {
  readonly label: string;
  readonly required: boolean;
  readonly value: string;
  readonly error?: string | null;
  readonly autoFocus?: boolean;
  readonly change: (value: string) => void;
}

export function PersonField({ change, ...field }: Props) {
  const [q] = useDebouncedValue(field.value.trim(), TYPED_MS);
  const found = useQuery({
    queryKey: ['recipients', 'found', q],
    queryFn: () => api.recipients.list({ q, limit: FOUND_MAX }),
    enabled: q !== '',
    refetchInterval: false,
    staleTime: 30_000,
  });
  const people = new Map((found.data?.items ?? []).map((one) => [one.id, one]));
  return (
    <Autocomplete
      {...field}
      maw={420}
      description={
        found.isError
          ? 'People cannot be looked up at the moment; an id can be typed all the same.'
          : 'Their id; type a part of their name or address to find it.'
      }
      comboboxProps={{ withinPortal: false }}
      data={[...people.keys()]}
      filter={({ options }) => options}
      onChange={change}
      renderOption={({ option }) => {
        const person = people.get(option.value);
        return (
          <div>
            <Text size="sm">{person?.name ?? option.value}</Text>
            <Text size="xs" c="dimmed">
              {option.value}
              {person?.email != null && ` · ${person.email}`}
            </Text>
          </div>
        );
      }}
    />
  );
}
