// What the sweep looks for: leases that ran out, live follow-ups with nothing to wake them, waits that have ended, and
// rows kept only for a while. Lease times are the server's clock.
import { type Channel, type Instant, SLOTS } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { TEST } from './inbox.ts';
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

export async function expiredLeases(tx: Tx): Promise<
  {
    slot: number;
    id: string;
    tenant: string;
    channel: Channel;
    follow_up_id: string;
    fence: number;
    connection: string | null;
    carrier: string | null;
  }[]
> {
  return tx.query(
    `SELECT slot, id, tenant, channel, follow_up_id, fence, connection, carrier FROM relance.outbox WHERE status = 'sending' AND lease_until < clock_timestamp() ORDER BY slot, id LIMIT 1000`,
  );
}

export const ALL_SLOTS: readonly number[] = Array.from({ length: SLOTS }, (_, slot) => slot);

export interface Orphan {
  readonly id: string;
  readonly tenant: string;
  readonly why: 'no_timer' | 'nothing_to_hand_over';
}

/**
 * Promise 2: live means a timer, or a reason to wait that holds. Anything else is a defect, and an alarm. Every live
 * follow-up of the slots is looked at; at most 100 are told.
 */
export async function findOrphans(tx: Tx, now: Instant, slots: readonly number[] = ALL_SLOTS): Promise<Orphan[]> {
  return tx.query<Orphan>(
    `SELECT f.id, f.tenant, CASE WHEN f.wake_at IS NULL AND f.waits_for IS NULL THEN 'no_timer' WHEN f.wake_at IS NOT NULL AND t.follow_up_id IS NULL THEN 'no_timer'
                       ELSE 'nothing_to_hand_over' END AS why
     FROM relance.live_keys l JOIN relance.follow_ups f ON f.slot = l.slot AND f.id = l.follow_up_id
     LEFT JOIN relance.timers t ON t.slot = f.slot AND t.wake_at = f.wake_at AND t.follow_up_id = f.id
     WHERE l.slot = ANY($2::smallint[]) AND f.status IN ('open', 'acknowledged') AND f.opened_at <= $1
       AND ((f.wake_at IS NULL AND f.waits_for IS NULL) OR (f.wake_at IS NOT NULL AND t.follow_up_id IS NULL)
         OR (f.waits_for = 'hand_over_pending' AND NOT EXISTS (SELECT FROM relance.outbox o WHERE o.slot = f.slot AND o.follow_up_id = f.id)
             AND NOT EXISTS (SELECT FROM relance.fan_outs x WHERE x.slot = f.slot AND x.follow_up_id = f.id)
             AND NOT EXISTS (SELECT FROM relance.suspects s WHERE s.slot = f.slot AND s.follow_up_id = f.id)))
     LIMIT 100`,
    [at(now), slots],
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

const ROWS_A_PRUNING = 20_000;
/** What is kept for a while only, by how long. Server time, but for the first five, which go by story time ($1). */
const SHORT_LIVED = {
  // A closing that came before its start is matched by its own time; a start that is a month late is another one.
  early_events: `arrived_at < $1::timestamptz - interval '30 days'`,
  alarms: `at < $1::timestamptz - interval '7 days'`,
  // No day counts it any more (core/budget.ts).
  usages: `at < $1::timestamptz - interval '3 days'`,
  // Nobody looks at a test of a template for longer.
  inbox: `${TEST} AND at < $1::timestamptz - interval '7 days'`,
  // A late answer finds what it was about for as long as a link does.
  reply_codes: `sent_at < $1::timestamptz - interval '90 days'`,
  idempotency_keys: `created_at < clock_timestamp() - interval '24 hours'`,
  event_keys: `seen_at < clock_timestamp() - interval '7 days'`,
  group_turns: `at < clock_timestamp() - interval '1 hour' AND EXISTS (SELECT FROM relance.group_turns newer WHERE newer.tenant = group_turns.tenant
    AND newer.group_id = group_turns.group_id AND newer.recipient = group_turns.recipient AND newer.turn > group_turns.turn)`,
  // Whoever opens an old link is offered a fresh one for as long again as it worked.
  action_tokens: `expires_at < clock_timestamp() - interval '90 days'`,
  page_tokens: `expires_at < clock_timestamp() - interval '90 days'`,
  fresh_links: `asked_at < clock_timestamp() - interval '1 day'`,
  track_tokens: 'expires_at < clock_timestamp()',
  visits: `arrived_at < clock_timestamp() - interval '90 days'`,
  // Full again after an hour (responses/text-answer.ts): none says the same, and this one has a number in it, hashed. A connection's
  // ends with the connection.
  allowances: `scope LIKE 'answers:%' AND at < clock_timestamp() - interval '1 hour'`,
  taken_answers: `at < clock_timestamp() - interval '30 days'`,
  // Whoever opens one again after half a year finds its old chat messages as they were.
  clear_ups: `due_at IS NULL AND touched_at < clock_timestamp() - interval '180 days'`,
};
export type ShortLived = keyof typeof SHORT_LIVED;
export const SHORT_LIVED_TABLES = Object.keys(SHORT_LIVED) as readonly ShortLived[];

/** Forgets some of what has lived its time; true when there may be more. */
export async function prune(tx: Tx, table: ShortLived, now: Instant): Promise<boolean> {
  const [row] = await tx.query<{ gone: number }>(
    `WITH over AS (SELECT ctid FROM relance.${table} WHERE ${SHORT_LIVED[table]} AND $1::timestamptz IS NOT NULL LIMIT $2),
     gone AS (DELETE FROM relance.${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM over)) RETURNING 1) SELECT count(*) AS gone FROM gone`,
    [at(now), ROWS_A_PRUNING],
  );
  return row?.gone === ROWS_A_PRUNING;
}
