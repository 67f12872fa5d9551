// Where others have written of somebody who is erased: follow-ups with their timelines, messages, attempts and receipts, and
// events. Read in pieces by what names them, scrubbed in memory (core/person-traces.ts), written back in sets.
import type { FollowUp } from '@relance/core';
import type { Tx } from '../database.ts';
import type { PersonRef } from './erase-person.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from './follow-up.ts';
import { packState } from './follow-up-state.ts';
import { dropEarlyOf } from './receipt.ts';
import { rowsOf } from './rows.ts';

export interface Sought extends PersonRef {
  /** For the database: the words they are found by. */
  readonly pattern: string;
}

/** The next ids of a table that is walked by them. */
export async function nextIds(
  tx: Tx,
  table: 'follow_ups' | 'events',
  tenant: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM relance.${table} WHERE tenant = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Those of the follow-ups that name them, locked. */
export async function lockNaming(tx: Tx, ids: readonly string[], sought: Sought): Promise<FollowUp[]> {
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f WHERE f.tenant = $1 AND f.id = ANY($2::uuid[]) AND (
       $3 IN (f.assignee, f.requester, f.acknowledged_by, f.closed_by, f.unknown_recipient, f.assignee_key)
       OR f.key ~* $4 OR f.outcome ~* $4 OR f.subject::text ~* $4 OR f.data::text ~* $4 OR f.state::text ~* $4)
     ORDER BY f.id FOR UPDATE OF f`,
    [sought.tenant, ids, sought.recipient, sought.pattern],
  );
  return rows.map(rowToFollowUp);
}

const SCRUBBED = rowsOf<FollowUp>({
  slot: ['smallint', ({ slot }) => slot],
  id: ['uuid', ({ id }) => id],
  key: ['text', ({ key }) => key],
  assignee_key: ['text', ({ assigneeKey }) => assigneeKey],
  outcome: ['text', ({ outcome }) => outcome],
  subject: ['jsonb', ({ subject }) => subject],
  data: ['jsonb', ({ data }) => data],
  assignee: ['text', ({ assignee }) => assignee],
  requester: ['text', ({ requester }) => requester],
  acknowledged_by: ['text', ({ acknowledgedBy }) => acknowledgedBy],
  closed_by: ['text', ({ closedBy }) => closedBy],
  unknown_recipient: ['text', ({ unknownRecipient }) => unknownRecipient],
  state: ['jsonb', packState],
});

export async function writeScrubbed(tx: Tx, followUps: readonly FollowUp[]): Promise<void> {
  if (followUps.length === 0) return;
  const { from, values } = SCRUBBED.of(followUps);
  const set = SCRUBBED.names
    .split(', ')
    .filter((name) => name !== 'slot' && name !== 'id')
    .map((name) => `${name} = x.${name}`);
  await tx.query(
    `UPDATE relance.follow_ups f SET ${set.join(', ')} FROM ${from} WHERE f.slot = x.slot AND f.id = x.id`,
    values,
  );
  await tx.query(
    `UPDATE relance.live_keys l SET assignee_key = x.assignee_key FROM ${from}
     WHERE l.slot = x.slot AND l.follow_up_id = x.id AND l.assignee_key <> x.assignee_key`,
    values,
  );
}

/** A row of which some texts name them, and how to find it again. */
export interface Line {
  readonly follow_up_id: string;
  readonly seq: number;
  readonly recipient: string | null;
  readonly actor: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
}

export const linesNaming = (tx: Tx, ids: readonly string[], sought: Sought): Promise<Line[]> =>
  tx.query<Line>(
    `SELECT follow_up_id, seq, recipient, actor, data FROM relance.timeline WHERE follow_up_id = ANY($2::uuid[]) AND tenant = $1 AND (
       recipient = $3 OR actor = $3 OR position($3 in data ->> 'text') > 0 OR data::text ~* $4 OR recipient ~* $4 OR actor ~* $4)`,
    [sought.tenant, ids, sought.recipient, sought.pattern],
  );

const LINES = rowsOf<Line>({
  follow_up_id: ['uuid', ({ follow_up_id }) => follow_up_id],
  seq: ['integer', ({ seq }) => seq],
  recipient: ['text', ({ recipient }) => recipient],
  actor: ['text', ({ actor }) => actor],
  data: ['jsonb', ({ data }) => data],
});

export async function writeLines(tx: Tx, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  const { from, values } = LINES.of(lines);
  await tx.query(
    `UPDATE relance.timeline t SET recipient = x.recipient, actor = x.actor, data = x.data FROM ${from}
     WHERE t.follow_up_id = x.follow_up_id AND t.seq = x.seq`,
    values,
  );
}

/**
 * Their own messages keep when, how and with what success; whom and what is gone. News of them that waits to be placed goes too:
 * without the provider's id it never could be. Answers of which follow-up each was.
 */
export async function blankMessages(
  tx: Tx,
  ids: readonly string[],
  sought: Sought,
  standIn: string,
): Promise<readonly string[]> {
  const called = await tx.query<{ provider_id: string }>(
    `SELECT provider_id FROM relance.messages
     WHERE follow_up_id = ANY($2::uuid[]) AND tenant = $1 AND recipient = $3 AND provider_id IS NOT NULL`,
    [sought.tenant, ids, sought.recipient],
  );
  await dropEarlyOf(
    tx,
    sought.tenant,
    called.map((row) => row.provider_id),
  );
  const rows = await tx.query<{ id: string; follow_up_id: string }>(
    `UPDATE relance.messages SET recipient = $4, content = NULL, provider_id = NULL
     WHERE follow_up_id = ANY($2::uuid[]) AND tenant = $1 AND recipient = $3 RETURNING id, follow_up_id`,
    [sought.tenant, ids, sought.recipient, standIn],
  );
  const own = rows.map(({ id }) => id);
  for (const table of ['attempts', 'receipts'])
    await tx.query(
      `UPDATE relance.${table} SET detail = NULL WHERE message_id = ANY($1::uuid[]) AND detail IS NOT NULL`,
      [own],
    );
  return rows.map((row) => row.follow_up_id);
}

/** Texts of a table that name them, by a key as text. */
export interface Naming {
  readonly key: string;
  readonly found: Readonly<Record<string, unknown>>;
}

interface TextTable {
  readonly table: string;
  /** How a row is told from the others. */
  readonly key: string;
  /** What is scrubbed, as one JSON value. */
  readonly columns: readonly string[];
  /** Of which rows, by the ids that are walked. */
  readonly of: string;
}
const OF_FOLLOW_UPS = 't.follow_up_id = ANY($1::uuid[])';
const MESSAGES = 'SELECT m.id FROM relance.messages m WHERE m.follow_up_id = ANY($1::uuid[])';
const WAITING = 'SELECT o.id FROM relance.outbox o WHERE o.follow_up_id = ANY($1::uuid[])';
/** What was told to others of them, by the follow-ups it belongs to; and events by themselves. */
export const TEXTS = {
  messages: { table: 'messages', key: 't.id', columns: ['content'], of: OF_FOLLOW_UPS },
  outbox: { table: 'outbox', key: 't.id', columns: ['content'], of: OF_FOLLOW_UPS },
  inbox: { table: 'inbox', key: 't.message_id', columns: ['title', 'body', 'url', 'actions'], of: OF_FOLLOW_UPS },
  alarms: { table: 'alarms', key: `t.follow_up_id || '/' || t.seq`, columns: ['text'], of: OF_FOLLOW_UPS },
  suspects: { table: 'suspects', key: 't.follow_up_id', columns: ['inputs', 'last_error'], of: OF_FOLLOW_UPS },
  attempts: {
    table: 'attempts',
    key: `t.message_id || '/' || t.n`,
    columns: ['detail'],
    of: `t.message_id IN (${MESSAGES} UNION ALL ${WAITING})`,
  },
  receipts: {
    table: 'receipts',
    key: `t.message_id || '/' || t.kind || '/' || t.at`,
    columns: ['detail'],
    of: `t.message_id IN (${MESSAGES})`,
  },
  replies: {
    table: 'replies',
    key: 't.id',
    columns: ['recipient', 'channel', 'sender', 'subject', 'text', 'answers', 'closed_by'],
    of: OF_FOLLOW_UPS,
  },
  events: {
    table: 'events',
    key: 't.id',
    columns: ['body', 'matches', 'activities', 'event_id', 'source'],
    of: 't.id = ANY($1::uuid[])',
  },
} as const satisfies Readonly<Record<string, TextTable>>;
export type TextNoun = keyof typeof TEXTS;

const asJson = (columns: readonly string[]): string =>
  `jsonb_build_object(${columns.map((column) => `'${column}', t.${column}`).join(', ')})`;

export const textsNaming = (tx: Tx, noun: TextNoun, ids: readonly string[], pattern: string): Promise<Naming[]> => {
  const { table, key, columns, of }: TextTable = TEXTS[noun];
  return tx.query<Naming>(
    `SELECT (${key})::text AS key, ${asJson(columns)} AS found FROM relance.${table} t WHERE ${of} AND ${asJson(columns)}::text ~* $2`,
    [ids, pattern],
  );
};

export async function writeTexts(
  tx: Tx,
  noun: TextNoun,
  ids: readonly string[],
  rows: readonly Naming[],
): Promise<void> {
  if (rows.length === 0) return;
  const { table, key, columns, of }: TextTable = TEXTS[noun];
  await tx.query(
    `UPDATE relance.${table} t SET ${columns.map((column) => `${column} = y.${column}`).join(', ')}
     FROM unnest($2::text[], $3::jsonb[]) AS x(own, found), jsonb_populate_record(NULL::relance.${table}, x.found) AS y
     WHERE ${of} AND (${key})::text = x.own`,
    [ids, rows.map((row) => row.key), rows.map(({ found }) => JSON.stringify(found))],
  );
}

export async function deleteReplies(tx: Tx, tenant: string, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await tx.query('DELETE FROM relance.replies WHERE tenant = $1 AND id = ANY($2::uuid[])', [tenant, ids]);
}
