// What the sweep looks for: leases that ran out, live follow-ups with nothing to wake them, waits that have ended, and
// rows kept only for a while. Lease times are the server's clock.
import type { Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { type TimedRow, wakeNow } from './timer.ts';

/** leased → queued again, with a new fence, so that the holder that woke up late cannot pass the gate. */
export async function giveBackLeases(tx: Tx): Promise<number> {
  const rows = await tx.query(
    `WITH c AS MATERIALIZED (SELECT slot, id FROM relance.outbox WHERE status = 'leased' AND lease_until < clock_timestamp() LIMIT 1000 FOR UPDATE SKIP LOCKED)
     UPDATE relance.outbox o SET status = 'queued', fence = o.fence + 1, lease_until = NULL, node = NULL
     FROM c WHERE o.slot = c.slot AND o.id = c.id RETURNING o.id`,
  );
  return rows.length;
}

export async function expiredLeases(
  tx: Tx,
): Promise<{ slot: number; id: string; follow_up_id: string; fence: number; connection: string | null }[]> {
  return tx.query(
    `SELECT slot, id, follow_up_id, fence, connection FROM relance.outbox WHERE status = 'sending' AND lease_until < clock_timestamp() ORDER BY slot, id LIMIT 1000`,
  );
}

export interface Orphan {
  readonly id: string;
  readonly tenant: string;
  readonly why: 'no_timer' | 'overdue' | 'nothing_to_hand_over';
}

/** Promise 2: live means a timer, or a reason to wait that holds. Anything else is a defect, and an alarm. */
export async function findOrphans(tx: Tx, now: Instant): Promise<Orphan[]> {
  return tx.query<Orphan>(
    `SELECT f.id, f.tenant, CASE WHEN f.wake_at IS NULL AND f.waits_for IS NULL THEN 'no_timer' WHEN f.wake_at IS NOT NULL AND t.follow_up_id IS NULL THEN 'no_timer'
                       ELSE 'nothing_to_hand_over' END AS why
     FROM relance.live_keys l JOIN relance.follow_ups f ON f.slot = l.slot AND f.id = l.follow_up_id
     LEFT JOIN relance.timers t ON t.slot = f.slot AND t.wake_at = f.wake_at AND t.follow_up_id = f.id
     WHERE f.status IN ('open', 'acknowledged') AND f.opened_at <= $1
       AND ((f.wake_at IS NULL AND f.waits_for IS NULL) OR (f.wake_at IS NOT NULL AND t.follow_up_id IS NULL)
         OR (f.waits_for = 'hand_over_pending' AND NOT EXISTS (SELECT FROM relance.outbox o WHERE o.slot = f.slot AND o.follow_up_id = f.id)
             AND NOT EXISTS (SELECT FROM relance.fan_outs x WHERE x.slot = f.slot AND x.follow_up_id = f.id)))
     LIMIT 100`,
    [at(now)],
  );
}

/** Follow-ups that wait for a recipient who exists by now are due now. */
export async function wakeKnownRecipients(tx: Tx, now: Instant): Promise<number> {
  const known = await tx.query<TimedRow>(
    `SELECT f.slot, f.id, f.wake_at FROM relance.follow_ups f
     WHERE f.unknown_recipient IS NOT NULL AND f.status IN ('open', 'acknowledged') AND (f.wake_at IS NULL OR f.wake_at > $1)
       AND EXISTS (SELECT FROM relance.recipients r WHERE r.tenant = f.tenant AND r.id = f.unknown_recipient)
     LIMIT 1000 FOR UPDATE OF f SKIP LOCKED`,
    [at(now)],
  );
  return wakeNow(tx, known, now);
}

/** Server time: idempotency answers for a day, event keys for seven, used-up links for ninety. */
/** A closing that came before its start is matched by its own time; a start that is a month late is another one. */
export async function pruneShortLived(tx: Tx, now: Instant): Promise<void> {
  await tx.query(`DELETE FROM relance.early_events WHERE arrived_at < $1::timestamptz - interval '30 days'`, [at(now)]);
  await tx.query(`DELETE FROM relance.idempotency_keys WHERE created_at < clock_timestamp() - interval '24 hours'`);
  await tx.query(`DELETE FROM relance.event_keys WHERE seen_at < clock_timestamp() - interval '7 days'`);
  await tx.query(`DELETE FROM relance.action_tokens WHERE expires_at < clock_timestamp()`);
}
