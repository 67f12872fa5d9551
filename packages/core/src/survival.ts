// How long something takes when some of it has not happened yet: the Kaplan–Meier estimate, its variance and its quantiles, from
// durations that ended in what was waited for (an event) or while it was still waited for (censored). Leaving those out would
// make slow answers look fast. Agrees with `survfit` and `quantile` of R's package survival. Pure; what is counted is metrics.ts.
//
//   Kaplan & Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958)           survival
//   Greenwood, The natural duration of cancer (1926)                                              its variance
//   Brookmeyer & Crowley, A confidence interval for the median survival time, Biometrics 38 (1982)  limits of quantiles

/** One that was waited for: how long, in any unit, and whether what was waited for came. */
export interface Observation {
  readonly duration: number;
  readonly event: boolean;
}

/** How many ended after a duration, and how many were still waiting when they were last seen. */
export interface DurationCount {
  readonly duration: number;
  readonly events: number;
  readonly censored: number;
}

/** On which scale an interval is symmetric. `log` is what R takes where nothing is said. */
export type IntervalKind = 'log' | 'log-log' | 'plain';

/** Quantiles of the normal distribution for two-sided intervals. */
const Z = { 0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004 } as const;
export type IntervalLevel = keyof typeof Z;

export interface IntervalOptions {
  readonly kind?: IntervalKind;
  readonly level?: IntervalLevel;
}

/** What is known at one duration, at which something ended or was last seen. */
export interface SurvivalStep {
  readonly duration: number;
  /** How many waited at least so long. */
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  /** The share that waits longer, 0 to 1. */
  readonly survival: number;
  /** Greenwood's sum, the variance of the logarithm of `survival`; times its square it is the variance of itself. Infinite at 0. */
  readonly greenwood: number;
  /** Null where R has none: where nobody is left, and with `log-log` also where nothing has ended yet. */
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface SurvivalCurve {
  readonly n: number;
  readonly censored: number;
  /** By rising duration. */
  readonly steps: readonly SurvivalStep[];
}

/** Null where the estimate, or a limit of it, does not fall so low: that many have not ended in the time that was seen. */
export interface Quantile {
  readonly at: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** As R: √(machine epsilon). Durations closer than that are one, and so are shares. */
const TOLERANCE = 2 ** -26;

/** Observations as counts, by rising duration. */
export function countDurations(observations: Iterable<Observation>): readonly DurationCount[] {
  const ones: DurationCount[] = [];
  for (const { duration, event } of observations)
    ones.push({ duration, events: event ? 1 : 0, censored: event ? 0 : 1 });
  return merged(ones);
}

/** Counts as columns, which are read many times faster: by rising duration, each once. Where nothing ended, nothing is told. */
export interface DurationColumns {
  readonly durations: Float64Array;
  readonly events: Float64Array;
  readonly censored: Float64Array;
}

/**
 * The Kaplan–Meier estimate. Counts may come in any order and name a duration more than once, as those of several days do.
 * What is censored at a duration at which something ended waited longer than that. Throws a RangeError for what is no duration
 * or no count: whoever counts has a bug.
 */
export function kaplanMeier(
  counts: Iterable<DurationCount> | DurationColumns,
  options: IntervalOptions = {},
): SurvivalCurve {
  const columns = 'durations' in counts ? counts : columnsOf(counts);
  const { n, censored, places, durations, survival, greenwood, lower, upper } = estimate(columns, options);
  let atRisk = n;
  const steps = Array.from(places, (place, at): SurvivalStep => {
    const counted = { events: columns.events[place] ?? 0, censored: columns.censored[place] ?? 0 };
    const step = {
      duration: durations[at] ?? 0,
      atRisk,
      ...counted,
      survival: survival[at] ?? 0,
      greenwood: greenwood[at] ?? 0,
      lower: numberOr(lower[at]),
      upper: numberOr(upper[at]),
    };
    atRisk -= counted.events + counted.censored;
    return step;
  });
  return { n, censored, steps };
}

/** The duration within which each of several shares has ended, as `quantile` says it of a curve that nobody needs. */
export function quantiles(
  columns: DurationColumns,
  shares: readonly number[],
  options: IntervalOptions = {},
): { readonly n: number; readonly censored: number; readonly quantiles: readonly Quantile[] } {
  const { n, censored, durations, survival, lower, upper } = estimate(columns, options);
  const at = (curve: Float64Array, p: number): number | null => crossing(durations, curve, p);
  return {
    n,
    censored,
    quantiles: shares.map((p) => ({ at: at(survival, p), lower: at(lower, p), upper: at(upper, p) })),
  };
}

const numberOr = (limit: number | undefined): number | null =>
  limit === undefined || Number.isNaN(limit) ? null : limit;

/**
 * A curve as columns: a step for each place of the counts at which anybody was. Not a number where R has no limit. It holds until
 * the next one is made.
 */
interface Estimate {
  readonly n: number;
  readonly censored: number;
  readonly places: Uint32Array;
  readonly durations: Float64Array;
  readonly survival: Float64Array;
  readonly greenwood: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Nothing is made for a step: a year of days has millions of them. */
function estimate(
  { durations: all, events, censored }: DurationColumns,
  { kind = 'log', level = 0.95 }: IntervalOptions,
): Estimate {
  let n = 0;
  for (let place = 0; place < events.length; place++) n += (events[place] ?? 0) + (censored[place] ?? 0);
  const { places, durations, survival, greenwood, lower, upper } = columnsFor(events.length);
  const z = Z[level];
  let count = 0;
  let atRisk = n;
  let unanswered = 0;
  let share = 1;
  let variance = 0;
  let low = kind === 'log-log' ? Number.NaN : 1;
  let high = low;
  for (let place = 0; place < events.length; place++) {
    const ended = events[place] ?? 0;
    const left = censored[place] ?? 0;
    if (ended === 0 && left === 0) continue;
    if (ended > 0) {
      share *= (atRisk - ended) / atRisk;
      variance += ended / (atRisk * (atRisk - ended));
      const reach = z * Math.sqrt(variance);
      if (share === 0) low = high = Number.NaN;
      else if (kind === 'log') {
        const factor = Math.exp(reach);
        low = share / factor;
        high = Math.min(share * factor, 1);
      } else if (kind === 'plain') {
        low = Math.max(share - reach * share, 0);
        high = Math.min(share + reach * share, 1);
      } else {
        const half = reach / Math.log(share);
        low = share ** Math.exp(-half);
        high = share ** Math.exp(half);
      }
    }
    places[count] = place;
    durations[count] = all[place] ?? 0;
    survival[count] = share;
    greenwood[count] = variance;
    lower[count] = low;
    upper[count] = high;
    count += 1;
    atRisk -= ended + left;
    unanswered += left;
  }
  return {
    n,
    censored: unanswered,
    places: places.subarray(0, count),
    durations: durations.subarray(0, count),
    survival: survival.subarray(0, count),
    greenwood: greenwood.subarray(0, count),
    lower: lower.subarray(0, count),
    upper: upper.subarray(0, count),
  };
}

/** One set for all: making them costs more than what is written to them. */
let columns = newColumns(0);
function columnsFor(length: number): typeof columns {
  if (columns.places.length < length) columns = newColumns(length);
  return columns;
}
function newColumns(length: number) {
  const numbers = (): Float64Array => new Float64Array(length);
  return {
    places: new Uint32Array(length),
    durations: numbers(),
    survival: numbers(),
    greenwood: numbers(),
    lower: numbers(),
    upper: numbers(),
  };
}

/**
 * The duration within which the share `p` (between 0 and 1) has ended. Its limits are where the limits of the curve cross, as
 * Brookmeyer and Crowley have it; the curve's lower limit gives the lower one. Where the curve is flat at 1 − p, the middle of the
 * flat part is taken, as R does, also where the last that was seen ends it.
 */
export function quantile({ steps }: SurvivalCurve, p: number): Quantile {
  const durations = Float64Array.from(steps, ({ duration }) => duration);
  const at = (shareOf: (step: SurvivalStep) => number | null): number | null =>
    crossing(
      durations,
      Float64Array.from(steps, (step) => shareOf(step) ?? Number.NaN),
      p,
    );
  return { at: at(({ survival }) => survival), lower: at(({ lower }) => lower), upper: at(({ upper }) => upper) };
}

/** Counts in any order, those of one duration together. */
export const columnsOf = (counts: Iterable<DurationCount>): DurationColumns => asColumns(tied(merged(counts)));

/** By rising duration, each once, and none at which nobody was. */
function merged(counts: Iterable<DurationCount>): readonly DurationCount[] {
  const all = [...counts].map(checked).filter(({ events, censored }) => events + censored > 0);
  const once: DurationCount[] = [];
  for (const one of all.toSorted((a, b) => a.duration - b.duration)) {
    const last = once.at(-1);
    if (last?.duration === one.duration) once[once.length - 1] = joined(last, one);
    else once.push(one);
  }
  return once;
}

const asColumns = (sorted: readonly DurationCount[]): DurationColumns => ({
  durations: Float64Array.from(sorted, ({ duration }) => duration),
  events: Float64Array.from(sorted, ({ events }) => events),
  censored: Float64Array.from(sorted, ({ censored }) => censored),
});

const joined = (first: DurationCount, other: DurationCount): DurationCount => ({
  duration: first.duration,
  events: first.events + other.events,
  censored: first.censored + other.censored,
});

function checked(one: DurationCount): DurationCount {
  if (!Number.isFinite(one.duration) || one.duration < 0) throw new RangeError(`no duration: ${one.duration}`);
  for (const count of [one.events, one.censored])
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`no count: ${count}`);
  return one;
}

/** Durations that differ by no more than a computer's rounding are the first of them (R: `timefix`). */
function tied(sorted: readonly DurationCount[]): readonly DurationCount[] {
  const mean = sorted.reduce((sum, { duration }) => sum + duration, 0) / sorted.length;
  const runs: DurationCount[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const one of sorted) {
    const gap = one.duration - before;
    const first = runs.at(-1);
    if (first !== undefined && (gap <= TOLERANCE || gap / mean <= TOLERANCE))
      runs[runs.length - 1] = joined(first, one);
    else runs.push(one);
    before = one.duration;
  }
  return runs;
}

/**
 * Where a curve first lies at 1 − p or below, with R's tolerance: between the first that does so nearly and the first that does so
 * surely. An upper limit may rise again at its end, where few are left; of such a one the highest value that is low enough counts.
 * A share that is not a number is none.
 */
function crossing(durations: Float64Array, shares: Float64Array, p: number): number | null {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${p}`);
  let nearly = -1;
  let nearlyAt = Number.NaN;
  let surely = -1;
  let surelyAt = Number.NaN;
  let last = Number.NaN;
  for (let at = 0; at < shares.length; at++) {
    const share = shares[at] ?? Number.NaN;
    if (share !== 1) last = share;
    if (!(share <= 1 - p + TOLERANCE)) continue;
    if (share > nearly) {
      nearly = share;
      nearlyAt = durations[at] ?? 0;
    }
    if (share <= 1 - p - TOLERANCE && share > surely) {
      surely = share;
      surelyAt = durations[at] ?? 0;
    }
  }
  // The last share that the curve comes to may lie at 1 − p: then the last duration that was seen ends it.
  const end = Math.abs(p - (1 - last)) < TOLERANCE ? (durations.at(-1) ?? Number.NaN) : surelyAt;
  return numberOr((nearlyAt + end) / 2);
}
