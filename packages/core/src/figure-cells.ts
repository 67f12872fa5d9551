// Where a generation counts, and how what is counted changes: the cells of the roll-ups. It counts once among all follow-ups, once for
// each stage that ran, once for each channel that was used, and once for each of both together; so no kind of cell is ever added up to
// another. Pure. What was counted before is taken away, what is counted now is added, and only the difference is written.
import { addPackedCounts, type GenerationFigures, type Wait } from './generation-figures.ts';
import { type Counts, countFollowUp, NO_FOLLOW_UPS, NO_MESSAGES } from './metrics.ts';
import { addWait, noTimes, type Times, type WaitKind } from './packed-times.ts';

/** With those that were resolved after a stage and before the next, of one. */
export type CellCounts = Counts & { readonly resolvedAfter: number };
export const NO_COUNTS: CellCounts = { ...NO_FOLLOW_UPS, ...NO_MESSAGES, resolvedAfter: 0 };
export const COUNT_NAMES = Object.keys(NO_COUNTS) as readonly (keyof CellCounts)[];

export interface CellKey {
  readonly day: string;
  readonly policy: string;
  /** Empty: whichever. */
  readonly stage: string;
  readonly channel: string;
  readonly team: string;
  readonly level: number;
}

export interface Difference {
  readonly key: CellKey;
  readonly counts: Record<keyof CellCounts, number>;
  readonly times: Times;
}

/** A tenant's cells are nobody else's. */
export type TenantDifference = Difference & { readonly tenant: string };
/** By `cellName`. */
export type Differences = Map<string, TenantDifference>;
export const cellName = (tenant: string, { day, stage, channel, policy, team, level }: CellKey): string =>
  JSON.stringify([tenant, day, stage, channel, policy, team, level]);

/** Adds what a generation counts, or with -1 takes it away. */
export function addGeneration(differences: Differences, tenant: string, one: GenerationFigures, sign: 1 | -1): void {
  for (const { stage, channel, counts, waits } of cellsOf(one)) {
    const { day, policy, team, level } = one;
    const key = { day, policy, stage, channel, team, level };
    const name = cellName(tenant, key);
    const cell = differences.get(name) ?? {
      tenant,
      key,
      counts: { ...NO_COUNTS },
      times: noTimes(),
    };
    differences.set(name, cell);
    for (const each of COUNT_NAMES) cell.counts[each] += sign * counts[each];
    for (const [kind, wait] of waits) addWait(cell.times, kind, wait, sign);
  }
}

/** Those in which nothing has changed are none. */
export const isNothing = ({ counts, times }: Difference): boolean =>
  COUNT_NAMES.every((name) => counts[name] === 0) &&
  Object.values(times).every(
    ({ ended, waiting }) =>
      [...ended.values()].every(([events, censored]) => events === 0 && censored === 0) &&
      [...waiting.values()].every((count) => count === 0),
  );

interface Cell {
  readonly stage: string;
  readonly channel: string;
  readonly counts: Record<keyof CellCounts, number>;
  readonly waits: (readonly [WaitKind, Wait])[];
}

function cellsOf(one: GenerationFigures): readonly Cell[] {
  const cells = new Map<string, Cell>();
  const cell = (stage: string, channel: string): Cell => {
    const name = `${stage}\n${channel}`;
    const known = cells.get(name);
    if (known !== undefined) return known;
    const made = { stage, channel, counts: { ...NO_COUNTS }, waits: [] };
    cells.set(name, made);
    return made;
  };
  for (const stage of ['', ...one.ran]) cell(stage, '');
  for (const { stage, channel, counts, response, beside } of one.messages)
    for (const own of [cell('', ''), cell(stage, ''), cell('', channel), cell(stage, channel)]) {
      addPackedCounts(own.counts, counts);
      // Of several channels one has the response; on its own channel each has one.
      if (response !== null && (beside !== true || own.channel !== '')) own.waits.push(['response', response]);
    }
  for (const each of cells.values()) if (belongs(one, each)) addFollowUp(one, each);
  return [...cells.values()];
}

/** A closing message belongs to no stage that ran; on a channel, somebody must have been told. */
const belongs = ({ ran }: GenerationFigures, { stage, channel, counts }: Cell): boolean =>
  (stage === '' || ran.includes(stage)) && (channel === '' || counts.messages > 0);

function addFollowUp(one: GenerationFigures, { stage, counts, waits }: Cell): void {
  Object.assign(counts, countFollowUp({ ...one, escalationLevel: one.level }));
  if (stage !== '' && one.after === stage) counts.resolvedAfter = 1;
  waits.push(['resolve', one.resolve], ['acknowledge', one.acknowledge]);
}
