// A chart with what it says in a sentence, the table that it is drawn from, and that table as a file.
import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { download } from '../../download.ts';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Props {
  readonly title: string;
  readonly says: string;
  readonly table: Table;
  /** What the files are called, and what is in them. */
  readonly file: { readonly name: string; readonly csv: () => Promise<string>; readonly json: unknown };
  /** What it is drawn from: where reading it again failed, what was drawn stays. */
  readonly of: Figures;
  readonly children: ReactNode;
}

interface Figures {
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** In its place until the figures are there, and where they could not be read. */
export function NotDrawn({ title, of: { error, refetch } }: Pick<Props, 'title' | 'of'>) {
  return (
    <Panel title={title}>
      {error === null ? <Pending /> : <ProblemAlert error={error} again={() => void refetch()} />}
    </Panel>
  );
}

export function ChartPanel({ title, says, table, file, of: { error, refetch }, children }: Props) {
  const asCsv = useMutation({
    mutationFn: async () => download(`${file.name}.csv`, await file.csv(), 'text/csv'),
  });
  return (
    <Panel title={title}>
      {error !== null && <ProblemAlert error={error} again={() => void refetch()} />}
      <Text size="sm" mb="sm">
        {says}
      </Text>
      {asCsv.error !== null && <ProblemAlert error={asCsv.error} />}
      {children}
      <details className="behind">
        <summary>Table and export</summary>
        <Group gap="xs" my="xs">
          <Button
            size="xs"
            variant="default"
            onClick={() => asCsv.mutate()}
            loading={asCsv.isPending}
            aria-label={`${title}: CSV`}
          >
            CSV
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-label={`${title}: JSON`}
            onClick={() => download(`${file.name}.json`, JSON.stringify(file.json, null, 2), 'application/json')}
          >
            JSON
          </Button>
        </Group>
        <FigureTable title={title} table={table} />
      </details>
    </Panel>
  );
}

export function FigureTable({ title, table: { head, rows } }: { readonly title: string; readonly table: Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
    <section className="table-frame" aria-label={`${title}: table`} tabIndex={0}>
      <table className="figures">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first = '', ...rest]) => (
            <tr key={`${first} ${rest.join(' ')}`}>
              <th scope="row">{first}</th>
              {rest.map((cell, index) => (
                <td key={head[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
