// Which column is which field, with what stands in the first rows; and which of the others are kept under their names.
import { Checkbox, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import type { ImportKind } from './import-kind.ts';
import type { Mapping } from './mapping.ts';
import type { Sheet } from './sheet.ts';

const SAMPLES = 3;

interface Props<B> {
  readonly kind: ImportKind<B>;
  readonly sheet: Sheet;
  readonly mapping: Mapping;
  readonly change: (mapping: Mapping) => void;
}

const samplesOf = ({ rows }: Sheet, column: number | undefined): string =>
  column === undefined
    ? ''
    : rows
        .slice(0, 20)
        .map(({ cells }) => (cells[column] ?? '').trim())
        .filter((text) => text !== '')
        .slice(0, SAMPLES)
        .join(' · ');

export function MapColumns<B>({ kind, sheet, mapping, change }: Props<B>) {
  const columns = sheet.header.map((label, column) => ({ value: String(column), label }));
  const set = (name: string, value: string) => {
    const { [name]: _before, ...others } = mapping.fields;
    const column = Number(value);
    const extra = new Map([...mapping.extra].filter(([one]) => value === '' || one !== column));
    change({ fields: value === '' ? others : { ...others, [name]: column }, extra });
  };
  return (
    <Stack gap="md">
      <Table verticalSpacing={6} className="mapping">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Column of the file</Table.Th>
            <Table.Th visibleFrom="sm">What stands there</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kind.fields.map(({ name, label, required }) => {
            const column = mapping.fields[name];
            return (
              <Table.Tr key={name}>
                <Table.Td>
                  {label}
                  {required && <span className="needed"> (needed)</span>}
                </Table.Td>
                <Table.Td>
                  <NativeSelect
                    aria-label={`Column for ${label}`}
                    size="xs"
                    value={column === undefined ? '' : String(column)}
                    onChange={(event) => set(name, event.currentTarget.value)}
                    data={[{ value: '', label: 'Not in the file' }, ...columns]}
                  />
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <Text size="sm" c="dimmed" truncate maw={380}>
                    {samplesOf(sheet, column)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      <Others kind={kind} sheet={sheet} mapping={mapping} change={change} />
    </Stack>
  );
}

function Others<B>({ kind, sheet, mapping, change }: Props<B>) {
  const taken = new Set(Object.values(mapping.fields));
  const others = sheet.header.map((header, column) => ({ header, column })).filter(({ column }) => !taken.has(column));
  if (others.length === 0) return null;
  const set = (column: number, name: string | null) => {
    const extra = new Map(mapping.extra);
    if (name === null) extra.delete(column);
    else extra.set(column, name);
    change({ ...mapping, extra });
  };
  return (
    <fieldset className="others">
      <legend>Other columns</legend>
      <Text size="sm" c="dimmed">
        {kind.extra.says}
      </Text>
      {others.map(({ header, column }) => {
        const name = mapping.extra.get(column);
        return (
          <Group key={column} gap="sm" mih={36}>
            <Checkbox
              label={`Keep “${header}” as a ${kind.extra.label}`}
              checked={name !== undefined}
              onChange={(event) => set(column, event.currentTarget.checked ? header : null)}
            />
            {name !== undefined && (
              <TextInput
                size="xs"
                aria-label={`Name of the ${kind.extra.label} for “${header}”`}
                value={name}
                error={name.trim() === '' ? 'It needs a name' : null}
                onChange={(event) => set(column, event.currentTarget.value)}
              />
            )}
            <Text size="sm" c="dimmed" truncate maw={320}>
              {samplesOf(sheet, column)}
            </Text>
          </Group>
        );
      })}
    </fieldset>
  );
}
