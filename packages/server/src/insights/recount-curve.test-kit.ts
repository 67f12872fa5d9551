// How long things took, told the slow way: Kaplan and Meier's estimate by looking at everybody again for each duration, on the steps by
// which docs/decisions/0016 says that durations are counted. Shares nothing with what counts figures.
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/** Something was waited for: for so many seconds, and whether it came. */
export interface Waited {
  readonly seconds: number;
  readonly came: boolean;
}

/** Durations below so many seconds are counted in steps of so many. */
const STEPS: readonly (readonly [below: number, step: number])[] = [
  [10 * MINUTE, 1],
  [HOUR, 5],
  [6 * HOUR, 30],
  [2 * DAY, 3 * MINUTE],
  [14 * DAY, 15 * MINUTE],
  [90 * DAY, 2 * HOUR],
  [730 * DAY, 12 * HOUR],
  [Number.POSITIVE_INFINITY, 5 * DAY],
];

export function asCounted(seconds: number): number {
  const whole = Math.max(0, Math.floor(seconds));
  const step = STEPS.find(([below]) => whole < below)?.[1] ?? 1;
  return whole - (whole % step);
}

/** Two shares that arithmetic alone tells apart are one. */
const EQUAL = 1e-8;
/** Of a normal distribution 95 % lie within so many standard errors. */
const ERRORS = 1.959963984540054;

interface Point {
  readonly seconds: number;
  /** Which share still waits after so many seconds. */
  readonly waiting: number;
  /** Its limits, by Greenwood's standard error of its logarithm; null where nobody waits. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** How many waited at least so long. */
  readonly atRisk: number;
  /** For how many it came then. */
  readonly came: number;
}

/** By rising duration, at each at which anybody was last seen. */
export function curveOf(all: readonly Waited[]): readonly Point[] {
  const times = [...new Set(all.map(({ seconds }) => seconds))].sort((a, b) => a - b);
  let waiting = 1;
  let variance = 0;
  return times.map((time) => {
    const atRisk = all.filter(({ seconds }) => seconds >= time).length;
    const came = all.filter((one) => one.came && one.seconds === time).length;
    waiting *= (atRisk - came) / atRisk;
    variance += came / atRisk / (atRisk - came);
    const reach = ERRORS * Math.sqrt(variance);
    const [lower, upper] =
      waiting === 0 ? [null, null] : [Math.exp(Math.log(waiting) - reach), Math.exp(Math.log(waiting) + reach)];
    return { seconds: time, waiting, lower, upper: upper === null ? null : Math.min(1, upper), atRisk, came };
  });
}

/**
 * Within which so large a share has ended, or by a limit may have: the middle of the level part where the curve is level there, and null
 * where it never is. The upper limit may rise again where few are left, so it is where that is highest.
 */
function quantileOf(curve: readonly Point[], of: 'waiting' | 'lower' | 'upper', share: number): number | null {
  const highestBelow = (most: number): Point | undefined =>
    curve
      .filter((point) => (point[of] ?? 2) <= most)
      .reduce<Point | undefined>((found, one) => ((found?.[of] ?? -1) >= (one[of] ?? 2) ? found : one), undefined);
  const first = highestBelow(1 - share + EQUAL);
  if (first === undefined) return null;
  const next = highestBelow(1 - share - EQUAL) ?? curve.at(-1) ?? first;
  return (first.seconds + next.seconds) / 2;
}

export function figuresOf(all: readonly Waited[]) {
  const curve = curveOf(all);
  const limits = (share: number) => ({
    lower: quantileOf(curve, 'lower', share),
    upper: quantileOf(curve, 'upper', share),
  });
  return {
    p50: quantileOf(curve, 'waiting', 0.5),
    p90: quantileOf(curve, 'waiting', 0.9),
    n: all.length,
    censored: all.filter(({ came }) => !came).length,
    limits: { p50: limits(0.5), p90: limits(0.9) },
  };
}
