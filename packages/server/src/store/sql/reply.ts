// Replies: what came back from people and programs, in the slot of the follow-up that they are about. Written by engine/reply.ts
// under the lock of that follow-up, so that the same one twice is one.
import { type Channel, type Evidence, type Instant, isId, slotOfId, toRfc3339 } from '@relance/core';
import type { KeptMeaning } from '../../engine/ports.ts';
import { at, type Tx } from '../database.ts';
import { highest, lowest, openingOf } from './message.ts';

/** The message that a reply is about. */
export interface RepliedTo {
  readonly id: string;
  readonly tenant: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly recipient: string;
  readonly channel: Channel;
  /** What it offers its reader; null where that is not kept. */
  readonly offered: readonly string[] | null;
  /** Other messages left in it. */
  readonly carries: boolean;
}

const OFFERED = `CASE WHEN jsonb_typeof(content -> 'actions') = 'array' THEN ARRAY(SELECT a ->> 'name' FROM jsonb_array_elements(content -> 'actions') AS a) END AS offered`;
const CARRIES = `EXISTS (SELECT FROM relance.messages c WHERE c.carrier = m.id) OR EXISTS (SELECT FROM relance.outbox c WHERE c.tenant = m.tenant AND c.recipient = m.recipient AND c.carrier = m.id) AS carries`;
const REPLIED_TO = `m.id, m.tenant, m.follow_up_id, m.stage, m.recipient, m.channel, ${OFFERED}, ${CARRIES}`;

export async function messageRepliedTo(tx: Tx, id: string): Promise<RepliedTo | null> {
  if (!isId(id)) return null;
  const [row] = await tx.query<RepliedTo>(
    `SELECT ${REPLIED_TO} FROM relance.messages m WHERE m.id = $1
     UNION ALL SELECT ${REPLIED_TO} FROM relance.outbox m WHERE m.slot = $2 AND m.id = $1 LIMIT 1`,
    [id, slotOfId(id)],
  );
  return row ?? null;
}

const LATEST_MAX = 200;

/** The newest messages of a follow-up that were handed over on a channel, one of each recipient. */
export async function latestOfEach(tx: Tx, followUp: string, channel: Channel): Promise<RepliedTo[]> {
  if (!isId(followUp)) return [];
  return tx.query<RepliedTo>(
    `SELECT * FROM (SELECT DISTINCT ON (recipient) ${REPLIED_TO}, sent_at FROM relance.messages m
       WHERE follow_up_id = $1 AND channel = $2 AND sent_at IS NOT NULL AND id BETWEEN $3::uuid AND $4::uuid
       ORDER BY recipient, sent_at DESC, id DESC) AS m ORDER BY sent_at DESC LIMIT $5`,
    [followUp, channel, lowest(openingOf(followUp)), highest(openingOf(followUp)), LATEST_MAX],
  );
}

export interface ReplyAnswer {
  readonly at: string;
  readonly by: string | null;
  readonly text: string;
  readonly message: string;
}

export interface ReplyRow {
  readonly id: string;
  readonly tenant: string;
  readonly follow_up_id: string;
  readonly message_id: string;
  readonly channel: Channel;
  readonly provider_id: string;
  readonly sender: string;
  readonly recipient: string | null;
  readonly evidence: Evidence | null;
  readonly at: Instant;
  readonly kind: 'human' | 'automatic';
  readonly subject: string | null;
  readonly text: string;
  readonly meaning: KeptMeaning | null;
  readonly became: 'command' | 'opted_out' | 'conversation' | 'nothing';
  readonly why: string | null;
  readonly command: string | null;
  readonly status: 'open' | 'answered' | 'closed';
  readonly answers: readonly ReplyAnswer[];
  readonly closed_at: Instant | null;
  readonly closed_by: string | null;
}
const COLUMNS =
  'id, tenant, follow_up_id, message_id, channel, provider_id, sender, recipient, evidence, at, kind, subject, text, meaning, became, why, command, status, answers, closed_at, closed_by';

/** How many a follow-up has, counted up to `max`, and the one that is this one, if it was told before. */
export async function repliesBefore(
  tx: Tx,
  { followUp, channel, providerId, max }: { followUp: string; channel: Channel; providerId: string; max: number },
): Promise<{ readonly same: ReplyRow | null; readonly count: number }> {
  const slot = slotOfId(followUp);
  const [[same], [counted]] = await Promise.all([
    tx.query<ReplyRow>(
      `SELECT ${COLUMNS} FROM relance.replies WHERE slot = $1 AND follow_up_id = $2 AND channel = $3 AND provider_id = $4`,
      [slot, followUp, channel, providerId],
    ),
    tx.query<{ count: number }>(
      'SELECT count(*) FROM (SELECT FROM relance.replies WHERE slot = $1 AND follow_up_id = $2 LIMIT $3) AS r',
      [slot, followUp, max],
    ),
  ]);
  return { same: same ?? null, count: counted?.count ?? 0 };
}

/** How many of a follow-up were left to people since then, counted up to `max`. */
export async function conversationsSince(tx: Tx, followUp: string, since: Instant, max: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*) FROM (SELECT FROM relance.replies WHERE slot = $1 AND follow_up_id = $2 AND became = 'conversation' AND at > $3 LIMIT $4) AS r`,
    [slotOfId(followUp), followUp, at(since), max],
  );
  return row?.count ?? 0;
}

export async function insertReply(tx: Tx, row: Omit<ReplyRow, 'answers' | 'closed_at' | 'closed_by'>): Promise<void> {
  const { meaning } = row;
  await tx.query(
    `INSERT INTO relance.replies (slot, id, tenant, follow_up_id, message_id, channel, provider_id, sender, recipient, evidence, at, kind, subject, text, meaning, became, why, command, status)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      ...[slotOfId(row.id), row.id, row.tenant, row.follow_up_id, row.message_id, row.channel, row.provider_id],
      ...[row.sender, row.recipient, row.evidence, at(row.at), row.kind, row.subject, row.text],
      ...[meaning === null ? null : JSON.stringify(meaning), row.became, row.why, row.command, row.status],
    ],
  );
}

export async function getReply(tx: Tx, tenant: string, id: string, lock = false): Promise<ReplyRow | null> {
  if (!isId(id)) return null;
  const [row] = await tx.query<ReplyRow>(
    `SELECT ${COLUMNS} FROM relance.replies WHERE slot = $1 AND id = $2 AND tenant = $3${lock ? ' FOR UPDATE' : ''}`,
    [slotOfId(id), id, tenant],
  );
  return row ?? null;
}

export interface ReplyFilter {
  readonly status: ReplyRow['status'] | null;
  readonly followUp: string | null;
}

/** Newest first; paged by id. */
export const listReplies = (
  tx: Tx,
  tenant: string,
  { status, followUp }: ReplyFilter,
  before: string | null,
  limit: number,
): Promise<ReplyRow[]> =>
  tx.query<ReplyRow>(
    `SELECT ${COLUMNS} FROM relance.replies WHERE tenant = $1 AND ($2::text IS NULL OR status = $2) AND ($3::uuid IS NULL OR follow_up_id = $3)
       AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
    [tenant, status, followUp, before, limit],
  );

export const addReplyAnswer = (tx: Tx, id: string, answer: ReplyAnswer): Promise<unknown> =>
  tx.query(
    `UPDATE relance.replies SET status = 'answered', answers = answers || $3::jsonb WHERE slot = $1 AND id = $2`,
    [slotOfId(id), id, JSON.stringify([answer])],
  );

export const closeReply = (tx: Tx, id: string, by: string | null, now: Instant): Promise<unknown> =>
  tx.query(`UPDATE relance.replies SET status = 'closed', closed_at = $3, closed_by = $4 WHERE slot = $1 AND id = $2`, [
    slotOfId(id),
    id,
    at(now),
    by,
  ]);

export const toWireReply = (row: ReplyRow) => ({
  id: row.id,
  followUp: row.follow_up_id,
  message: row.message_id,
  channel: row.channel,
  from: row.sender,
  recipient: row.recipient,
  evidence: row.evidence,
  at: toRfc3339(row.at),
  kind: row.kind,
  subject: row.subject,
  text: row.text,
  meaning: row.meaning === null ? null : wireMeaning(row.meaning),
  became: row.became,
  why: row.why,
  command: row.command,
  status: row.status,
  answers: row.answers,
  closedAt: row.closed_at === null ? null : toRfc3339(row.closed_at),
  closedBy: row.closed_by,
});
export type WireReply = ReturnType<typeof toWireReply>;

const wireMeaning = (meaning: KeptMeaning) => ({
  kind: meaning.kind,
  confidence: meaning.confidence,
  ...('by' in meaning ? { by: toRfc3339(meaning.by) } : {}),
  ...('until' in meaning ? { until: toRfc3339(meaning.until) } : {}),
  ...('action' in meaning && meaning.action !== null ? { action: meaning.action } : {}),
});
