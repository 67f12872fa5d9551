// Shifts out and events in: as calendar programs need them, as they come from other systems, and round again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromRfc3339, type Instant, instant, toRfc3339 } from './instant.ts';
import { compileSchedule, shiftsBetween } from './schedule.ts';
import { type NamedPerson, readCalendarEvents, readContentLines, scheduleToICalendar } from './schedule-icalendar.ts';
import { mergeOverrides, overridesFromEvents, wantedNames } from './schedule-import.ts';
import { scheduleSchema } from './schedule-schema.ts';

const at = (text: string): Instant => fromRfc3339(text) ?? instant(Number.NaN);
const PEOPLE: readonly NamedPerson[] = [
  { id: 'ana', name: 'Ana García, “the first”; née López', email: 'ana@example.test' },
  { id: 'bo', name: 'Bo "B" Lind^', email: null },
  { id: 'jl', name: 'Jean-Luc', email: 'JL@example.test' },
  { id: 'kim1', name: 'Kim', email: 'kim1@example.test' },
  { id: 'kim2', name: 'Kim', email: 'kim2@example.test' },
];
const written = scheduleSchema.parse({
  id: 'primary',
  name: 'Primary',
  timeZone: 'Europe/Paris',
  layers: [
    {
      rotation: {
        every: '1 week',
        handover: { day: 'mon', at: '09:00' },
        start: '2026-01-05',
        members: ['ana', ['bo', 'jl'], 'zoe'],
      },
    },
  ],
});
const calendar = (body = written, people = PEOPLE): string =>
  scheduleToICalendar({
    tenant: 'default',
    id: 'primary',
    name: body.name ?? null,
    shifts: shiftsBetween(compileSchedule(body), at('2026-01-06T00:00:00Z'), at('2026-01-20T00:00:00Z')),
    people: new Map(people.map((one) => [one.id, one])),
    changedAt: at('2026-01-01T00:00:00Z'),
  });
const event = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
const TIMES = ['DTSTART:20260105T080000Z', 'DTEND:20260112T080000Z'];
const importing = (text: string, people = PEOPLE) =>
  overridesFromEvents(readCalendarEvents(text, 'Europe/Paris') ?? [], people);
const reason = (...lines: string[]): string | undefined => importing(event(...lines)).skipped[0]?.reason;

describe('the calendar of a schedule', () => {
  it('has an event for each shift, in UTC, with those on call', () => {
    const lines = readContentLines(calendar());
    const values = (name: string) => lines.filter((line) => line.name === name).map(({ value }) => value);
    expect(values('DTSTART')).toEqual(['20260105T080000Z', '20260112T080000Z', '20260119T080000Z']);
    expect(values('DTEND')).toEqual(['20260112T080000Z', '20260119T080000Z', '20260126T080000Z']);
    expect(values('SUMMARY')).toEqual([
      'On call: Ana García\\, “the first”\\; née López',
      'On call: Bo "B" Lind^\\, Jean-Luc',
      'On call: zoe',
    ]);
    expect(values('X-RELANCE-RECIPIENT')).toEqual(['ana', 'bo', 'jl', 'zoe']);
    expect(values('ATTENDEE')).toEqual(['mailto:ana@example.test', 'mailto:JL@example.test']);
    expect(lines.find(({ name }) => name === 'ATTENDEE')?.parameters.CN).toBe('Ana García, “the first”; née López');
  });

  it('folds at 75 octets, between characters, and ends lines with CRLF', () => {
    const name = '😀'.repeat(60);
    const text = calendar({ ...written, name });
    for (const line of text.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).not.toContain('\ufffd');
    expect(readContentLines(text).find((line) => line.name === 'X-WR-CALNAME')?.value).toBe(name);
  });

  it('keeps the UID of a shift that ends earlier or has other people, and the whole text when nothing changed', () => {
    const uids = (text: string) => [...text.matchAll(/^UID:(.*)\r$/gm)].map(([, uid]) => uid);
    const override = { id: 'swap', from: '2026-01-15', to: '2026-01-16', recipient: 'zoe' };
    const changed = uids(calendar({ ...written, overrides: [override] }));
    expect(changed).toHaveLength(5);
    expect(changed).toEqual(expect.arrayContaining(uids(calendar())));
    expect(new Set(changed).size).toBe(5);
    expect(calendar()).toBe(calendar());
  });

  it('names nobody’s line by what a name holds', () => {
    const evil = [{ id: 'ana', name: 'A\r\nBEGIN:VEVENT\r\n"x', email: 'a@example.test' }];
    expect(calendar(written, evil).match(/^BEGIN:VEVENT/gm)).toHaveLength(3);
  });

  it('comes back as the same shifts', () => {
    const { overrides, skipped } = importing(calendar(), [...PEOPLE, { id: 'zoe', name: null, email: null }]);
    expect(skipped).toEqual([]);
    expect(overrides.map(({ id: _id, ...one }) => one)).toEqual([
      { from: '2026-01-05T08:00:00.000Z', to: '2026-01-12T08:00:00.000Z', recipient: 'ana' },
      { from: '2026-01-12T08:00:00.000Z', to: '2026-01-19T08:00:00.000Z', recipients: ['bo', 'jl'] },
      { from: '2026-01-19T08:00:00.000Z', to: '2026-01-26T08:00:00.000Z', recipient: 'zoe' },
    ]);
    expect(scheduleSchema.safeParse({ timeZone: 'UTC', overrides }).success).toBe(true);
  });
});

describe('times', () => {
  const span = (...lines: string[]): string => {
    const [one] = readCalendarEvents(event(...lines), 'Europe/Paris') ?? [];
    return one?.span ? `${toRfc3339(one.span.from)} ${toRfc3339(one.span.until)}` : String(one?.problem);
  };
  it.each([
    [TIMES, '2026-01-05T08:00:00.000Z 2026-01-12T08:00:00.000Z'],
    [
      ['DTSTART;TZID=America/New_York:20260308T023000', 'DTEND;TZID="America/New_York":20260308T120000'],
      '2026-03-08T07:00:00.000Z 2026-03-08T16:00:00.000Z',
    ],
    [['DTSTART:20260705T090000', 'DURATION:PT8H'], '2026-07-05T07:00:00.000Z 2026-07-05T15:00:00.000Z'],
    [['DTSTART;VALUE=DATE:20260329', 'DTEND;VALUE=DATE:20260331'], '2026-03-28T23:00:00.000Z 2026-03-30T22:00:00.000Z'],
    [['DTSTART;VALUE=DATE:20260329'], '2026-03-28T23:00:00.000Z 2026-03-29T22:00:00.000Z'],
    [['DTSTART:20260328T120000Z', 'DURATION:P1D'], '2026-03-28T12:00:00.000Z 2026-03-29T11:00:00.000Z'],
    [['DTSTART:20260105T080000Z'], 'has no DTEND and no DURATION'],
    [['DTEND:20260105T080000Z'], 'has no DTSTART'],
    [['DTSTART:20260105T080000Z', 'DTEND:20260105T080000Z'], 'does not end after it begins'],
    [['DTSTART:20260231T080000Z', 'DURATION:PT1H'], 'has a DTSTART that is no time: 20260231T080000Z'],
    [['DTSTART:20260105T080000Z', 'DURATION:-PT1H'], 'has a DURATION that is none: -PT1H'],
    [
      ['DTSTART;TZID=W. Europe Standard Time:20260105T080000', 'DURATION:PT1H'],
      'has a DTSTART in "W. Europe Standard Time", which is not an IANA time zone',
    ],
    [[...TIMES, 'RRULE:FREQ=WEEKLY'], 'comes back: write it as a rotation, or export single events'],
  ])('%j', (lines, expected) => expect(span(...lines)).toBe(expected));
});

describe('an event', () => {
  const who = (...lines: string[]) =>
    importing(event('UID:u1', ...TIMES, ...lines)).overrides.map((one) => one.recipients ?? one.recipient);
  it.each([
    [['SUMMARY:jl'], ['jl']],
    [['SUMMARY:@jl'], ['jl']],
    [['SUMMARY:[L1] jean-luc'], ['jl']],
    [['SUMMARY:On Call - Jean-Luc - Primary'], ['jl']],
    [['SUMMARY:Ana García\\, “the first”\\; née López'], ['ana']],
    [['SUMMARY:Primary: jl\\, ana and bo'], [['jl', 'ana', 'bo']]],
    [['SUMMARY:whatever', 'ATTENDEE;CN="x;y:z":MAILTO:ANA@example.test'], ['ana']],
    [['SUMMARY:jl', 'ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.test'], ['jl']],
    [['SUMMARY:jl', 'ATTENDEE;CUTYPE=ROOM:mailto:ana@example.test'], ['jl']],
    [['SUMMARY:jl', 'BEGIN:VALARM', 'ATTENDEE:mailto:ana@example.test', 'SUMMARY:ana', 'END:VALARM'], ['jl']],
    [['SUMMARY:Jean-', ' Luc'], ['jl']],
  ])('%j names its people', (lines, expected) => expect(who(...lines)).toEqual(expected));

  it.each([
    [['SUMMARY:Team lunch'], 'names nobody who is known'],
    [['SUMMARY:Kim'], 'names "Kim", and several people are called so'],
    [['SUMMARY:ana\\, zoe'], 'names "zoe", who is not known'],
    [['X-RELANCE-RECIPIENT:zoe', 'SUMMARY:ana'], 'names "zoe", who is not known'],
  ])('%j is left out', (lines, expected) => expect(reason(...TIMES, ...lines)).toBe(expected));

  it('imported again replaces what it was, and cancelled removes it', () => {
    const first = mergeOverrides(written, importing(event('UID:u1', ...TIMES, 'SUMMARY:ana')));
    expect(first.overrides).toMatchObject([{ id: 'u1', recipient: 'ana' }]);
    const second = mergeOverrides(first, importing(event('UID:u1', ...TIMES, 'SUMMARY:bo')));
    expect(second.overrides).toMatchObject([{ id: 'u1', recipient: 'bo' }]);
    expect(mergeOverrides(second, importing(event('UID:u1', ...TIMES, 'STATUS:CANCELLED'))).overrides).toEqual([]);
    const long = importing(event(`UID:https://example.test/${'x'.repeat(300)}`, ...TIMES, 'SUMMARY:bo'));
    expect(long.overrides[0]?.id).toMatch(/^event-[0-9a-f]{32}$/);
  });

  it('tells by which names its people are to be looked up', () => {
    const events = readCalendarEvents(event(...TIMES, 'SUMMARY:On call: Ana & Bo', 'ATTENDEE:mailto:x@y.test'), 'UTC');
    expect(wantedNames(events ?? [])).toEqual(
      expect.arrayContaining(['x@y.test', 'On call: Ana & Bo', 'Ana & Bo', 'Ana', 'Bo']),
    );
  });
});

describe('any text', () => {
  it('is read without trouble, and is a calendar only when it says so', () => {
    expect(readCalendarEvents('hello', 'UTC')).toBeNull();
    expect(readCalendarEvents('BEGIN:VCALENDAR\nBEGIN:VEVENT\n', 'UTC')).toBeNull();
    expect(readCalendarEvents('\ufeffBEGIN:VCALENDAR\nEND:VCALENDAR\n', 'UTC')).toEqual([]);
    const part = fc.constantFrom(...'BEGIN:|END:|VEVENT|SUMMARY|;X="|;|:|\r\n|\n |DTSTART:2026|^|\\|,|P1D'.split('|'));
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 40 }), (parts) => {
        const events = readCalendarEvents(event(parts.join('')), 'UTC') ?? [];
        overridesFromEvents(events, PEOPLE);
      }),
    );
  });

  const letter = fc.constantFrom(...'aé田"\\;,:^\u2028\u200d n-='.split(''), '😀');
  it('of a person’s name survives the way out and in', () => {
    fc.assert(
      fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 100 }), (id) => {
        const rotation = written.layers[0]?.rotation;
        const body = { ...written, layers: [{ rotation: { ...rotation, members: [id] } }] } as typeof written;
        const [one] = readCalendarEvents(calendar(body), 'UTC') ?? [];
        expect(one?.recipients).toEqual([id]);
      }),
    );
  });
});
