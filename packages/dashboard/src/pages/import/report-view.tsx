// What becomes of the rows, or what became of them: how many of each, and row by row with why; those that were not taken can be
// downloaded, mended and imported again.
import { Button, Group, NativeSelect, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { download } from '../../download.ts';
import { Word } from '../follow-up/standing.tsx';
import type { ImportKind } from './import-kind.ts';
import { type Mapping, recordOf } from './mapping.ts';
import { refusedFile, whyNot } from './refused-file.ts';
import { type Counts, countsOf, type Report, type RowOutcome } from './run-import.ts';
import type { Sheet } from './sheet.ts';

const SHOWN_AT_ONCE = 50;
type Kind = RowOutcome['kind'];
const KINDS: readonly Kind[] = ['refused', 'unknown', 'not_tried', 'created', 'changed', 'unchanged'];
const COLORS = {
  created: 'green',
  changed: 'blue',
  unchanged: 'gray',
  refused: 'red',
  not_tried: 'orange',
  unknown: 'orange',
} as const;

/** Of a dry run what would be, of an import what was. */
const WORDS: Readonly<Record<Kind, { readonly would: string; readonly was: string }>> = {
  created: { would: 'New', was: 'Created' },
  changed: { would: 'Changes', was: 'Changed' },
  unchanged: { would: 'As it is', was: 'As it was' },
  refused: { would: 'Refused', was: 'Refused' },
  not_tried: { would: 'Not tried', was: 'Not tried' },
  unknown: { would: 'Not known', was: 'Not known' },
};

interface Props<B> {
  readonly kind: ImportKind<B>;
  readonly sheet: Sheet;
  readonly mapping: Mapping;
  readonly report: Report;
  readonly dryRun: boolean;
}

export function ReportView<B>({ kind, sheet, mapping, report, dryRun }: Props<B>) {
  const counts = countsOf(report);
  const tense = dryRun ? 'would' : 'was';
  const [shown, setShown] = useState<Kind | null>(null);
  const present = KINDS.filter((one) => counts[one] > 0);
  const chosen = shown !== null && counts[shown] > 0 ? shown : null;
  return (
    <Stack gap="sm">
      <Group gap="xs" aria-label="What becomes of the rows" role="group">
        {present.map((one) => (
          <Group key={one} gap={5} wrap="nowrap">
            <Text fw={700}>{counts[one]}</Text>
            <Word color={COLORS[one]}>{WORDS[one][tense]}</Word>
          </Group>
        ))}
      </Group>
      <Group gap="sm" align="flex-end">
        <NativeSelect
          size="xs"
          label="Rows shown"
          value={chosen ?? ''}
          onChange={(event) => setShown(event.currentTarget.value === '' ? null : (event.currentTarget.value as Kind))}
          data={[
            { value: '', label: 'All, what was not taken first' },
            ...present.map((one) => ({ value: one, label: WORDS[one][tense] })),
          ]}
        />
        <Download sheet={sheet} report={report} counts={counts} />
      </Group>
      <Rows key={chosen} kind={kind} mapping={mapping} report={report} tense={tense} only={chosen} />
    </Stack>
  );
}

function Download({
  sheet,
  report,
  counts,
}: {
  readonly sheet: Sheet;
  readonly report: Report;
  readonly counts: Counts;
}) {
  const left = counts.refused + counts.not_tried + counts.unknown;
  if (left === 0) return null;
  const name = sheet.name.replace(/\.[a-z]{1,4}$/i, '');
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => download(`${name}-not-imported.csv`, `\uFEFF${refusedFile(sheet, report)}`, 'text/csv')}
    >
      Download {left} {left === 1 ? 'row' : 'rows'} that {left === 1 ? 'was' : 'were'} not taken
    </Button>
  );
}

interface RowsProps<B> extends Pick<Props<B>, 'kind' | 'mapping' | 'report'> {
  readonly tense: 'would' | 'was';
  readonly only: Kind | null;
}

function Rows<B>({ kind, mapping, report, tense, only }: RowsProps<B>) {
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  const rows = report.rows
    .filter(({ outcome }) => only === null || outcome.kind === only)
    .toSorted((a, b) => KINDS.indexOf(a.outcome.kind) - KINDS.indexOf(b.outcome.kind) || a.line - b.line);
  const fields = kind.fields.filter(({ name }) => mapping.fields[name] !== undefined).slice(0, 3);
  return (
    <>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Rows' }}>
        <Table verticalSpacing={5} miw={560} aria-label="What becomes of each row">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Line</Table.Th>
              <Table.Th>{tense === 'would' ? 'What would happen' : 'What happened'}</Table.Th>
              {fields.map(({ name, label }) => (
                <Table.Th key={name}>{label}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, most).map((row) => {
              const { fields: read } = recordOf(mapping, row);
              return (
                <Table.Tr key={row.line}>
                  <Table.Td>{row.line}</Table.Td>
                  <Table.Td>
                    <Word color={COLORS[row.outcome.kind]}>{WORDS[row.outcome.kind][tense]}</Word>{' '}
                    {detailOf(row.outcome)}
                  </Table.Td>
                  {fields.map(({ name }) => (
                    <Table.Td key={name} className="cell">
                      {read[name] ?? '–'}
                    </Table.Td>
                  ))}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {rows.length > most && (
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            {most} of {rows.length} rows
          </Text>
          <Button size="xs" variant="default" onClick={() => setMost(most + SHOWN_AT_ONCE)}>
            More
          </Button>
        </Group>
      )}
    </>
  );
}

const detailOf = (outcome: RowOutcome): string =>
  outcome.kind === 'changed' ? outcome.fields.join(', ') : (whyNot(outcome) ?? '');
