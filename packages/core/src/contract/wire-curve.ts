// How long something takes as a curve on the wire: which share still waits after so many seconds, with its limits and how many that is
// told from. The unanswered are in it (survival.ts). The figures beside it are wire-metrics.ts.
import type { Instant } from '../instant.ts';
import { durationFigures } from '../metrics.ts';
import { durationsOf, type WaitKind } from '../packed-times.ts';
import { kaplanMeier, type SurvivalStep } from '../survival.ts';
import type { MetricSum } from './wire-metrics.ts';

/** By the names that figures have for them. */
export const CURVES = {
  responseTime: 'response',
  timeToResolve: 'resolve',
  timeToAcknowledge: 'acknowledge',
} as const satisfies Readonly<Record<string, WaitKind>>;
export type CurveName = keyof typeof CURVES;

/** More than a screen has room for; those that are left out lie between two that are not. */
const POINTS_MAX = 300;

export interface CurvePoint {
  readonly seconds: number;
  /** The share that waits longer than that, 0 to 1. */
  readonly waiting: number;
  /** 95 % confidence; null where nobody is left. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** How many waited at least so long. */
  readonly atRisk: number;
}

export function wireCurve({ group, times }: MetricSum, of: CurveName, now: Instant) {
  const counts = durationsOf(times, now)[CURVES[of]];
  const points = thinned(
    kaplanMeier(counts).steps.filter(({ events }, at, all) => events > 0 || at === all.length - 1),
  );
  return { ...group, ...durationFigures(counts), points: points.map(pointOf) };
}
export type WireCurve = ReturnType<typeof wireCurve>;

const pointOf = ({ duration, survival, lower, upper, atRisk }: SurvivalStep): CurvePoint => ({
  seconds: duration,
  waiting: survival,
  lower,
  upper,
  atRisk,
});

/** Evenly, the first and the last among them. */
function thinned(steps: readonly SurvivalStep[]): readonly SurvivalStep[] {
  if (steps.length <= POINTS_MAX) return steps;
  const each = (steps.length - 1) / (POINTS_MAX - 1);
  return Array.from({ length: POINTS_MAX }, (_, at) => steps[Math.round(at * each)] as SurvivalStep);
}
