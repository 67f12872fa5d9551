// Holiday calendars as iCalendar text: what Google, Outlook, Apple and Thunderbird write, what moved or was called off, and
// the line that is wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOfEvents, parseAllDayEvents } from './all-day-events.ts';
import { dateOf, dayOf } from './day.ts';
import { parseIcalendar } from './icalendar.ts';

const YEARS = { from: 2026, to: 2027 };
const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): readonly string[] => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];

function days(...lines: readonly string[]): Record<string, string> | string {
  const read = parseAllDayEvents(calendar(...lines));
  return read.ok ? Object.fromEntries(daysOfEvents(read.value, YEARS)) : `${read.at}: ${read.message}`;
}

describe('all-day events', () => {
  it('are dates, with the day after as their end', () => {
    expect(
      days(
        ...event(
          'DTSTART;VALUE=DATE:20261225',
          'DTEND;VALUE=DATE:20261227',
          'SUMMARY:Christmas\\, both days',
          'TRANSP:TRANSPARENT',
        ),
        ...event('DTSTART;VALUE=DATE:20270101', 'DTEND;VALUE=DATE:20270101', 'SUMMARY:New Year'),
        ...event('DTSTART:20270106', 'DURATION:P1D', 'SUMMARY:Epiphany'),
        ...event('DTSTART;VALUE=DATE:20300101', 'SUMMARY:Too far'),
      ),
    ).toEqual({
      '2026-12-25': 'Christmas, both days',
      '2026-12-26': 'Christmas, both days',
      '2027-01-01': 'New Year',
      '2027-01-06': 'Epiphany',
    });
  });

  it('recur, but for the days that are left out, moved or called off', () => {
    expect(
      days(
        ...event(
          'UID:a',
          'DTSTART;VALUE=DATE:20200501',
          'RRULE:FREQ=YEARLY',
          'EXDATE;VALUE=DATE:20260501',
          'SUMMARY:May Day',
        ),
        ...event('UID:b', 'DTSTART;VALUE=DATE:20200714', 'RRULE:FREQ=YEARLY', 'SUMMARY:Company day'),
        ...event(
          'UID:b',
          'RECURRENCE-ID;VALUE=DATE:20260714',
          'DTSTART;VALUE=DATE:20260715',
          'SUMMARY:Company day, moved',
        ),
        ...event('UID:b', 'RECURRENCE-ID;VALUE=DATE:20270714', 'DTSTART;VALUE=DATE:20270714', 'STATUS:CANCELLED'),
        ...event('DTSTART;VALUE=DATE:20260302', 'RDATE;VALUE=DATE:20260402,20270303', 'SUMMARY:Inventory'),
        ...event('DTSTART;VALUE=DATE:20260101', 'STATUS:CANCELLED', 'SUMMARY:Called off'),
      ),
    ).toEqual({
      '2026-03-02': 'Inventory',
      '2026-04-02': 'Inventory',
      '2026-07-15': 'Company day, moved',
      '2027-03-03': 'Inventory',
      '2027-05-01': 'May Day',
    });
  });

  it('cross the end of a year', () => {
    expect(days(...event('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=YEARLY', 'DTEND;VALUE=DATE:20200102'))).toEqual({
      '2026-01-01': '',
      '2027-01-01': '',
    });
    const winter = days(...event('DTSTART;VALUE=DATE:20201230', 'DTEND;VALUE=DATE:20210103', 'RRULE:FREQ=YEARLY'));
    expect(Object.keys(winter).toSorted()).toEqual([
      '2026-01-01',
      '2026-01-02',
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-02',
      '2027-12-30',
      '2027-12-31',
    ]);
  });

  it('are whole days as Exchange writes them, and meetings are passed over', () => {
    const read = parseAllDayEvents(
      calendar(
        ...event(
          'DTSTART;TZID=Romance Standard Time:20261224T000000',
          'DTEND;TZID=Romance Standard Time:20261226T000000',
          'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE',
        ),
        ...event('DTSTART:20261231T000000', 'DTEND:20270101T000000'),
        ...event(
          'DTSTART;TZID=Europe/Paris:20261201T090000',
          'DTEND;TZID=Europe/Paris:20261201T100000',
          'SUMMARY:Meeting',
        ),
        ...event('DTSTART:20261202T230000Z', 'DTEND:20261203T230000Z'),
      ),
    );
    expect(read.ok && [...daysOfEvents(read.value, YEARS).keys()]).toEqual(['2026-12-24', '2026-12-25', '2026-12-31']);
    expect(read.ok && read.value.timed).toBe(2);
  });

  it('are read through folded lines, quoted parameters, zones and alarms', () => {
    expect(
      days(
        'BEGIN:VTIMEZONE',
        'TZID:Europe/Paris',
        'BEGIN:STANDARD',
        'DTSTART:19701025T030000',
        'END:STANDARD',
        'END:VTIMEZONE',
        ...event(
          'DTSTART;X-A="one:two;three";VALUE=DATE:2026',
          ' 0406',
          'SUMMARY;LANGUAGE=en:Easter',
          '\tMonday',
          'BEGIN:VALARM',
          'END:VALARM',
        ),
      ),
    ).toEqual({ '2026-04-06': 'EasterMonday' });
  });

  it.each<[string, readonly string[], string]>([
    ['no start', event('SUMMARY:x'), 'on line 4 the event has no DTSTART'],
    ['no date', event('DTSTART;VALUE=DATE:20260231'), 'on line 5 "20260231" is no date'],
    ['an end before the start', event('DTSTART:20260102', 'DTEND:20260101'), 'on line 6 an end after the start'],
    ['hours', event('DTSTART:20260102', 'DURATION:PT4H'), 'on line 6 whole days or weeks'],
    ['a year and more', event('DTSTART:20260102', 'DTEND:20280101'), 'on line 6 an event of at most 366 days'],
    ['a rule', event('DTSTART:20260102', 'RRULE:FREQ=YEARLY;BYEASTER=1'), '"BYEASTER" is not read here'],
    ['two rules', event('DTSTART:20260102', 'RRULE:FREQ=YEARLY', 'RRULE:FREQ=DAILY'), 'on line 7 one RRULE'],
    ['an exception', event('DTSTART:20260102', 'EXDATE:tomorrow'), 'on line 6 "tomorrow" is no date'],
    ['an old count', event('DTSTART:16010102', 'RRULE:FREQ=YEARLY;COUNT=9'), 'on line 6 a start after 1900'],
    ['a line without a value', event('DTSTART'), 'on line 5 ":" and a value'],
    ['a wrong end', ['BEGIN:VEVENT', 'END:VTODO'], 'on line 5 "END:VEVENT" is expected'],
    ['no end', ['BEGIN:VEVENT'], '"END:VEVENT" is expected'],
  ])('say what is wrong with %s', (_what, lines, message) => expect(days(...lines)).toContain(message));

  it.each([
    ['', '"BEGIN:VCALENDAR" is expected'],
    ['hello', '":" and a value'],
    ['BEGIN:VEVENT\nEND:VEVENT', '"BEGIN:VCALENDAR" is expected'],
    ['BEGIN:VCALENDAR', 'has no end'],
    [`${calendar()}${calendar()}`, 'one calendar is read'],
    ['BEGIN:VCALENDAR\n'.repeat(20), 'at most 8 levels'],
    ['x'.repeat(600_000), 'at most 524288 characters'],
  ])('are not in %j', (text, message) => {
    expect(parseIcalendar(text)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  it('never throw', () => {
    const text = fc
      .array(
        fc.constantFrom(
          ...calendar(...event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY')).split('\r\n'),
          '',
          ' ',
          ';',
          ':',
          '\u0000',
        ),
      )
      .map((parts) => parts.join('\n'));
    fc.assert(fc.property(fc.oneof(text, fc.string()), (one) => void parseAllDayEvents(one)));
  });

  it('come back from a text that is folded anywhere', () => {
    const day = fc.integer({ min: dayOf('2026-01-01'), max: dayOf('2027-12-31') });
    const some = fc.uniqueArray(fc.tuple(day, fc.string()), { selector: ([one]) => one, maxLength: 20 });
    fc.assert(
      fc.property(some, fc.integer({ min: 5, max: 75 }), (wanted, width) => {
        const lines = wanted.flatMap(([one, name]) =>
          event(`DTSTART;VALUE=DATE:${dateOf(one).replaceAll('-', '')}`, `SUMMARY:${escapeText(name)}`),
        );
        const read = parseAllDayEvents(lines.length === 0 ? calendar() : fold(calendar(...lines), width));
        expect(read.ok && daysOfEvents(read.value, YEARS)).toEqual(
          new Map(wanted.map(([one, name]) => [dateOf(one), name.trim()])),
        );
      }),
    );
  });
});

const escapeText = (text: string): string => text.replaceAll(/[\\;,]/g, (mark) => `\\${mark}`).replaceAll('\n', '\\n');
const fold = (text: string, width: number): string =>
  text
    .split('\r\n')
    .map((line) => line.match(new RegExp(`.{1,${width}}`, 'gsu'))?.join('\r\n ') ?? '')
    .join('\r\n');
