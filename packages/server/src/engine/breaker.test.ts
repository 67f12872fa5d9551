// A provider that fails is left alone for longer and longer, asked by one message at a time, and back at once when it works.
import type { Instant, Outcome } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { Breaker, FAILURES_MAX } from './breaker.ts';

const T0 = 1_790_000_000_000 as Instant;
const at = (ms: number): Instant => (T0 + ms) as Instant;
const DOWN: Outcome = { kind: 'retry', detail: 'no answer', retryAfterMs: null };
const UP: Outcome = { kind: 'accepted', providerId: null };

function failing(times: number): Breaker {
  const breaker = new Breaker();
  for (let count = 0; count < times; count++) {
    breaker.starts();
    breaker.ends(DOWN, T0);
  }
  return breaker;
}

it('opens after failures in a row, not after as many with a success between them', () => {
  expect(failing(FAILURES_MAX - 1).waitUntil(T0)).toBeNull();
  expect(failing(FAILURES_MAX - 1).health).toBe('failing');
  expect(failing(FAILURES_MAX).waitUntil(T0)).toBe(at(10_000));
  expect(failing(FAILURES_MAX).health).toBe('down');
  const breaker = failing(FAILURES_MAX - 1);
  breaker.ends(UP, T0);
  breaker.ends(DOWN, T0);
  expect(breaker.waitUntil(T0)).toBeNull();
});

it('lets one through when its time has come; the others look again', () => {
  const breaker = failing(FAILURES_MAX);
  expect(breaker.waitUntil(at(9_999))).toBe(at(10_000));
  expect(breaker.waitUntil(at(10_000))).toBeNull();
  breaker.starts();
  expect(breaker.waitUntil(at(10_000))).toBe(at(12_000));
  breaker.ends(UP, at(10_500));
  expect(breaker.waitUntil(at(10_500))).toBeNull();
  expect(breaker.health).toBe('up');
});

it('is open twice as long each time, up to five minutes', () => {
  const breaker = failing(FAILURES_MAX);
  let now = T0;
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    const until = breaker.waitUntil(now) as Instant;
    waits.push((until - now) / 1_000);
    now = until;
    breaker.starts();
    breaker.ends(DOWN, now);
  }
  expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
});

it('those under way when it opened do not keep it shut for longer', () => {
  const breaker = failing(FAILURES_MAX + 20);
  expect(breaker.waitUntil(T0)).toBe(at(10_000));
});

it('"come back later" is believed at once, for a day at most', () => {
  const breaker = new Breaker();
  breaker.ends({ ...DOWN, retryAfterMs: 60_000 }, T0);
  expect(breaker.waitUntil(T0)).toBe(at(60_000));
  breaker.starts();
  breaker.ends({ ...DOWN, retryAfterMs: 7_200_000 }, at(60_000));
  expect(breaker.waitUntil(at(60_000))).toBe(at(7_260_000));
  breaker.ends({ ...DOWN, retryAfterMs: 9e9 }, at(7_260_000));
  expect(breaker.waitUntil(at(7_260_000))).toBe(at(93_660_000));
});

it('a probe that was not handed over leaves the way free for the next', () => {
  const breaker = failing(FAILURES_MAX);
  breaker.starts();
  breaker.withdraws();
  expect(breaker.waitUntil(at(10_000))).toBeNull();
});

describe('what says nothing about the connection', () => {
  it.each<Outcome>([
    { kind: 'rejected', detail: 'no such user' },
    { kind: 'retry', detail: 'greylisted', retryAfterMs: null, about: 'message' },
  ])('$kind', (outcome) => {
    const breaker = new Breaker();
    for (let count = 0; count < 50; count++) breaker.ends(outcome, T0);
    expect(breaker.waitUntil(T0)).toBeNull();
    expect(breaker.health).toBe('up');
  });
});
