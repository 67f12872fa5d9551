// Days keep the wall time, gaps and doubles are settled as POLICY.md says, and the cached tables agree with Temporal.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { DAY_MS, fromRfc3339, type Instant, instant, toRfc3339 } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import { addDuration, endOfDayDue, isDate, isZone, wallTime } from './timing.ts';

const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Africa/Monrovia',
  'Asia/Tehran',
  'America/St_Johns',
  'Antarctica/Troll',
  'UTC',
];

const at = (text: string): Instant => fromRfc3339(text) ?? instant(Number.NaN);
const days = (count: number, ms = 0): Duration => ({ kind: 'days', days: count, ms });
const plus = (from: string, duration: Duration, zone: string): string =>
  toRfc3339(addDuration(at(from), 1, duration, zone));
const minus = (from: string, duration: Duration, zone: string): string =>
  toRfc3339(addDuration(at(from), -1, duration, zone));

describe('addDuration', () => {
  it('adds exact durations as milliseconds, across DST too', () => {
    expect(plus('2026-03-28T20:00:00Z', { kind: 'exact', ms: DAY_MS }, 'Europe/Paris')).toBe(
      '2026-03-29T20:00:00.000Z',
    );
    expect(minus('2026-03-28T20:00:00Z', { kind: 'exact', ms: 1 }, 'Europe/Paris')).toBe('2026-03-28T19:59:59.999Z');
  });

  it('keeps the wall time of days across DST', () => {
    expect(plus('2026-03-28T20:00:00Z', days(1), 'Europe/Paris')).toBe('2026-03-29T19:00:00.000Z');
    expect(minus('2026-10-26T08:00:00Z', days(3), 'Europe/Paris')).toBe('2026-10-23T07:00:00.000Z');
    expect(plus('2026-03-28T20:00:00Z', days(1, 3_600_000), 'Europe/Paris')).toBe('2026-03-29T20:00:00.000Z');
  });

  it('takes the first valid instant after a gap, not the time shifted by its length', () => {
    // 02:30 does not exist in Paris on 29 March 2026: the clock goes from 02:00 to 03:00.
    expect(plus('2026-03-28T01:30:00Z', days(1), 'Europe/Paris')).toBe('2026-03-29T01:00:00.000Z');
    // Lord Howe moves by half an hour: 02:15 becomes 02:30.
    expect(plus('2026-10-02T15:45:00Z', days(1), 'Australia/Lord_Howe')).toBe('2026-10-03T15:30:00.000Z');
    // Apia skipped 30 December 2011 altogether: the next day begins 24 hours of clock later.
    expect(plus('2011-12-29T19:00:00Z', days(1), 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
  });

  it('takes the first of two equal wall times', () => {
    expect(plus('2026-10-24T00:30:00Z', days(1), 'Europe/Paris')).toBe('2026-10-25T00:30:00.000Z');
    // Zero days from the second 02:30 stay at the second.
    expect(plus('2026-10-25T01:30:00Z', days(0), 'Europe/Paris')).toBe('2026-10-25T01:30:00.000Z');
  });

  it('agrees with Temporal in every zone, inside the tables and far outside', () => {
    const instants = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: Date.UTC(1999, 0, 1), max: Date.UTC(2061, 0, 1) }) },
      { weight: 1, arbitrary: fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(9990, 0, 1) }) },
    );
    const count = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(
        instants,
        count,
        fc.constantFrom(...ZONES),
        fc.constantFrom(1 as const, -1 as const),
        (ms, n, zone, sign) => {
          expect(addDuration(instant(ms), sign, days(n), zone)).toBe(byTemporal(ms, sign * n, zone));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('agrees with Temporal in the hours around every transition', () => {
    for (const zone of ZONES) {
      for (const transition of transitionsOf(zone, 2009, 2029)) {
        for (let hours = -3; hours <= 3; hours += 0.25) {
          const ms = transition - DAY_MS + hours * 3_600_000;
          expect([zone, ms, addDuration(instant(ms), 1, days(1), zone)]).toEqual([zone, ms, byTemporal(ms, 1, zone)]);
          const after = transition + DAY_MS + hours * 3_600_000;
          expect([zone, after, addDuration(instant(after), -1, days(1), zone)]).toEqual([
            zone,
            after,
            byTemporal(after, -1, zone),
          ]);
        }
      }
    }
  });

  it('says that a business duration needs a calendar', () => {
    expect(() => addDuration(at('2026-01-01T00:00:00Z'), 1, { kind: 'businessDays', days: 1 }, 'UTC')).toThrow(
      'calendar',
    );
  });
});

describe('endOfDayDue', () => {
  it('is 17:00 on the wall', () => {
    expect(toRfc3339(endOfDayDue('2026-07-01', 'Europe/Paris') as Instant)).toBe('2026-07-01T15:00:00.000Z');
    expect(toRfc3339(endOfDayDue('2026-12-01', 'Europe/Paris') as Instant)).toBe('2026-12-01T16:00:00.000Z');
    expect(toRfc3339(endOfDayDue('9999-12-31', 'Asia/Tokyo') as Instant)).toBe('9999-12-31T08:00:00.000Z');
  });

  it('knows which dates there are', () => {
    expect(endOfDayDue('2026-02-31', 'UTC')).toBeNull();
    expect(endOfDayDue('2026-2-3', 'UTC')).toBeNull();
    expect(isDate('2024-02-29')).toBe(true);
    expect(isDate('2026-02-29')).toBe(false);
    expect(isDate('2026-00-10')).toBe(false);
    expect(isDate('0001-01-01')).toBe(true);
  });
});

describe('zones', () => {
  it('accepts IANA names only', () => {
    for (const name of ['Europe/Paris', 'UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'])
      expect([name, isZone(name)]).toEqual([name, true]);
    for (const name of ['', 'Europe/Pari', '+02:00', 'Z', '../etc', 'Europe/Paris ', '__proto__', 'a'.repeat(200)])
      expect([name, isZone(name)]).toEqual([name, false]);
  });

  it('shows the wall time', () => {
    expect(wallTime(at('2026-11-24T23:30:00Z'), 'Asia/Kathmandu')).toEqual({
      date: '2026-11-25',
      time: '05:15',
      weekday: 3,
      offsetMinutes: 345,
    });
    expect(wallTime(at('2026-11-29T12:00:00Z'), 'UTC').weekday).toBe(7);
  });
});

/** The rule told by Temporal alone: `earlier` picks the first of two; before a gap, the next transition ends it. */
function byTemporal(ms: number, count: number, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .add({ days: count });
  const found = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (found.toPlainDateTime().equals(local)) return found.epochMilliseconds;
  return (found.getTimeZoneTransition('next') as Temporal.ZonedDateTime).epochMilliseconds;
}

function transitionsOf(zone: string, fromYear: number, toYear: number): readonly number[] {
  const found: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(fromYear, 0, 1)).toZonedDateTimeISO(zone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > Date.UTC(toYear, 0, 1)) return found;
    found.push(next.epochMilliseconds);
    at = next;
  }
}
