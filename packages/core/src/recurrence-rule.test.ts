// Recurrence rules of holidays: the days of real calendars, and exact words for what is not read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOf, dayAt, dayOf, weekdayOf } from './day.ts';
import { parseRecurrence, recurrenceDays } from './recurrence-rule.ts';

function days(rule: string, first: string, from = '2026-01-01', to = '2028-12-31'): readonly string[] | string {
  const read = parseRecurrence(rule);
  if (!read.ok) return `${read.at}: ${read.message}`;
  return recurrenceDays(read.value, dayOf(first), dayOf(from), dayOf(to)).map(dateOf);
}

describe('recurrence', () => {
  it.each<[string, string, readonly string[]]>([
    ['FREQ=YEARLY', '1789-07-14', ['2026-07-14', '2027-07-14', '2028-07-14']],
    ['FREQ=YEARLY', '2024-02-29', ['2028-02-29']],
    ['FREQ=YEARLY;INTERVAL=2', '2025-05-01', ['2027-05-01']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '1941-11-27', ['2026-11-26', '2027-11-25', '2028-11-23']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4', '1941-11-27', ['2026-11-26', '2027-11-25', '2028-11-23']],
    ['FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO', '1971-05-31', ['2026-05-25', '2027-05-31', '2028-05-29']],
    [
      'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=20,21,22,23,24,25,26;BYDAY=FR',
      '2020-06-26',
      ['2026-06-26', '2027-06-25', '2028-06-23'],
    ],
    ['FREQ=YEARLY;BYDAY=1MO', '2026-01-05', ['2026-01-05', '2027-01-04', '2028-01-03']],
    ['FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1', '2025-12-31', ['2026-12-31', '2027-12-31', '2028-12-31']],
    ['FREQ=YEARLY;COUNT=3', '2025-03-03', ['2026-03-03', '2027-03-03']],
    ['FREQ=YEARLY;UNTIL=20270303T225959Z', '2025-03-03', ['2026-03-03', '2027-03-03']],
    ['FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3', '2026-01-31', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2', '2026-01-30', ['2026-01-30', '2026-02-27']],
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=4',
      '2026-01-05',
      ['2026-01-05', '2026-01-11', '2026-01-19', '2026-01-25'],
    ],
    ['FREQ=DAILY;INTERVAL=10;COUNT=3', '2026-01-01', ['2026-01-01', '2026-01-11', '2026-01-21']],
    ['freq=yearly;byday=+2mo;bymonth=10', '2025-10-13', ['2026-10-12', '2027-10-11', '2028-10-09']],
  ])('%s from %s', (rule, first, expected) => expect(days(rule, first)).toEqual(expected));

  it('makes a difference of where a week begins, as in RFC 5545', () => {
    const all = (weekStart: string) =>
      days(`FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=${weekStart}`, '1997-08-05', '1997-01-01', '1998-01-01');
    expect(all('MO')).toEqual(['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24']);
    expect(all('SU')).toEqual(['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31']);
  });

  it('counts the first day, whether or not the rule names it', () => {
    expect(days('FREQ=WEEKLY;BYDAY=MO;COUNT=2', '2026-01-01')).toEqual(['2026-01-01', '2026-01-05']);
  });

  it.each([
    ['', 0, 'NAME=VALUE'],
    ['FREQ', 0, 'NAME=VALUE'],
    ['BYMONTH=1', 0, 'FREQ is expected'],
    ['FREQ=HOURLY', 0, '"FREQ" cannot be "HOURLY"'],
    ['FREQ=YEARLY;BYWEEKNO=20', 12, '"BYWEEKNO" is not read here'],
    ['FREQ=YEARLY;BYMONTH=13', 12, '"BYMONTH" cannot be "13"'],
    ['FREQ=YEARLY;BYMONTHDAY=0', 12, 'cannot be "0"'],
    ['FREQ=YEARLY;BYDAY=4XX', 12, 'cannot be "4XX"'],
    ['FREQ=YEARLY;INTERVAL=0', 12, 'cannot be "0"'],
    ['FREQ=YEARLY;UNTIL=20270231', 12, 'cannot be "20270231"'],
    ['FREQ=YEARLY;COUNT=2;UNTIL=20270101', 0, 'not both'],
    ['FREQ=YEARLY;COUNT=2;COUNT=3', 20, 'once'],
    ['FREQ=WEEKLY;BYDAY=2MO', 0, 'not for FREQ=WEEKLY'],
    ['FREQ=WEEKLY;BYMONTHDAY=2', 0, 'not for FREQ=WEEKLY'],
    ['__proto__=1', 0, 'is not read here'],
  ])('refuses %j', (rule, at, message) => {
    expect(parseRecurrence(rule)).toMatchObject({ ok: false, at, message: expect.stringContaining(message) });
  });

  it('finds the same days whether it looks at years or at one of them', () => {
    const rules = [
      'FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO',
      'FREQ=MONTHLY;INTERVAL=5',
      'FREQ=WEEKLY;INTERVAL=3;BYDAY=WE,SA',
      'FREQ=DAILY;INTERVAL=17',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...rules),
        fc.integer({ min: dayOf('1995-01-01'), max: dayOf('2026-01-01') }),
        fc.integer({ min: 2020, max: 2035 }),
        (rule, first, year) => {
          const read = parseRecurrence(rule);
          if (!read.ok) throw new Error(read.message);
          const [from, to] = [dayAt(year, 1, 1), dayAt(year + 1, 1, 1) - 1];
          const all = recurrenceDays(read.value, first, first, dayOf('2036-01-01'));
          expect(recurrenceDays(read.value, first, from, to)).toEqual(all.filter((day) => from <= day && day <= to));
          if (rule.includes('-1MO')) for (const day of all.slice(1)) expect(weekdayOf(day)).toBe(1);
        },
      ),
    );
  });
});
