// The hours at which somebody is interrupted, at their edges and by their own clock.
import { expect, it } from 'vitest';
import type { Instant } from './instant.ts';
import { hourKindAt } from './interruption.ts';

const at = (text: string): Instant => Date.parse(text) as Instant;

it.each([
  ['2026-11-02T07:59:59Z', 'night'], // a Monday
  ['2026-11-02T08:00:00Z', 'business'],
  ['2026-11-02T17:59:59Z', 'business'],
  ['2026-11-02T18:00:00Z', 'evening'],
  ['2026-11-02T21:59:59Z', 'evening'],
  ['2026-11-02T22:00:00Z', 'night'],
  ['2026-11-07T07:59:59Z', 'night'],
  ['2026-11-07T08:00:00Z', 'weekend'],
  ['2026-11-08T21:59:59Z', 'weekend'],
  ['2026-11-08T22:00:00Z', 'night'],
] as const)('%s is of the %s hours', (time, kind) => expect(hourKindAt(at(time), 'UTC')).toBe(kind));

it('goes by the clock of whoever is interrupted', () => {
  expect(hourKindAt(at('2026-11-06T17:30:00Z'), 'Europe/Madrid')).toBe('evening');
  expect(hourKindAt(at('2026-11-06T17:30:00Z'), 'America/New_York')).toBe('business');
  expect(hourKindAt(at('2026-11-06T17:30:00Z'), 'Asia/Tokyo')).toBe('night');
  expect(hourKindAt(at('2026-11-07T00:30:00Z'), 'Asia/Tokyo')).toBe('weekend');
  expect(hourKindAt(at('1969-12-28T12:00:00Z'), 'UTC')).toBe('weekend');
});
