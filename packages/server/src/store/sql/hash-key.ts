// The sealed key of keyed hashes (keyed-hash.ts): one row a database.
import type { Tx } from '../database.ts';

/** Two nodes may begin at once: the first one's stays. */
export async function insertHashKey(tx: Tx, sealed: string): Promise<void> {
  await tx.query('INSERT INTO relance.hash_key (sealed) VALUES ($1) ON CONFLICT DO NOTHING', [sealed]);
}

/** `used`: something is known by it. */
export async function readHashKey(tx: Tx): Promise<{ readonly sealed: string; readonly used: boolean }> {
  const [row] = await tx.query<{ sealed: string; used: boolean }>(
    `SELECT sealed, EXISTS (SELECT FROM relance.audit WHERE about IS NOT NULL) OR EXISTS (SELECT FROM relance.erasures)
       OR EXISTS (SELECT FROM relance.suppressions WHERE address LIKE 'hmac:%') AS used FROM relance.hash_key`,
  );
  if (row === undefined) throw new Error('The key of keyed hashes is missing.');
  return row;
}

export async function replaceHashKey(tx: Tx, sealed: string, anew: string): Promise<void> {
  await tx.query('UPDATE relance.hash_key SET sealed = $2 WHERE sealed = $1', [sealed, anew]);
}
