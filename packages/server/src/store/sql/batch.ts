// Batches in hand and suspects: after a crash, which follow-ups a dead node was deciding; and those that are run alone
// until they succeed or are parked.
import type { Tx } from '../database.ts';

export interface Batch {
  readonly id: string;
  readonly slot: number;
  readonly node: string;
  readonly followUpIds: readonly string[];
}

export async function openBatch(tx: Tx, batch: Batch): Promise<void> {
  await tx.query('INSERT INTO relance.batches (id, slot, node, follow_up_ids) VALUES ($1, $2, $3, $4::uuid[])', [
    batch.id,
    batch.slot,
    batch.node,
    batch.followUpIds,
  ]);
}

export async function closeBatch(tx: Tx, id: string): Promise<void> {
  await tx.query('DELETE FROM relance.batches WHERE id = $1', [id]);
}

/** These are run alone from now on. Counting a crash again pushes the next try away. */
export async function suspect(tx: Tx, slot: number, followUpIds: readonly string[], error: string): Promise<void> {
  await tx.query(
    `INSERT INTO relance.suspects (slot, follow_up_id, crashes, last_error) SELECT $1, id, 0, $3 FROM unnest($2::uuid[]) AS x(id)
     ON CONFLICT (slot, follow_up_id) DO NOTHING`,
    [slot, followUpIds, error.slice(0, 500)],
  );
}

/** Batches whose node has been silent for `olderThanMs` of server time: their rows become suspects. */
export async function rescueBatches(tx: Tx, olderThanMs: number): Promise<number> {
  const rows = await tx.query<{ slot: number; follow_up_ids: string[] }>(
    `DELETE FROM relance.batches WHERE started_at < clock_timestamp() - $1 * interval '1 millisecond' RETURNING slot, follow_up_ids`,
    [olderThanMs],
  );
  for (const row of rows) await suspect(tx, row.slot, row.follow_up_ids, 'the node stopped while it was deciding this');
  return rows.length;
}

/**
 * Suspects whose next try has come. Counted here, at the claim, so that a crash counts too. Materialized, because a
 * subquery that is run again for another row would claim past the limit.
 */
export async function claimSuspects(
  tx: Tx,
  limit: number,
): Promise<{ slot: number; follow_up_id: string; crashes: number; last_error: string | null }[]> {
  return tx.query(
    `WITH c AS MATERIALIZED (SELECT slot, follow_up_id FROM relance.suspects WHERE retry_at <= clock_timestamp() ORDER BY retry_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE relance.suspects s SET crashes = s.crashes + 1, retry_at = clock_timestamp() + least(300, 5 * 2 ^ s.crashes) * interval '1 second'
     FROM c WHERE s.slot = c.slot AND s.follow_up_id = c.follow_up_id RETURNING s.slot, s.follow_up_id, s.crashes, s.last_error`,
    [limit],
  );
}

export async function clearSuspect(tx: Tx, slot: number, followUpId: string): Promise<void> {
  await tx.query('DELETE FROM relance.suspects WHERE slot = $1 AND follow_up_id = $2', [slot, followUpId]);
}
