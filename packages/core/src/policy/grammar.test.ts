// The three small grammars: what people write is read, errors point at the character, and writing a value out and
// reading it again gives the same value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../instant.ts';
import type { Duration } from './duration.ts';
import { DURATION_DAYS_MAX, formatDuration, parseDuration } from './duration.ts';
import { formatOffset, parseOffset } from './offset.ts';
import type { Anchor, Offset, Target } from './policy.ts';
import { formatTarget, parseTarget } from './target.ts';

const exact = (ms: number): Duration => ({ kind: 'exact', ms });
const days = (count: number, ms = 0): Duration => ({ kind: 'days', days: count, ms });

function value<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly at: number; readonly message: string },
): T | string {
  return result.ok ? result.value : `${result.at}: ${result.message}`;
}

describe('durations', () => {
  it.each<[string, Duration]>([
    ['30 minutes', exact(30 * MINUTE_MS)],
    ['1 minute', exact(MINUTE_MS)],
    ['45 seconds', exact(45 * SECOND_MS)],
    ['2 hours', exact(2 * HOUR_MS)],
    ['90m', exact(90 * MINUTE_MS)],
    ['0 minutes', exact(0)],
    ['2 days', days(2)],
    ['1 week', days(7)],
    ['1 day 4 hours', days(1, 4 * HOUR_MS)],
    ['  2  Days  ', days(2)],
    ['4 business hours', { kind: 'businessHours', hours: 4 }],
    ['3 business days', { kind: 'businessDays', days: 3 }],
    ['P1DT2H', days(1, 2 * HOUR_MS)],
    ['PT30M', exact(30 * MINUTE_MS)],
    ['PT1H30M15S', exact(HOUR_MS + 30 * MINUTE_MS + 15 * SECOND_MS)],
    ['P2W', days(14)],
    ['pt5s', exact(5 * SECOND_MS)],
    ['P0D', days(0)],
  ])('reads %j', (text, duration) => expect(value(parseDuration(text))).toEqual(duration));

  it.each<[string, number]>([
    ['', 0],
    ['minutes', 0],
    ['-3 days', 0],
    ['3', 1],
    ['3 dayz', 2],
    ['3 months', 2],
    ['2 days 3 days', 9],
    ['3 business weeks', 11],
    ['1 day 3 business days', 6],
    ['2 days later', 7],
    ['1.5 hours', 1],
    ['P', 1],
    ['PT', 2],
    ['P1DT', 4],
    ['P1M', 1],
    ['P1Y', 1],
    ['PT2H1D', 4],
    ['11 years', 3],
    ['999999999 days', 0],
    ['3661 days', 0],
    ['9999999999 seconds', 9],
    [`1 day ${' '.repeat(400)}`, 300],
  ])('refuses %j at character %i', (text, at) => expect(parseDuration(text)).toMatchObject({ ok: false, at }));

  const anyDuration: fc.Arbitrary<Duration> = fc.oneof(
    fc.integer({ min: 0, max: 10_000_000 }).map((seconds) => exact(seconds * SECOND_MS)),
    fc
      .tuple(fc.integer({ min: 0, max: DURATION_DAYS_MAX - 1 }), fc.integer({ min: 0, max: DAY_MS / SECOND_MS - 1 }))
      .map(([count, seconds]) => days(count, seconds * SECOND_MS)),
    fc.integer({ min: 0, max: 1_000 }).map((hours): Duration => ({ kind: 'businessHours', hours })),
    fc.integer({ min: 0, max: 1_000 }).map((count): Duration => ({ kind: 'businessDays', days: count })),
  );

  it('reads what it writes', () => {
    fc.assert(
      fc.property(
        anyDuration,
        (duration) => void expect(value(parseDuration(formatDuration(duration)))).toEqual(duration),
      ),
    );
  });

  it('answers for every text, and points inside it', () => {
    const near = fc
      .array(
        fc.constantFrom('1', '30', ' ', 'day', 'days', 'business', 'P', 'T', 'H', 'M', '-', 'week', 'é', '__proto__'),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const result = parseDuration(text);
        if (!result.ok) expect(result.at).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  describe('offsets', () => {
    it.each<[string, Offset]>([
      ['opened', { anchor: { kind: 'opened' }, sign: 1, duration: exact(0) }],
      ['commitment', { anchor: { kind: 'commitment' }, sign: 1, duration: exact(0) }],
      ['due - 3 days', { anchor: { kind: 'due' }, sign: -1, duration: days(3) }],
      ['due-3days', { anchor: { kind: 'due' }, sign: -1, duration: days(3) }],
      [
        'overdue.last + 5 days',
        { anchor: { kind: 'stage', stage: 'overdue', last: true }, sign: 1, duration: days(5) },
      ],
      ['data.renewsAt - 1 week', { anchor: { kind: 'data', field: 'renewsAt' }, sign: -1, duration: days(7) }],
      ['acknowledged + PT30M', { anchor: { kind: 'acknowledged' }, sign: 1, duration: exact(30 * MINUTE_MS) }],
      ['final-2', { anchor: { kind: 'stage', stage: 'final-2', last: false }, sign: 1, duration: exact(0) }],
      [
        'first-call+1 hour',
        { anchor: { kind: 'stage', stage: 'first-call', last: false }, sign: 1, duration: exact(HOUR_MS) },
      ],
    ])('reads %j', (text, offset) => expect(value(parseOffset(text))).toEqual(offset));

    it.each<[string, number]>([
      ['', 0],
      ['3 days', 0],
      ['due 3 days', 4],
      ['due -', 5],
      ['due - 3 dayz', 8],
      ['due.last', 3],
      ['overdue.first', 8],
      ['data', 4],
      ['data.a.b', 6],
      ['data. - 1 day', 5],
      ['due - 3 days - 1 day', 13],
    ])('refuses %j at character %i', (text, at) => expect(parseOffset(text)).toMatchObject({ ok: false, at }));

    const stageId = fc.constantFrom('a', 'overdue', 'final-2', 'first-call', 'x_1', 'b-2-c', 'last');
    const anchor: fc.Arbitrary<Anchor> = fc.oneof(
      fc.constantFrom<Anchor>({ kind: 'opened' }, { kind: 'due' }, { kind: 'acknowledged' }, { kind: 'commitment' }),
      fc.constantFrom('renewsAt', '_x', 'a1').map((field): Anchor => ({ kind: 'data', field })),
      fc.record({ kind: fc.constant('stage' as const), stage: stageId, last: fc.boolean() }),
    );
    it('reads what it writes', () => {
      fc.assert(
        fc.property(anchor, fc.constantFrom(1 as const, -1 as const), anyDuration, (point, sign, duration) => {
          const offset: Offset = { anchor: point, sign, duration };
          expect(value(parseOffset(formatOffset(offset)))).toEqual(offset);
        }),
      );
    });
  });
});

describe('targets', () => {
  it.each<[string, Target]>([
    ['assignee', { kind: 'assignee' }],
    [' escalated ', { kind: 'escalated' }],
    ['manager(2)', { kind: 'manager', level: 2 }],
    ['group(billing)', { kind: 'group', id: 'billing', strategy: 'all' }],
    ['group( billing , round-robin )', { kind: 'group', id: 'billing', strategy: 'round-robin' }],
    ['group(a, least-busy)', { kind: 'group', id: 'a', strategy: 'least-busy' }],
    ['group(a, first-available)', { kind: 'group', id: 'a', strategy: 'first-available' }],
    ['onCall(primary)', { kind: 'onCall', schedule: 'primary', level: 1 }],
    ['onCall(primary, 2)', { kind: 'onCall', schedule: 'primary', level: 2 }],
    ['recipient(ana@acme.com)', { kind: 'recipient', id: 'ana@acme.com' }],
    ['resolver(crm)', { kind: 'resolver', name: 'crm' }],
  ])('reads %j', (text, target) => expect(value(parseTarget(text))).toEqual(target));

  it.each<[string, number]>([
    ['', 0],
    ['asignee', 0],
    ['assignee(1)', 8],
    ['assignee, team', 8],
    ['manager', 7],
    ['manager()', 8],
    ['manager(0)', 8],
    ['manager(11)', 8],
    ['manager(1.5)', 8],
    ['manager(1, 2)', 11],
    ['group(billing', 13],
    ['group(billing, all, x)', 20],
    ['group(billing, some)', 15],
    ['group(!)', 6],
    ['group(a) b', 9],
    ['onCall(primary, x)', 16],
    ['recipient(__proto__)', 10],
  ])('refuses %j at character %i', (text, at) => expect(parseTarget(text)).toMatchObject({ ok: false, at }));

  it('reads what it writes', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:@+/-]{0,20}$/);
    const target: fc.Arbitrary<Target> = fc.oneof(
      fc.constantFrom<Target>(
        { kind: 'assignee' },
        { kind: 'requester' },
        { kind: 'team' },
        { kind: 'watchers' },
        { kind: 'notified' },
        { kind: 'escalated' },
      ),
      fc.integer({ min: 1, max: 10 }).map((level): Target => ({ kind: 'manager', level })),
      fc.record({
        kind: fc.constant('group' as const),
        id,
        strategy: fc.constantFrom('all', 'round-robin', 'least-busy', 'first-available'),
      }),
      fc.record({ kind: fc.constant('onCall' as const), schedule: id, level: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ kind: fc.constant('recipient' as const), id }),
      fc.record({ kind: fc.constant('resolver' as const), name: id }),
    );
    fc.assert(fc.property(target, (one) => void expect(value(parseTarget(formatTarget(one)))).toEqual(one)));
  });
});
