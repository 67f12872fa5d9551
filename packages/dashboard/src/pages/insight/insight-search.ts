// What figures are asked for, as it stands in the address: so that what somebody looks at can be kept and sent to somebody.
import type { CurveName } from '@relance/client';

export const PERIODS = [7, 30, 90, 365] as const;
export type Period = (typeof PERIODS)[number];
export const PERIOD_USUAL: Period = 30;
export const CURVE_NAMES = [
  'responseTime',
  'timeToAcknowledge',
  'timeToResolve',
] as const satisfies readonly CurveName[];

/** By how they were sent messages are told apart. */
export const SENT_BY = ['provider', 'template', 'locale', 'stage'] as const;
export type SentBy = (typeof SENT_BY)[number];

export interface InsightSearch {
  /** The last so many days; 30 where nothing is said. */
  readonly days?: Period | undefined;
  /** Days by name, both included, in the place of `days`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly policy?: string | undefined;
  /** Of which time the curve is drawn. */
  readonly of?: CurveName | undefined;
  readonly by?: SentBy | undefined;
}

const dateOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;

/** Whatever an address says. What is not known is named and undefined: otherwise it would stay as it was written. */
export const readInsightSearch = (search: Record<string, unknown>): InsightSearch => ({
  days: PERIODS.find((one) => one === Number(search.days)),
  from: dateOf(search.from),
  to: dateOf(search.to),
  policy: typeof search.policy === 'string' && search.policy !== '' ? search.policy.slice(0, 200) : undefined,
  of: CURVE_NAMES.find((one) => one === search.of),
  by: SENT_BY.find((one) => one === search.by),
});
