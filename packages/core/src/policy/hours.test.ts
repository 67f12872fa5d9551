// Hours, days and daily spans: what people write is read, errors point at the character, and hours that are written out
// read as the same hours.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHours, parseDailySpan, parseHours, parseWeekdays } from './hours.ts';
import type { Parsed } from './scanner.ts';

const value = <T>(result: Parsed<T>): T | string => (result.ok ? result.value : `${result.at}: ${result.message}`);
const h = (fromMinute: number, toMinute: number) => ({ fromMinute, toMinute });

describe('hours', () => {
  it.each([
    ['09:00-18:00', [h(540, 1080)]],
    ['09:00-12:30, 14:00-18:00', [h(540, 750), h(840, 1080)]],
    ['14:00-18:00,09:00-12:30', [h(540, 750), h(840, 1080)]],
    ['00:00-24:00', [h(0, 1440)]],
    [' 22:00 – 24:00 ', [h(1320, 1440)]],
    ['09:00-12:00, 12:00-17:00', [h(540, 1020)]],
    ['closed', []],
  ])('reads %j', (text, hours) => expect(value(parseHours(text))).toEqual(hours));

  it.each([
    ['', 0, 'a time is expected'],
    ['9:00-18:00', 0, 'a time is expected'],
    ['09:00', 5, '"-" and a second time'],
    ['09:00-', 6, 'a time is expected'],
    ['09:60-18:00', 0, 'not "09:60"'],
    ['24:00-18:00', 0, 'from 00:00 to 23:59'],
    ['09:00-24:30', 6, 'from 00:00 to 24:00'],
    ['22:00-06:00', 6, 'hours over midnight are written on both days'],
    ['09:00-09:00', 6, 'a time after 09:00'],
    ['09:00-12:30, 12:00-18:00', 13, 'apart from 09:00-12:30'],
    ['09:00-18:00;', 11, 'the end is expected'],
    ['closed, 09:00-12:00', 6, 'the end is expected'],
    [Array.from({ length: 11 }, (_, i) => `${10 + i}:00-${10 + i}:30`).join(','), 120, 'at most 10'],
  ])('refuses %j at character %i', (text, at, message) => {
    expect(parseHours(text)).toMatchObject({ ok: false, at, message: expect.stringContaining(message) });
  });

  it('reads what it writes', () => {
    const minute = fc.integer({ min: 0, max: 1_440 });
    fc.assert(
      fc.property(fc.uniqueArray(minute, { minLength: 0, maxLength: 20 }), (minutes) => {
        const sorted = minutes.toSorted((a, b) => a - b);
        const hours = Array.from({ length: Math.floor(sorted.length / 2) }, (_, i) =>
          h(sorted[2 * i] as number, sorted[2 * i + 1] as number),
        );
        expect(parseHours(formatHours(hours))).toEqual({ ok: true, value: hours });
      }),
    );
  });
});

describe('days', () => {
  it.each([
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['sat', [6]],
    ['mon, wed,Fri', [1, 3, 5]],
    ['mon-wed, sat', [1, 2, 3, 6]],
    ['sun-thu', [1, 2, 3, 4, 7]],
    ['fri-mon', [1, 5, 6, 7]],
    ['mon-sun', [1, 2, 3, 4, 5, 6, 7]],
  ])('reads %j', (text, days) => expect(value(parseWeekdays(text))).toEqual(days));

  it.each([
    ['', 0, 'a day is expected (mon, tue'],
    ['weekdays', 0, 'not "weekdays"'],
    ['mon-fir', 4, 'not "fir"'],
    ['mon-', 4, 'a day is expected'],
    ['mon-fri, wed', 9, '"wed" was there already'],
    ['mon fri', 4, 'the end is expected'],
  ])('refuses %j at character %i', (text, at, message) => {
    expect(parseWeekdays(text)).toMatchObject({ ok: false, at, message: expect.stringContaining(message) });
  });
});

describe('daily spans', () => {
  it('reads them over midnight or not', () => {
    expect(value(parseDailySpan('09:00-18:00'))).toEqual(h(540, 1080));
    expect(value(parseDailySpan('22:00-07:00'))).toEqual(h(1320, 420));
    expect(value(parseDailySpan('00:00-24:00'))).toEqual(h(0, 1440));
  });
  it('refuses one of no length, since nobody can say whether it is empty or the whole day', () => {
    expect(parseDailySpan('22:00-22:00')).toMatchObject({ ok: false, at: 6 });
    expect(parseDailySpan('25:00-07:00')).toMatchObject({ ok: false, at: 0 });
    expect(parseDailySpan('22:00-07:00, 12:00-13:00')).toMatchObject({ ok: false, at: 11 });
  });
});
