// Schedules told as stories: whose turn, since when, until when, and why; over DST, with layers, hours and overrides.
// The mistakes of the written form are schedule-schema.test.ts.
import { describe, expect, it } from 'vitest';
import { fromRfc3339, type Instant, instant, toRfc3339 } from './instant.ts';
import {
  compileSchedule,
  gapsBetween,
  levelsOf,
  nextOnCall,
  onCallAt,
  peopleNamedIn,
  shiftsBetween,
} from './schedule.ts';
import { scheduleSchema } from './schedule-schema.ts';

const at = (text: string): Instant => fromRfc3339(text) ?? instant(Number.NaN);
const time = (moment: Instant | null): string | null =>
  moment === null ? null : toRfc3339(moment).replace(':00.000Z', 'Z');
const schedule = (written: object) => compileSchedule(scheduleSchema.parse({ timeZone: 'Europe/Paris', ...written }));
const weekly = {
  every: '1 week',
  handover: { day: 'mon', at: '09:00' },
  start: '2026-01-05',
  members: ['ana', ['bo', 'cleo']],
};
/** `ana 2026-01-05T08:00Z 2026-01-12T08:00Z layer layer-1`. */
const ask = (written: object, moment: string, level = 1): string => {
  const one = onCallAt(schedule(written), at(moment), level);
  const who = one.recipients.length === 0 ? 'nobody' : one.recipients.join('+');
  return [who, time(one.from), time(one.until), one.source, one.sourceId].join(' ');
};
const shifts = (written: object, from: string, to: string, level = 1): string[] =>
  shiftsBetween(schedule(written), at(from), at(to), level).map(
    (one) => `${one.recipients.join('+')} ${time(one.from)} ${time(one.until)} ${one.sourceId}`,
  );
const gaps = (written: object, from: string, to: string): string[] =>
  gapsBetween(schedule(written), at(from), at(to)).map((one) => `${time(one.from)} ${time(one.until)}`);

describe('a rotation', () => {
  const layers = [{ rotation: weekly }];
  it('gives each member a week in turn, by the wall clock of its zone', () => {
    expect(ask({ layers }, '2026-01-05T08:00:00Z')).toBe('ana 2026-01-05T08:00Z 2026-01-12T08:00Z layer layer-1');
    expect(ask({ layers }, '2026-01-12T07:59:59Z')).toBe('ana 2026-01-05T08:00Z 2026-01-12T08:00Z layer layer-1');
    expect(ask({ layers }, '2026-01-12T08:00:00Z')).toBe('bo+cleo 2026-01-12T08:00Z 2026-01-19T08:00Z layer layer-1');
    // Summer: 09:00 in Paris is 07:00 in UTC, and the week of the change is an hour shorter.
    expect(ask({ layers }, '2026-03-29T12:00:00Z')).toBe('bo+cleo 2026-03-23T08:00Z 2026-03-30T07:00Z layer layer-1');
    expect(ask({ layers }, '2036-07-01T12:00:00Z')).toBe('bo+cleo 2036-06-30T07:00Z 2036-07-07T07:00Z layer layer-1');
  });

  it('has nobody before its start and from its end on', () => {
    const ending = [{ rotation: { ...weekly, end: '2026-01-14' } }];
    expect(ask({ layers }, '2026-01-05T07:59:00Z')).toBe('nobody  2026-01-05T08:00Z gap ');
    // The end is not a day of hand-over: it is that day's midnight.
    expect(ask({ layers: ending }, '2026-01-13T12:00:00Z')).toBe(
      'bo+cleo 2026-01-12T08:00Z 2026-01-13T23:00Z layer layer-1',
    );
    expect(ask({ layers: ending }, '2026-01-14T00:00:00Z')).toBe('nobody 2026-01-13T23:00Z  gap ');
    expect(gaps({ layers: ending }, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).toEqual([
      '2026-01-01T00:00Z 2026-01-05T08:00Z',
      '2026-01-13T23:00Z 2026-02-01T00:00Z',
    ]);
  });

  it('that starts between hand-overs gives the first member the rest', () => {
    const late = [{ rotation: { ...weekly, start: '2026-01-08' } }];
    expect(shifts({ layers: late }, '2026-01-01T00:00:00Z', '2026-01-13T00:00:00Z')).toEqual([
      'ana 2026-01-07T23:00Z 2026-01-12T08:00Z layer-1',
      'bo+cleo 2026-01-12T08:00Z 2026-01-19T08:00Z layer-1',
    ]);
    const unnamed = { every: '2 weeks', handover: { at: '09:00' }, start: '2026-01-08', members: ['ana'] };
    expect(ask({ layers: [{ rotation: unnamed }] }, '2026-01-20T00:00:00Z')).toBe(
      'ana 2026-01-08T08:00Z 2026-01-22T08:00Z layer layer-1',
    );
  });

  it('by days moves a hand-over in a gap of DST behind it, and takes the first of two', () => {
    const daily = { every: '1 day', handover: { at: '02:30' }, start: '2026-01-01', members: ['ana', 'bo'] };
    expect(shifts({ layers: [{ rotation: daily }] }, '2026-03-28T03:00:00Z', '2026-03-30T03:00:00Z')).toEqual([
      'ana 2026-03-28T01:30Z 2026-03-29T01:00Z layer-1',
      'bo 2026-03-29T01:00Z 2026-03-30T00:30Z layer-1',
      'ana 2026-03-30T00:30Z 2026-03-31T00:30Z layer-1',
    ]);
    expect(shifts({ layers: [{ rotation: daily }] }, '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z')).toEqual([
      'ana 2026-10-24T00:30Z 2026-10-25T00:30Z layer-1',
      'bo 2026-10-25T00:30Z 2026-10-26T01:30Z layer-1',
    ]);
  });

  it('by hours counts real ones: 24 hours are not a day', () => {
    const hourly = { every: '24 hours', handover: { at: '09:00' }, start: '2026-03-28', members: ['ana', 'bo'] };
    expect(shifts({ layers: [{ rotation: hourly }] }, '2026-03-28T08:00:00Z', '2026-03-29T09:00:00Z')).toEqual([
      'ana 2026-03-28T08:00Z 2026-03-29T08:00Z layer-1',
      'bo 2026-03-29T08:00Z 2026-03-30T08:00Z layer-1',
    ]);
  });

  it('may hand over as its own week or day says', () => {
    const week = [
      { day: 'fri', at: '17:00' },
      { day: 'mon', at: '09:00' },
    ];
    const split = { every: { handovers: week }, start: '2026-01-05', members: ['ana', 'bo', 'cleo'] };
    expect(shifts({ layers: [{ rotation: split }] }, '2026-01-05T00:00:00Z', '2026-01-17T00:00:00Z')).toEqual([
      'ana 2026-01-05T08:00Z 2026-01-09T16:00Z layer-1',
      'bo 2026-01-09T16:00Z 2026-01-12T08:00Z layer-1',
      'cleo 2026-01-12T08:00Z 2026-01-16T16:00Z layer-1',
      'ana 2026-01-16T16:00Z 2026-01-19T08:00Z layer-1',
    ]);
    const day = { every: { handovers: [{ at: '20:00' }, { at: '08:00' }] }, start: '2026-01-05', members: ['d', 'n'] };
    expect(shifts({ layers: [{ rotation: day }] }, '2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z')).toEqual([
      'd 2026-01-05T07:00Z 2026-01-05T19:00Z layer-1',
      'n 2026-01-05T19:00Z 2026-01-06T07:00Z layer-1',
    ]);
  });
});

describe('layers', () => {
  const base = { id: 'base', rotation: weekly };
  const nights = {
    id: 'nights',
    rotation: { every: '1 day', handover: { at: '12:00' }, start: '2026-01-05', members: ['dan', 'eve'] },
    restrictions: [{ days: 'mon-fri', from: '18:00', to: '09:00' }],
  };
  it('win over earlier ones in their hours of work', () => {
    expect(shifts({ layers: [base, nights] }, '2026-01-05T08:00:00Z', '2026-01-07T00:00:00Z')).toEqual([
      'ana 2026-01-05T08:00Z 2026-01-05T17:00Z base',
      'dan 2026-01-05T17:00Z 2026-01-06T08:00Z nights',
      'ana 2026-01-06T08:00Z 2026-01-06T17:00Z base',
      'eve 2026-01-06T17:00Z 2026-01-07T08:00Z nights',
    ]);
    expect(ask({ layers: [base, nights] }, '2026-01-10T12:00:00Z')).toBe(
      'ana 2026-01-10T08:00Z 2026-01-12T08:00Z layer base',
    );
  });

  it('leave gaps outside of their hours', () => {
    expect(gaps({ layers: [nights] }, '2026-01-09T12:00:00Z', '2026-01-13T00:00:00Z')).toEqual([
      '2026-01-09T12:00Z 2026-01-09T17:00Z',
      '2026-01-10T08:00Z 2026-01-12T17:00Z',
    ]);
    expect(ask({ layers: [nights] }, '2026-01-01T12:00:00Z')).toBe('nobody  2026-01-05T17:00Z gap ');
    const ended = { ...nights, rotation: { ...nights.rotation, end: '2026-01-10' } };
    expect(ask({ layers: [ended] }, '2026-03-01T12:00:00Z')).toBe('nobody 2026-01-10T08:00Z  gap ');
    expect(ask({ layers: [ended] }, '2026-01-10T09:00:00Z')).toBe('nobody 2026-01-10T08:00Z  gap ');
  });

  it('join hours that touch, over the turn of the week as well', () => {
    const touching = [{ days: 'fri', from: '17:00' }, { days: 'sat,sun' }, { days: 'mon', to: '09:00' }];
    const { start, members } = weekly;
    const long = { rotation: { every: '52 weeks', handover: { at: '00:00' }, start, members }, restrictions: touching };
    expect(ask({ layers: [long] }, '2026-01-11T12:00:00Z')).toBe(
      'ana 2026-01-09T16:00Z 2026-01-12T08:00Z layer layer-1',
    );
    const whole = { ...long, restrictions: [{ days: 'mon-fri', from: '18:00', to: '18:00' }, { days: 'fri-mon' }] };
    expect(ask({ layers: [whole] }, '2026-02-01T12:00:00Z')).toBe(
      'ana 2026-01-04T23:00Z 2027-01-03T23:00Z layer layer-1',
    );
  });

  it('with hours inside a gap of DST are off that day', () => {
    const rotation = { every: '1 week', handover: { day: 'mon', at: '00:00' }, start: '2026-01-05', members: ['ana'] };
    const sundays = { rotation, restrictions: [{ days: 'sun', from: '02:15', to: '02:45' }] };
    expect(gaps({ layers: [sundays] }, '2026-03-22T01:30:00Z', '2026-04-05T00:30:00Z')).toEqual([
      '2026-03-22T01:45Z 2026-04-05T00:15Z',
    ]);
    expect(shifts({ layers: [sundays] }, '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z')).toEqual([
      'ana 2026-10-25T00:15Z 2026-10-25T00:45Z layer-1',
    ]);
  });

  it('of another level are another line', () => {
    const second = { id: 'second', level: 2, rotation: { ...weekly, members: ['bo', 'ana'] } };
    const both = { layers: [base, second] };
    expect(levelsOf(schedule(both))).toEqual([1, 2]);
    expect(ask(both, '2026-01-06T00:00:00Z', 1)).toBe('ana 2026-01-05T08:00Z 2026-01-12T08:00Z layer base');
    expect(ask(both, '2026-01-06T00:00:00Z', 2)).toBe('bo 2026-01-05T08:00Z 2026-01-12T08:00Z layer second');
    expect(ask(both, '2026-01-06T00:00:00Z', 3)).toBe('nobody   gap ');
  });

  it('need not be there', () => {
    expect(ask({}, '2026-01-06T00:00:00Z')).toBe('nobody   gap ');
    expect(gaps({}, '2026-01-06T00:00:00Z', '2026-01-07T00:00:00Z')).toEqual(['2026-01-06T00:00Z 2026-01-07T00:00Z']);
    expect(nextOnCall(schedule({}), at('2026-01-06T00:00:00Z'))).toBeNull();
  });
});

describe('overrides', () => {
  const layers = [{ rotation: weekly }];
  const span = { from: '2026-01-10T00:00:00Z', to: '2026-01-14T00:00:00Z' };
  it('win exactly in their span, over hand-overs inside it', () => {
    expect(
      shifts(
        { layers, overrides: [{ id: 'swap', ...span, recipient: 'zoe' }] },
        '2026-01-06T00:00:00Z',
        '2026-01-15T00:00:00Z',
      ),
    ).toEqual([
      'ana 2026-01-05T08:00Z 2026-01-10T00:00Z layer-1',
      'zoe 2026-01-10T00:00Z 2026-01-14T00:00Z swap',
      'bo+cleo 2026-01-14T00:00Z 2026-01-19T08:00Z layer-1',
    ]);
  });

  it('may replace one person wherever they are', () => {
    const replacing = { layers, overrides: [{ id: 'away', ...span, recipient: 'zoe', replaces: 'bo' }] };
    expect(shifts(replacing, '2026-01-06T00:00:00Z', '2026-01-15T00:00:00Z')).toEqual([
      'ana 2026-01-05T08:00Z 2026-01-12T08:00Z layer-1',
      'zoe+cleo 2026-01-12T08:00Z 2026-01-14T00:00Z away',
      'bo+cleo 2026-01-14T00:00Z 2026-01-19T08:00Z layer-1',
    ]);
    const second = { level: 2, rotation: { ...weekly, members: ['bo', 'ana'] } };
    const everywhere = { ...replacing, layers: [...layers, second] };
    expect(ask(everywhere, '2026-01-10T12:00:00Z', 2)).toBe('zoe 2026-01-10T00:00Z 2026-01-12T08:00Z override away');
  });

  it('may say nobody, alone or in somebody’s place', () => {
    const nobody = { layers, overrides: [{ id: 'holiday', ...span, recipient: null }] };
    expect(ask(nobody, '2026-01-11T00:00:00Z')).toBe('nobody 2026-01-10T00:00Z 2026-01-14T00:00Z override holiday');
    expect(gaps(nobody, '2026-01-06T00:00:00Z', '2026-01-15T00:00:00Z')).toEqual([
      '2026-01-10T00:00Z 2026-01-14T00:00Z',
    ]);
    const out = { layers, overrides: [{ id: 'ill', ...span, recipient: null, replaces: 'ana' }] };
    expect(ask(out, '2026-01-11T00:00:00Z')).toBe('nobody 2026-01-10T00:00Z 2026-01-12T08:00Z override ill');
    expect(ask(out, '2026-01-13T00:00:00Z')).toBe('bo+cleo 2026-01-12T08:00Z 2026-01-19T08:00Z layer layer-1');
  });

  it('that come later win, and may replace whom an earlier one put there', () => {
    const overrides = [
      { id: 'first', ...span, recipient: 'zoe' },
      { id: 'second', from: '2026-01-11T00:00:00Z', to: '2026-01-12T00:00:00Z', recipient: 'yan', replaces: 'zoe' },
      { id: 'third', from: '2026-01-13T00:00:00Z', to: '2026-01-20T00:00:00Z', recipients: ['xia', 'wim'] },
    ];
    expect(shifts({ layers, overrides }, '2026-01-10T00:00:00Z', '2026-01-15T00:00:00Z')).toEqual([
      'zoe 2026-01-10T00:00Z 2026-01-11T00:00Z first',
      'yan 2026-01-11T00:00Z 2026-01-12T00:00Z second',
      'zoe 2026-01-12T00:00Z 2026-01-13T00:00Z first',
      'xia+wim 2026-01-13T00:00Z 2026-01-20T00:00Z third',
    ]);
  });

  it('are written in the schedule’s own time or with an offset', () => {
    const local = (from: string, to: string) =>
      ask({ overrides: [{ id: 'o', from, to, recipient: 'zoe' }] }, '2026-07-01T12:00:00Z');
    const same = 'zoe 2026-06-30T22:00Z 2026-07-02T07:30Z override o';
    expect(local('2026-07-01', '2026-07-02T09:30')).toBe(same);
    expect(local('2026-07-01 00:00', '2026-07-02T09:30:00+02:00')).toBe(same);
  });
});

describe('the next on call', () => {
  it('is the next change of people, not of turns', () => {
    const solo = { rotation: { every: '1 day', handover: { at: '09:00' }, start: '2026-01-05', members: ['ana'] } };
    const overrides = [{ id: 'o', from: '2026-01-20T00:00:00Z', to: '2026-01-21T00:00:00Z', recipient: 'bo' }];
    expect(nextOnCall(schedule({ layers: [solo], overrides }), at('2026-01-06T12:00:00Z'))).toMatchObject({
      recipients: ['bo'],
      from: at('2026-01-20T00:00:00Z'),
      sourceId: 'o',
    });
    expect(nextOnCall(schedule({ layers: [solo] }), at('2026-01-06T12:00:00Z'))).toBeNull();
  });
});

describe('everybody named', () => {
  it('is found once, with the first place', () => {
    const overrides = [
      { id: 'a', from: '2026-01-01', to: '2026-01-02', recipient: null },
      { id: 'b', from: '2026-01-01', to: '2026-01-02', recipients: ['zoe', 'ana'] },
    ];
    const written = scheduleSchema.parse({ timeZone: 'UTC', layers: [{ rotation: weekly }], overrides });
    expect(Object.fromEntries(peopleNamedIn(written))).toEqual({
      ana: 'layers.0.rotation.members.0',
      bo: 'layers.0.rotation.members.1',
      cleo: 'layers.0.rotation.members.1',
      zoe: 'overrides.1.recipients',
    });
  });
});
