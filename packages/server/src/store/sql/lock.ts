// What is done by one at a time, and has no row that could be locked: whoever means the same says the same name.
import type { Tx } from '../database.ts';

/** Held until the transaction ends. Names begin with `relance.` and what they are of. */
export const lockName = (tx: Tx, name: string): Promise<unknown> =>
  tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
