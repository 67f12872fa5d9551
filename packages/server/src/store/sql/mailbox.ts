// What the built-in mailbox page shows: messages as their recipients see them, and follow-ups, newest first. What was sent
// within one minute, which is as exactly as the page tells time, stands in the order in which it was meant.
import type { FollowUp, Instant } from '@relance/core';
import type { Tx } from '../database.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from './follow-up.ts';

export interface MailboxMessage {
  readonly id: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly recipient: string;
  readonly name: string | null;
  readonly channel: string;
  readonly status: string;
  readonly reason: string;
  readonly sent_at: Instant;
  readonly connection: string | null;
  readonly content: {
    subject?: string;
    html?: string;
    text?: string;
    actions?: { name: string; label: string; url: string }[];
  } | null;
  readonly title: string;
}

const SELECT = `SELECT m.id, m.follow_up_id, m.stage, m.run, m.notify, m.entry, m.recipient, r.name, m.channel, m.status, m.reason, coalesce(m.sent_at, m.planned_at) AS sent_at, m.connection, m.content, f.subject ->> 'title' AS title
  FROM relance.messages m JOIN relance.follow_ups f ON f.slot = m.slot AND f.id = m.follow_up_id LEFT JOIN relance.recipients r ON r.tenant = m.tenant AND r.id = m.recipient`;

/** The newest; those of one follow-up read like its timeline, from the first to the last. */
export async function mailboxMessages(
  tx: Tx,
  tenant: string,
  filter: { recipient: string | null; channel: string | null; followUp: string | null; limit: number },
): Promise<MailboxMessage[]> {
  const way = filter.followUp === null ? 'DESC' : 'ASC';
  // `turn` is when the first message of a stage's run was told of: an escalation stands before the resolution it brought.
  return tx.query(
    `WITH newest AS (${SELECT} WHERE m.tenant = $1 AND m.content IS NOT NULL AND ($2::text IS NULL OR m.recipient = $2) AND ($3::text IS NULL OR m.channel = $3) AND ($4::uuid IS NULL OR m.follow_up_id = $4)
       ORDER BY coalesce(m.sent_at, m.planned_at) DESC, m.id DESC LIMIT $5),
     told AS (SELECT n.*, min(t.seq) OVER (PARTITION BY n.follow_up_id, n.stage, n.run) AS turn FROM newest n
       LEFT JOIN LATERAL (SELECT min(t.seq) AS seq FROM relance.timeline t WHERE t.follow_up_id = n.follow_up_id AND t.message_id = n.id) t ON true)
     SELECT * FROM told ORDER BY date_trunc('minute', sent_at) ${way}, follow_up_id ${way}, turn ${way}, notify, entry, coalesce(name, recipient), id`,
    [tenant, filter.recipient, filter.channel, filter.followUp, filter.limit],
  );
}

export async function mailboxMessage(tx: Tx, tenant: string, id: string): Promise<MailboxMessage | null> {
  const [row] = await tx.query<MailboxMessage>(`${SELECT} WHERE m.tenant = $1 AND m.id = $2`, [tenant, id]);
  return row ?? null;
}

export type MailboxFollowUp = FollowUp & { readonly assigneeName: string | null };

export async function mailboxFollowUps(tx: Tx, tenant: string, limit: number): Promise<MailboxFollowUp[]> {
  const rows = await tx.query<FollowUpRow & { readonly assignee_name: string | null }>(
    `SELECT ${FOLLOW_UP_COLUMNS}, r.name AS assignee_name FROM relance.follow_ups f LEFT JOIN relance.recipients r ON r.tenant = f.tenant AND r.id = f.assignee
     WHERE f.tenant = $1 ORDER BY (f.status IN ('open', 'acknowledged')) DESC, f.id DESC LIMIT $2`,
    [tenant, limit],
  );
  return rows.map((row) => ({ ...rowToFollowUp(row), assigneeName: row.assignee_name }));
}

export async function mailboxPeople(tx: Tx, tenant: string): Promise<{ id: string; name: string | null }[]> {
  return tx.query('SELECT id, name FROM relance.recipients WHERE tenant = $1 ORDER BY coalesce(name, id) LIMIT 200', [
    tenant,
  ]);
}
