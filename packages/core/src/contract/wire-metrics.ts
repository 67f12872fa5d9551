// Figures on the wire: rates and times of what was counted, a row for each group. As JSON, and as the rows of a table: a column for
// each value, so that a spreadsheet or R reads it as it is.
import { type CellCounts, NO_COUNTS } from '../figure-cells.ts';
import type { Instant } from '../instant.ts';
import {
  type DurationFigures,
  durationFigures,
  type FollowUpCounts,
  type MessageCounts,
  messageRatesOf,
  NO_FOLLOW_UPS,
  NO_MESSAGES,
  ratesOf,
  stageConversion,
} from '../metrics.ts';
import { durationsOf } from '../packed-times.ts';

export const METRIC_KEYS = ['policy', 'stage', 'channel', 'team', 'level', 'day'] as const;
export type MetricKey = (typeof METRIC_KEYS)[number];
export type MetricGroup = { readonly [K in MetricKey]?: string | number | null };

/** By what messages can be asked for: `template` is null where the words are built in, and what nobody knows is null too. */
export const MESSAGE_KEYS = [
  'policy',
  'stage',
  'channel',
  'provider',
  'template',
  'templateVersion',
  'locale',
  'day',
] as const;
export type MessageKey = (typeof MESSAGE_KEYS)[number];

export interface MessageSum {
  readonly group: { readonly [K in MessageKey]?: string | number | null };
  readonly counts: MessageCounts;
}

/** What is counted of one group, with its times as they are packed. */
export interface MetricSum {
  readonly group: MetricGroup;
  readonly counts: CellCounts;
  readonly times: Uint8Array;
}

const FOLLOW_UPS_TOLD = Object.keys(NO_FOLLOW_UPS) as readonly (keyof FollowUpCounts)[];
/** Of messages what rates are made of besides is told by the rates. */
const MESSAGES_TOLD = [
  'messages',
  'accepted',
  'delivered',
  'bounced',
  'merged',
  'interruptedBusiness',
  'interruptedEvening',
  'interruptedNight',
  'interruptedWeekend',
] as const satisfies readonly (keyof MessageCounts)[];
const told = <Counts, Name extends keyof Counts>(counts: Counts, names: readonly Name[]): Pick<Counts, Name> =>
  Object.fromEntries(names.map((name) => [name, counts[name]])) as Pick<Counts, Name>;

export const wireMessageRow = ({ group, counts }: MessageSum) => ({
  ...group,
  ...told(counts, MESSAGES_TOLD),
  ...messageRatesOf(counts),
});
export type WireMessageRow = ReturnType<typeof wireMessageRow>;

export function wireMetricRow({ group, counts, times }: MetricSum, now: Instant) {
  const durations = durationsOf(times, now);
  const rates = ratesOf(counts);
  return {
    ...group,
    ...told(counts, FOLLOW_UPS_TOLD),
    ...told(counts, MESSAGES_TOLD),
    ...rates,
    // Of a stage: those that were resolved after it and before the next one.
    conversionRate:
      group.stage === undefined
        ? rates.conversionRate
        : stageConversion({ ran: counts.followUps, resolvedAfter: counts.resolvedAfter }),
    responseTime: durationFigures(durations.response),
    timeToResolve: durationFigures(durations.resolve),
    timeToAcknowledge: durationFigures(durations.acknowledge),
  };
}
/** Of a row by level: those that reached it, whatever level they reached after it. */
interface Reached {
  readonly reached: number;
  readonly reachedRate: number | null;
}
export type WireMetricRow = ReturnType<typeof wireMetricRow> & Partial<Reached>;

/** Rows by level, each with how many got at least so far: of all that have its other keys. Rows of other keys are as they were. */
export function withReached(rows: readonly WireMetricRow[]): WireMetricRow[] {
  const alike = Map.groupBy(rows, ({ policy, stage, channel, team, day }) =>
    JSON.stringify([policy, stage, channel, team, day]),
  );
  const reached = new Map<WireMetricRow, number>();
  const opened = new Map<WireMetricRow, number>();
  for (const own of alike.values()) {
    let sum = 0;
    for (const row of own.toSorted((a, b) => Number(b.level) - Number(a.level))) {
      sum += row.followUps;
      reached.set(row, sum);
    }
    for (const row of own) opened.set(row, sum);
  }
  return rows.map((row) => {
    if (row.level === undefined) return row;
    const [got, all] = [reached.get(row) ?? 0, opened.get(row) ?? 0];
    return { ...row, reached: got, reachedRate: all > 0 ? got / all : null };
  });
}

/** Somebody, and how often messages interrupted them, by the hours of their own clock. */
export interface WireInterrupted {
  readonly recipient: string;
  /** The id of whoever has none; null: there is no such person any more. */
  readonly name: string | null;
  /** The sum of the next four. */
  readonly interrupted: number;
  readonly interruptedBusiness: number;
  readonly interruptedEvening: number;
  readonly interruptedNight: number;
  readonly interruptedWeekend: number;
}

/** `responseTimeP50Lower`: a name for each value. */
export function metricColumns(row: WireMetricRow): Readonly<Record<string, string | number | null>> {
  const { responseTime, timeToResolve, timeToAcknowledge, ...plain } = row;
  const columns: Record<string, string | number | null> = plain;
  for (const [name, figures] of Object.entries({ responseTime, timeToResolve, timeToAcknowledge }))
    for (const [column, value] of Object.entries(durationColumns(figures))) columns[`${name}${column}`] = value;
  return columns;
}

/** The columns that rows by these keys have, also where there is no row: those of a row of nothing. */
export function metricColumnNames(keys: readonly string[]): readonly string[] {
  const nothing = wireMetricRow({ group: nobody(keys), counts: NO_COUNTS, times: new Uint8Array() }, 0 as Instant);
  return withReached([nothing]).flatMap((row) => Object.keys(metricColumns(row)));
}
export const messageColumnNames = (keys: readonly string[]): readonly string[] =>
  Object.keys(wireMessageRow({ group: nobody(keys), counts: NO_MESSAGES }));
const nobody = (keys: readonly string[]): Record<string, null> => Object.fromEntries(keys.map((key) => [key, null]));

const durationColumns = ({ p50, p90, n, censored, limits }: DurationFigures) => ({
  P50: p50,
  P50Lower: limits.p50.lower,
  P50Upper: limits.p50.upper,
  P90: p90,
  P90Lower: limits.p90.lower,
  P90Upper: limits.p90.upper,
  N: n,
  Censored: censored,
});
