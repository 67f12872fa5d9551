// Schedules by property, in many zones and over every kind of DST: each instant has one answer, lists are that answer
// repeated, hand-overs come once a day at their wall time, members take turns, overrides win exactly in their span.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, toRfc3339 } from './instant.ts';
import { WEEKDAYS } from './policy/hours.ts';
import { compileSchedule, gapsBetween, levelsOf, onCallAt, type Schedule, shiftsBetween } from './schedule.ts';
import { scheduleSchema } from './schedule-schema.ts';
import { wallTime } from './timing.ts';

const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Asia/Gaza',
  'Asia/Tehran',
  'America/St_Johns',
  'Antarctica/Troll',
  'Pacific/Kiritimati',
  'UTC',
];

const zone = fc.constantFrom(...ZONES);
const two = (number: number): string => String(number).padStart(2, '0');
const clock = fc.tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 59)).map(([h, m]) => `${two(h)}:${two(m)}`);
/** Apia left out a day in December 2011; every other zone has its transitions nearby as well. */
const START = Date.UTC(2011, 9, 1);
const dateAt = (day: number): string => toRfc3339(instant(START + day * DAY_MS)).slice(0, 10);
const date = fc.nat(300).map(dateAt);
const person = fc.constantFrom('ana', 'bo', 'cleo', 'dan', 'eve');
const members = fc.array(fc.oneof(person, fc.uniqueArray(person, { minLength: 1, maxLength: 3 })), {
  minLength: 1,
  maxLength: 4,
});
const weekday = fc.constantFrom(...WEEKDAYS);
const turns = fc.oneof(
  fc.record({ every: fc.constantFrom('1 week', '2 weeks'), handover: fc.record({ day: weekday, at: clock }) }),
  fc.record({ every: fc.constantFrom('1 day', '3 days'), handover: fc.record({ at: clock }) }),
  fc.record({
    every: fc.constantFrom('8 hours', '24 hours', '5 hours 30 minutes'),
    handover: fc.record({ at: clock }),
  }),
  fc
    .uniqueArray(fc.record({ day: weekday, at: clock }), {
      minLength: 1,
      maxLength: 4,
      selector: ({ day, at }) => day + at,
    })
    .map((handovers) => ({ every: { handovers } })),
  fc
    .uniqueArray(fc.record({ at: clock }), { minLength: 1, maxLength: 3, selector: ({ at }) => at })
    .map((handovers) => ({ every: { handovers } })),
);
const rotation = fc
  .record({ turns, start: date, days: fc.option(fc.integer({ min: 1, max: 200 })), members })
  .map(({ turns: own, start, days, members: people }) => ({
    ...own,
    start,
    ...(days === null ? {} : { end: dateAt((Date.parse(start) - START) / DAY_MS + days) }),
    members: people,
  }));
const restriction = fc.record(
  { days: fc.tuple(weekday, weekday).map((ends) => ends.join('-')), from: clock, to: clock },
  { requiredKeys: [] },
);
const layer = fc.record(
  {
    rotation,
    level: fc.constantFrom(1, 1, 1, 2),
    restrictions: fc.array(restriction, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['rotation'] },
);
const override = fc
  .record({
    from: fc.nat(400 * 24),
    hours: fc.integer({ min: 1, max: 500 }),
    who: fc.option(person),
    replaces: fc.option(person),
  })
  .map(({ from, hours, who, replaces }) => ({
    from: toRfc3339(instant(START + from * HOUR_MS)),
    to: toRfc3339(instant(START + (from + hours) * HOUR_MS)),
    recipient: who,
    ...(replaces === null ? {} : { replaces }),
  }));
const written = fc.record({
  timeZone: zone,
  layers: fc.array(layer, { maxLength: 3 }),
  overrides: fc
    .array(override, { maxLength: 5 })
    .map((all) => all.map((one, index) => ({ id: `override-${index}`, ...one }))),
});
const moment = fc.nat(450 * 24 * 60).map((minutes) => instant(START - 10 * DAY_MS + minutes * MINUTE_MS));

const compile = (one: object): Schedule => compileSchedule(scheduleSchema.parse(one));
const RUNS = { numRuns: 150 };

/** Its clocks go forward at midnight: the turn from 00:00 to 00:15 is not there on that day. */
const SAO_PAULO_AT_MIDNIGHT: [string, never, number, Instant] = [
  'America/Sao_Paulo',
  { every: { handovers: [{ at: '00:00' }, { at: '00:15' }] } } as never,
  3,
  instant(Date.UTC(2011, 9, 10)),
];
const hasTurnsWithinAnHour = (every: string | { readonly handovers: readonly { readonly at: string }[] }): boolean => {
  if (typeof every === 'string') return false;
  const minutes = every.handovers.map(({ at }) => Number(at.slice(0, 2)) * 60 + Number(at.slice(3)));
  return minutes.some((one, index) => minutes.some((other, place) => place > index && Math.abs(one - other) < 60));
};

describe('any schedule', () => {
  it('has one answer at each instant, which holds exactly as long as it says', () => {
    fc.assert(
      fc.property(written, moment, fc.double({ min: 0, max: 1, noNaN: true }), (one, at, part) => {
        const schedule = compile(one);
        for (const level of levelsOf(schedule)) {
          const answer = onCallAt(schedule, at, level);
          const { from, until } = answer;
          if (from !== null) expect(from).toBeLessThanOrEqual(at);
          if (until !== null) expect(until).toBeGreaterThan(at);
          const first = from ?? at - 1_000 * DAY_MS;
          const last = (until ?? at + 1_000 * DAY_MS) - 1;
          for (const inside of [first, last, Math.floor(first + (last - first) * part)])
            expect(onCallAt(schedule, inside as Instant, level)).toEqual(answer);
          for (const outside of [from === null ? null : from - 1, until])
            if (outside !== null) expect(onCallAt(schedule, outside as Instant, level)).not.toEqual(answer);
        }
      }),
      RUNS,
    );
  });

  it('is covered by its shifts and gaps, without overlap, and they agree with the answer at each instant', () => {
    fc.assert(
      fc.property(
        written,
        moment,
        fc.integer({ min: 1, max: 60 * 24 }),
        fc.array(moment, { maxLength: 20 }),
        (one, from, hours, looks) => {
          const schedule = compile(one);
          const to = instant(from + hours * HOUR_MS);
          for (const level of levelsOf(schedule)) {
            const shifts = shiftsBetween(schedule, from, to, level);
            const gaps = gapsBetween(schedule, from, to, level);
            const line = [...shifts, ...gaps].sort((a, b) => a.from - b.from);
            expect(line[0]?.from).toBeLessThanOrEqual(from);
            expect(line.at(-1)?.until).toBeGreaterThanOrEqual(to);
            line.forEach((part, index) => {
              expect(part.until).toBeGreaterThan(part.from);
              if (index > 0) expect(part.from).toBe(line[index - 1]?.until);
            });
            for (const shift of shifts) expect(onCallAt(schedule, shift.from, level)).toEqual(shift);
            for (const at of looks.filter((look) => look >= from && look < to)) {
              const shift = shifts.find((each) => each.from <= at && at < each.until);
              const answer = onCallAt(schedule, at, level);
              expect(shift?.recipients ?? []).toEqual(answer.recipients);
              expect(gaps.some((gap) => gap.from <= at && at < gap.until)).toBe(answer.recipients.length === 0);
            }
          }
        },
      ),
      RUNS,
    );
  });

  it('is what its last override says in its span, and what it was without it outside', () => {
    fc.assert(
      fc.property(written, override, fc.array(moment, { minLength: 5, maxLength: 20 }), (one, last, looks) => {
        const before = compile(one);
        const after = compile({ ...one, overrides: [...one.overrides, { id: 'last', ...last }] });
        const [from, to] = [Date.parse(last.from), Date.parse(last.to)];
        for (const at of [...looks, instant(from - 1), instant(from), instant(to - 1), instant(to)]) {
          const was = onCallAt(before, at);
          const is = onCallAt(after, at);
          const replaces = 'replaces' in last ? last.replaces : null;
          const wins = at >= from && at < to && (replaces === null || was.recipients.includes(replaces));
          if (!wins) {
            expect(is).toMatchObject({ recipients: was.recipients, source: was.source, sourceId: was.sourceId });
            continue;
          }
          expect(is).toMatchObject({ source: 'override', sourceId: 'last' });
          if (replaces === null) {
            expect(is).toMatchObject({ from, until: to, recipients: last.recipient === null ? [] : [last.recipient] });
          } else {
            const others = was.recipients.filter((each) => each !== replaces);
            const own = last.recipient === null ? [] : [last.recipient];
            expect(new Set(is.recipients)).toEqual(new Set([...others, ...own]));
          }
        }
      }),
      RUNS,
    );
  });
});

/** Every day of the calendar from one to another; Apia's missing one is a day of the calendar as well. */
const datesFrom = (start: string, count: number): string[] =>
  Array.from({ length: count }, (_, day) => dateAt((Date.parse(start) - START) / DAY_MS + day));

describe('hand-overs', () => {
  it('come once every calendar day at their wall time; in a gap at its end; of two the first', () => {
    fc.assert(
      fc.property(zone, clock, date, (timeZone, at, start) => {
        const daily = { every: '1 day', handover: { at }, start, members: ['ana', 'bo', 'cleo'] };
        const schedule = compile({ timeZone, layers: [{ rotation: daily }] });
        const from = Date.parse(start);
        const shifts = shiftsBetween(schedule, instant(from - DAY_MS), instant(from + 400 * DAY_MS));
        const handovers = new Set(shifts.map((shift) => shift.from as number));
        const expected = datesFrom(start, 398).map((day) => {
          const local = Temporal.PlainDateTime.from(`${day}T${at}`);
          const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
          const exists = earlier.toPlainDateTime().equals(local);
          return exists ? earlier.epochMilliseconds : earlier.getTimeZoneTransition('next')?.epochMilliseconds;
        });
        expect(expected.filter((moment) => moment === undefined || !handovers.has(moment))).toEqual([]);
        // No others: but for the two or three days at the end of the range.
        expect(handovers.size - new Set(expected).size).toBeLessThanOrEqual(3);
      }),
      { numRuns: 20 },
    );
  });

  it('come once a week on their day', () => {
    fc.assert(
      fc.property(zone, weekday, clock, date, (timeZone, day, at, start) => {
        const weekly = { every: '1 week', handover: { day, at }, start, members: ['ana', 'bo', 'cleo'] };
        const schedule = compile({ timeZone, layers: [{ rotation: weekly }] });
        const from = instant(Date.parse(start) + 14 * DAY_MS);
        const shifts = shiftsBetween(schedule, from, instant(from + 700 * DAY_MS));
        expect(shifts.length).toBeGreaterThanOrEqual(100);
        for (const shift of shifts) {
          const wall = wallTime(shift.from, timeZone);
          const onTime = wall.time === at && WEEKDAYS[wall.weekday - 1] === day;
          const before = wallTime(instant(shift.from - 1), timeZone);
          expect(onTime || before.offsetMinutes !== wall.offsetMinutes, toRfc3339(shift.from)).toBe(true);
          expect(Math.abs(shift.until - shift.from - 7 * DAY_MS)).toBeLessThanOrEqual(25 * HOUR_MS);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of hours come after real hours, whatever the clocks do', () => {
    fc.assert(
      fc.property(zone, clock, date, fc.integer({ min: 1, max: 200 }), (timeZone, at, start, hours) => {
        const hourly = { every: `${hours} hours`, handover: { at }, start, members: ['ana', 'bo'] };
        const schedule = compile({ timeZone, layers: [{ rotation: hourly }] });
        const from = instant(Date.parse(start) + 5 * DAY_MS);
        for (const shift of shiftsBetween(schedule, from, instant(from + 100 * DAY_MS)))
          expect(shift.until - shift.from).toBe(hours * HOUR_MS);
      }),
      { numRuns: 30 },
    );
  });
});

describe('members', () => {
  it('take turns in order: nobody has two more than another, wherever one looks', () => {
    fc.assert(
      fc.property(zone, turns, fc.integer({ min: 1, max: 7 }), moment, (timeZone, own, count, at) => {
        const people = Array.from({ length: count }, (_, index) => `member-${index}`);
        const layers = [{ rotation: { ...own, start: '2011-06-01', members: people } }];
        const shifts = shiftsBetween(compile({ timeZone, layers }), at, instant(at + 300 * DAY_MS), 1, 200);
        const turnsOf = new Map(people.map((id) => [id, 0]));
        // A turn that clocks set forward make empty (Apia's missing day, one of two within an hour) is nobody's.
        for (const shift of shifts)
          turnsOf.set(shift.recipients[0] ?? '', (turnsOf.get(shift.recipients[0] ?? '') ?? 0) + 1);
        const counts = [...turnsOf.values()];
        const slack = timeZone === 'Pacific/Apia' || hasTurnsWithinAnHour(own.every) ? 2 : 1;
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(slack);
      }),
      { ...RUNS, examples: [SAO_PAULO_AT_MIDNIGHT] },
    );
  });

  it('are known after a century as fast as after a day', () => {
    const daily = { every: '1 day', handover: { at: '09:00' }, start: '1970-01-01', members: ['ana', 'bo', 'cleo'] };
    const schedule = compile({ timeZone: 'Europe/Paris', layers: [{ rotation: daily }] });
    const day = Math.floor(Date.UTC(2050, 5, 1) / DAY_MS);
    expect(onCallAt(schedule, instant(Date.UTC(2050, 5, 1, 12))).recipients).toEqual([['ana', 'bo', 'cleo'][day % 3]]);
    const began = performance.now();
    for (let index = 0; index < 10_000; index++) onCallAt(schedule, instant(Date.UTC(2050, 5, 1) + index * HOUR_MS));
    // Some 3 µs each; walking from the start would take a thousand times as long.
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
