// Stop means stop: what has not passed the gate is taken out of the outbox, as a statement of its own after the
// follow-up row is locked, so that it sees what a transaction it waited for has inserted. What passed stays, is reported
// as in flight, and is not tried again.
import { type Reason, slotOfId } from '@relance/core';
import type { Tx } from '../database.ts';
import { inSlot, type Slots } from './slot.ts';

export interface Revoke {
  readonly followUpId: string;
  readonly stopRank: number; // messages stopped by this or less
  readonly recipient: string | null;
  readonly stages: readonly string[] | null;
  /** Only this notification, without what is in the inbox or on its way there. */
  readonly only?: { readonly run: number; readonly notify: number };
  readonly reason: Reason;
}
export interface Revoked {
  readonly id: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly recipient: string;
  readonly channel: string;
  readonly reason: Reason;
  readonly planned: boolean;
}

export async function revokeMessages(tx: Tx, slots: Slots, revokes: readonly Revoke[]): Promise<Revoked[]> {
  if (revokes.length === 0) return [];
  const rows = revokes.map((one) => ({
    slot: slotOfId(one.followUpId),
    follow_up_id: one.followUpId,
    rank: one.stopRank,
    recipient: one.recipient,
    stages: one.stages,
    run: one.only?.run ?? null,
    notify: one.only?.notify ?? null,
    reason: one.reason,
  }));
  const parameters = [JSON.stringify(rows)];
  const asked = `SELECT * FROM json_to_recordset($1::json) AS x(slot smallint, follow_up_id uuid, rank smallint, recipient text, stages text[], run integer, notify smallint, reason text)`;
  const meant = `o.slot = x.slot AND o.follow_up_id = x.follow_up_id${inSlot(slots, 'o')} AND o.stopped_by <= x.rank
         AND (x.recipient IS NULL OR o.recipient = x.recipient) AND (x.stages IS NULL OR o.stage = ANY(x.stages))
         AND (x.run IS NULL OR (o.run = x.run AND o.notify = x.notify AND (o.channel <> 'inbox' OR o.status = 'planned')))`;
  const [, revoked] = await Promise.all([
    tx.query(
      `WITH x AS (${asked}) DELETE FROM relance.fan_outs f USING x
     WHERE f.slot = x.slot AND f.follow_up_id = x.follow_up_id${inSlot(slots, 'f')} AND f.stopped_by <= x.rank AND x.recipient IS NULL AND (x.stages IS NULL OR f.stage = ANY(x.stages))`,
      parameters,
    ),
    tx.query<Revoked>(
      `WITH x AS (${asked}),
     gone AS (DELETE FROM relance.outbox o USING x
       WHERE ${meant} AND o.status IN ('planned', 'deferred', 'queued', 'leased')
       RETURNING o.*, x.reason AS why),
     kept AS (INSERT INTO relance.messages (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, connection, status, reason, attempts, planned_at)
       SELECT slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, connection, 'revoked', why, attempts, planned_at FROM gone
       ON CONFLICT (id) DO NOTHING)
     SELECT id, follow_up_id, stage, recipient, channel, why AS reason, status = 'planned' AS planned FROM gone`,
      parameters,
    ),
    // A statement of its own after the one that waited for the gate, so that it sees what has passed meanwhile.
    tx.query(
      `WITH x AS (${asked}) UPDATE relance.outbox o SET called_off = x.reason FROM x
       WHERE ${meant} AND o.status = 'sending' AND o.called_off IS NULL`,
      parameters,
    ),
  ]);
  return revoked;
}

/** What has passed the gate and cannot be taken back. A new statement, so that it sees what the revoke had to wait for. */
export async function inFlightOf(tx: Tx, slot: number, followUpId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM relance.outbox WHERE slot = $1 AND follow_up_id = $2 AND status = 'sending' ORDER BY id`,
    [slot, followUpId],
  );
  return rows.map((row) => row.id);
}
