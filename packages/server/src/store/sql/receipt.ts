// Receipts: news of providers about messages that were handed over. Each is written once, however often it is told; what
// cannot be placed yet waits in early_receipts.
import {
  type Channel,
  type Engagement,
  type Evidence,
  type Instant,
  isId,
  type MessageStatus,
  slotOfId,
} from '@relance/core';
import { at, type Tx } from '../database.ts';
import type { SettledRow } from './message.ts';
import { markMessages } from './metric-mark.ts';

export interface ReceiptTarget {
  readonly id: string;
  readonly slot: number;
  readonly follow_up_id: string;
  readonly provider_id: string | null;
  readonly recipient: string;
  readonly channel: Channel;
}

/** Finished messages of a tenant, by our ids or by those of providers. */
export async function findReceiptTargets(
  tx: Tx,
  tenant: string,
  ids: readonly string[],
  providerIds: readonly string[],
): Promise<ReceiptTarget[]> {
  return tx.query<ReceiptTarget>(
    `SELECT id, slot, follow_up_id, provider_id, recipient, channel FROM relance.messages WHERE tenant = $1 AND id = ANY($2::uuid[])
     UNION SELECT id, slot, follow_up_id, provider_id, recipient, channel FROM relance.messages WHERE tenant = $1 AND provider_id = ANY($3::text[])`,
    [tenant, ids.filter(isId), providerIds],
  );
}

/** Whose messages these are, finished or not. */
export async function tenantsOfMessages(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const known = ids.filter(isId);
  const rows = await tx.query<{ id: string; tenant: string }>(
    `SELECT id, tenant FROM relance.messages WHERE id = ANY($1::uuid[])
     UNION SELECT id, tenant FROM relance.outbox WHERE slot = ANY($2::smallint[]) AND id = ANY($1::uuid[])`,
    [known, [...new Set(known.map(slotOfId))]],
  );
  return new Map(rows.map(({ id, tenant }) => [id, tenant]));
}

/** Those of ids that are still under way. */
export async function pendingOfIds(tx: Tx, tenant: string, ids: readonly string[]): Promise<Set<string>> {
  const known = ids.filter(isId);
  if (known.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    'SELECT id FROM relance.outbox WHERE slot = ANY($1::smallint[]) AND id = ANY($2::uuid[]) AND tenant = $3',
    [[...new Set(known.map(slotOfId))], known, tenant],
  );
  return new Set(rows.map(({ id }) => id));
}

/** A finished message, as far as news changes it and its contact plan. */
export interface ToldMessage extends SettledRow {
  readonly tenant: string;
  readonly engagement: readonly Engagement[];
  readonly sent_at: Instant | null;
}

/** Locked after their follow-ups. */
export const lockMessages = (tx: Tx, slot: number, ids: readonly string[]): Promise<ToldMessage[]> =>
  tx.query(
    `SELECT id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, engagement, sent_at
     FROM relance.messages WHERE slot = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE`,
    [slot, ids],
  );

export interface ReceiptRow {
  readonly messageId: string;
  readonly kind: string;
  readonly at: Instant;
  readonly tenant: string;
  readonly provider: string;
  readonly evidence: string | null;
  readonly detail: string | null;
}

/** Answers those that had not been told before. Without a time of its own, a kind is told once. */
export async function insertReceipts(tx: Tx, slot: number, receipts: readonly ReceiptRow[]): Promise<Set<string>> {
  if (receipts.length === 0) return new Set();
  const rows = receipts.map((one) => ({
    message_id: one.messageId,
    kind: one.kind,
    at: at(one.at),
    tenant: one.tenant,
    provider: one.provider,
    evidence: one.evidence,
    detail: one.detail,
  }));
  const fresh = await tx.query<{ message_id: string; kind: string; at: Instant }>(
    `INSERT INTO relance.receipts (slot, message_id, kind, at, tenant, provider, evidence, detail)
     SELECT $1, x.message_id, x.kind, x.at, x.tenant, x.provider, x.evidence, x.detail
     FROM json_to_recordset($2::json) AS x(message_id uuid, kind text, at timestamptz, tenant text, provider text, evidence text, detail text)
     ON CONFLICT DO NOTHING RETURNING message_id, kind, at`,
    [slot, JSON.stringify(rows)],
  );
  return new Set(fresh.map((row) => receiptKey(row.message_id, row.kind, row.at)));
}

/** What providers have told of opens and clicks of a message. */
export const toldOpens = (tx: Tx, slot: number, messageId: string): Promise<readonly ToldOpen[]> =>
  tx.query(
    `SELECT kind, evidence, at FROM relance.receipts WHERE message_id = $2 AND slot = $1 AND kind IN ('opened', 'clicked') ORDER BY at`,
    [slot, messageId],
  );
export interface ToldOpen {
  readonly kind: string;
  readonly evidence: Evidence;
  readonly at: Instant;
}

export const receiptKey = (messageId: string, kind: string, when: Instant): string => `${messageId} ${kind} ${when}`;

export interface MessageNews {
  readonly id: string;
  readonly status: MessageStatus;
  readonly engagement: readonly Engagement[];
}

export async function updateMessages(tx: Tx, slot: number, news: readonly MessageNews[]): Promise<void> {
  if (news.length === 0) return;
  await tx.query(
    `UPDATE relance.messages m SET status = x.status, engagement = x.engagement::jsonb
     FROM unnest($2::uuid[], $3::text[], $4::text[]) AS x(id, status, engagement) WHERE m.slot = $1 AND m.id = x.id`,
    [
      slot,
      news.map(({ id }) => id),
      news.map(({ status }) => status),
      news.map(({ engagement }) => JSON.stringify(engagement)),
    ],
  );
  await markMessages(
    tx,
    news.map(({ id }) => id),
  );
}

export interface EarlyReceipt {
  readonly id: string;
  readonly tenant: string;
  readonly provider: string;
  readonly news: unknown;
}

/** A tenant's, at most. Somebody who makes up ids fills their own place, and the oldest of them go. */
export const EARLY_MAX = 5_000;

export async function keepReceipts(tx: Tx, tenant: string, provider: string, news: readonly unknown[]): Promise<void> {
  if (news.length === 0) return;
  await tx.query(
    `INSERT INTO relance.early_receipts (tenant, provider, news) SELECT $1, $2, x FROM json_array_elements($3::json) AS x`,
    [tenant, provider, JSON.stringify(news)],
  );
  await tx.query(
    `DELETE FROM relance.early_receipts e USING (
       SELECT id FROM relance.early_receipts WHERE id IN (
         SELECT id FROM relance.early_receipts WHERE tenant = $1 ORDER BY arrived_at DESC, id OFFSET $2) FOR UPDATE SKIP LOCKED) AS oldest
     WHERE e.id = oldest.id`,
    [tenant, EARLY_MAX],
  );
}

/**
 * Those whose next try has come, of each tenant in its turn, so that one with thousands holds up nobody; each put off once more, so
 * that a node that dies forgets none; given up after an hour.
 */
export async function claimEarlyReceipts(tx: Tx, limit: number): Promise<EarlyReceipt[]> {
  await tx.query(`DELETE FROM relance.early_receipts WHERE arrived_at < clock_timestamp() - interval '1 hour'`);
  return tx.query<EarlyReceipt>(
    `WITH due AS (SELECT id, try_at, row_number() OVER (PARTITION BY tenant ORDER BY try_at, id) AS turn
       FROM relance.early_receipts WHERE try_at <= clock_timestamp()),
     next AS (SELECT id FROM due ORDER BY turn, try_at LIMIT $1),
     c AS MATERIALIZED (SELECT e.id FROM relance.early_receipts e JOIN next USING (id) WHERE e.try_at <= clock_timestamp() FOR UPDATE OF e SKIP LOCKED)
     UPDATE relance.early_receipts e SET try_at = clock_timestamp() + greatest(interval '2 seconds', (clock_timestamp() - e.arrived_at) / 2)
     FROM c WHERE e.id = c.id RETURNING e.id, e.tenant, e.provider, e.news`,
    [limit],
  );
}

export const dropEarlyReceipts = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await tx.query('DELETE FROM relance.early_receipts WHERE id = ANY($1::uuid[])', [ids]);
};

/** Those about messages that a provider calls so. */
export const dropEarlyOf = async (tx: Tx, tenant: string, providerIds: readonly string[]): Promise<void> => {
  if (providerIds.length > 0)
    await tx.query(
      `DELETE FROM relance.early_receipts WHERE tenant = $1 AND news #>> '{message,providerId}' = ANY($2::text[])`,
      [tenant, providerIds],
    );
};
