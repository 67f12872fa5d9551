// Templates as they are written and listed, with those that are made of others. What rendering reads is template-read.ts.
import type { Template, WrittenParts } from '@relance/core';
import type { Tx } from '../database.ts';
import { deletionOf, firstVersion } from './last-version.ts';
import { lockName } from './lock.ts';

export interface StoredTemplate {
  readonly id: string;
  readonly version: number;
  /** As it was written. */
  readonly body: WrittenParts;
}

export interface NewTemplate {
  readonly id: string;
  readonly body: WrittenParts;
  /** As it is rendered. */
  readonly compiled: Omit<Template, 'id'>;
  /** The templates it is made of, and those that they are made of. */
  readonly uses: readonly string[];
}

/** Held until the transaction ends: what templates are made of is read and written by one at a time. */
export async function lockTemplates(tx: Tx, tenant: string): Promise<void> {
  await lockName(tx, `relance.templates/${tenant}`);
}

/** Changed words are a new version; the latest at render time is used. Answers with the versions by id. */
export async function putTemplates(
  tx: Tx,
  tenant: string,
  templates: readonly NewTemplate[],
): Promise<Map<string, number>> {
  if (templates.length === 0) return new Map();
  const rows = await tx.query<{ id: string; version: number }>(
    `INSERT INTO relance.templates AS t (tenant, id, version, body, compiled, uses)
     SELECT $1, id, ${firstVersion('template', '$1', 'x.id')}, body, compiled, uses FROM json_to_recordset($2::json) AS x(id text, body jsonb, compiled jsonb, uses text[]) ORDER BY id
     ON CONFLICT (tenant, id) DO UPDATE SET version = CASE WHEN t.body = excluded.body AND t.compiled = excluded.compiled THEN t.version ELSE t.version + 1 END,
       body = excluded.body, compiled = excluded.compiled, uses = excluded.uses, updated_at = clock_timestamp() RETURNING id, version`,
    [tenant, JSON.stringify(templates)],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}

export async function getTemplate(tx: Tx, tenant: string, id: string): Promise<StoredTemplate | null> {
  const [row] = await readStored(tx, tenant, [id]);
  return row ?? null;
}

/** As they were written, by id. */
export async function readWritten(
  tx: Tx,
  tenant: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredTemplate['body']>> {
  return new Map((await readStored(tx, tenant, ids)).map(({ id, body }) => [id, body]));
}

async function readStored(tx: Tx, tenant: string, ids: readonly string[]): Promise<StoredTemplate[]> {
  return tx.query('SELECT id, version, body FROM relance.templates WHERE tenant = $1 AND id = ANY($2) ORDER BY id', [
    tenant,
    ids,
  ]);
}

/** Templates that are made of one of these, at most so many. */
export async function madeOf(tx: Tx, tenant: string, ids: readonly string[], limit: number): Promise<StoredTemplate[]> {
  return tx.query(
    'SELECT id, version, body FROM relance.templates WHERE tenant = $1 AND uses && $2 ORDER BY id LIMIT $3',
    [tenant, ids, limit],
  );
}

export async function listTemplates(
  tx: Tx,
  tenant: string,
  after: string | null,
  limit: number,
): Promise<StoredTemplate[]> {
  return tx.query(
    'SELECT id, version, body FROM relance.templates WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
    [tenant, after, limit],
  );
}

export async function deleteTemplate(tx: Tx, tenant: string, id: string): Promise<boolean> {
  return (await tx.query(deletionOf('template'), [tenant, id])).length > 0;
}

export async function knownTemplates(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.templates WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}

/** Languages in which some of a tenant's templates have words of their own. */
export async function templateLocales(tx: Tx, tenant: string): Promise<string[]> {
  const rows = await tx.query<{ locale: string }>(
    `SELECT DISTINCT jsonb_object_keys(body -> 'locales') AS locale FROM relance.templates WHERE tenant = $1 AND jsonb_typeof(body -> 'locales') = 'object'`,
    [tenant],
  );
  return rows.map(({ locale }) => locale);
}
