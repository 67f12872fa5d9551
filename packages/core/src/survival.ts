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
  { kind = 'log', level = 0.95 }: IntervalOptions = {},
): SurvivalCurve {
  const columns = 'durations' in counts ? counts : columnsOf(counts);
  const { n, censored, places, survival, greenwood } = estimate(columns);
  const [lower, upper] = LIMITS[kind];
  let atRisk = n;
  const steps = Array.from(places, (place, at): SurvivalStep => {
    const counted = { events: columns.events[place] ?? 0, censored: columns.censored[place] ?? 0 };
    const [share, variance] = [survival[at] ?? 0, greenwood[at] ?? 0];
    const reach = Z[level] * Math.sqrt(variance);
    const step = {
      duration: columns.durations[place] ?? 0,
      atRisk,
      ...counted,
      survival: share,
      greenwood: variance,
      lower: share === 0 ? null : numberOr(lower(share, reach)),
      upper: share === 0 ? null : numberOr(upper(share, reach)),
    };
    atRisk -= counted.events + counted.censored;
    return step;
  });
  return { n, censored, steps };
}

type Limit = (share: number, reach: number) => number;
/** The lower and the upper limit of a share that is not 0, of the standard error of its logarithm times z. */
const LIMITS: Readonly<Record<IntervalKind, readonly [lower: Limit, upper: Limit]>> = {
  log: [(share, reach) => share / Math.exp(reach), (share, reach) => Math.min(share * Math.exp(reach), 1)],
  plain: [(share, reach) => Math.max(share - reach * share, 0), (share, reach) => Math.min(share + reach * share, 1)],
  'log-log': [
    (share, reach) => share ** Math.exp(-reach / Math.log(share)),
    (share, reach) => share ** Math.exp(reach / Math.log(share)),
  ],
};

/**
 * The duration within which each of several shares has ended, as `quantile` says it of a curve with limits of kind `log`, which is
 * not made: limits are worked out only where they may cross.
 */
export function quantiles(
  columns: DurationColumns,
  shares: readonly number[],
  level: IntervalLevel = 0.95,
): { readonly n: number; readonly censored: number; readonly quantiles: readonly Quantile[] } {
  const { n, censored, places, survival, greenwood } = estimate(columns);
  const durationAt = (at: number): number => columns.durations[places[at] ?? 0] ?? 0;
  const share = (at: number): number => survival[at] ?? Number.NaN;
  const reach = (at: number): number => Z[level] * Math.sqrt(greenwood[at] ?? 0);
  const [lowerOf, upperOf] = LIMITS.log;
  const lower = (at: number): number => (share(at) === 0 ? Number.NaN : lowerOf(share(at), reach(at)));
  const upper = (at: number): number => (share(at) === 0 ? Number.NaN : upperOf(share(at), reach(at)));
  return {
    n,
    censored,
    quantiles: shares.map((p) => {
      const find = (curve: Shares, from: Shares, highest: Highest): number | null =>
        crossing(
          { count: places.length, durationAt, shareAt: curve, highest },
          p,
          firstAtMost(from, places.length, 1 - p + TOLERANCE),
        );
      return {
        at: find(share, share, share),
        lower: find(lower, lower, lower),
        // Before the curve is so low its upper limit is not; it may rise again, as far as the error does.
        upper: find(upper, share, (at, last) => upperOf(share(at), reach(last))),
      };
    }),
  };
}

const numberOr = (limit: number | undefined): number | null =>
  limit === undefined || Number.isNaN(limit) ? null : limit;

/** A curve as columns: a step for each place of the counts at which anybody was. It holds until the next one is made. */
interface Estimate {
  readonly n: number;
  readonly censored: number;
  readonly places: Uint32Array;
  readonly survival: Float64Array;
  readonly greenwood: Float64Array;
}

/** Nothing is made for a step, and nothing asked of it: a year of days has millions of them. */
function estimate({ events, censored }: DurationColumns): Estimate {
  let ended = 0;
  let left = 0;
  for (let place = 0; place < events.length; place++) {
    ended += events[place] ?? 0;
    left += censored[place] ?? 0;
  }
  const { places, survival, greenwood } = columnsFor(events.length);
  let count = 0;
  let share = 1;
  let variance = 0;
  for (let place = 0, atRisk = ended + left; place < events.length && atRisk > 0; place++) {
    const own = events[place] ?? 0;
    const gone = own + (censored[place] ?? 0);
    share *= (atRisk - own) / atRisk;
    variance += own / (atRisk * (atRisk - own));
    places[count] = place;
    survival[count] = share;
    greenwood[count] = variance;
    count += gone > 0 ? 1 : 0; // where nobody was, the next is written over it
    atRisk -= gone;
  }
  return {
    n: ended + left,
    censored: left,
    places: places.subarray(0, count),
    survival: survival.subarray(0, count),
    greenwood: greenwood.subarray(0, count),
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
    survival: numbers(),
    greenwood: numbers(),
  };
}

/**
 * The duration within which the share `p` (between 0 and 1) has ended. Its limits are where the limits of the curve cross, as
 * Brookmeyer and Crowley have it; the curve's lower limit gives the lower one. Where the curve is flat at 1 − p, the middle of the
 * flat part is taken, as R does, also where the last that was seen ends it.
 */
export function quantile({ steps }: SurvivalCurve, p: number): Quantile {
  const find = (shareOf: (step: SurvivalStep) => number | null): number | null => {
    const shares = steps.map((step) => shareOf(step) ?? Number.NaN);
    return crossing(
      {
        count: steps.length,
        durationAt: (at) => steps[at]?.duration ?? 0,
        shareAt: (at) => shares[at] ?? Number.NaN,
        highest: () => Number.POSITIVE_INFINITY,
      },
      p,
    );
  };
  return { at: find(({ survival }) => survival), lower: find(({ lower }) => lower), upper: find(({ upper }) => upper) };
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

/** Of a curve, by its steps. */
type Shares = (at: number) => number;
/** A share that none from one step to another, the last of them, is above. */
type Highest = (at: number, last: number) => number;

/** A curve by its steps, of which there are `count`. */
interface Curve {
  readonly count: number;
  readonly durationAt: (at: number) => number;
  readonly shareAt: Shares;
  readonly highest: Highest;
}

/**
 * Where a curve first lies at 1 − p or below, with R's tolerance: between the first that does so nearly and the first that does so
 * surely. An upper limit may rise again at its end, where few are left; of such a one the highest value that is low enough counts.
 * A share that is not a number is none. Steps before `from` are known to be too high; many that are lower than what was found
 * are not looked at where `highest` says so.
 */
function crossing({ count, durationAt, shareAt, highest }: Curve, p: number, from = 0): number | null {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${p}`);
  let nearly = -1;
  let nearlyAt = Number.NaN;
  let surely = -1;
  let surelyAt = Number.NaN;
  for (let block = from; block < count; block += BLOCK) {
    const end = Math.min(block + BLOCK, count);
    if (highest(block, end - 1) < surely) continue;
    for (let at = block; at < end; at++) {
      const share = shareAt(at);
      if (!(share <= 1 - p + TOLERANCE)) continue;
      if (share > nearly) {
        nearly = share;
        nearlyAt = durationAt(at);
      }
      if (share <= 1 - p - TOLERANCE && share > surely) {
        surely = share;
        surelyAt = durationAt(at);
      }
    }
  }
  // The last share that the curve comes to may lie at 1 − p: then the last duration that was seen ends it.
  let last = count - 1;
  while (last >= from && shareAt(last) === 1) last -= 1;
  const ends = last >= from && Math.abs(p - (1 - shareAt(last))) < TOLERANCE;
  return numberOr((nearlyAt + (ends ? durationAt(count - 1) : surelyAt)) / 2);
}
const BLOCK = 64;

/** Where a curve that never rises is first no higher, or no number any more; `count` where it never is. */
function firstAtMost(shareAt: Shares, count: number, share: number): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (shareAt(middle) > share) from = middle + 1;
    else to = middle;
  }
  return from;
}
