// How patient each channel is: minutes where a person waits, days where a system does.
import { describe, expect, it } from 'vitest';
import { backoffMs, triesMaxOf } from './judge.ts';

/** The jitter of this id is none: its last four digits are in the middle. */
const ID = '0193a1b2-c3d4-8000-8000-000000007fff';
const HOUR_MS = 3_600_000;
const waits = (channel: 'email' | 'webhook'): number[] =>
  Array.from({ length: triesMaxOf(channel) - 1 }, (_, index) => Math.round(backoffMs(ID, index + 1, channel) / 1_000));
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

describe('patience', () => {
  it('of mail ends within minutes', () => {
    expect(waits('email')).toEqual([5, 10, 20, 40, 80, 160, 320]);
  });
  it('of webhooks goes on for three days, as Standard Webhooks advises', () => {
    expect(waits('webhook')).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(sum(waits('webhook')) / 86_400).toBeGreaterThan(3);
  });
  it('never comes at the same moment for all, and never far from its time', () => {
    const all = Array.from({ length: 200 }, (_, index) =>
      backoffMs(`${ID.slice(0, -4)}${(index * 327).toString(16).padStart(4, '0')}`, 4, 'webhook'),
    );
    expect(new Set(all).size).toBeGreaterThan(150);
    for (const one of all) {
      expect(one).toBeGreaterThanOrEqual(2 * HOUR_MS * 0.75);
      expect(one).toBeLessThanOrEqual(2 * HOUR_MS * 1.25);
    }
  });
});
