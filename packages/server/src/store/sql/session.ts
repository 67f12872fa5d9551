// Sessions of the pages: found by the hash of their token until they end. Whose they are tells the key they name (key.ts).
import type { Tx } from '../database.ts';

/** Makes one that lives so long, and forgets those that have ended. */
export async function insertSession(tx: Tx, hash: Buffer, keyHash: Buffer, lifeSeconds: number): Promise<void> {
  await tx.query('DELETE FROM relance.sessions WHERE expires_at < clock_timestamp()');
  await tx.query(
    `INSERT INTO relance.sessions (hash, key_hash, expires_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))`,
    [hash, keyHash, lifeSeconds],
  );
}

/** The hash of the key it was given for; null when there is no such session any more. */
export async function findSession(tx: Tx, hash: Buffer): Promise<Buffer | null> {
  const [row] = await tx.query<{ key_hash: Buffer }>(
    'SELECT key_hash FROM relance.sessions WHERE hash = $1 AND expires_at > clock_timestamp()',
    [hash],
  );
  return row?.key_hash ?? null;
}

export async function deleteSession(tx: Tx, hash: Buffer): Promise<void> {
  await tx.query('DELETE FROM relance.sessions WHERE hash = $1', [hash]);
}
