// Monthly partitions of what grows: made before the first row of a month needs them.
import type { Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';

/** The month of `now` and the next one. */
export async function ensureMonth(tx: Tx, now: Instant): Promise<void> {
  await tx.query(
    `SELECT relance.ensure_month($1::timestamptz), relance.ensure_month($1::timestamptz + interval '1 month')`,
    [at(now)],
  );
}
