// Closings that came before their start: kept by ingest, met by whatever opens the key (ingest-open.ts, open.ts). One of
// them and its start cannot miss each other: whoever keeps one holds the key as an opening would, until it is kept.
import { type Input, type Instant, MINUTE_MS } from '@relance/core';
import type { EarlyEvent } from '../store/sql/event.ts';

/** A resolve whose own time is this much older than the start's is about an earlier incident, whatever came first. */
const SKEW_MS = 5 * MINUTE_MS;
/** Early events are matched for a day. */
const AGE_MAX_MS = 86_400_000;

/** Whether a closing is about the start that opens its key now. `startedAt`: the start's own time; null when it says none. */
export function isEarlyFor(
  early: EarlyEvent,
  startedAt: Instant | null,
  now: Instant,
  followedUpBefore: boolean,
): boolean {
  const closedAt = early.eventAt ?? early.arrivedAt;
  // Where this key was followed up before, it may be late news of that time: only one that is really later counts.
  if (followedUpBefore) return startedAt !== null && early.eventAt !== null && early.eventAt >= startedAt;
  return startedAt === null ? now - early.arrivedAt <= AGE_MAX_MS : startedAt - closedAt <= SKEW_MS;
}

export const inputOfEarly = (early: EarlyEvent): Input => ({
  kind: 'event',
  role: early.role,
  event: early.eventId,
  facts: {},
  outcome: early.outcome,
});
