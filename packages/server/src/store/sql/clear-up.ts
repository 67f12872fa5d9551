// What is left behind by follow-ups and must be brought up to date: noted with the hand-over, made due with a change of the
// follow-up, claimed and ended by engine/clear-up.ts. Latest wins: a change that comes while a row is in hand makes it due
// again, and only its holder's lease keeps others from it, so that no older words are written after newer ones. What is about
// several follow-ups (a digest) has a row for each, and is rewritten by that of its own follow-up alone.
import type { Channel, Instant, Reason } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { rowsOf } from './rows.ts';
import { inSlot, type Slots } from './slot.ts';

export interface Left {
  readonly slot: number;
  readonly followUpId: string;
  readonly channel: Channel;
  readonly tenant: string;
  /** The message that is about others as well; null: what is about it alone. */
  readonly carrier: string | null;
  /** At once where it shows already what is no longer so; null while it does not. */
  readonly dueAt: Instant | null;
}

const NONE = '00000000-0000-0000-0000-000000000000';
const LEFT = rowsOf<Left>({
  slot: ['smallint', ({ slot }) => slot],
  follow_up_id: ['uuid', ({ followUpId }) => followUpId],
  channel: ['text', ({ channel }) => channel],
  tenant: ['text', ({ tenant }) => tenant],
  carrier: ['uuid', ({ carrier }) => carrier ?? NONE],
  due_at: ['timestamptz', ({ dueAt }) => at(dueAt)],
});

/** Something that can be rewritten is out there. Given once for each follow-up, channel and carrier. */
export async function noteLeft(tx: Tx, left: readonly Left[]): Promise<void> {
  if (left.length === 0) return;
  const { from, values } = LEFT.of(left);
  await tx.query(
    `INSERT INTO relance.clear_ups AS c (${LEFT.names}) SELECT * FROM ${from}
     ON CONFLICT (slot, follow_up_id, channel, carrier) DO UPDATE SET due_at = excluded.due_at, version = c.version + 1, attempts = 0, done_to = NULL, touched_at = clock_timestamp()
     WHERE excluded.due_at IS NOT NULL`,
    values,
  );
}

/** These follow-ups, which the caller has locked, show otherwise from now on. Touches nothing where nothing is left. */
export async function makeDue(
  tx: Tx,
  slots: Slots,
  followUps: readonly { readonly slot: number; readonly id: string }[],
  now: Instant,
): Promise<void> {
  if (followUps.length === 0) return;
  await tx.query(
    `UPDATE relance.clear_ups c SET due_at = $3, version = c.version + 1, attempts = 0, done_to = NULL, touched_at = clock_timestamp()
     FROM unnest($1::smallint[], $2::uuid[]) AS x(slot, id) WHERE c.slot = x.slot AND c.follow_up_id = x.id${inSlot(slots, 'c')}`,
    [followUps.map(({ slot }) => slot), followUps.map(({ id }) => id), at(now)],
  );
}

export interface ClearUpRow {
  readonly slot: number;
  readonly follow_up_id: string;
  readonly channel: Channel;
  readonly tenant: string;
  readonly version: number;
  readonly fence: number;
  /** This one included. */
  readonly attempts: number;
  readonly done_to: string | null;
  readonly carrier: string | null;
  /** What its message shows, hashed; null: as it was sent; empty: not known. While it is in hand it is not known to anybody else. */
  readonly says: string | null;
}

/** Takes what is due; nobody else takes it for `leaseMs` of server time. */
export async function claimClearUps(tx: Tx, now: Instant, limit: number, leaseMs: number): Promise<ClearUpRow[]> {
  return tx.query(
    `WITH due AS MATERIALIZED (
       SELECT slot, follow_up_id, channel, carrier, says FROM relance.clear_ups
       WHERE due_at <= $1 AND (leased_until IS NULL OR leased_until < clock_timestamp()) ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     UPDATE relance.clear_ups c SET fence = c.fence + 1, attempts = c.attempts + 1, leased_until = clock_timestamp() + $3 * interval '1 millisecond', says = ''
     FROM due WHERE c.slot = due.slot AND c.follow_up_id = due.follow_up_id AND c.channel = due.channel AND c.carrier = due.carrier
     RETURNING c.slot, c.follow_up_id, c.channel, c.tenant, c.version, c.fence, c.attempts, c.done_to, nullif(c.carrier, '${NONE}') AS carrier, due.says`,
    [at(now), limit, leaseMs],
  );
}

export interface ClearUpEnd {
  /** Null: all of it shows what is so. */
  readonly dueAt: Instant | null;
  readonly attempts: number;
  readonly doneTo: string | null;
  readonly says: string | null;
}

/** Gives it back; what a change has made due meanwhile stays due, from the beginning. */
export async function endClearUp(
  tx: Tx,
  row: ClearUpRow,
  { dueAt, attempts, doneTo, says }: ClearUpEnd,
): Promise<void> {
  await tx.query(
    `UPDATE relance.clear_ups SET leased_until = NULL, says = $9,
       due_at = CASE WHEN version = $4 THEN $5::timestamptz ELSE due_at END,
       attempts = CASE WHEN version = $4 THEN $6 ELSE 0 END, done_to = CASE WHEN version = $4 THEN $7::uuid END
     WHERE slot = $1 AND follow_up_id = $2 AND fence = $3 AND channel = $8 AND carrier = $10`,
    [
      row.slot,
      row.follow_up_id,
      row.fence,
      row.version,
      at(dueAt),
      attempts,
      doneTo,
      row.channel,
      says,
      row.carrier ?? NONE,
    ],
  );
}

export interface LeftMessage {
  readonly id: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly connection: string | null;
  readonly reason: Reason;
  readonly attempts: number;
  readonly provider_id: string;
  readonly content: unknown;
}

const STANDS = `status IN ('accepted', 'delivered') AND provider_id IS NOT NULL`;
const LEFT_COLUMNS =
  'id, follow_up_id, stage, run, notify, recipient, channel, connection, reason, attempts, provider_id, content';

/** A message that carries others, where it stands; null where it does not, or not yet as far as is recorded. */
export async function leftCarrier(tx: Tx, tenant: string, id: string): Promise<LeftMessage | null> {
  const [row] = await tx.query<LeftMessage>(
    `SELECT ${LEFT_COLUMNS} FROM relance.messages WHERE id = $1 AND tenant = $2 AND ${STANDS}`,
    [id, tenant],
  );
  return row ?? null;
}

/**
 * Messages of a follow-up alone that stand somewhere on a channel, after one of them, in id order. A message shares the first 48
 * bits of its follow-up's id, which prunes the partitions.
 */
export async function leftOf(
  tx: Tx,
  followUpId: string,
  channel: Channel,
  after: string | null,
  limit: number,
): Promise<LeftMessage[]> {
  const opening = followUpId.slice(0, 13);
  return tx.query(
    `SELECT ${LEFT_COLUMNS} FROM relance.messages m
     WHERE follow_up_id = $1 AND id BETWEEN $2 AND $3 AND ($4::uuid IS NULL OR id > $4) AND channel = $5
       AND ${STANDS}
       AND content -> 'digest' IS NULL AND NOT EXISTS (SELECT FROM relance.messages c WHERE c.carrier = m.id) ORDER BY id LIMIT $6`,
    [followUpId, `${opening}-0000-0000-000000000000`, `${opening}-ffff-ffff-ffffffffffff`, after, channel, limit],
  );
}
