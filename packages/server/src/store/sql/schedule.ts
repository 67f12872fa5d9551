// Schedules as they are written, versioned by change. Decisions read the latest of several at once (readSchedules).
import type { Instant, NamedPerson, WrittenSchedule } from '@relance/core';
import type { Tx } from '../database.ts';

export interface StoredSchedule {
  readonly id: string;
  readonly version: number;
  readonly body: WrittenSchedule;
  readonly updatedAt: Instant;
}

interface Row {
  readonly id: string;
  readonly version: number;
  readonly body: WrittenSchedule;
  readonly updated_at: Instant;
}
const COLUMNS = 'id, version, body, updated_at';
const toStored = ({ updated_at: updatedAt, ...row }: Row): StoredSchedule => ({ ...row, updatedAt });

/** The same body again is the same version. */
export async function putSchedule(tx: Tx, tenant: string, id: string, body: WrittenSchedule): Promise<StoredSchedule> {
  const [row] = await tx.query<Row>(
    `INSERT INTO relance.schedules AS s (tenant, id, body) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, id) DO UPDATE SET version = CASE WHEN s.body = excluded.body THEN s.version ELSE s.version + 1 END,
       updated_at = CASE WHEN s.body = excluded.body THEN s.updated_at ELSE clock_timestamp() END, body = excluded.body RETURNING ${COLUMNS}`,
    [tenant, id, JSON.stringify(body)],
  );
  if (row === undefined) throw new Error('A schedule was written, and nothing came back.');
  return toStored(row);
}

/** `lock`: nobody else changes it until the transaction ends. */
export async function getSchedule(tx: Tx, tenant: string, id: string, lock = false): Promise<StoredSchedule | null> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.schedules WHERE tenant = $1 AND id = $2${lock ? ' FOR UPDATE' : ''}`,
    [tenant, id],
  );
  return row === undefined ? null : toStored(row);
}

export async function listSchedules(
  tx: Tx,
  tenant: string,
  after: string | null,
  limit: number,
): Promise<StoredSchedule[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.schedules WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after, limit],
  );
  return rows.map(toStored);
}

export async function deleteSchedule(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM relance.schedules WHERE tenant = $1 AND id = $2 RETURNING id', [tenant, id]);
  return rows.length > 0;
}

export async function knownSchedules(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.schedules WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}

export interface ScheduleRef {
  readonly tenant: string;
  readonly id: string;
}

/** The latest version of each, in one statement; those there are not are missing from the answer. */
export async function readSchedules(
  tx: Tx,
  refs: readonly ScheduleRef[],
): Promise<(ScheduleRef & { readonly version: number; readonly body: WrittenSchedule })[]> {
  if (refs.length === 0) return [];
  return tx.query(
    `SELECT s.tenant, s.id, s.version, s.body FROM relance.schedules s
     JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS r(tenant, id)) x ON x.tenant = s.tenant AND x.id = s.id`,
    [refs.map((ref) => ref.tenant), refs.map((ref) => ref.id)],
  );
}

/** Latest versions of published policies that speak of people on call: which schedules they name, the core reads. */
export async function policiesWithOnCall(tx: Tx, tenant: string): Promise<{ id: string; written: unknown }[]> {
  return tx.query(
    `SELECT p.id, v.written FROM relance.policies p JOIN relance.policy_versions v ON v.tenant = p.tenant AND v.id = p.id AND v.version = p.latest
     WHERE p.tenant = $1 AND p.deleted_at IS NULL AND strpos(v.written::text, 'onCall') > 0 ORDER BY p.id`,
    [tenant],
  );
}

/** Names and addresses of recipients, for calendars. */
export async function namedPeople(tx: Tx, tenant: string, ids: readonly string[]): Promise<NamedPerson[]> {
  return tx.query('SELECT id, name, email FROM relance.recipients WHERE tenant = $1 AND id = ANY($2)', [tenant, ids]);
}

/** Everybody with one of these texts as id, name or address, whatever its case. */
export async function peopleCalled(tx: Tx, tenant: string, texts: readonly string[]): Promise<NamedPerson[]> {
  const both = [...new Set(texts.flatMap((text) => [text, text.toLowerCase()]))];
  return tx.query(
    `SELECT id, name, email FROM relance.recipients
     WHERE tenant = $1 AND (id = ANY($2) OR name = ANY($2) OR lower(name) = ANY($2) OR lower(email) = ANY($2)) ORDER BY id`,
    [tenant, both],
  );
}
