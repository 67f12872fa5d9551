// What one stream of an inbox has told, and from where it looks on. Changes commit out of order now and then, so what lies behind the
// newest is looked at again, but for what was told of it: a hundred changes back, and an hour, which is longer than whoever changes an
// inbox leaves it uncommitted. Pure; where a client left off is inbox-cursor.ts, who looks inbox-news.ts.
import { HOUR_MS, type Instant } from '@relance/core';
import type { InboxCounts, InboxRow } from '../store/sql/inbox-list.ts';
import { type InboxCursor, toldBefore, writeInboxCursor } from './inbox-cursor.ts';

/** Of this person's own changes: a sequence is shared by all, and those of one moment commit in any order. */
export const OVERLAP = 50;
/** Numbers that are in use no more, because their item has changed since, are among them. */
const KEPT_MAX = 2 * OVERLAP;
const LATE_MAX_MS = HOUR_MS;

export interface Told {
  /** By change: when its number was taken. */
  readonly changes: Map<number, Instant>;
  last: number;
  /** Up to this change nothing comes any more. */
  after: number;
  /** The newest item that the client can know of. */
  newestItem: number;
  counts: InboxCounts | null;
}

/** Where the client left off, of the newest changes up to there; without a place it begins with what comes now. */
export function beginTold(cursor: InboxCursor | null, upTo: readonly InboxRow[]): Told {
  const known = cursor === null ? upTo : toldBefore(cursor, upTo);
  const last = cursor?.last ?? upTo[0]?.changed ?? 0;
  const oldest = upTo.length < OVERLAP ? undefined : upTo.at(-1)?.changed;
  return {
    changes: new Map(known.map((row) => [row.changed, row.changed_at])),
    last,
    after: oldest === undefined ? 0 : oldest - 1,
    newestItem: last,
    counts: null,
  };
}

/** What lies behind the newest and is not told again. */
export const toldAfter = ({ changes, after }: Told): number[] => [...changes.keys()].filter((one) => one > after);

/** Notes one that is being told; answers what happened, as the client is told of it. */
export function note(told: Told, row: InboxRow): 'message' | 'read' | 'archived' {
  told.changes.set(row.changed, row.changed_at);
  told.last = Math.max(told.last, row.changed);
  const isKnown = row.seq <= told.newestItem;
  told.newestItem = Math.max(told.newestItem, row.seq);
  if (row.archived_at !== null) return 'archived';
  return row.read_at !== null && isKnown ? 'read' : 'message';
}

/** After a look that found these, all noted; `isAll` unless there was more than it takes, `now` as of that look. */
export function lookedAt(told: Told, rows: readonly InboxRow[], isAll: boolean, now: Instant): void {
  const seenTo = isAll ? Number.POSITIVE_INFINITY : (rows.at(-1)?.changed ?? 0);
  const newestFirst = [...told.changes].sort(([a], [b]) => b - a);
  const past = newestFirst.find(
    ([change, at], place) => change <= seenTo && (place >= KEPT_MAX || at < now - LATE_MAX_MS),
  );
  told.after = Math.max(told.after, past?.[0] ?? 0);
  for (const [change] of newestFirst.slice(KEPT_MAX)) if (change <= told.after) told.changes.delete(change);
}

/** From where whoever is cut off now goes on; null while that is from the beginning of what can be told. */
export function placeOf({ changes, last }: Told): string | null {
  const at = changes.get(last);
  if (at === undefined) return last === 0 ? '0' : null; // with nothing in it, all that comes is news
  const all = [...changes].map(([changed, changed_at]) => ({ changed, changed_at }));
  return writeInboxCursor({ changed: last, changed_at: at }, all);
}

export const isSame = (one: InboxCounts | null, other: InboxCounts | null): boolean =>
  one?.unread === other?.unread && one?.total === other?.total && one?.urgent === other?.urgent;
