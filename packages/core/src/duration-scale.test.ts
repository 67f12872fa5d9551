// The scale on which durations are counted: what people agree on stays what it is, all else is less than 1 % shorter, and every place is
// one duration.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedSeconds, RANKS, rankOf, SECONDS_OF_RANK } from './duration-scale.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';

describe('durations', () => {
  it('are counted by the second up to ten minutes', () => {
    for (let seconds = 0; seconds <= 600; seconds++) expect(countedSeconds(seconds * SECOND_MS + 999)).toBe(seconds);
    expect(countedSeconds(604_999)).toBe(600);
    expect(countedSeconds(-5 * SECOND_MS)).toBe(0);
  });

  it.each([
    ['minutes up to six hours', MINUTE_MS, 6 * 60],
    ['hours up to two weeks', HOUR_MS, 14 * 24],
    ['days up to two years', DAY_MS, 2 * 365],
  ])('stay whole %s', (_, unit, most) => {
    for (let many = 0; many <= most; many++) expect(countedSeconds(many * unit)).toBe((many * unit) / SECOND_MS);
  });

  it('are less than 1 % shorter, never longer, and in the order in which they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seconds) => {
        const counted = countedSeconds(seconds * SECOND_MS);
        expect(counted).toBeLessThanOrEqual(seconds);
        expect(seconds - counted).toBeLessThan(Math.max(1, seconds / 100));
        expect(countedSeconds(counted * SECOND_MS)).toBe(counted);
        expect(countedSeconds((seconds + 1) * SECOND_MS)).toBeGreaterThanOrEqual(counted);
      }),
    );
  });

  it('are as long as the longest where nothing is longer', () => {
    expect(rankOf(Number.MAX_SAFE_INTEGER)).toBe(RANKS - 1);
    expect(countedSeconds(Number.MAX_SAFE_INTEGER)).toBe(SECONDS_OF_RANK[RANKS - 1]);
  });

  it('are known by their place, and each place is one of them', () => {
    SECONDS_OF_RANK.forEach((seconds, rank) => {
      expect(rankOf(seconds)).toBe(rank);
      if (rank > 0) expect(rankOf(seconds - 1)).toBe(rank - 1);
    });
    expect(rankOf(365 * 86_400)).toBe(5_254);
  });
});
