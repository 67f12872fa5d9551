// Events as people look at them: what arrived, what it matched, and why not. Writing is event.ts.
import { type Instant, isId, toRfc3339 } from '@relance/core';
import type { Tx } from '../database.ts';
import { type EventActivity, type EventMatch, whyNoPolicy } from './event.ts';

interface Row {
  readonly id: string;
  readonly event_id: string;
  readonly source: string;
  readonly type: string;
  readonly received_at: Instant;
  readonly body: Record<string, unknown>;
  readonly matches: readonly EventMatch[];
  readonly activities: readonly EventActivity[];
}
const COLUMNS = 'id, event_id, source, type, received_at, body, matches, activities';

/** `id` is the event's own; `ref` is ours, unique across sources. */
export const toWireEvent = (row: Row) => ({
  id: row.event_id,
  ref: row.id,
  source: row.source,
  type: row.type,
  receivedAt: toRfc3339(row.received_at),
  // A policy whose expression failed did match: it is broken, not silent.
  matched: row.matches.some((match) => match.followUp !== null || match.result === 'error'),
  matches: row.matches,
  activities: row.activities,
  ...(row.matches.length === 0 && row.activities.length === 0 ? { why: whyNoPolicy(row.type) } : {}),
  event: row.body,
});

export async function listEvents(
  tx: Tx,
  tenant: string,
  filter: { type: string | null; source: string | null },
  before: string | null,
  limit: number,
): Promise<Row[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.events WHERE tenant = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR type = $3) AND ($4::text IS NULL OR source = $4) ORDER BY id DESC LIMIT $5`,
    [tenant, before, filter.type, filter.source, limit],
  );
}

/** By our id, or by the event's own (the newest, where sources share one). */
export async function getEvent(tx: Tx, tenant: string, id: string, source: string | null): Promise<Row | null> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.events WHERE tenant = $1 AND (($2::uuid IS NOT NULL AND id = $2) OR event_id = $3) AND ($4::text IS NULL OR source = $4) ORDER BY id DESC LIMIT 1`,
    [tenant, isId(id) ? id : null, id, source],
  );
  return row ?? null;
}
