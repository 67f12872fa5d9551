// Figures on the wire: rates and times of what was counted, a row for each group. As JSON, and as the rows of a table: a column for
// each value, so that a spreadsheet or R reads it as it is.
import type { CellCounts } from '../figure-cells.ts';
import type { Instant } from '../instant.ts';
import {
  type DurationFigures,
  durationFigures,
  type MessageCounts,
  messageRatesOf,
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

const wireMessageCounts = ({
  messages,
  accepted,
  delivered,
  bounced,
  merged,
  interruptedBusiness,
  interruptedEvening,
  interruptedNight,
  interruptedWeekend,
}: MessageCounts) => ({
  messages,
  accepted,
  delivered,
  bounced,
  merged,
  interruptedBusiness,
  interruptedEvening,
  interruptedNight,
  interruptedWeekend,
});

export const wireMessageRow = ({ group, counts }: MessageSum) => ({
  ...group,
  ...wireMessageCounts(counts),
  ...messageRatesOf(counts),
});
export type WireMessageRow = ReturnType<typeof wireMessageRow>;

export function wireMetricRow({ group, counts, times }: MetricSum, now: Instant) {
  const durations = durationsOf(times, now);
  const { followUps, open, resolved, cancelled, expired, escalated, exhausted, unreached } = counts;
  const rates = ratesOf(counts);
  return {
    ...group,
    followUps,
    open,
    resolved,
    cancelled,
    expired,
    escalated,
    exhausted,
    unreached,
    ...wireMessageCounts(counts),
    ...rates,
    // Of a stage: those that were resolved after it and before the next one.
    conversionRate:
      group.stage === undefined
        ? rates.conversionRate
        : stageConversion({ ran: followUps, resolvedAfter: counts.resolvedAfter }),
    responseTime: durationFigures(durations.response),
    timeToResolve: durationFigures(durations.resolve),
    timeToAcknowledge: durationFigures(durations.acknowledge),
  };
}
export type WireMetricRow = ReturnType<typeof wireMetricRow>;

/** `responseTimeP50Lower`: a name for each value. */
export function metricColumns(row: WireMetricRow): Readonly<Record<string, string | number | null>> {
  const { responseTime, timeToResolve, timeToAcknowledge, ...plain } = row;
  const columns: Record<string, string | number | null> = plain;
  for (const [name, figures] of Object.entries({ responseTime, timeToResolve, timeToAcknowledge }))
    for (const [column, value] of Object.entries(durationColumns(figures))) columns[`${name}${column}`] = value;
  return columns;
}

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
