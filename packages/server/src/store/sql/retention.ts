// What has been kept long enough, taken out in pieces: of closed follow-ups by their id, of events and activities by their age; and
// months of which nothing is left. Engine scope; every statement names the tenant. What is live is never looked at.
import type { Instant, RetentionKind, WrittenRetention } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { asManyAs } from './metric-fact.ts';

export interface TenantRetention {
  readonly tenant: string;
  readonly written: WrittenRetention | null;
}

/** Of all tenants, with those that have set nothing. */
export const retentions = (tx: Tx): Promise<TenantRetention[]> =>
  tx.query<TenantRetention>(`SELECT id AS tenant, settings -> 'retention' AS written FROM relance.tenants ORDER BY id`);

export interface Pass {
  readonly after: string | null;
  readonly done_at: Instant | null;
}

/** Null where another node has it in hand. */
export async function lockPass(tx: Tx, tenant: string): Promise<Pass | null> {
  await tx.query('INSERT INTO relance.retention_passes (tenant) VALUES ($1) ON CONFLICT DO NOTHING', [tenant]);
  const [row] = await tx.query<Pass>(
    'SELECT after, done_at FROM relance.retention_passes WHERE tenant = $1 FOR UPDATE SKIP LOCKED',
    [tenant],
  );
  return row ?? null;
}

/** `done`: the pass is over, and the next one begins from the first follow-up. */
export async function movePass(tx: Tx, tenant: string, after: string | null, done: Instant | null): Promise<void> {
  await tx.query('UPDATE relance.retention_passes SET after = $2, done_at = coalesce($3, done_at) WHERE tenant = $1', [
    tenant,
    after,
    at(done),
  ]);
}

export interface Closed {
  readonly id: string;
  readonly closed_at: Instant;
}

/** Of timelines, which are about as many as messages: so many go in one transaction, or those of one follow-up that has more. */
const LINES_A_PIECE = 50_000;

/**
 * The next of a tenant's follow-ups that opened before then: how far that leads, and which of them are closed, held by nobody, and
 * counted for figures as they are. Locked, so that none is opened again meanwhile.
 */
export async function lockClosed(
  tx: Tx,
  tenant: string,
  after: string | null,
  before: Instant,
  limit: number,
): Promise<{ readonly last: string | null; readonly closed: readonly Closed[] }> {
  const next = await tx.query<{ id: string; lines: number }>(
    `SELECT id, timeline_count AS lines FROM relance.follow_ups
     WHERE tenant = $1 AND ($2::uuid IS NULL OR id > $2) AND id < relance.id_floor($3::timestamptz) ORDER BY id LIMIT $4`,
    [tenant, after, at(before), limit],
  );
  const ids = asManyAs(next, LINES_A_PIECE).map(({ id }) => id);
  const closed = await tx.query<Closed>(
    `SELECT id, closed_at FROM relance.follow_ups WHERE tenant = $1 AND id = ANY($2::uuid[])
       AND status NOT IN ('open', 'acknowledged') AND closed_at < $3
       AND NOT EXISTS (SELECT FROM relance.outbox o WHERE o.slot = follow_ups.slot AND o.follow_up_id = follow_ups.id)
       AND NOT EXISTS (SELECT FROM relance.metric_marks m WHERE m.slot = follow_ups.slot AND m.follow_up_id = follow_ups.id)
     ORDER BY id FOR UPDATE SKIP LOCKED`,
    [tenant, ids, at(before)],
  );
  const all = ids.length === next.length && next.length < limit;
  return { last: all ? null : (ids.at(-1) ?? null), closed };
}

const OF = 'follow_up_id = ANY($1::uuid[])';
const OF_MESSAGES = `message_id IN (SELECT id FROM relance.messages WHERE ${OF})`;
/** `beside`: what lies with follow-ups and goes with them. */
type OfFollowUps = Exclude<RetentionKind, 'events' | 'activity' | 'messages' | 'timeline'> | 'beside';
const OF_MESSAGES_TOO = [
  ...['attempts', 'receipts', 'visits'].map((table) => `DELETE FROM relance.${table} WHERE ${OF_MESSAGES}`),
  `DELETE FROM relance.replies WHERE ${OF}`,
];
const DELETED: Readonly<Record<OfFollowUps, readonly string[]>> = {
  content: [
    `UPDATE relance.messages SET content = NULL WHERE ${OF} AND content IS NOT NULL`,
    `UPDATE relance.replies SET subject = NULL, text = '', answers = '[]' WHERE ${OF} AND text <> ''`,
  ],
  inbox: [`DELETE FROM relance.inbox WHERE ${OF}`],
  beside: ['alarms', 'clear_ups', 'suspects'].map((table) => `DELETE FROM relance.${table} WHERE ${OF}`),
  followUps: ['DELETE FROM relance.follow_ups WHERE id = ANY($1::uuid[])'],
};

export async function deleteOf(tx: Tx, kind: OfFollowUps, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) for (const statement of DELETED[kind]) await tx.query(statement, [ids]);
}

/** Rows of which figures are counted; answers of which follow-ups there were any. */
export async function deleteCounted(
  tx: Tx,
  kind: 'messages' | 'timeline',
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  for (const statement of kind === 'messages' ? OF_MESSAGES_TOO : []) await tx.query(statement, [ids]);
  const rows = await tx.query<{ id: string }>(
    `WITH gone AS (DELETE FROM relance.${kind} WHERE ${OF} RETURNING follow_up_id) SELECT DISTINCT follow_up_id AS id FROM gone`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** True when there may be more. */
export async function deleteAged(
  tx: Tx,
  kind: 'events' | 'activity',
  tenant: string,
  before: Instant,
  limit: number,
): Promise<boolean> {
  const old =
    kind === 'events'
      ? 'DELETE FROM relance.events WHERE id = ANY (ARRAY(SELECT id FROM relance.events WHERE tenant = $1 AND id < relance.id_floor($2::timestamptz) ORDER BY id LIMIT $3))'
      : 'DELETE FROM relance.activities WHERE ctid = ANY (ARRAY(SELECT ctid FROM relance.activities WHERE tenant = $1 AND at < $2 LIMIT $3))';
  const [row] = await tx.query<{ n: number }>(`WITH gone AS (${old} RETURNING 1) SELECT count(*) AS n FROM gone`, [
    tenant,
    at(before),
    limit,
  ]);
  return row?.n === limit;
}

/** Months that have partitions and ended before then, the oldest first: `202601`. */
export async function monthsBefore(tx: Tx, before: Instant): Promise<string[]> {
  const rows = await tx.query<{ suffix: string }>(
    `SELECT DISTINCT right(c.relname, 6) AS suffix FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
       JOIN pg_namespace n ON n.oid = p.relnamespace AND n.nspname = 'relance'
     WHERE p.relname IN ('messages', 'attempts', 'receipts', 'timeline', 'events') AND c.relname ~ '_[0-9]{6}$'
       AND to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' <= $1::timestamptz ORDER BY 1`,
    [at(before)],
  );
  return rows.map(({ suffix }) => suffix);
}

const OF_FOLLOW_UPS = ['attempts', 'receipts', 'messages', 'timeline'] as const;
const BEGIN = `(to_date($1, 'YYYYMM')::timestamp AT TIME ZONE 'UTC')`;
const END = `((to_date($1, 'YYYYMM') + interval '1 month') AT TIME ZONE 'UTC')`;

/** Of follow-ups that opened in it: none is left, so nothing can be written there again. */
export async function dropMonthOfFollowUps(tx: Tx, suffix: string, slots: readonly number[]): Promise<boolean> {
  const [row] = await tx.query<{ free: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM relance.follow_ups WHERE slot = ANY($2::smallint[]) AND id >= relance.id_floor(${BEGIN}) AND id < relance.id_floor(${END}))
       AND EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'relance' WHERE c.relname = 'timeline_' || $1) AS free`,
    [suffix, slots],
  );
  if (row?.free !== true) return false;
  for (const parent of OF_FOLLOW_UPS) await tx.query('SELECT relance.drop_month($1, $2)', [parent, suffix]);
  return true;
}

/** Every tenant has agreed, or has none of it: nothing is looked at row by row. */
export async function dropMonthOfEvents(tx: Tx, suffix: string): Promise<void> {
  await tx.query(`SELECT relance.drop_month('events', $1)`, [suffix]);
}
