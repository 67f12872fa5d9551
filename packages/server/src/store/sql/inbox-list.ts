// The inbox as its recipient reads it: listed, counted, marked, and followed change by change. Writing is inbox.ts.
import { type InboxDisplay, type Instant, slotOfRecipient, toRfc3339, type Urgency } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { CHANGED } from './inbox.ts';
import { urgencyAt } from './outbox.ts';

export interface InboxRow {
  readonly message_id: string;
  /** The change that made it; `changed` is its newest one. */
  readonly seq: number;
  readonly changed: number;
  readonly changed_at: Instant;
  readonly follow_up_id: string;
  readonly at: Instant;
  readonly title: string;
  readonly body: string;
  readonly actions: readonly unknown[];
  /** As it shows at this moment of story time. */
  readonly display: InboxDisplay;
  readonly until: Instant | null;
  readonly url: string | null;
  readonly urgency: number;
  readonly read_at: Instant | null;
  readonly archived_at: Instant | null;
  /** The newer item of the same follow-up that took its place. */
  readonly replaced_by: string | null;
}
const SHOWN = `CASE WHEN until <= (SELECT relance.story_now()) THEN 'feed' ELSE display END`;
const COLUMNS = `message_id, seq, changed, changed_at, follow_up_id, at, title, body, actions, ${SHOWN} AS display, until, url, urgency, read_at, archived_at, replaced_by`;
const OWN = 'slot = $1 AND tenant = $2 AND recipient = $3';

export const toWireInboxItem = (row: InboxRow) => ({
  id: row.message_id,
  seq: row.seq,
  followUp: row.follow_up_id,
  title: row.title,
  body: row.body,
  at: toRfc3339(row.at),
  as: row.display,
  until: row.until === null ? null : toRfc3339(row.until),
  url: row.url,
  urgency: urgencyAt(row.urgency) satisfies Urgency,
  actions: row.archived_at === null ? row.actions : [],
  readAt: row.read_at === null ? null : toRfc3339(row.read_at),
  archivedAt: row.archived_at === null ? null : toRfc3339(row.archived_at),
  replacedBy: row.replaced_by,
});

export interface InboxOf {
  readonly tenant: string;
  readonly recipient: string;
}
const keyOf = (of: InboxOf): readonly unknown[] => [slotOfRecipient(of.tenant, of.recipient), of.tenant, of.recipient];

export async function listInbox(
  tx: Tx,
  of: InboxOf,
  options: { before: number | null; unread: boolean; archived: boolean; as: InboxDisplay | null; limit: number },
): Promise<InboxRow[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.inbox WHERE ${OWN} AND ($4::bigint IS NULL OR seq < $4)
       AND (NOT $5::boolean OR read_at IS NULL) AND ($6::boolean OR archived_at IS NULL) AND ($7::text IS NULL OR ${SHOWN} = $7) ORDER BY seq DESC LIMIT $8`,
    [...keyOf(of), options.before, options.unread, options.archived, options.as, options.limit],
  );
}

/** Of what is not archived: all of it, what is unread, and what of that is urgent. */
export interface InboxCounts {
  readonly unread: number;
  readonly total: number;
  readonly urgent: number;
}

const COUNTS =
  'count(*) FILTER (WHERE read_at IS NULL) AS unread, count(*) AS total, count(*) FILTER (WHERE read_at IS NULL AND urgency = 3) AS urgent';

export async function countInbox(tx: Tx, of: InboxOf): Promise<InboxCounts> {
  const [row] = await tx.query<InboxCounts>(
    `SELECT ${COUNTS} FROM relance.inbox WHERE ${OWN} AND archived_at IS NULL`,
    keyOf(of),
  );
  return row ?? { unread: 0, total: 0, urgent: 0 };
}

/** The newest of this person's changes up to one, whatever their order of commit was; newest first. */
export async function changesUpTo(tx: Tx, of: InboxOf, change: number, limit: number): Promise<InboxRow[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.inbox WHERE ${OWN} AND changed <= $4 ORDER BY changed DESC LIMIT $5`,
    [...keyOf(of), change, limit],
  );
}

/** What is asked for one stream. */
export interface InboxAsked {
  readonly of: InboxOf & {
    /** When the recipient was created: one with the same id who came later is another. */
    readonly since: number;
  };
  /** What changed after this one is news, but for what was told already. */
  readonly after: number;
  readonly told: readonly number[];
}

type InboxNewsRow = { readonly stream: number; readonly there: boolean } & (InboxRow | { readonly message_id: null });

/**
 * The news of many streams, each by its place in `asked`: its rows oldest first, up to a limit. Of one whose recipient is gone there is
 * at least one row; of one that has no news there is none. `now` is the server's clock before it looked.
 */
export async function inboxNews(
  tx: Tx,
  asked: readonly InboxAsked[],
  limit: number,
): Promise<{ readonly now: Instant; readonly news: readonly InboxNewsRow[] }> {
  const streams = asked.map(({ of, after, told }, stream) => ({ stream, ...personOf(of), after, told }));
  const since = asked.map(({ of }) => at(of.since as Instant));
  const [[clock], news] = await Promise.all([
    tx.query<{ now: Instant }>('SELECT clock_timestamp() AS now'),
    tx.query<InboxNewsRow>(
      `SELECT a.stream, r.there, i.* FROM json_to_recordset($1::json) AS a(stream integer, slot smallint, tenant text, recipient text, after bigint, told bigint[])
       CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM relance.recipients WHERE slot = a.slot AND tenant = a.tenant AND id = a.recipient
         AND date_trunc('milliseconds', created_at) = ($2::timestamptz[])[a.stream + 1]) AS there) AS r
       LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM relance.inbox WHERE slot = a.slot AND tenant = a.tenant AND recipient = a.recipient
         AND changed > a.after AND changed <> ALL(a.told) ORDER BY changed LIMIT $3) AS i ON true
       WHERE NOT r.there OR i.message_id IS NOT NULL ORDER BY a.stream, i.changed`,
      [JSON.stringify(streams), since, limit],
    ),
  ]);
  if (clock === undefined) throw new Error('PostgreSQL did not tell its time.');
  return { now: clock.now, news };
}

/** Each person once, however many of their streams ask; found again by what it was asked with. */
export async function countInboxes<Of extends InboxOf>(tx: Tx, asked: readonly Of[]): Promise<Map<Of, InboxCounts>> {
  const people = Map.groupBy(asked, ({ tenant, recipient }) => `${tenant}\n${recipient}`);
  if (people.size === 0) return new Map();
  const all = [...people.values()];
  const rows = await tx.query<InboxCounts & { person: number }>(
    `SELECT a.person, c.* FROM json_to_recordset($1::json) AS a(person integer, slot smallint, tenant text, recipient text)
     CROSS JOIN LATERAL (SELECT ${COUNTS} FROM relance.inbox WHERE slot = a.slot AND tenant = a.tenant AND recipient = a.recipient AND archived_at IS NULL) AS c`,
    [JSON.stringify(all.flatMap(([one], person) => (one === undefined ? [] : [{ person, ...personOf(one) }])))],
  );
  return new Map(rows.flatMap(({ person, ...counts }) => (all[person] ?? []).map((of) => [of, counts] as const)));
}

const personOf = ({ tenant, recipient }: InboxOf) => ({ slot: slotOfRecipient(tenant, recipient), tenant, recipient });

export type InboxMark = 'read' | 'archive';
const COLUMN_OF = { read: 'read_at', archive: 'archived_at' } as const;

/** Marks an item of this very person; null when it is not theirs. What was so already is no change. */
export async function markInbox(
  tx: Tx,
  of: InboxOf,
  messageId: string,
  mark: InboxMark,
  now: Instant,
): Promise<InboxRow | null> {
  const column = COLUMN_OF[mark];
  const own = [...keyOf(of), messageId];
  await tx.query(
    `UPDATE relance.inbox SET ${column} = $5, ${CHANGED} WHERE ${OWN} AND message_id = $4 AND ${column} IS NULL`,
    [...own, at(now)],
  );
  const [row] = await tx.query<InboxRow>(`SELECT ${COLUMNS} FROM relance.inbox WHERE ${OWN} AND message_id = $4`, own);
  return row ?? null;
}

/** Marks all that is not archived, the oldest first, up to a limit; answers the message ids of what changed. */
export async function markAllInbox(
  tx: Tx,
  of: InboxOf,
  mark: InboxMark,
  now: Instant,
  limit: number,
): Promise<readonly string[]> {
  const column = COLUMN_OF[mark];
  const rows = await tx.query<{ id: string }>(
    `WITH c AS MATERIALIZED (SELECT message_id FROM relance.inbox WHERE ${OWN} AND archived_at IS NULL AND ${column} IS NULL ORDER BY seq LIMIT $5 FOR UPDATE)
     UPDATE relance.inbox i SET ${column} = $4, ${CHANGED} FROM c
     WHERE i.slot = $1 AND i.tenant = $2 AND i.recipient = $3 AND i.message_id = c.message_id RETURNING i.message_id AS id`,
    [...keyOf(of), at(now), limit],
  );
  return rows.map(({ id }) => id);
}
