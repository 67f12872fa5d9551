// Templates as they are written and listed. What rendering reads is template-read.ts.
import type { Template } from '@relance/core';
import type { Tx } from '../database.ts';

export interface StoredTemplate {
  readonly id: string;
  readonly version: number;
  readonly body: Omit<Template, 'id'>;
}

/** A changed body is a new version; the latest at render time is used. */
export async function putTemplate(tx: Tx, tenant: string, id: string, body: unknown): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `INSERT INTO relance.templates AS t (tenant, id, body) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, id) DO UPDATE SET version = CASE WHEN t.body = excluded.body THEN t.version ELSE t.version + 1 END, body = excluded.body, updated_at = clock_timestamp() RETURNING version`,
    [tenant, id, JSON.stringify(body)],
  );
  return row?.version ?? 1;
}

export async function getTemplate(tx: Tx, tenant: string, id: string): Promise<StoredTemplate | null> {
  const [row] = await tx.query<StoredTemplate>(
    'SELECT id, version, body FROM relance.templates WHERE tenant = $1 AND id = $2',
    [tenant, id],
  );
  return row ?? null;
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
  return (
    (await tx.query('DELETE FROM relance.templates WHERE tenant = $1 AND id = $2 RETURNING id', [tenant, id])).length >
    0
  );
}

export async function knownTemplates(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.templates WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}
