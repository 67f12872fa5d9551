// Windows and quiet hours: until when something is held, by what, over midnight and over DST, and what never opens.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calendar, officeCalendar } from './calendar.ts';
import { fromRfc3339, type Instant, instant, toRfc3339 } from './instant.ts';
import { neverOpens, nextAllowed, parseSendSpan, type SendRules } from './send-window.ts';
import { wallTime } from './timing.ts';

const at = (text: string): Instant => fromRfc3339(text) ?? instant(Number.NaN);
const span = (text: string | null) => {
  const read = text === null ? null : parseSendSpan(text);
  if (read?.ok === false) throw new Error(read.message);
  return read === null ? null : read.value;
};
const rules = (window: string | null, quietHours: string | null, more: Partial<SendRules> = {}): SendRules => ({
  window: span(window),
  quietHours: span(quietHours),
  calendar: null,
  zone: 'Europe/Paris',
  ...more,
});
const sends = (given: SendRules, text: string): string => {
  const found = nextAllowed(given, at(text));
  return found === 'never' ? 'never' : `${toRfc3339(found.at).slice(0, 16)} ${found.heldBy}`;
};

describe('spans', () => {
  it('are read with the character that is wrong', () => {
    expect(parseSendSpan('calendar')).toEqual({ ok: true, value: 'calendar' });
    expect(parseSendSpan('22:00-07:00')).toEqual({ ok: true, value: { fromMinute: 1_320, toMinute: 420 } });
    expect(parseSendSpan('22:00-25:00')).toMatchObject({ ok: false, at: 6 });
    expect(parseSendSpan('22:00 07:00')).toMatchObject({ ok: false, at: 6 });
    expect(parseSendSpan('calender')).toMatchObject({
      ok: false,
      at: 0,
      message: expect.stringContaining('or "calendar"'),
    });
  });
});

describe('a window', () => {
  const day = rules('09:00-18:00', null);
  it('lets through what is in it, and holds the rest until it opens', () => {
    expect(sends(day, '2026-11-25T08:00:00Z')).toBe('2026-11-25T08:00 null');
    expect(sends(day, '2026-11-25T07:59:00Z')).toBe('2026-11-25T08:00 window');
    expect(sends(day, '2026-11-25T16:59:00Z')).toBe('2026-11-25T16:59 null');
    expect(sends(day, '2026-11-25T17:00:00Z')).toBe('2026-11-26T08:00 window');
    expect(sends(rules(null, null), '2026-11-25T02:00:00Z')).toBe('2026-11-25T02:00 null');
  });
  it('may cross midnight', () => {
    const night = rules('20:00-02:00', null);
    expect(sends(night, '2026-11-25T00:30:00Z')).toBe('2026-11-25T00:30 null');
    expect(sends(night, '2026-11-25T01:00:00Z')).toBe('2026-11-25T19:00 window');
  });
  it('of a calendar opens with the calendar, in the zone of the calendar', () => {
    const calendar = officeCalendar('Europe/Paris');
    const office = rules('calendar', null, { zone: 'America/New_York', calendar });
    expect(sends(office, '2026-11-27T15:59:00Z')).toBe('2026-11-27T15:59 null');
    expect(sends(office, '2026-11-27T16:00:00Z')).toBe('2026-11-30T08:00 calendar');
    expect(sends(rules('calendar', null, { zone: 'America/New_York' }), '2026-11-29T16:00:00Z')).toBe(
      '2026-11-30T14:00 calendar',
    );
  });
});

describe('quiet hours', () => {
  const quiet = rules(null, '22:00-07:00');
  it('hold until they end', () => {
    expect(sends(quiet, '2026-11-25T20:59:59Z')).toBe('2026-11-25T20:59 null');
    expect(sends(quiet, '2026-11-25T21:00:00Z')).toBe('2026-11-26T06:00 quiet_hours');
    expect(sends(quiet, '2026-11-26T05:59:59Z')).toBe('2026-11-26T06:00 quiet_hours');
    expect(sends(quiet, '2026-11-26T06:00:00Z')).toBe('2026-11-26T06:00 null');
  });
  it('are an hour shorter or longer in the nights of DST', () => {
    expect(sends(quiet, '2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00 quiet_hours');
    expect(sends(quiet, '2026-10-24T21:00:00Z')).toBe('2026-10-25T06:00 quiet_hours');
  });
  it('come twice where the clock shows their end twice, and hold both times', () => {
    // The clocks go back from 03:00 to 02:00 at 01:00 UTC.
    const late = rules(null, '22:00-02:30');
    expect(sends(late, '2026-10-25T00:20:00Z')).toBe('2026-10-25T00:30 quiet_hours');
    expect(sends(late, '2026-10-25T00:30:00Z')).toBe('2026-10-25T00:30 null');
    expect(sends(late, '2026-10-25T01:20:00Z')).toBe('2026-10-25T01:30 quiet_hours');
    expect(sends(late, '2026-10-25T01:30:00Z')).toBe('2026-10-25T01:30 null');
    expect(sends(rules('02:30-18:00', null), '2026-10-25T01:20:00Z')).toBe('2026-10-25T01:30 window');
  });
  it('by a calendar are the hours in which it is closed', () => {
    expect(sends(rules(null, 'calendar'), '2026-11-27T16:00:00Z')).toBe('2026-11-30T08:00 quiet_hours');
  });
});

describe('both', () => {
  it('hold until neither does, and name the one that held to the last', () => {
    expect(sends(rules('09:00-18:00', '22:00-07:00'), '2026-11-25T23:00:00Z')).toBe('2026-11-26T08:00 window');
    expect(sends(rules('06:00-18:00', '22:00-07:00'), '2026-11-25T23:00:00Z')).toBe('2026-11-26T06:00 quiet_hours');
    expect(sends(rules('09:00-18:00', '12:00-13:00'), '2026-11-25T11:30:00Z')).toBe('2026-11-25T12:00 quiet_hours');
    // The lunch is over when the window is.
    expect(sends(rules('09:00-13:00', '12:00-14:00'), '2026-11-25T11:30:00Z')).toBe('2026-11-26T08:00 window');
    expect(sends(rules('calendar', '08:00-10:00'), '2026-11-28T12:00:00Z')).toBe('2026-11-30T09:00 quiet_hours');
  });

  it('may never open, which publication is told', () => {
    const never = (given: SendRules) => [neverOpens(given), nextAllowed(given, at('2026-11-25T12:00:00Z')) === 'never'];
    expect(never(rules('23:00-06:00', '22:00-07:00'))).toEqual([true, true]);
    expect(never(rules('22:00-07:00', '22:00-07:00'))).toEqual([true, true]);
    expect(never(rules(null, '00:00-24:00'))).toEqual([true, true]);
    expect(never(rules('23:00-07:01', '22:00-07:00'))).toEqual([false, false]);
    expect(never(rules('00:00-24:00', null))).toEqual([false, false]);
    const calendar = officeCalendar('Europe/Paris');
    expect(never(rules('calendar', '08:00-18:00', { calendar }))).toEqual([true, true]);
    expect(never(rules('18:00-20:00', 'calendar', { calendar }))).toEqual([true, true]);
    expect(never(rules('calendar', '08:00-16:59', { calendar }))).toEqual([false, false]);
    const closed: Calendar = { ...calendar, week: [[], [], [], [], [], [], []] };
    expect(never(rules('calendar', null, { calendar: closed }))).toEqual([true, true]);
    // What a recipient in another zone makes of it cannot be said without one.
    expect(neverOpens(rules('calendar', '08:00-18:00', { calendar, zone: 'Asia/Tokyo' }))).toBe(false);
    expect(neverOpens(rules('calendar', '00:00-24:00', { calendar: null }))).toBe(true);
  });

  it('agree, at publication and at every moment of any zone', () => {
    const minute = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15);
    const any = fc.option(
      fc.tuple(minute, minute).filter(([a, b]) => a !== b),
      { nil: null },
    );
    fc.assert(
      fc.property(
        any,
        any,
        fc.constantFrom('Europe/Paris', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Santiago', 'Africa/Casablanca'),
        fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2027, 0, 1) / 60_000 }),
        (window, quiet, zone, minutes) => {
          const toSpan = (pair: readonly number[] | null) =>
            pair === null ? null : { fromMinute: pair[0] as number, toMinute: pair[1] as number };
          const given: SendRules = { window: toSpan(window), quietHours: toSpan(quiet), calendar: null, zone };
          const from = instant(minutes * 60_000);
          const found = nextAllowed(given, from);
          expect(found === 'never').toBe(neverOpens(given));
          if (found === 'never') return;
          expect(found.at).toBeGreaterThanOrEqual(from);
          expect(found.heldBy === null).toBe(found.at === from);
          expect(nextAllowed(given, found.at)).toEqual({ at: found.at, heldBy: null });
          const [hour, minuteOfHour] = wallTime(found.at, zone).time.split(':').map(Number) as [number, number];
          const shows = hour * 60 + minuteOfHour;
          const isIn = ([a, b]: readonly [number, number]) =>
            a < b ? a <= shows && shows < b : shows >= a || shows < b;
          expect(window === null || isIn(window)).toBe(true);
          expect(quiet === null || !isIn(quiet)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
