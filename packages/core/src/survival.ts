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
  const steps: SurvivalStep[] = [];
  const sums = walk('durations' in counts ? counts : columnsOf(counts), options, (point) => {
    steps.push({ ...point, lower: numberOr(point.lower), upper: numberOr(point.upper) });
  });
  return { ...sums, steps };
}

/** The duration within which each of several shares has ended, as `quantile` says it of a curve that nobody needs. */
export function quantiles(
  columns: DurationColumns,
  shares: readonly number[],
  options: IntervalOptions = {},
): { readonly n: number; readonly censored: number; readonly quantiles: readonly Quantile[] } {
  const searches = shares.map((p) => new QuantileSearch(p));
  const sums = walk(columns, options, (point) => {
    for (const search of searches) search.see(point);
  });
  return { ...sums, quantiles: searches.map((search) => search.found()) };
}

/** A step of the curve; not a number where R has no limit. One that is told is told no more when the next is. */
interface Point {
  duration: number;
  atRisk: number;
  events: number;
  censored: number;
  survival: number;
  greenwood: number;
  lower: number;
  upper: number;
}
const numberOr = (limit: number): number | null => (Number.isNaN(limit) ? null : limit);

/** Tells each step of the curve in order. Nothing is made for a step: a year of days has millions of them. */
function walk(
  { durations, events, censored }: DurationColumns,
  { kind = 'log', level = 0.95 }: IntervalOptions,
  see: (point: Point) => void,
): { readonly n: number; readonly censored: number } {
  let n = 0;
  for (let at = 0; at < durations.length; at++) n += (events[at] ?? 0) + (censored[at] ?? 0);
  const point: Point = {
    duration: 0,
    atRisk: n,
    events: 0,
    censored: 0,
    survival: 1,
    greenwood: 0,
    lower: Number.NaN,
    upper: Number.NaN,
  };
  limit(point, Z[level], kind);
  let [atRisk, unanswered] = [n, 0];
  for (let at = 0; at < durations.length; at++) {
    point.events = events[at] ?? 0;
    point.censored = censored[at] ?? 0;
    if (point.events === 0 && point.censored === 0) continue;
    point.duration = durations[at] ?? 0;
    point.atRisk = atRisk;
    if (point.events > 0) {
      point.survival *= (atRisk - point.events) / atRisk;
      point.greenwood += point.events / (atRisk * (atRisk - point.events));
      limit(point, Z[level], kind);
    }
    see(point);
    atRisk -= point.events + point.censored;
    unanswered += point.censored;
  }
  return { n, censored: unanswered };
}

/**
 * The duration within which the share `p` (between 0 and 1) has ended. Its limits are where the limits of the curve cross, as
 * Brookmeyer and Crowley have it; the curve's lower limit gives the lower one. Where the curve is flat at 1 − p, the middle of the
 * flat part is taken, as R does, also where the last that was seen ends it.
 */
export function quantile({ steps }: SurvivalCurve, p: number): Quantile {
  const search = new QuantileSearch(p);
  for (const step of steps) search.see({ ...step, lower: step.lower ?? Number.NaN, upper: step.upper ?? Number.NaN });
  return search.found();
}

class QuantileSearch {
  readonly #at: Crossing;
  readonly #lower: Crossing;
  readonly #upper: Crossing;
  #lastAt = Number.NaN;

  constructor(p: number) {
    if (!(p > 0 && p < 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${p}`);
    this.#at = new Crossing(p);
    this.#lower = new Crossing(p);
    this.#upper = new Crossing(p);
  }

  see({ duration, events, survival, lower, upper }: Point): void {
    this.#lastAt = duration;
    if (events === 0) return; // the curve stays where it was
    this.#at.see(duration, survival);
    this.#lower.see(duration, lower);
    this.#upper.see(duration, upper);
  }

  found(): Quantile {
    const [at, lower, upper] = [this.#at, this.#lower, this.#upper].map((one) => one.found(this.#lastAt));
    return { at: at ?? null, lower: lower ?? null, upper: upper ?? null };
  }
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

/** The limits of a point, from its share and the standard error of the logarithm of that. */
function limit(point: Point, z: number, kind: IntervalKind): void {
  const { survival: share, greenwood } = point;
  const error = Math.sqrt(greenwood);
  point.lower = Number.NaN;
  point.upper = Number.NaN;
  if (share === 0 || (kind === 'log-log' && share === 1)) return;
  switch (kind) {
    case 'plain':
      point.lower = Math.max(share - z * error * share, 0);
      point.upper = Math.min(share + z * error * share, 1);
      return;
    case 'log': {
      // exp(ln share ± z error), with one power for both.
      const factor = Math.exp(z * error);
      point.lower = share / factor;
      point.upper = Math.min(share * factor, 1);
      return;
    }
    case 'log-log': {
      const middle = Math.log(-Math.log(share));
      const half = (z * error) / Math.log(share);
      point.lower = Math.exp(-Math.exp(middle - half));
      point.upper = Math.exp(-Math.exp(middle + half));
    }
  }
}

/**
 * Where a curve first lies at 1 − p or below, with R's tolerance: between the first that does so nearly and the first that does so
 * surely. An upper limit may rise again at its end, where few are left; of such a one the highest value that is low enough counts.
 */
class Crossing {
  readonly #p: number;
  /** Which share has ended where it was nearly and where it was surely enough, and when; 2: nowhere. */
  #nearly = 2;
  #nearlyAt = Number.NaN;
  #surely = 2;
  #surelyAt = Number.NaN;
  /** The last share that is not one. An upper limit may be back at one by then. */
  #last = Number.NaN;

  constructor(p: number) {
    this.#p = p;
  }

  /** A share that is not a number is none. */
  see(duration: number, share: number): void {
    if (share === 1) return;
    this.#last = share;
    const ended = 1 - share;
    if (!(ended + TOLERANCE >= this.#p)) return;
    if (ended < this.#nearly) {
      this.#nearly = ended;
      this.#nearlyAt = duration;
    }
    if (ended - TOLERANCE >= this.#p && ended < this.#surely) {
      this.#surely = ended;
      this.#surelyAt = duration;
    }
  }

  /** Where the last share that the curve comes to lies at 1 − p, the last duration that was seen ends it. */
  found(lastAt: number): number | null {
    const end = Math.abs(this.#p - (1 - this.#last)) < TOLERANCE ? lastAt : this.#surelyAt;
    const middle = (this.#nearlyAt + end) / 2;
    return Number.isNaN(middle) ? null : middle;
  }
}
