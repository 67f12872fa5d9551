// Curves on the wire: as Kaplan and Meier have them, with whoever still waits, and as many points as somebody can look at.
import { expect, it } from 'vitest';
import type { Instant } from '../instant.ts';
import { addWait, noTimes, packTimes } from '../packed-times.ts';
import { wireCurve } from './wire-curve.ts';

const NOW = Date.parse('2026-11-02T12:00:00Z') as Instant;
const MINUTE = Math.floor(NOW / 60_000);

function curveOf(ended: readonly number[], waitingMinutes: readonly number[] = []) {
  const times = noTimes();
  for (const seconds of ended) addWait(times, 'resolve', { since: 0, seconds, ended: true }, 1);
  for (const ago of waitingMinutes) addWait(times, 'resolve', { since: MINUTE - ago, seconds: null, ended: false }, 1);
  const sum = { group: { policy: 'bill' }, counts: {} as never, times: packTimes(times) };
  return wireCurve(sum, 'timeToResolve', NOW);
}

it('falls where something has ended, and not where somebody only waits', () => {
  const { points, n, censored, policy } = curveOf([60, 120, 240], [3]);
  expect([policy, n, censored]).toEqual(['bill', 4, 1]);
  expect(points.map(({ seconds, waiting, atRisk }) => [seconds, waiting, atRisk])).toEqual([
    [60, 3 / 4, 4],
    [120, 1 / 2, 3],
    [240, 0, 1],
  ]);
  expect(points[0]?.lower).toBeCloseTo(0.4259, 4);
  expect(points[2]).toMatchObject({ lower: null, upper: null });
});

it('goes on as long as anybody was seen to wait', () => {
  const { points, p50 } = curveOf([60], [10, 20]);
  expect(points.map(({ seconds, waiting }) => [seconds, waiting])).toEqual([
    [60, 2 / 3],
    [1_200, 2 / 3],
  ]);
  expect(p50).toBeNull();
});

it('has no point where nothing is known, and at most 300, the last among them', () => {
  expect(curveOf([]).points).toEqual([]);
  const many = curveOf(Array.from({ length: 900 }, (_, at) => at + 1));
  expect(many.points).toHaveLength(300);
  expect(many.points[0]).toMatchObject({ seconds: 1, atRisk: 900 });
  expect(many.points.at(-1)).toMatchObject({ seconds: 900, waiting: 0 });
});
