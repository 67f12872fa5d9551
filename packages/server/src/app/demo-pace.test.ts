// The pace of the demo's clock: leaps while it tells its own stories, runs while the newcomer has something under way.
import { DAY_MS, HOUR_MS, type Instant, instant, later } from '@relance/core';
import { expect, it } from 'vitest';
import { LEAP_EVERY_MS, type Moment, pace, READING_MS, type Stretch } from './demo-pace.ts';

const NOON = instant(Date.UTC(2026, 10, 25, 12));
const TURN_MS = 250;
const moment = (more: Partial<Moment>): Moment => ({
  now: NOON,
  nextAt: later(NOON, DAY_MS),
  theirs: true,
  turnMs: TURN_MS,
  sinceLeapMs: LEAP_EVERY_MS,
  sinceNewsMs: READING_MS,
  ...more,
});

/** Real seconds until the clock is there, by turns as the demo makes them. */
function secondsTo(nextAt: Instant): number {
  let now = NOON;
  let stretch: Stretch | null = null;
  for (let turns = 1; turns < 10_000; turns++) {
    const move = pace(moment({ now, nextAt }), stretch);
    now = move.to ?? now;
    stretch = move.stretch;
    if (now === nextAt) return (turns * TURN_MS) / 1_000;
  }
  throw new Error('it never arrives');
}

it('leaps to the next due moment while only the stories are under way', () => {
  const month = later(NOON, 30 * DAY_MS);
  expect(pace(moment({ theirs: false, nextAt: month }), null).to).toBe(month);
  expect(pace(moment({ theirs: false, sinceLeapMs: LEAP_EVERY_MS - 1 }), null).to).toBeNull();
});

it('runs an hour a second while the newcomer has something under way', () => {
  expect(pace(moment({}), null).to).toBe(later(NOON, HOUR_MS / 4));
  expect(secondsTo(later(NOON, DAY_MS))).toBe(24);
  expect(secondsTo(later(NOON, 10))).toBe(0.25);
});

it('lets nobody wait longer than half a minute, however far the next moment is', () => {
  expect(secondsTo(later(NOON, 400 * DAY_MS))).toBeCloseTo(30, 0);
});

it('begins a new stretch when the next moment changes', () => {
  const { stretch } = pace(moment({ nextAt: later(NOON, 400 * DAY_MS) }), null);
  expect(pace(moment({}), stretch).to).toBe(later(NOON, HOUR_MS / 4));
});

it('stands still while people read what happened, and with nothing to come', () => {
  expect(pace(moment({ sinceNewsMs: READING_MS - 1 }), null).to).toBeNull();
  expect(pace(moment({ nextAt: null }), null).to).toBeNull();
});
