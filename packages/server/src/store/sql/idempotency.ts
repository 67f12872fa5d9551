// Idempotency-Key: the first answer of a POST is kept for a day (server time) and replayed for the same key and body.
import type { Tx } from '../database.ts';

export interface Remembered {
  readonly request_hash: Buffer;
  readonly status: number | null; // null while the first one is under way
  readonly response: unknown;
}

/** Claims the key; null when it is ours now, else what is known of the first request. */
export async function claimIdempotency(
  tx: Tx,
  tenant: string,
  route: string,
  key: string,
  requestHash: Buffer,
): Promise<Remembered | null> {
  const rows = await tx.query(
    `INSERT INTO relance.idempotency_keys AS k (tenant, route, key, request_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant, route, key) DO UPDATE SET created_at = clock_timestamp(), request_hash = excluded.request_hash, status = NULL, response = NULL
       WHERE k.created_at < clock_timestamp() - interval '24 hours' OR (k.status IS NULL AND k.created_at < clock_timestamp() - interval '1 minute' AND k.request_hash = excluded.request_hash)
     RETURNING key`,
    [tenant, route, key, requestHash],
  );
  if (rows.length > 0) return null;
  const [known] = await tx.query<Remembered>(
    'SELECT request_hash, status, response FROM relance.idempotency_keys WHERE tenant = $1 AND route = $2 AND key = $3',
    [tenant, route, key],
  );
  return known ?? null;
}

export async function rememberAnswer(
  tx: Tx,
  tenant: string,
  route: string,
  key: string,
  status: number,
  response: unknown,
): Promise<void> {
  await tx.query(
    'UPDATE relance.idempotency_keys SET status = $4, response = $5 WHERE tenant = $1 AND route = $2 AND key = $3',
    [tenant, route, key, status, JSON.stringify(response ?? null)],
  );
}

/** A server error is not an answer: the key is free again. */
export async function forgetIdempotency(tx: Tx, tenant: string, route: string, key: string): Promise<void> {
  await tx.query(
    'DELETE FROM relance.idempotency_keys WHERE tenant = $1 AND route = $2 AND key = $3 AND status IS NULL',
    [tenant, route, key],
  );
}
