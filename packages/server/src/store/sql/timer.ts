// Timers moved to this instant, for follow-ups of any slot that a transaction has locked. Decisions move theirs in
// follow-up.ts.
import { type Instant, slotOfId } from '@relance/core';
import { at, type Tx } from '../database.ts';

export interface TimedRow {
  readonly slot: number;
  readonly id: string;
  readonly wake_at: Instant | null;
}

/** Locks those that are live and that nobody else holds. */
export async function lockTimed(tx: Tx, ids: readonly string[]): Promise<TimedRow[]> {
  return tx.query<TimedRow>(
    `SELECT f.slot, f.id, f.wake_at FROM relance.follow_ups f JOIN unnest($1::smallint[], $2::uuid[]) AS x(slot, id) ON f.slot = x.slot AND f.id = x.id
     WHERE f.status IN ('open', 'acknowledged') FOR UPDATE OF f SKIP LOCKED`,
    [ids.map(slotOfId), ids],
  );
}

/**
 * A statement of its own after the one that locks: a transaction that was waited for may have moved the timer, and only a
 * new snapshot shows it. One that is left behind is due for ever, and nobody's. What is parked stays so: it would be tried,
 * fail and be let go again without an end; whoever unparks it finds what has changed.
 */
export async function wakeNow(tx: Tx, locked: readonly TimedRow[], now: Instant): Promise<number> {
  if (locked.length === 0) return 0;
  const rows = await tx.query(
    `WITH x AS (SELECT * FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[]) AS x(slot, id, was)),
     old AS (DELETE FROM relance.timers t USING x WHERE t.slot = x.slot AND t.wake_at = x.was AND t.follow_up_id = x.id AND x.was <> $4),
     moved AS (UPDATE relance.follow_ups f SET wake_at = $4 FROM x WHERE f.slot = x.slot AND f.id = x.id AND f.waits_for IS DISTINCT FROM 'parked' RETURNING f.slot, f.id)
     INSERT INTO relance.timers (slot, wake_at, follow_up_id) SELECT slot, $4, id FROM moved ON CONFLICT DO NOTHING RETURNING follow_up_id`,
    [locked.map((one) => one.slot), locked.map((one) => one.id), locked.map((one) => at(one.wake_at)), at(now)],
  );
  return rows.length;
}
