// Schedules as they are written, versioned by change. Decisions take the latest of several at once, compiled
// (compiledSchedules): compiling is done once for each version, and what has not changed is not read again.
import {
  compileSchedule,
  type Instant,
  type NamedPerson,
  type Schedule,
  scheduleSchema,
  type WrittenSchedule,
} from '@relance/core';
import type { Tx } from '../database.ts';
import { deletionOf, firstVersion } from './last-version.ts';
import { latestOf, type NamedRef, namedKey } from './latest.ts';

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
    `INSERT INTO relance.schedules AS s (tenant, id, version, body) VALUES ($1, $2, ${firstVersion('schedule', '$1', '$2')}, $3)
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
  return (await tx.query(deletionOf('schedule'), [tenant, id])).length > 0;
}

export async function knownSchedules(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.schedules WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}

interface Compiled {
  readonly stamp: string;
  /** Null for one that this release cannot read: nobody is on call then, and whoever asks falls back. */
  readonly schedule: Schedule | null;
}
/** By tenant and id, in the order they were last asked for, whatever databases a process has. */
const compiled = new Map<string, Compiled>();
/** Some megabytes, unless most of them have hundreds of overrides. */
const COMPILED_MAX = 1_000;

/** The latest version of each, in one statement; those there are not are missing from the answer. */
export async function compiledSchedules(
  tx: Tx,
  refs: readonly NamedRef[],
): Promise<(NamedRef & { readonly schedule: Schedule })[]> {
  const asked = new Map(refs.map((ref) => [namedKey(ref), { ...ref, known: compiled.get(namedKey(ref)) ?? null }]));
  const latest = await latestOf<WrittenSchedule>(
    tx,
    'schedules',
    [...asked.values()].map((one) => ({ ...one, known: one.known?.stamp ?? null })),
  );
  return latest.flatMap(({ tenant, id, stamp, body }) => {
    const key = namedKey({ tenant, id });
    const entry = (body === null ? asked.get(key)?.known : null) ?? { stamp, schedule: readable(body) };
    keep(key, entry);
    return entry.schedule === null ? [] : [{ tenant, id, schedule: entry.schedule }];
  });
}

function readable(body: WrittenSchedule | null): Schedule | null {
  const written = scheduleSchema.safeParse(body);
  return written.success ? compileSchedule(written.data) : null;
}

function keep(key: string, entry: Compiled): void {
  compiled.delete(key);
  compiled.set(key, entry);
  for (const oldest of compiled.keys()) {
    if (compiled.size <= COMPILED_MAX) break;
    compiled.delete(oldest);
  }
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
