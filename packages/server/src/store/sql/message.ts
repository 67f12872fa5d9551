// Finished messages: those that never had an address are written here directly; the others come from the outbox
// (outbox.ts moves them). Receipts change them later. Lists for people are in message-list.ts.
import { type Channel, type Instant, type MessageStatus, type Outcome, slotOfId } from '@relance/core';
import { at, type Tx } from '../database.ts';
import type { NewMessage } from './outbox.ts';

export async function insertSuppressed(tx: Tx, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ tenant, plannedAt, draft }) => ({
    slot: slotOfId(draft.followUp),
    id: draft.id,
    tenant,
    follow_up_id: draft.followUp,
    stage: draft.stage,
    run: draft.run,
    notify: draft.notify,
    entry: draft.entry,
    recipient: draft.recipient,
    channel: draft.channel,
    reason: draft.reason,
    planned_at: at(plannedAt),
  }));
  await tx.query(
    `INSERT INTO relance.messages (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, reason, attempts, planned_at)
     SELECT x.slot, x.id, x.tenant, x.follow_up_id, x.stage, x.run, x.notify, x.entry, x.recipient, x.channel, 'suppressed', x.reason, 0, x.planned_at
     FROM json_to_recordset($1::json) AS x(slot smallint, id uuid, tenant text, follow_up_id uuid, stage text, run integer, notify smallint, entry smallint, recipient text, channel text, reason text, planned_at timestamptz)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

export interface AttemptRow {
  readonly messageId: string;
  readonly n: number;
  readonly tenant: string;
  readonly at: Instant;
  readonly connection: string;
  readonly outcome: Outcome['kind'];
  readonly detail: string | null;
}

export async function insertAttempts(tx: Tx, slot: number, attempts: readonly AttemptRow[]): Promise<void> {
  if (attempts.length === 0) return;
  const rows = attempts.map((one) => ({
    message_id: one.messageId,
    n: one.n,
    tenant: one.tenant,
    at: at(one.at),
    connection: one.connection,
    outcome: one.outcome,
    detail: one.detail,
  }));
  await tx.query(
    `INSERT INTO relance.attempts (slot, message_id, n, tenant, at, connection, outcome, detail)
     SELECT $1, x.* FROM json_to_recordset($2::json) AS x(message_id uuid, n smallint, tenant text, at timestamptz, connection text, outcome text, detail text)
     ON CONFLICT DO NOTHING`,
    [slot, JSON.stringify(rows)],
  );
}

export interface SettledRow {
  readonly id: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly entry: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly status: MessageStatus;
}

/** The finished messages of some follow-ups: with the outbox's, what a contact plan is judged by. */
export async function settledOf(tx: Tx, followUpIds: readonly string[]): Promise<SettledRow[]> {
  if (followUpIds.length === 0) return [];
  const sorted = [...followUpIds].sort();
  // Messages share the first 48 bits of their follow-up's id, so the bounds prune the partitions.
  const low = `${(sorted[0] ?? '').slice(0, 13)}-0000-0000-000000000000`;
  const high = `${(sorted.at(-1) ?? '').slice(0, 13)}-ffff-ffff-ffffffffffff`;
  return tx.query(
    `SELECT m.id, m.follow_up_id, m.stage, m.run, m.notify, m.entry, m.recipient, m.channel, m.status FROM relance.messages m
     WHERE m.follow_up_id = ANY($1::uuid[]) AND m.id BETWEEN $2::uuid AND $3::uuid`,
    [followUpIds, low, high],
  );
}
