// On which durations times are counted, so that any number of them can be kept as counts: by the second up to ten minutes, and then in
// steps that divide what people agree on. A whole minute stays one up to six hours, an hour up to two weeks, a day up to two years;
// whatever lies between is rounded down by less than 1 %. What is counted so is packed-times.ts.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';

const seconds = (ms: number): number => ms / SECOND_MS;
/** Up to so many seconds, in steps of so many. Each step divides both ends of its part. */
const PARTS: readonly (readonly [until: number, step: number])[] = [
  [seconds(10 * MINUTE_MS), 1],
  [seconds(HOUR_MS), 5],
  [seconds(6 * HOUR_MS), 30],
  [seconds(2 * DAY_MS), seconds(3 * MINUTE_MS)],
  [seconds(14 * DAY_MS), seconds(15 * MINUTE_MS)],
  [seconds(90 * DAY_MS), seconds(2 * HOUR_MS)],
  [seconds(730 * DAY_MS), seconds(12 * HOUR_MS)],
  // Some 68 years, which nothing reaches.
  [seconds(25_000 * DAY_MS), seconds(5 * DAY_MS)],
];

interface Part {
  readonly from: number;
  readonly until: number;
  readonly step: number;
  /** The rank of `from`. */
  readonly rank: number;
}
const SCALE: readonly Part[] = PARTS.map(([until, step], at) => ({
  from: PARTS[at - 1]?.[0] ?? 0,
  until,
  step,
  rank: PARTS.slice(0, at).reduce((rank, [end, own], before) => rank + (end - (PARTS[before - 1]?.[0] ?? 0)) / own, 0),
}));
const LONGEST = (SCALE.at(-1)?.until ?? 0) - 1;

/** The place of a duration, in whole seconds, among all that are counted. */
export function rankOf(whole: number): number {
  for (const { from, until, step, rank } of SCALE) if (whole < until) return rank + Math.floor((whole - from) / step);
  return RANKS - 1;
}

/** How many durations there are to be counted. */
export const RANKS = rankOf(LONGEST) + 1;

/** The duration at each place, in seconds. */
export const SECONDS_OF_RANK: Float64Array = Float64Array.from({ length: RANKS }, (_, place) => {
  const { from, step, rank } = SCALE.findLast((part) => part.rank <= place) as Part;
  return from + (place - rank) * step;
});

/** A duration as it is counted, in seconds. What clocks that disagree make negative is no time at all. */
export const countedSeconds = (ms: number): number =>
  SECONDS_OF_RANK[rankOf(Math.min(LONGEST, Math.max(0, Math.floor(ms / SECOND_MS))))] ?? 0;
