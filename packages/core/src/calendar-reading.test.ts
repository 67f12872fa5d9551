// A calendar as people write it, checked by its schema and read with the holidays of a country, of a file, and exceptions
// above both.
import { beforeAll, describe, expect, it } from 'vitest';
import { hoursOf, isBusinessDay, OFFICE_WEEK } from './calendar.ts';
import { calendarYears, needsHolidayBook, readCalendar } from './calendar-reading.ts';
import { type HolidayBook, loadHolidays } from './holidays.ts';
import { instant } from './instant.ts';
import { calendarOrName, calendarSchema, type WrittenCalendar } from './policy/schema-calendar.ts';
import { compileYaml } from './policy/yaml.ts';

let book: HolidayBook;
beforeAll(async () => {
  book = await loadHolidays();
}, 30_000);

const YEARS = { from: 2026, to: 2027 };
const written = (value: unknown): WrittenCalendar => calendarSchema.parse(value);
const read = (value: unknown, given: HolidayBook | null = book) =>
  readCalendar(written(value), { id: null, years: YEARS, book: given });
const calendar = (value: unknown) => {
  const result = read(value);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.calendar;
};
const wrong = (value: unknown): readonly string[] =>
  (calendarSchema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const ICALENDAR = `BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20200601
RRULE:FREQ=YEARLY
SUMMARY:Company day
END:VEVENT
END:VCALENDAR`;

describe('a written calendar', () => {
  it('has hours by day, holidays, and exceptions above them', () => {
    const paris = calendar({
      zone: 'Europe/Paris',
      hours: { 'mon-fri': '09:00-12:30, 14:00-18:00', sat: '10:00-12:00', sun: 'closed' },
      holidays: ['FR', { icalendar: ICALENDAR }],
      exceptions: {
        '2026-12-24': '09:00-12:00',
        '2026-12-26': 'closed',
        '2026-11-11': '09:00-17:00',
        '2026-12-25': 'closed',
      },
    });
    const open = (date: string) => isBusinessDay(paris, date);
    expect(['2026-07-14', '2026-06-01', '2027-06-01', '2026-12-25', '2026-12-26'].map(open)).toEqual(
      Array(5).fill(false),
    );
    expect(['2026-07-13', '2026-11-11', '2026-12-24', '2026-11-28'].map(open)).toEqual(Array(4).fill(true));
    expect(hoursOf(paris, '2026-12-24')).toEqual([{ fromMinute: 540, toMinute: 720 }]);
    expect(paris.special.get('2026-07-14')?.name).toBe('Bastille Day');
    expect(paris.special.get('2026-12-25')?.name).toBe('Christmas Day');
    expect(paris.special.get('2026-11-11')?.name).toBeNull();
    expect(paris.years).toEqual(YEARS);
  });

  it('has office hours when it says none, and needs no book without a country', () => {
    expect(calendar({ zone: 'UTC' }).week).toBe(OFFICE_WEEK);
    expect(needsHolidayBook(written({ zone: 'UTC', holidays: { icalendar: ICALENDAR } }))).toBe(false);
    expect(read({ zone: 'UTC', holidays: { icalendar: ICALENDAR } }, null)).toMatchObject({ ok: true });
    expect(needsHolidayBook(written({ zone: 'UTC', holidays: 'FR' }))).toBe(true);
    expect(() => read({ zone: 'UTC', holidays: 'FR' }, null)).toThrow('without a book');
  });

  it('is a name or inline in a policy', () => {
    expect(calendarOrName.parse('office-paris')).toBe('office-paris');
    expect(calendarOrName.safeParse({ zone: 'Europe/Pari' }).error?.issues.map(({ path }) => path)).toEqual([['zone']]);
    expect(
      calendarOrName.safeParse({ zone: 'UTC', hours: { fri: '9-5' } }).error?.issues.map(({ path }) => path),
    ).toEqual([['hours', 'fri']]);
  });

  it.each<[unknown, readonly string[]]>([
    [{}, ['zone: Invalid input']],
    [
      { zone: 'Europe/Pari' },
      ['zone: "Europe/Pari" is not a time zone; an IANA name such as Europe/Paris is expected'],
    ],
    [{ zone: 'UTC', hours: {} }, ['hours: at least one day with hours']],
    [{ zone: 'UTC', hours: { 'mon-fri': 'closed' } }, ['hours: at least one day with hours']],
    [{ zone: 'UTC', hours: { 'mon-fir': '09:00-18:00' } }, ['hours.mon-fir: a day is expected']],
    [
      { zone: 'UTC', hours: { mon: '09:00-25:00' } },
      ['hours.mon: a time from 00:00 to 24:00 is expected, not "25:00" (at character 7)'],
    ],
    [
      { zone: 'UTC', hours: { 'mon-fri': '09:00-18:00', wed: '09:00-12:00' } },
      ['hours.wed: each day once is expected; "wed" is in "mon-fri" already'],
    ],
    [
      { zone: 'UTC', hours: { mon: '22:00-06:00' } },
      ['hours.mon: a time after 22:00 is expected; hours over midnight'],
    ],
    [{ zone: 'UTC', exceptions: { '2026-02-30': 'closed' } }, ['exceptions.2026-02-30: a date that exists']],
    [{ zone: 'UTC', exceptions: { '2026-12-24': 'half' } }, ['exceptions.2026-12-24: a time is expected']],
    [{ zone: 'UTC', holidays: 'France' }, ['holidays: a country is expected']],
    [{ zone: 'UTC', holidays: ['FR', { country: 'fr' }] }, ['holidays.1.country: two letters']],
    [{ zone: 'UTC', holidays: { icalendar: 'BEGIN:VEVENT' } }, ['holidays.icalendar: on line 1 "BEGIN:VCALENDAR"']],
    [{ zone: 'UTC', holidays: { land: 'FR' } }, ['holidays: ']],
    [{ zone: 'UTC', hour: {} }, [': Unrecognized key']],
  ])('is refused with its place: %j', (value, problems) => {
    const found = wrong(value);
    expect(found).toHaveLength(problems.length);
    problems.forEach((problem, index) => {
      expect(found[index]).toContain(problem);
    });
  });

  it.each<[string, string, string, { at?: number; line: number }]>([
    ['{ zone: Europe/Pari }', 'calendar.zone', 'is not a time zone', { line: 3 }],
    ['{ zone: UTC, hours: { fri: "09:00-25:00" } }', 'calendar.hours.fri', 'not "25:00"', { at: 6, line: 3 }],
    ['{ zone: UTC, hours: { fir: "09:00-15:00" } }', 'calendar.hours.fir', 'not "fir"', { line: 3 }],
    ['{ zone: UTC, holidays: [FR, France] }', 'calendar.holidays[1]', 'a country is expected', { line: 3 }],
    [
      '{ zone: UTC, holidays: [{ country: FR, land: BY }] }',
      'calendar.holidays[0].land',
      'Unknown key "land"',
      { line: 3 },
    ],
    ['{ zone: UTC, hour: { fri: "09:00-15:00" } }', 'calendar.hour', 'write "hours"', { line: 3 }],
    [
      '{ zone: UTC, exceptions: { 2026-12-24: "9-12" } }',
      'calendar.exceptions.2026-12-24',
      'a time is expected',
      { at: 0, line: 3 },
    ],
  ])('is refused with its place in a policy too: %s', (inline, path, message, place) => {
    const yaml = `policy: p\nkey: event.id\ncalendar: ${inline}\nassignee: event.data.who\nstages: [{ id: a, at: opened }]\n`;
    const compiled = compileYaml(yaml, 1);
    const problems = compiled.ok ? [] : compiled.problems.filter(({ code }) => code !== 'policy_key_not_built');
    expect(problems).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message), ...place })]);
  });

  it('says which places there are when one is not known', () => {
    const problems = (holidays: unknown) => {
      const result = read({ zone: 'UTC', holidays });
      return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    expect(problems('UK')).toEqual([
      expect.stringMatching(/^holidays: There are no holidays for the country "UK"; write one of AD, .*\bGB\b/),
    ]);
    expect(problems(['FR', 'DE-XY'])).toEqual([
      expect.stringContaining('holidays.1: "XY" is not a state of DE; write one of BB, BE'),
    ]);
    expect(problems({ country: 'US', state: 'LA', region: 'XX' })).toEqual([
      expect.stringContaining('"XX" is not a region of US-LA'),
    ]);
    expect(problems({ country: 'US', state: 'LA', region: 'NO' })).toEqual([]);
    expect(problems({ country: 'DE', region: 'A' })).toEqual([expect.stringContaining('a region stands in a state')]);
  });

  it('knows the holidays of the years around it', () => {
    expect(calendarYears(instant(Date.UTC(2026, 10, 25)))).toEqual({ from: 2025, to: 2031 });
  });
});

describe('holidays', () => {
  const dates = (country: string, state: string | null = null, year = 2026) =>
    book.holidaysOf({ country, state, region: null }, year)?.map(({ date }) => date);

  it('are the public ones of a country and its states', () => {
    expect(dates('FR')).toEqual([
      '2026-01-01',
      '2026-04-06',
      '2026-05-01',
      '2026-05-08',
      '2026-05-14',
      '2026-05-25',
      '2026-07-14',
      '2026-08-15',
      '2026-11-01',
      '2026-11-11',
      '2026-12-25',
    ]);
    expect(dates('DE')).not.toContain('2026-06-04');
    expect(dates('DE', 'BY')).toContain('2026-06-04'); // Corpus Christi
    expect(dates('GB', 'ENG')).toContain('2026-12-28'); // Boxing Day falls on a Saturday
  });

  it('take the day after when they begin at sunset, and every day that they last', () => {
    expect(dates('IL')).toContain('2026-04-02');
    expect(dates('IL')).not.toContain('2026-04-01');
    expect(dates('TR')?.filter((date) => date.startsWith('2026-03'))).toEqual([
      '2026-03-20',
      '2026-03-21',
      '2026-03-22',
    ]);
  });

  it('are no half days', () => {
    expect(dates('IS')).not.toContain('2026-12-24'); // from 13:00
    expect(dates('CN')).not.toContain('2026-05-04'); // from 12:00, for the young
  });

  it('are not known for places that there are not', () => {
    expect(dates('XX')).toBeUndefined();
    expect(dates('DE', 'XX')).toBeUndefined();
    expect(book.codesIn('DE', null)).toContain('BY');
    expect(book.codesIn(null, null)).toContain('FR');
    expect(book.codesIn('XX', null)).toEqual([]);
  });
});
