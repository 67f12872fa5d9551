// Rows are sent in parts, one after the other, each stored as a whole or not at all. What became of every row is known at any moment,
// also where it ends in the middle: which were written, which were not tried, and which part nobody knows of because its answer
// never came. Sending a row again changes nothing, so it can always be taken up again.
import type { ImportKind, Outcome } from './import-kind.ts';
import { type Mapping, recordOf } from './mapping.ts';
import type { Sheet, SheetRow } from './sheet.ts';

export type RowOutcome = Outcome | { readonly kind: 'not_tried' } | { readonly kind: 'unknown' };

export interface Report {
  readonly rows: readonly (SheetRow & { readonly outcome: RowOutcome })[];
  readonly end: 'done' | 'stopped' | 'failed';
  /** Why it failed. */
  readonly error: Error | null;
}

interface Run {
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
  /** From an earlier run: rows whose outcome stands. */
  readonly settled?: ReadonlyMap<number, RowOutcome>;
  /** What the dry run said: rows that go to the same thing are sent one after the other. */
  readonly tried?: Report;
}

interface Prepared<B> {
  readonly index: number;
  readonly body: B;
}

export async function runImport<B>(kind: ImportKind<B>, sheet: Sheet, mapping: Mapping, run: Run): Promise<Report> {
  const outcomes = new Map<number, RowOutcome>(run.settled);
  const prepared = prepare(kind, sheet, mapping, outcomes);
  const report = (end: Report['end'], error: Error | null = null): Report => ({
    rows: sheet.rows.map((row, index) => ({ ...row, outcome: outcomes.get(index) ?? { kind: 'not_tried' } })),
    end,
    error,
  });
  const holders = holdersIn(sheet, outcomes);
  let through = 0;
  for (const part of partsOf(prepared, kind.atOnce, run.tried)) {
    if (run.signal.aborted) return report('stopped');
    try {
      const told = await kind.send(
        part.map(({ body }) => body),
        run.dryRun,
      );
      part.forEach(({ index }, place) => {
        const outcome = told[place];
        const line = sheet.rows[index]?.line ?? 0;
        if (outcome !== undefined) outcomes.set(index, heldBefore(outcome, holders, line, run.dryRun));
      });
    } catch (error) {
      if (!run.dryRun) for (const { index } of part) outcomes.set(index, { kind: 'unknown' });
      return report('failed', error as Error);
    }
    through += part.length;
    run.progress(through / prepared.length);
  }
  return report('done');
}

const holdsOf = (outcome: RowOutcome | undefined): string | undefined =>
  outcome !== undefined && 'holds' in outcome ? outcome.holds : undefined;

/** A part ends before a row that goes to what another of it makes: sent at once, either might be the first. */
function* partsOf<B>(
  prepared: readonly Prepared<B>[],
  atOnce: number,
  tried: Report | undefined,
): Generator<readonly Prepared<B>[]> {
  let part: Prepared<B>[] = [];
  const held = new Set<string>();
  for (const one of prepared) {
    const holds = holdsOf(tried?.rows[one.index]?.outcome);
    if (part.length === atOnce || (holds !== undefined && held.has(holds))) {
      yield part;
      part = [];
      held.clear();
    }
    part.push(one);
    if (holds !== undefined) held.add(holds);
  }
  if (part.length > 0) yield part;
}

/** By what is held: the line that holds it. */
function holdersIn({ rows }: Sheet, outcomes: ReadonlyMap<number, RowOutcome>): Map<string, number> {
  const holders = new Map<string, number>();
  for (const [index, { line }] of rows.entries()) {
    const holds = holdsOf(outcomes.get(index));
    if (holds !== undefined && !holders.has(holds)) holders.set(holds, line);
  }
  return holders;
}

/**
 * Which line above holds what a row goes to. The dry run of a row knows nothing of the rows above it: what goes to one of theirs is no
 * new one. What was really written is what the server said: where it made a new one, what the line above had made had ended by then.
 */
function heldBefore(outcome: Outcome, holders: Map<string, number>, line: number, dryRun: boolean): Outcome {
  const holds = holdsOf(outcome);
  if (holds === undefined) return outcome;
  const before = holders.get(holds);
  if (before !== undefined && (dryRun || outcome.kind === 'changed'))
    return { kind: 'changed', fields: [`same key as line ${before}: it is fed with this row`], holds };
  holders.set(holds, line);
  return outcome;
}

/** Refused before anything is sent: rows with too many cells, that lack what is needed, or that name somebody a second time. */
function prepare<B>(
  kind: ImportKind<B>,
  { header, rows }: Sheet,
  mapping: Mapping,
  outcomes: Map<number, RowOutcome>,
): readonly Prepared<B>[] {
  const seen = new Map<string, number>();
  const prepared: Prepared<B>[] = [];
  for (const [index, row] of rows.entries()) {
    const made = readRow(kind, header, mapping, row);
    const before = 'why' in made || made.name === null ? undefined : seen.get(made.name);
    if ('why' in made) outcomes.set(index, { kind: 'refused', why: made.why });
    else if (before !== undefined)
      outcomes.set(index, { kind: 'refused', why: `“${made.name}” is in line ${before} already.` });
    else {
      if (made.name !== null) seen.set(made.name, row.line);
      if (!outcomes.has(index)) prepared.push({ index, body: made.body });
    }
  }
  return prepared;
}

function readRow<B>(
  kind: ImportKind<B>,
  header: readonly string[],
  mapping: Mapping,
  row: SheetRow,
): ReturnType<ImportKind<B>['bodyOf']> {
  const { length } = row.cells;
  if (length > header.length) return { why: `It has ${length} cells, and the first line names ${header.length}.` };
  return kind.bodyOf(recordOf(mapping, row));
}

/** What stands in an earlier report and need not be sent again. */
export const settledIn = ({ rows }: Report): ReadonlyMap<number, RowOutcome> =>
  new Map(
    rows.flatMap(({ outcome }, index) =>
      outcome.kind === 'not_tried' || outcome.kind === 'unknown' ? [] : [[index, outcome] as const],
    ),
  );

export type Counts = Readonly<Record<RowOutcome['kind'], number>>;
export function countsOf({ rows }: Report): Counts {
  const counts = { created: 0, changed: 0, unchanged: 0, refused: 0, not_tried: 0, unknown: 0 };
  for (const { outcome } of rows) counts[outcome.kind] += 1;
  return counts;
}
