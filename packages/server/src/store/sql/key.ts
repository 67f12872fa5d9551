// API keys: stored by hash, shown once. Not under row-level security: a key is looked up before the tenant is known.
import type { Instant } from '@relance/core';
import type { Tx } from '../database.ts';

export interface KeyRow {
  readonly id: string;
  readonly tenant: string;
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly created_at: Instant;
}

export async function findKey(tx: Tx, hash: Buffer): Promise<KeyRow | null> {
  const [row] = await tx.query<KeyRow>(
    'SELECT id, tenant, name, scopes, created_at FROM relance.api_keys WHERE hash = $1 AND revoked_at IS NULL',
    [hash],
  );
  return row ?? null;
}

export async function insertKey(
  tx: Tx,
  key: { id: string; tenant: string; hash: Buffer; name: string | null; scopes: readonly string[] },
): Promise<void> {
  await tx.query('INSERT INTO relance.tenants (id) VALUES ($1) ON CONFLICT DO NOTHING', [key.tenant]);
  await tx.query('INSERT INTO relance.api_keys (id, tenant, hash, name, scopes) VALUES ($1, $2, $3, $4, $5)', [
    key.id,
    key.tenant,
    key.hash,
    key.name,
    key.scopes,
  ]);
}

export async function listKeys(tx: Tx, tenant: string | null): Promise<KeyRow[]> {
  return tx.query(
    'SELECT id, tenant, name, scopes, created_at FROM relance.api_keys WHERE revoked_at IS NULL AND ($1::text IS NULL OR tenant = $1) ORDER BY created_at',
    [tenant],
  );
}

/** Answers whose it was; null where there is no such key. */
export async function revokeKey(tx: Tx, id: string, tenant: string | null): Promise<string | null> {
  const [row] = await tx.query<{ tenant: string }>(
    'UPDATE relance.api_keys SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL AND ($2::text IS NULL OR tenant = $2) RETURNING tenant',
    [id, tenant],
  );
  return row?.tenant ?? null;
}
