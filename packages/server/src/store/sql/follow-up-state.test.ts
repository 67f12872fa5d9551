// What is left out of a stored state comes back as it was.
import { type FollowUp, FRESH_PROGRESS, type Instant } from '@relance/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packState, unpackState } from './follow-up-state.ts';

const instant = fc.integer({ min: 0, max: 4e12 }).map((ms) => ms as Instant);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
const progress = fc.record({
  status: fc.constantFrom('pending', 'running', 'done', 'skipped', 'superseded'),
  fixedAt: maybe(instant),
  fixedFor: maybe(fc.constantFrom('outage', 'pause')),
  shiftMs: fc.nat(),
  heldUntil: maybe(instant),
  plannedAt: maybe(instant),
  runs: fc.nat(5),
  extraRuns: fc.nat(2),
  ranAt: maybe(instant),
  firstAt: maybe(instant),
  lastAt: maybe(instant),
  awaiting: maybe(fc.nat(5)),
  awaitingOf: fc.dictionary(name, fc.integer({ min: 1, max: 3 })),
  awaitingExtra: fc.boolean(),
  assigneeAwaited: maybe(fc.record({ run: fc.nat(5), count: fc.nat(5) })),
  escalated: fc.array(name),
  managers: fc.dictionary(name, name),
});
const state = fc.record({
  watchers: fc.array(name),
  assignees: fc.array(name),
  answers: fc.dictionary(
    name,
    fc.record({
      action: name,
      at: instant,
      answer: fc.jsonValue(),
      counts: maybe(fc.constant('for')),
      outcome: maybe(name),
    }),
  ),
  progress: fc.dictionary(name, progress),
  notified: fc.array(name),
  escalated: fc.array(name),
  pause: maybe(fc.record({ kind: fc.constant('snooze'), since: instant, until: instant, by: maybe(name) })),
  commitment: maybe(fc.record({ dueAt: instant, by: maybe(name) })),
  claim: maybe(fc.record({ by: maybe(name), at: instant, until: instant })),
  acknowledgements: fc.nat(3),
  snoozes: fc.nat(3),
  lastRun: maybe(fc.record({ stage: name, at: instant })),
  recentRuns: fc.array(fc.record({ stage: name, run: fc.integer({ min: 1 }), at: instant }), { maxLength: 3 }),
  lookups: fc.dictionary(name, fc.record({ askedAt: maybe(instant), until: maybe(instant), to: fc.array(name) })),
  assigneeTold: fc.boolean(),
  assigneeUnreachable: fc.boolean(),
  dueDay: fc.option(fc.constant('2026-12-01')),
  unknownUntil: maybe(instant),
});

describe('the state of a follow-up as it is stored', () => {
  it('comes back as it was, through JSON', () => {
    fc.assert(
      fc.property(state, (one) => {
        const packed = JSON.parse(JSON.stringify(packState(one as unknown as FollowUp)));
        expect(unpackState(packed)).toEqual(JSON.parse(JSON.stringify(one)));
      }),
    );
  });
  it('leaves out what is empty, and reads what was stored whole', () => {
    const fresh = { ...unpackState({}), progress: { notice: { ...FRESH_PROGRESS, status: 'done', runs: 1 } } };
    const packed = packState(fresh as unknown as FollowUp);
    expect(packed).toEqual({ progress: { notice: { status: 'done', runs: 1 } } });
    expect(unpackState(fresh as never)).toEqual(fresh);
    expect(unpackState(packed)).toEqual(fresh);
  });
  it('reads what was stored before it was known whom a run waits for', () => {
    const before = { progress: { notice: { awaiting: 1, awaitingCount: 2 } } };
    expect(unpackState(before).progress.notice).toEqual({ ...FRESH_PROGRESS, awaiting: 1, awaitingOf: { '': 2 } });
  });
});
