// Dates that people promise, told as timelines: which were kept, which were missed, and which say nothing of either.
import { describe, expect, it } from 'vitest';
import { commitmentsOf, isAny, type PromiseLine } from './commitment-figures.ts';
import type { TimelineKind } from './input.ts';
import type { Instant } from './instant.ts';
import type { Reason } from './reason.ts';

const line = (at: number, kind: TimelineKind, more: Partial<PromiseLine> = {}): PromiseLine => ({
  at: at as Instant,
  kind,
  promised: null,
  resumedBy: null,
  ...more,
});
const promise = (at: number, by: number): PromiseLine => line(at, 'committed', { promised: by as Instant });
const resumed = (at: number, resumedBy: Reason): PromiseLine => line(at, 'resumed', { resumedBy });

describe('a date that was promised', () => {
  it.each([
    ['is ahead while nothing else happens', [promise(1, 10)], [0, 0, 1]],
    ['is kept by what is resolved before it', [promise(1, 10), line(5, 'resolved')], [1, 0, 0]],
    ['is kept at its very moment', [promise(1, 10), line(10, 'resolved')], [1, 0, 0]],
    ['is missed by what is resolved after it', [promise(1, 10), line(11, 'resolved')], [0, 1, 0]],
    ['is missed when the engine says so', [promise(1, 10), resumed(10, 'commitment_missed')], [0, 1, 0]],
    [
      'is missed once, whatever comes then',
      [promise(1, 10), resumed(10, 'commitment_missed'), line(11, 'stage_ran'), line(12, 'resolved')],
      [0, 1, 0],
    ],
    ['is missed behind a snooze as well', [promise(1, 10), line(2, 'snoozed'), resumed(20, 'snooze_ended')], [0, 1, 0]],
    ['is not one when it is moved before it', [promise(1, 10), promise(5, 20), line(15, 'resolved')], [1, 0, 0]],
    ['is another when it is moved after it', [promise(1, 10), promise(11, 20), line(15, 'resolved')], [1, 1, 0]],
    ['is not one of what is cancelled before', [promise(1, 10), line(5, 'cancelled')], [0, 0, 0]],
    ['is missed though it is cancelled later', [promise(1, 10), line(15, 'cancelled')], [0, 1, 0]],
    ['is not one when it is taken back', [promise(1, 10), line(5, 'unacknowledged'), line(6, 'resolved')], [0, 0, 0]],
    ['is nobody else’s when it is given away', [promise(1, 10), line(5, 'delegated'), line(20, 'resolved')], [0, 0, 0]],
    ['is not one when its maker has answered', [promise(1, 10), resumed(5, 'answered')], [0, 0, 0]],
    [
      'is not one when somebody escalates before it',
      [promise(1, 10), line(5, 'noted'), line(20, 'resolved')],
      [0, 0, 0],
    ],
    ['is kept past a reminder', [promise(1, 10), line(5, 'stage_ran'), line(6, 'resolved')], [1, 0, 0]],
  ] as const)('%s', (_name, lines, expected) => {
    expect(commitmentsOf(lines)).toEqual(expected);
    expect(isAny(commitmentsOf(lines))).toBe(expected.some((count) => count > 0));
  });

  it('is none where nobody has promised', () => {
    expect(commitmentsOf([line(1, 'opened'), line(2, 'resolved')])).toEqual([0, 0, 0]);
  });
});
