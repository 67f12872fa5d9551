// Local times that come back every so many days, numbered: hand-overs of a rotation, the hours of a restriction. The number
// of the occurrence at any instant is found by arithmetic on calendar days, never by walking from the first. Every
// occurrence is one wall time of one calendar day, turned into an instant by timing.ts: so there is exactly one for each
// day or week whatever DST does, a time that does not exist is the first instant after it, one that exists twice the first.
import { DAY_MS, type Instant } from './instant.ts';
import { fromLocal } from './timing.ts';

export interface Recurrence {
  readonly zone: string;
  /** Midnight that begins period 0, in local milliseconds (as if it were UTC). */
  readonly anchorMs: number;
  readonly periodDays: number;
  /** Local times within a period, as milliseconds from its first midnight, ascending, at least one. */
  readonly offsetsMs: readonly number[];
}

/** Clocks are at most 16 hours from UTC, and no zone has moved by more than 24 hours: local and UTC differ by less. */
const NEARBY_MS = 2 * DAY_MS;

/** The instant of occurrence number `index`; never decreases with the number. */
export const occurrence = (recurrence: Recurrence, index: number): Instant =>
  fromLocal(localOf(recurrence, index), recurrence.zone);

/** The local time of occurrence number `index`, moved by so much. */
export function localOf({ anchorMs, periodDays, offsetsMs }: Recurrence, index: number): number {
  const period = Math.floor(index / offsetsMs.length);
  return anchorMs + period * periodDays * DAY_MS + (offsetsMs[index - period * offsetsMs.length] ?? 0);
}

/** The number of the last occurrence at or before an instant. Where DST makes several one instant, the last of them. */
export function lastOccurrence(recurrence: Recurrence, at: Instant): number {
  const { anchorMs, periodDays, offsetsMs } = recurrence;
  const periodAt = (localMs: number): number => Math.floor((localMs - anchorMs) / (periodDays * DAY_MS));
  let low = (periodAt(at - NEARBY_MS) - 1) * offsetsMs.length;
  let high = (periodAt(at + NEARBY_MS) + 2) * offsetsMs.length;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (occurrence(recurrence, middle) <= at) low = middle;
    else high = middle;
  }
  return low;
}
