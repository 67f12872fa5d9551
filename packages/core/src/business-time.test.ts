// Business days and hours: examples across breaks, weekends, holidays and DST, and properties against a person who looks
// at the clock every minute.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBusinessDays, addBusinessMinutes, addCalendarDuration } from './business-time.ts';
import { type Calendar, hoursOf, isBusinessDay, officeCalendar } from './calendar.ts';
import { dateOf, dayOf } from './day.ts';
import { fromRfc3339, type Instant, instant, MINUTE_MS, toRfc3339 } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import { parseHours } from './policy/hours.ts';
import { addDuration, wallTime } from './timing.ts';

const at = (text: string): Instant => fromRfc3339(text) ?? instant(Number.NaN);
const shown = (moment: Instant | null): string | null => (moment === null ? null : toRfc3339(moment).slice(0, 16));
const hours = (text: string) => {
  const read = parseHours(text);
  return read.ok ? read.value : [];
};
const work = hours('09:00-12:30, 14:00-18:00');
const paris: Calendar = {
  id: 'office-paris',
  zone: 'Europe/Paris',
  week: [work, work, work, work, work, [], []],
  special: new Map([
    ['2026-12-24', { hours: hours('09:00-12:00'), name: null }],
    ['2026-12-25', { hours: [], name: 'Christmas Day' }],
  ]),
  years: { from: 2026, to: 2027 },
};
const closed: Calendar = { ...paris, week: [[], [], [], [], [], [], []], special: new Map() };

describe('business days', () => {
  const days = (text: string, count: number, calendar = paris) => shown(addBusinessDays(calendar, at(text), count));

  it('keep the wall time, over weekends, holidays and DST', () => {
    expect(days('2026-11-25T10:15:00Z', 3)).toBe('2026-11-30T10:15');
    expect(days('2026-12-23T10:15:00Z', 2)).toBe('2026-12-28T10:15');
    expect(days('2026-12-28T16:00:00Z', -3)).toBe('2026-12-22T16:00');
    expect(days('2026-03-27T08:00:00Z', 1)).toBe('2026-03-30T07:00');
    expect(days('2026-03-30T07:00:00Z', -1)).toBe('2026-03-27T08:00');
  });

  it('keep a wall time outside the hours of that day; the window holds it, not the calendar', () => {
    expect(days('2026-11-25T21:00:00Z', 1)).toBe('2026-11-26T21:00');
    expect(days('2026-12-23T15:00:00Z', 1)).toBe('2026-12-24T15:00');
  });

  it('do nothing when there are none of them, on a closed day too', () => {
    expect(days('2026-11-29T21:00:00Z', 0)).toBe('2026-11-29T21:00');
    expect(days('2026-11-29T21:00:00Z', 1)).toBe('2026-11-30T21:00');
    expect(days('2026-11-29T21:00:00Z', -1)).toBe('2026-11-27T21:00');
  });

  it('begin with the first valid instant where a wall time is jumped over', () => {
    const daily: Calendar = { ...officeCalendar('Europe/Paris'), week: Array.from({ length: 7 }, () => work) };
    expect(days('2026-03-28T01:30:00Z', 1, daily)).toBe('2026-03-29T01:00');
    expect(days('2026-10-24T00:30:00Z', 1, daily)).toBe('2026-10-25T00:30');
  });

  it('are none for ever on a calendar that never opens', () => {
    expect(addBusinessDays(closed, at('2026-11-25T08:00:00Z'), 1)).toBeNull();
    expect(addBusinessMinutes(closed, at('2026-11-25T08:00:00Z'), 1)).toBeNull();
    expect(addBusinessMinutes(closed, at('2026-11-25T08:00:00Z'), -1)).toBeNull();
    expect(addBusinessMinutes(paris, at('2026-11-25T08:00:00Z'), 1e12)).toBeNull();
  });

  it('are counted one by one', () => {
    const date = fc.integer({ min: dayOf('2025-01-01'), max: dayOf('2035-01-01') });
    fc.assert(
      fc.property(date, fc.integer({ min: -400, max: 400 }), (day, count) => {
        const noon = instant(day * 86_400_000 + 12 * 3_600_000);
        const result = addBusinessDays(paris, noon, count) as Instant;
        const landed = dayOf(wallTime(result, 'Europe/Paris').date);
        const [from, to] = count < 0 ? [landed, day - 1] : [day + 1, landed];
        let between = 0;
        for (let one = from; one <= to; one++) if (isBusinessDay(paris, dateOf(one))) between += 1;
        expect(between).toBe(Math.abs(count));
        if (count !== 0) expect(isBusinessDay(paris, dateOf(landed))).toBe(true);
        expect(wallTime(result, 'Europe/Paris').time).toBe(wallTime(noon, 'Europe/Paris').time);
      }),
    );
  });
});

describe('business hours', () => {
  const after = (text: string, minutes: number) => shown(addBusinessMinutes(paris, at(text), minutes));

  it('pass only while the calendar is open', () => {
    expect(after('2026-11-25T09:00:00Z', 60)).toBe('2026-11-25T10:00');
    expect(after('2026-11-25T11:00:00Z', 60)).toBe('2026-11-25T13:30');
    expect(after('2026-11-25T16:00:00Z', 240)).toBe('2026-11-26T11:00');
    expect(after('2026-11-27T16:00:00Z', 120)).toBe('2026-11-30T09:00');
    expect(after('2026-12-24T10:00:00Z', 120)).toBe('2026-12-28T09:00');
    expect(after('2026-11-28T03:00:00Z', 30)).toBe('2026-11-30T08:30');
  });

  it('end at closing time, not the next morning, and begin at opening time going back', () => {
    expect(after('2026-11-25T13:00:00Z', 240)).toBe('2026-11-25T17:00');
    expect(after('2026-11-25T17:00:00Z', -240)).toBe('2026-11-25T13:00');
    expect(after('2026-11-26T08:00:00Z', -60)).toBe('2026-11-25T16:00');
    expect(after('2026-11-28T20:00:00Z', -90)).toBe('2026-11-27T15:30');
    expect(after('2026-11-28T20:00:00Z', 0)).toBe('2026-11-28T20:00');
  });

  const ZONES = ['Europe/Paris', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Santiago'];
  const WEEKS = ['09:00-12:30, 14:00-18:00', '00:00-24:00', '22:00-24:00, 00:00-06:00', '01:30-02:30', '23:30-24:00'];

  it('are what a person counts who looks at the clock every minute', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...WEEKS),
        // Around the transitions of 2026, north and south.
        fc.constantFrom('2026-03-28', '2026-04-03', '2026-04-23', '2026-09-05', '2026-10-03', '2026-10-28'),
        fc.integer({ min: 0, max: 2_880 }),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        (zone, written, date, offset, minutes, back) => {
          const open = hours(written);
          const calendar: Calendar = {
            ...paris,
            zone,
            week: Array.from({ length: 7 }, () => open),
            special: new Map(),
          };
          const start = instant(dayOf(date) * 86_400_000 + offset * MINUTE_MS);
          const result = addBusinessMinutes(calendar, start, back ? -minutes : minutes);
          expect([zone, shown(result)]).toEqual([zone, shown(counted(calendar, date, start, minutes, back))]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** What a clock shows, minute by minute, around a date: the furthest it has shown by then. */
const walls = new Map<string, { readonly from: number; readonly furthest: readonly number[] }>();
function wallAround(zone: string, date: string) {
  const known = walls.get(`${zone}/${date}`);
  if (known !== undefined) return known;
  const from = (dayOf(date) - 11) * 1_440;
  const furthest: number[] = [];
  for (let minute = from; minute < from + 24 * 1_440; minute++) {
    const shows = minute + wallTime(instant(minute * MINUTE_MS), zone).offsetMinutes;
    furthest.push(Math.max(shows, furthest.at(-1) ?? shows));
  }
  const wall = { from, furthest };
  walls.set(`${zone}/${date}`, wall);
  return wall;
}

/** Hours begin and end when a clock first shows their times, or has jumped past them. */
function openMinutes(calendar: Calendar, date: string): readonly boolean[] {
  const { furthest } = wallAround(calendar.zone, date);
  const open = furthest.map(() => false);
  for (let day = dayOf(date) - 10; day <= dayOf(date) + 12; day++)
    for (const { fromMinute, toMinute } of hoursOf(calendar, dateOf(day))) {
      open.fill(
        true,
        firstAtOrAfter(furthest, day * 1_440 + fromMinute),
        firstAtOrAfter(furthest, day * 1_440 + toMinute),
      );
    }
  return open;
}

function firstAtOrAfter(furthest: readonly number[], minute: number): number {
  // No clock is ever more than two days away from where it would be without jumps.
  let index = Math.max(0, minute - (furthest[0] ?? 0) - 2_880);
  while (index < furthest.length && (furthest[index] as number) < minute) index += 1;
  return index;
}

function counted(calendar: Calendar, date: string, start: Instant, minutes: number, back: boolean): Instant {
  const open = openMinutes(calendar, date);
  const { from } = wallAround(calendar.zone, date);
  let at = start / MINUTE_MS - from;
  for (let left = minutes; left > 0; at += back ? -1 : 1) if (open[back ? at - 1 : at] === true) left -= 1;
  return instant((at + from) * MINUTE_MS);
}

describe('addCalendarDuration', () => {
  const from = at('2026-11-27T16:30:00Z');
  const add = (duration: Duration, sign: 1 | -1 = 1, calendar: Calendar | null = paris) =>
    shown(addCalendarDuration(from, sign, duration, { zone: 'America/New_York', calendar }));

  it('adds every kind of duration', () => {
    expect(add({ kind: 'exact', ms: 60 * MINUTE_MS })).toBe('2026-11-27T17:30');
    expect(add({ kind: 'days', days: 2, ms: 0 })).toBe('2026-11-29T16:30');
    expect(add({ kind: 'businessDays', days: 2 })).toBe('2026-12-01T16:30');
    expect(add({ kind: 'businessDays', days: 2 }, -1)).toBe('2026-11-25T16:30');
    expect(add({ kind: 'businessHours', hours: 1 })).toBe('2026-11-30T08:30');
    expect(add({ kind: 'businessHours', hours: 4 }, -1)).toBe('2026-11-27T11:00');
  });

  it('takes office hours in the zone where there is no calendar', () => {
    expect(add({ kind: 'businessHours', hours: 8 }, 1, null)).toBe('2026-11-30T16:30');
    expect(add({ kind: 'businessDays', days: 1 }, 1, null)).toBe('2026-11-30T16:30');
  });

  it("keeps wall time in the calendar's zone, else in the one given", () => {
    const spring = at('2026-03-20T12:00:00Z');
    const ten: Duration = { kind: 'days', days: 10, ms: 0 };
    const zone = 'America/New_York';
    expect(addCalendarDuration(spring, 1, ten, { zone, calendar: paris })).toBe(
      addDuration(spring, 1, ten, 'Europe/Paris'),
    );
    expect(addCalendarDuration(spring, 1, ten, { zone, calendar: null })).toBe(addDuration(spring, 1, ten, zone));
  });

  it('never throws and never hangs, at the ends of time too', () => {
    for (const moment of [
      '0001-01-02T00:00:00Z',
      '1969-12-31T23:59:59Z',
      '2028-02-29T12:00:00Z',
      '9999-12-31T23:59:59Z',
    ])
      for (const sign of [1, -1] as const)
        for (const duration of [
          { kind: 'businessDays', days: 3_660 },
          { kind: 'businessHours', hours: 87_840 },
          { kind: 'businessHours', hours: 0 },
        ] as const)
          expect(() =>
            addCalendarDuration(at(moment), sign, duration, { zone: 'Europe/Paris', calendar: paris }),
          ).not.toThrow();
  });
});
