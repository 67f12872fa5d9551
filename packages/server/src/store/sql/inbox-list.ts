// The inbox as its recipient reads it. Writing is inbox.ts.
import { type Instant, slotOfRecipient, toRfc3339 } from '@relance/core';
import { at, type Tx } from '../database.ts';

interface Row {
  readonly message_id: string;
  readonly seq: number;
  readonly follow_up_id: string;
  readonly at: Instant;
  readonly title: string;
  readonly body: string;
  readonly actions: readonly unknown[];
  readonly read_at: Instant | null;
  readonly archived_at: Instant | null;
}
const COLUMNS = 'message_id, seq, follow_up_id, at, title, body, actions, read_at, archived_at';

export const toWireInboxItem = (row: Row) => ({
  id: row.message_id,
  seq: row.seq,
  followUp: row.follow_up_id,
  title: row.title,
  body: row.body,
  at: toRfc3339(row.at),
  actions: row.archived_at === null ? row.actions : [],
  readAt: row.read_at === null ? null : toRfc3339(row.read_at),
  archivedAt: row.archived_at === null ? null : toRfc3339(row.archived_at),
});

export interface InboxOf {
  readonly tenant: string;
  readonly recipient: string;
}
const keyOf = (of: InboxOf): readonly unknown[] => [slotOfRecipient(of.tenant, of.recipient), of.tenant, of.recipient];

export async function listInbox(
  tx: Tx,
  of: InboxOf,
  options: { before: number | null; unread: boolean; archived: boolean; limit: number },
): Promise<Row[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.inbox WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND ($4::bigint IS NULL OR seq < $4)
       AND (NOT $5::boolean OR read_at IS NULL) AND ($6::boolean OR archived_at IS NULL) ORDER BY seq DESC LIMIT $7`,
    [...keyOf(of), options.before, options.unread, options.archived, options.limit],
  );
}

export async function countUnread(tx: Tx, of: InboxOf): Promise<number> {
  const [row] = await tx.query<{ unread: number }>(
    'SELECT count(*) AS unread FROM relance.inbox WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND read_at IS NULL AND archived_at IS NULL',
    keyOf(of),
  );
  return row?.unread ?? 0;
}

/** The newest of this person's items up to a point, whatever their order of commit was. */
export async function inboxUpTo(tx: Tx, of: InboxOf, seq: number, limit: number): Promise<Row[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.inbox WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND seq <= $4 ORDER BY seq DESC LIMIT $5`,
    [...keyOf(of), seq, limit],
  );
}

/** New items after a resume point, oldest first. */
export async function inboxAfter(tx: Tx, of: InboxOf, seq: number, limit: number): Promise<Row[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.inbox WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND seq > $4 ORDER BY seq LIMIT $5`,
    [...keyOf(of), seq, limit],
  );
}

export async function newestSeq(tx: Tx, of: InboxOf): Promise<number> {
  const [row] = await tx.query<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM relance.inbox WHERE slot = $1 AND tenant = $2 AND recipient = $3',
    keyOf(of),
  );
  return row?.seq ?? 0;
}

/** Marks an item of this very person; null when it is not theirs. */
export async function markInbox(
  tx: Tx,
  of: InboxOf,
  messageId: string,
  mark: 'read' | 'archive',
  now: Instant,
): Promise<Row | null> {
  const column = mark === 'read' ? 'read_at' : 'archived_at';
  const [row] = await tx.query<Row>(
    `UPDATE relance.inbox SET ${column} = coalesce(${column}, $5) WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND message_id = $4 RETURNING ${COLUMNS}`,
    [...keyOf(of), messageId, at(now)],
  );
  return row ?? null;
}
