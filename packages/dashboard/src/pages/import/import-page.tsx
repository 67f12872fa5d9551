// An import from its file to its report: pick, say which column is which, see what each row would do, and only then do it. Whatever
// is changed on the way makes the dry run anew; whatever ends an import in the middle is told, and it can be taken up again.
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { numbered } from '../../figure-text.ts';
import { News } from '../../shell/news.tsx';
import { Panel } from '../../shell/panel.tsx';
import { useStopping } from '../../shell/stopping.ts';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { useUnsaved } from '../../shell/unsaved.ts';
import type { ImportKind } from './import-kind.ts';
import { MapColumns } from './map-columns.tsx';
import { guessMapping, type Mapping, missingIn } from './mapping.ts';
import { Peculiar } from './peculiar.tsx';
import { PickFile } from './pick-file.tsx';
import { ReportView } from './report-view.tsx';
import { countsOf, type Report, runImport, settledIn } from './run-import.ts';
import { NoSheet, readSheet, type Sheet } from './sheet.ts';
import './import.css';

interface Props<B> {
  readonly kind: ImportKind<B>;
  /** While it is, nothing that it is made of can be changed. */
  readonly busy?: (busy: boolean) => void;
  /** After something was written. */
  readonly imported: () => void;
}

interface Chosen {
  readonly sheet: Sheet;
  readonly mapping: Mapping;
}

interface Reading {
  readonly name: string;
  readonly rows: number;
}

interface Running {
  readonly dryRun: boolean;
  /** 0 to 1. */
  readonly done: number;
  readonly stop: () => void;
}

export function ImportPage<B>({ kind, busy, imported }: Props<B>) {
  const { reading, chosen, setChosen, wrong, pick } = useChosen(kind);
  const [tried, setTried] = useState<Report | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const [running, setRunning] = useState<Running | null>(null);
  const stop = useStopping();
  useUnsaved(running?.dryRun === false, 'The import is still running. Stop it, and leave?');
  const anew = () => {
    setChosen(null);
    setReport(null);
    setTried(null);
  };
  const run = async ({ sheet, mapping }: Chosen, dryRun: boolean) => {
    const ended = new AbortController();
    stop.current = () => ended.abort();
    busy?.(true);
    const progress = (done: number) => setRunning({ dryRun, done, stop: () => ended.abort() });
    progress(0);
    const settled = !dryRun && report !== null ? { settled: settledIn(report) } : {};
    const after = !dryRun && tried !== null ? { tried } : {};
    const came = await runImport(kind, sheet, mapping, {
      dryRun,
      signal: ended.signal,
      progress,
      ...settled,
      ...after,
    });
    setRunning(null);
    busy?.(false);
    (dryRun ? setTried : setReport)(came);
    if (!dryRun) imported();
  };
  const shown = report ?? tried;
  return (
    <Stack gap="md">
      {reading !== null && (
        <Text role="status">
          Reading {reading.name}: {numbered(reading.rows, 'row')} so far…
        </Text>
      )}
      {chosen === null && reading === null && <PickFile picked={(file) => void pick(file)} />}
      {wrong !== null && reading === null && <Unreadable error={wrong} />}
      {chosen !== null && report === null && (
        <Columns
          kind={kind}
          chosen={chosen}
          busy={running !== null}
          another={anew}
          change={(mapping) => {
            setChosen({ ...chosen, mapping });
            setTried(null);
          }}
          run={() => void run(chosen, true)}
        />
      )}
      {running !== null && <Runs kind={kind} running={running} />}
      {chosen !== null && shown !== null && running === null && (
        <Came
          kind={kind}
          chosen={chosen}
          report={shown}
          dryRun={report === null}
          run={() => void run(chosen, false)}
          another={anew}
        />
      )}
    </Stack>
  );
}

/** The file that was picked, while it is read and once it is. */
function useChosen<B>(kind: ImportKind<B>) {
  const [reading, setReading] = useState<Reading | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [wrong, setWrong] = useState<Error | null>(null);
  const pick = async (file: File) => {
    try {
      const said = (rows: number) => setReading({ name: file.name, rows });
      said(0);
      const sheet = await readSheet(file.name, new Uint8Array(await file.arrayBuffer()), said);
      setChosen({ sheet, mapping: guessMapping(kind, sheet) });
      setWrong(null);
    } catch (error) {
      setChosen(null);
      setWrong(error as Error);
    }
    setReading(null);
  };
  return { reading, chosen, setChosen, wrong, pick };
}

interface ColumnsProps<B> extends TryProps<B> {
  readonly another: () => void;
  readonly change: (mapping: Mapping) => void;
}

/** Which column is which. */
function Columns<B>({ kind, chosen, busy, another, change, run }: ColumnsProps<B>) {
  const { sheet, mapping } = chosen;
  return (
    <Panel
      title={`${sheet.name}: ${numbered(sheet.rows.length, 'row')}`}
      aside={
        <Button size="xs" variant="default" disabled={busy} onClick={another}>
          Another file
        </Button>
      }
    >
      <Peculiar sheet={sheet} />
      <fieldset className="plain" disabled={busy}>
        <MapColumns kind={kind} sheet={sheet} mapping={mapping} change={change} />
      </fieldset>
      <Try kind={kind} chosen={chosen} busy={busy} run={run} />
    </Panel>
  );
}

interface CameProps<B> {
  readonly kind: ImportKind<B>;
  readonly chosen: Chosen;
  readonly report: Report;
  readonly dryRun: boolean;
  readonly run: () => void;
  readonly another: () => void;
}

/** What came of the dry run, or of the import itself. */
function Came<B>({ kind, chosen: { sheet, mapping }, report, dryRun, run, another }: CameProps<B>) {
  return (
    <Panel title={dryRun ? 'Dry run: nothing is written yet' : 'Report'}>
      <Stack gap="md">
        <Ended kind={kind} report={report} dryRun={dryRun} />
        <Group gap="xs">
          <Next kind={kind} report={report} dryRun={dryRun} run={run} />
          {!dryRun && (
            <Button variant="default" onClick={another}>
              Import another file
            </Button>
          )}
        </Group>
        <ReportView kind={kind} sheet={sheet} mapping={mapping} report={report} dryRun={dryRun} />
      </Stack>
    </Panel>
  );
}

function Unreadable({ error }: { readonly error: Error }) {
  return error instanceof NoSheet ? <News kind="warning" title={error.message} /> : <ProblemAlert error={error} />;
}

interface TryProps<B> {
  readonly kind: ImportKind<B>;
  readonly chosen: Chosen;
  readonly busy: boolean;
  readonly run: () => void;
}

function Try<B>({ kind, chosen: { mapping }, busy, run }: TryProps<B>) {
  const missing = missingIn(kind, mapping);
  const unnamed = [...mapping.extra.values()].some((name) => name.trim() === '');
  return (
    <Group gap="sm" mt="md">
      <Button onClick={run} disabled={missing.length > 0 || unnamed || busy}>
        See what would happen
      </Button>
      <Text size="sm" c="dimmed">
        {missing.length > 0
          ? `Say first which column is ${missing.map(({ label }) => label).join(', ')}.`
          : 'Nothing is written by that.'}
      </Text>
    </Group>
  );
}

function Runs<B>({
  kind,
  running: { dryRun, done, stop },
}: {
  readonly kind: ImportKind<B>;
  readonly running: Running;
}) {
  const percent = Math.round(done * 100);
  return (
    <Panel title={dryRun ? 'Looking at each row' : `Importing ${kind.many}`}>
      <Stack gap="xs">
        <Progress.Root size="lg">
          <Progress.Section value={percent} aria-label="How far it has come" />
        </Progress.Root>
        <Group gap="sm">
          <Text size="sm" role="status">
            {percent}%
          </Text>
          <Button size="xs" variant="default" onClick={stop}>
            Stop
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

interface EndedProps<B> {
  readonly kind: ImportKind<B>;
  readonly report: Report;
  readonly dryRun: boolean;
}

/** Whether it went to its end, and if not, what that means. */
function Ended<B>({ kind, report, dryRun }: EndedProps<B>) {
  const counts = countsOf(report);
  const left = counts.not_tried + counts.unknown;
  if (report.end !== 'done')
    return (
      <Stack gap="xs">
        {report.error !== null && <ProblemAlert error={report.error} />}
        <News
          kind="warning"
          title={report.end === 'stopped' ? 'You stopped it before its end' : 'It did not come to its end'}
        >
          {dryRun
            ? `Nothing was written. ${numbered(left, 'row was', 'rows were')} not looked at.`
            : `What was written stays. ${numbered(counts.not_tried, 'row was', 'rows were')} not tried${
                counts.unknown === 0
                  ? ''
                  : `, and of ${counts.unknown} the answer never came: ${counts.unknown === 1 ? 'it' : 'they'} may have been written`
              }. Going on is safe: what was written is not written twice.`}
        </News>
      </Stack>
    );
  if (dryRun) return null;
  return (
    <News
      kind={counts.refused === 0 ? 'good' : 'warning'}
      title={`${numbered(counts.created + counts.changed, `${kind.one} was`, `${kind.many} were`)} written`}
    >
      {counts.refused === 0
        ? 'Every row was taken.'
        : `${numbered(counts.refused, 'row was', 'rows were')} not: each says why.`}
    </News>
  );
}

/** Imports what the dry run showed, or goes on where an import ended. */
function Next<B>({ kind, report, dryRun, run }: EndedProps<B> & { readonly run: () => void }) {
  const counts = countsOf(report);
  if (dryRun && report.end !== 'done') return null;
  if (!dryRun) return counts.not_tried + counts.unknown > 0 ? <Button onClick={run}>Go on with the rest</Button> : null;
  const number = counts.created + counts.changed;
  if (number === 0) return <Text size="sm">There is nothing to import: no row would change anything.</Text>;
  return (
    <Button onClick={run}>
      Import {number} {number === 1 ? kind.one : kind.many}
    </Button>
  );
}
