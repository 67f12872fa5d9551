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

/**
 * The Kaplan–Meier estimate. Counts may come in any order and name a duration more than once, as those of several days do.
 * What is censored at a duration at which something ended waited longer than that. Throws a RangeError for what is no duration
 * or no count: whoever counts has a bug.
 */
export function kaplanMeier(counts: Iterable<DurationCount>, options: IntervalOptions = {}): SurvivalCurve {
  const { kind = 'log', level = 0.95 } = options;
  const sorted = tied(merged(counts));
  const n = sorted.reduce((sum, { events, censored }) => sum + events + censored, 0);
  const steps: SurvivalStep[] = [];
  let [atRisk, survival, greenwood, unanswered] = [n, 1, 0, 0];
  for (const { duration, events, censored } of sorted) {
    if (events > 0) {
      survival *= (atRisk - events) / atRisk;
      greenwood += events / (atRisk * (atRisk - events));
    }
    const [lower, upper] = limits(survival, Math.sqrt(greenwood), Z[level], kind);
    steps.push({ duration, atRisk, events, censored, survival, greenwood, lower, upper });
    atRisk -= events + censored;
    unanswered += censored;
  }
  return { n, censored: unanswered, steps };
}

/**
 * The duration within which the share `p` (between 0 and 1) has ended. Its limits are where the limits of the curve cross, as
 * Brookmeyer and Crowley have it; the curve's lower limit gives the lower one. Where the curve is flat at 1 − p, the middle of the
 * flat part is taken, as R does, also where the last that was seen ends it.
 */
export function quantile({ steps }: SurvivalCurve, p: number): Quantile {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${p}`);
  return {
    at: crossing(steps, p, ({ survival }) => survival),
    lower: crossing(steps, p, ({ lower }) => lower),
    upper: crossing(steps, p, ({ upper }) => upper),
  };
}

/** By rising duration, each once; what is in that order already, as roll-ups keep it, is only looked through. */
function merged(counts: Iterable<DurationCount>): readonly DurationCount[] {
  const all = [...counts].map(checked).filter(({ events, censored }) => events + censored > 0);
  if (all.every(({ duration }, at) => at === 0 || duration > (all[at - 1]?.duration ?? 0))) return all;
  const once: DurationCount[] = [];
  for (const one of all.toSorted((a, b) => a.duration - b.duration)) {
    const last = once.at(-1);
    if (last?.duration === one.duration) once[once.length - 1] = joined(last, one);
    else once.push(one);
  }
  return once;
}

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

type Limits = readonly [lower: number | null, upper: number | null];

/** `error`: the standard error of the logarithm of the share. */
function limits(share: number, error: number, z: number, kind: IntervalKind): Limits {
  if (share === 0) return [null, null];
  switch (kind) {
    case 'plain':
      return [Math.max(share - z * error * share, 0), Math.min(share + z * error * share, 1)];
    case 'log':
      return [Math.exp(Math.log(share) - z * error), Math.min(Math.exp(Math.log(share) + z * error), 1)];
    case 'log-log': {
      if (share === 1) return [null, null];
      const middle = Math.log(-Math.log(share));
      const half = (z * error) / Math.log(share);
      return [Math.exp(-Math.exp(middle - half)), Math.exp(-Math.exp(middle + half))];
    }
  }
}

/**
 * Where a curve first lies at 1 − p or below, with R's tolerance: between the first that does so nearly and the first that does so
 * surely. An upper limit may rise again at its end, where few are left; of such a one the highest value that is low enough counts.
 */
function crossing(
  steps: readonly SurvivalStep[],
  p: number,
  shareOf: (step: SurvivalStep) => number | null,
): number | null {
  let [nearly, surely]: (Ended | null)[] = [null, null];
  for (const step of steps) {
    const share = shareOf(step);
    if (share === null) continue;
    const ended = 1 - share;
    if (ended + TOLERANCE < p) continue;
    if (ended < (nearly?.ended ?? 2)) nearly = { ended, at: step.duration };
    if (ended - TOLERANCE >= p && ended < (surely?.ended ?? 2)) surely = { ended, at: step.duration };
  }
  if (nearly == null) return null;
  const end = endsAt(steps, p, shareOf) ? steps.at(-1)?.duration : surely?.at;
  return end === undefined ? null : (nearly.at + end) / 2;
}

interface Ended {
  readonly ended: number;
  readonly at: number;
}

/** Whether the last share that a curve comes to, of those below one, lies at 1 − p. An upper limit may be back at one by then. */
function endsAt(steps: readonly SurvivalStep[], p: number, shareOf: (step: SurvivalStep) => number | null): boolean {
  const last = steps.findLast((step) => shareOf(step) !== 1);
  const share = last === undefined ? null : shareOf(last);
  return share !== null && Math.abs(p - (1 - share)) < TOLERANCE;
}
