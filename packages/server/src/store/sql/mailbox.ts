// What the built-in mailbox page shows: messages as their recipients see them, and follow-ups, newest first.
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

const SELECT = `SELECT m.id, m.follow_up_id, m.stage, m.recipient, r.name, m.channel, m.status, m.reason, coalesce(m.sent_at, m.planned_at) AS sent_at, m.connection, m.content, f.subject ->> 'title' AS title
  FROM relance.messages m JOIN relance.follow_ups f ON f.slot = m.slot AND f.id = m.follow_up_id LEFT JOIN relance.recipients r ON r.tenant = m.tenant AND r.id = m.recipient`;

export async function mailboxMessages(
  tx: Tx,
  tenant: string,
  filter: { recipient: string | null; channel: string | null; followUp: string | null; limit: number },
): Promise<MailboxMessage[]> {
  return tx.query(
    `${SELECT} WHERE m.tenant = $1 AND m.content IS NOT NULL AND ($2::text IS NULL OR m.recipient = $2) AND ($3::text IS NULL OR m.channel = $3) AND ($4::uuid IS NULL OR m.follow_up_id = $4)
     ORDER BY coalesce(m.sent_at, m.planned_at) DESC, m.id DESC LIMIT $5`,
    [tenant, filter.recipient, filter.channel, filter.followUp, filter.limit],
  );
}

export async function mailboxMessage(tx: Tx, tenant: string, id: string): Promise<MailboxMessage | null> {
  const [row] = await tx.query<MailboxMessage>(`${SELECT} WHERE m.tenant = $1 AND m.id = $2`, [tenant, id]);
  return row ?? null;
}

export async function mailboxFollowUps(tx: Tx, tenant: string, limit: number): Promise<FollowUp[]> {
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f WHERE f.tenant = $1 ORDER BY (f.status IN ('open', 'acknowledged')) DESC, f.id DESC LIMIT $2`,
    [tenant, limit],
  );
  return rows.map(rowToFollowUp);
}

export async function mailboxPeople(tx: Tx, tenant: string): Promise<{ id: string; name: string | null }[]> {
  return tx.query('SELECT id, name FROM relance.recipients WHERE tenant = $1 ORDER BY coalesce(name, id) LIMIT 200', [
    tenant,
  ]);
}
