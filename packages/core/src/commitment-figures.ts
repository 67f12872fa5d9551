// What became of the dates that people promised in one generation of a follow-up, from its timeline alone. Pure. A promise is kept when
// the follow-up is resolved by its date, and missed when the date passes first. One that is moved before its date, taken back, or given
// away with the follow-up is none; nor is one of what was cancelled or expired before it.
import type { TimelineKind } from './input.ts';
import type { Instant } from './instant.ts';
import type { Reason } from './reason.ts';

/** `ahead`: the date has not passed, as far as the timeline tells. */
export type Commitments = readonly [kept: number, missed: number, ahead: number];

export interface PromiseLine {
  readonly at: Instant;
  readonly kind: TimelineKind;
  /** Of a commitment: the date that was named. */
  readonly promised: Instant | null;
  /** Of what goes on after a pause: why. */
  readonly resumedBy: Reason | null;
}

/** What ends a promise before its date without a word about whether it would have been kept. */
const TAKEN_BACK: ReadonlySet<TimelineKind> = new Set([
  'noted', // as far as it is counted: escalated by hand
  'unacknowledged',
  'delegated',
  'declined',
  'reassigned',
  'cancelled',
  'expired',
]);

/** Of lines in their order. */
export function commitmentsOf(lines: readonly PromiseLine[]): Commitments {
  let [kept, missed] = [0, 0];
  let promised: Instant | null = null;
  for (const { at, kind, promised: named, resumedBy } of lines) {
    if (promised !== null && (at > promised || resumedBy === 'commitment_missed')) {
      missed += 1;
      promised = null;
    }
    if (kind === 'committed') promised = named;
    if (kind === 'resolved' && promised !== null) kept += 1;
    if (kind === 'resolved' || TAKEN_BACK.has(kind) || resumedBy === 'answered') promised = null;
  }
  return [kept, missed, promised === null ? 0 : 1];
}

export const isAny = (commitments: Commitments): boolean => commitments.some((count) => count > 0);
