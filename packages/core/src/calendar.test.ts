// A calendar answers for its days and hours: breaks, holidays, other hours, ends of days, and nothing for ever closed.
import { describe, expect, it } from 'vitest';
import {
  businessDaysAfter,
  type Calendar,
  endOfDay,
  hoursOf,
  isBusinessDay,
  isOpen,
  nextOpen,
  nextWorkingDays,
  OFFICE_WEEK,
  officeCalendar,
} from './calendar.ts';
import { fromRfc3339, type Instant, instant, toRfc3339 } from './instant.ts';
import { parseHours } from './policy/hours.ts';

const at = (text: string): Instant => fromRfc3339(text) ?? instant(Number.NaN);
const hours = (text: string) => {
  const read = parseHours(text);
  return read.ok ? read.value : [];
};
const shown = (moment: Instant | null): string | null => (moment === null ? null : toRfc3339(moment).slice(0, 16));

const work = hours('09:00-12:30, 14:00-18:00');
const paris: Calendar = {
  id: 'office-paris',
  zone: 'Europe/Paris',
  week: [work, work, work, work, work, hours('10:00-12:00'), []],
  special: new Map([
    ['2026-07-14', { hours: [], name: 'Bastille Day' }],
    ['2026-12-24', { hours: hours('09:00-12:00'), name: null }],
    ['2026-12-25', { hours: [], name: 'Christmas Day' }],
    ['2026-12-26', { hours: [], name: null }],
    ['2026-12-27', { hours: hours('09:00-24:00'), name: null }],
  ]),
  years: { from: 2026, to: 2027 },
};
const never: Calendar = { ...paris, week: [[], [], [], [], [], [], []], special: new Map() };
const yearly: Calendar = { ...never, special: new Map([['2027-06-01', { hours: work, name: null }]]) };

describe('days', () => {
  it('are business days when they have hours, of their weekday or of their own', () => {
    expect(['2026-11-25', '2026-11-28', '2026-11-29'].map((date) => isBusinessDay(paris, date))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isBusinessDay(paris, '2026-12-25')).toBe(false);
    expect(isBusinessDay(paris, '2026-12-27')).toBe(true); // a Sunday, by exception
    expect(hoursOf(paris, '2026-12-24')).toEqual(hours('09:00-12:00'));
  });

  it('are counted on and back over weekends and holidays', () => {
    const counted = (date: string, ...counts: number[]) => counts.map((count) => businessDaysAfter(paris, date, count));
    expect(counted('2026-11-25', 0, 1, 3, 4, -1, -3)).toEqual([
      '2026-11-25',
      '2026-11-26',
      '2026-11-28',
      '2026-11-30',
      '2026-11-24',
      '2026-11-21',
    ]);
    // From a Sunday: itself, the Monday after, the Saturday before.
    expect(counted('2026-11-29', 0, 1, -1)).toEqual(['2026-11-29', '2026-11-30', '2026-11-28']);
    expect(counted('2026-12-24', 1, 2)).toEqual(['2026-12-27', '2026-12-28']);
    expect(counted('2026-07-15', -1)).toEqual(['2026-07-13']);
  });

  it('end with their hours, else at 17:00', () => {
    const ends = (date: string) => shown(endOfDay(paris, date));
    expect(ends('2026-11-25')).toBe('2026-11-25T17:00');
    expect(ends('2026-12-24')).toBe('2026-12-24T11:00');
    expect(ends('2026-12-25')).toBe('2026-12-25T16:00');
    expect(ends('2026-07-13')).toBe('2026-07-13T16:00');
    // 24:00 is shown as the next day, so the day that was meant ends a minute earlier.
    expect(ends('2026-12-27')).toBe('2026-12-27T22:59');
    expect(endOfDay(paris, '2026-02-30')).toBeNull();
    expect(shown(endOfDay(officeCalendar('Asia/Tokyo'), '2026-11-29'))).toBe('2026-11-29T08:00');
  });

  it('are office days without hours of their own', () => {
    const office = officeCalendar('UTC');
    expect(office.week).toBe(OFFICE_WEEK);
    expect(hoursOf(office, '2026-11-25')).toEqual(hours('09:00-17:00'));
    expect(isBusinessDay(office, '2026-11-28')).toBe(false);
  });

  it('are shown ahead', () => {
    expect(nextWorkingDays(paris, '2026-12-24', 3)).toEqual([
      {
        date: '2026-12-24',
        weekday: 4,
        hours: hours('09:00-12:00'),
        opensAt: at('2026-12-24T08:00:00Z'),
        closesAt: at('2026-12-24T11:00:00Z'),
      },
      expect.objectContaining({ date: '2026-12-27', weekday: 7 }),
      expect.objectContaining({ date: '2026-12-28', weekday: 1 }),
    ]);
    expect(nextWorkingDays(paris, '2026-11-28', 10).map(({ date }) => date)).toHaveLength(10);
    expect(nextWorkingDays(yearly, '2026-11-25', 10).map(({ date }) => date)).toEqual(['2027-06-01']);
    expect(nextWorkingDays(never, '2026-11-25', 10)).toEqual([]);
  });
});

describe('opening', () => {
  it('is at once, after the break, or on the next day that has hours', () => {
    const opens = (text: string) => shown(nextOpen(paris, at(text)));
    expect(opens('2026-11-25T08:30:15Z')).toBe('2026-11-25T08:30');
    expect(opens('2026-11-25T11:30:00Z')).toBe('2026-11-25T13:00');
    expect(opens('2026-11-25T17:00:00Z')).toBe('2026-11-26T08:00');
    expect(opens('2026-11-28T11:00:00Z')).toBe('2026-11-30T08:00');
    expect(opens('2026-12-24T11:00:00Z')).toBe('2026-12-27T08:00');
    expect(isOpen(paris, at('2026-11-25T11:29:59.999Z'))).toBe(true);
    expect(isOpen(paris, at('2026-11-25T11:30:00Z'))).toBe(false);
  });

  it('never comes when the calendar is closed for more than a year', () => {
    expect(nextOpen(never, at('2026-11-25T08:00:00Z'))).toBeNull();
    expect(shown(nextOpen(yearly, at('2026-11-25T08:00:00Z')))).toBe('2027-06-01T07:00');
    expect(nextOpen(yearly, at('2026-05-01T08:00:00Z'))).toBeNull();
    expect(businessDaysAfter(never, '2026-11-25', 1)).toBeNull();
    expect(businessDaysAfter(yearly, '2026-11-25', 2)).toBeNull();
    expect(businessDaysAfter(paris, '2026-11-25', Number.POSITIVE_INFINITY)).toBeNull();
  });

  it('lasts from midnight to midnight, however long that is', () => {
    const always: Calendar = {
      ...paris,
      week: Array.from({ length: 7 }, () => hours('00:00-24:00')),
      special: new Map(),
    };
    // Cairo's Friday of 24 April 2026 begins at 01:00; Santiago's Saturday of 4 April 2026 has 23:30 twice.
    for (const zone of ['Africa/Cairo', 'America/Santiago', 'Australia/Lord_Howe', 'Europe/Paris'])
      for (let ms = Date.UTC(2026, 2, 20); ms < Date.UTC(2026, 4, 1); ms += 900_000)
        expect(isOpen({ ...always, zone }, instant(ms))).toBe(true);
  });
});
