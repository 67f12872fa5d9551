// Calendars as they are written, versioned by change. Decisions read the latest of several at once (readCalendars); what
// they mean, with their holidays worked out, is engine/calendar-book.ts.
import type { Instant, WrittenCalendar } from '@relance/core';
import type { Tx } from '../database.ts';

export interface CalendarBody extends WrittenCalendar {
  readonly name: string | null;
}
export interface StoredCalendar {
  readonly id: string;
  readonly version: number;
  readonly body: CalendarBody;
  readonly updatedAt: Instant;
}

interface Row {
  readonly id: string;
  readonly version: number;
  readonly body: CalendarBody;
  readonly updated_at: Instant;
}
const COLUMNS = 'id, version, body, updated_at';
const toStored = ({ updated_at: updatedAt, ...row }: Row): StoredCalendar => ({ ...row, updatedAt });

/** The same body again is the same version. */
export async function putCalendar(tx: Tx, tenant: string, id: string, body: CalendarBody): Promise<StoredCalendar> {
  const [row] = await tx.query<Row>(
    `INSERT INTO relance.calendars AS c (tenant, id, body) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, id) DO UPDATE SET version = CASE WHEN c.body = excluded.body THEN c.version ELSE c.version + 1 END,
       updated_at = CASE WHEN c.body = excluded.body THEN c.updated_at ELSE clock_timestamp() END, body = excluded.body RETURNING ${COLUMNS}`,
    [tenant, id, JSON.stringify(body)],
  );
  if (row === undefined) throw new Error('A calendar was written, and nothing came back.');
  return toStored(row);
}

export async function getCalendar(tx: Tx, tenant: string, id: string): Promise<StoredCalendar | null> {
  const [row] = await tx.query<Row>(`SELECT ${COLUMNS} FROM relance.calendars WHERE tenant = $1 AND id = $2`, [
    tenant,
    id,
  ]);
  return row === undefined ? null : toStored(row);
}

export async function listCalendars(
  tx: Tx,
  tenant: string,
  after: string | null,
  limit: number,
): Promise<StoredCalendar[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.calendars WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after, limit],
  );
  return rows.map(toStored);
}

export async function deleteCalendar(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM relance.calendars WHERE tenant = $1 AND id = $2 RETURNING id', [tenant, id]);
  return rows.length > 0;
}

export async function knownCalendars(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.calendars WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}

export interface CalendarRef {
  readonly tenant: string;
  readonly id: string;
}

/** The latest version of each, in one statement; those there are not are missing from the answer. */
export async function readCalendars(
  tx: Tx,
  refs: readonly CalendarRef[],
): Promise<(CalendarRef & { readonly version: number; readonly body: CalendarBody })[]> {
  if (refs.length === 0) return [];
  return tx.query(
    `SELECT c.tenant, c.id, c.version, c.body FROM relance.calendars c
     JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS r(tenant, id)) x ON x.tenant = c.tenant AND x.id = c.id`,
    [refs.map((ref) => ref.tenant), refs.map((ref) => ref.id)],
  );
}
