// Calendars as they are written, versioned by change. Decisions read the latest of several at once (latest.ts); what
// they mean, with their holidays worked out, is engine/calendar-book.ts.
import type { Instant, WrittenCalendar } from '@relance/core';
import type { Tx } from '../database.ts';
import { deletionOf, firstVersion } from './last-version.ts';
import type { NamedRef } from './latest.ts';
import { type PolicyRef, versionKey } from './policy-version.ts';

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

/** The same body again is the same version. A new one is looked at like a changed one: it may have been deleted before. */
export async function putCalendar(tx: Tx, tenant: string, id: string, body: CalendarBody): Promise<StoredCalendar> {
  const [row] = await tx.query<Row>(
    `INSERT INTO relance.calendars AS c (tenant, id, version, body, replanned) VALUES ($1, $2, ${firstVersion('calendar', '$1', '$2')}, $3, 0)
     ON CONFLICT (tenant, id) DO UPDATE SET version = CASE WHEN c.body = excluded.body THEN c.version ELSE c.version + 1 END,
       updated_at = CASE WHEN c.body = excluded.body THEN c.updated_at ELSE clock_timestamp() END,
       replanned_to = CASE WHEN c.body = excluded.body THEN c.replanned_to END, body = excluded.body RETURNING ${COLUMNS}`,
    [tenant, id, JSON.stringify(body)],
  );
  if (row === undefined) throw new Error('A calendar was written, and nothing came back.');
  return toStored(row);
}

/** `lock`: nobody else changes it until the transaction ends. */
export async function getCalendar(tx: Tx, tenant: string, id: string, lock = false): Promise<StoredCalendar | null> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.calendars WHERE tenant = $1 AND id = $2${lock ? ' FOR UPDATE' : ''}`,
    [tenant, id],
  );
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
  return (await tx.query(deletionOf('calendar'), [tenant, id])).length > 0;
}

/** By version: the zone that it counts in, of the calendar that it names, or has written in it; null without one. */
export async function zonesOfPolicies(tx: Tx, policies: readonly PolicyRef[]): Promise<Map<string, string | null>> {
  const rows = await tx.query<{ id: string; version: number; tenant: string; zone: string | null }>(
    `SELECT v.tenant, v.id, v.version, coalesce(v.written -> 'calendar' ->> 'zone', c.body ->> 'zone') AS zone FROM relance.policy_versions v
     JOIN unnest($1::text[], $2::text[], $3::integer[]) AS x(tenant, id, version) ON v.tenant = x.tenant AND v.id = x.id AND v.version = x.version
     LEFT JOIN relance.calendars c ON c.tenant = v.tenant AND c.id = v.written ->> 'calendar'`,
    [policies.map(({ tenant }) => tenant), policies.map(({ id }) => id), policies.map(({ version }) => version)],
  );
  return new Map(rows.map((row) => [versionKey(row), row.zone]));
}

export async function knownCalendars(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.calendars WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}

export interface Replan extends NamedRef {
  readonly version: number;
  readonly replanned_to: string | null;
}

/** A calendar that has changed since its follow-ups were last looked at; nobody else looks at it meanwhile. */
export async function nextReplan(tx: Tx): Promise<Replan | null> {
  const [row] = await tx.query<Replan>(
    'SELECT tenant, id, version, replanned_to FROM relance.calendars WHERE replanned < version ORDER BY updated_at LIMIT 1 FOR UPDATE SKIP LOCKED',
  );
  return row ?? null;
}

/** Live follow-ups that count in it, the next ones in id order. Nothing is locked yet. */
export async function nextToReplan(
  tx: Tx,
  { tenant, id, replanned_to: after }: Replan,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT f.id FROM relance.follow_ups f
     WHERE f.tenant = $1 AND ($3::uuid IS NULL OR f.id > $3) AND f.status IN ('open', 'acknowledged')
       AND EXISTS (SELECT FROM relance.policy_versions v WHERE v.tenant = f.tenant AND v.id = f.policy AND v.version = f.version AND v.written ->> 'calendar' = $2)
     ORDER BY f.id LIMIT $4`,
    [tenant, id, after, limit],
  );
  return rows.map((row) => row.id);
}

/** Null: all of them have been looked at. Another change meanwhile begins anew. */
export async function moveReplan(tx: Tx, { tenant, id, version }: Replan, to: string | null): Promise<void> {
  await tx.query(
    `UPDATE relance.calendars SET replanned_to = $3, replanned = CASE WHEN $3::uuid IS NULL THEN $4 ELSE replanned END WHERE tenant = $1 AND id = $2`,
    [tenant, id, to, version],
  );
}
