// Lookups: resolvers that follow-ups wait for. A row is a question nobody has answered yet; whoever claims it has it to
// themselves until `try_at` (server time), and deletes it with the answer (engine/look-up.ts).
import type { FollowUp } from '@relance/core';
import type { Tx } from '../database.ts';

export interface LookupRow {
  readonly slot: number;
  readonly follow_up_id: string;
  readonly resolver: string;
  readonly tenant: string;
  readonly stage: string | null;
  /** As text, which has more places than a date of JavaScript. */
  readonly asked: string;
  /** This one included. */
  readonly tries: number;
}

/** One that is asked again begins anew. */
export async function insertLookups(
  tx: Tx,
  lookups: readonly { readonly followUp: FollowUp; readonly resolver: string; readonly stage: string | null }[],
): Promise<void> {
  if (lookups.length === 0) return;
  await tx.query(
    `INSERT INTO relance.lookups (slot, follow_up_id, resolver, tenant, stage)
     SELECT * FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (slot, follow_up_id, resolver) DO UPDATE
       SET stage = excluded.stage, asked_at = excluded.asked_at, tries = 0, try_at = excluded.try_at`,
    [
      lookups.map(({ followUp }) => followUp.slot),
      lookups.map(({ followUp }) => followUp.id),
      lookups.map(({ resolver }) => resolver),
      lookups.map(({ followUp }) => followUp.tenant),
      lookups.map(({ stage }) => stage),
    ],
  );
}

/** Takes what is to be asked now; nobody else takes it for `leaseMs`. */
export async function claimLookups(tx: Tx, limit: number, leaseMs: number): Promise<LookupRow[]> {
  return tx.query(
    `WITH due AS MATERIALIZED (
       SELECT slot, follow_up_id, resolver FROM relance.lookups WHERE try_at <= clock_timestamp()
       ORDER BY try_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE relance.lookups l SET tries = l.tries + 1, try_at = clock_timestamp() + $2 * interval '1 millisecond' FROM due
     WHERE l.slot = due.slot AND l.follow_up_id = due.follow_up_id AND l.resolver = due.resolver
     RETURNING l.slot, l.follow_up_id, l.resolver, l.tenant, l.stage, l.asked_at::text AS asked, l.tries`,
    [limit, leaseMs],
  );
}

const OWN = 'slot = $1 AND follow_up_id = $2 AND resolver = $3 AND tries = $4 AND asked_at = $5::timestamptz';
const own = ({ slot, follow_up_id, resolver, tries, asked }: LookupRow) => [slot, follow_up_id, resolver, tries, asked];

/** False where it was asked anew, or another node has it by now. */
export async function endLookup(tx: Tx, row: LookupRow): Promise<boolean> {
  const rows = await tx.query(`DELETE FROM relance.lookups WHERE ${OWN} RETURNING slot`, own(row));
  return rows.length > 0;
}

/** So much later; also what keeps it for whoever has it. False as above. */
export async function tryLookupAgain(tx: Tx, row: LookupRow, afterMs: number): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE relance.lookups SET try_at = clock_timestamp() + $6 * interval '1 millisecond' WHERE ${OWN} RETURNING slot`,
    [...own(row), afterMs],
  );
  return rows.length > 0;
}
