// Batches in hand and suspects: after a crash, which follow-ups a dead node was deciding; and those that are run alone
// until they succeed or are parked.
import { type Input, slotOfId } from '@relance/core';
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

export interface Suspect {
  readonly id: string;
  readonly error: string;
  /** What it was told and could not be decided about; more is added to what waits already. */
  readonly inputs: readonly Input[];
}

/**
 * These are run alone from now on. One that is named twice (two nodes had it in hand, two events were for it) is one row with
 * what all of them say: a statement that met its own row again would fail, and again with every try.
 */
export async function suspect(tx: Tx, suspects: readonly Suspect[]): Promise<void> {
  if (suspects.length === 0) return;
  const each = new Map<string, Suspect>();
  for (const one of suspects)
    each.set(one.id, { ...one, inputs: [...(each.get(one.id)?.inputs ?? []), ...one.inputs] });
  const rows = [...each.values()];
  await tx.query(
    `INSERT INTO relance.suspects AS s (slot, follow_up_id, crashes, last_error, inputs)
     SELECT x.slot, x.id, 0, x.error, x.inputs FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::jsonb[]) AS x(slot, id, error, inputs)
     ON CONFLICT (slot, follow_up_id) DO UPDATE SET inputs = s.inputs || excluded.inputs WHERE excluded.inputs <> '[]'`,
    [
      rows.map(({ id }) => slotOfId(id)),
      rows.map(({ id }) => id),
      rows.map(({ error }) => error.slice(0, 500)),
      rows.map(({ inputs }) => JSON.stringify(inputs)),
    ],
  );
}

/** Batches whose node has been silent for `olderThanMs` of server time: their rows become suspects. */
export async function rescueBatches(tx: Tx, olderThanMs: number): Promise<number> {
  const rows = await tx.query<{ follow_up_ids: string[] }>(
    `DELETE FROM relance.batches WHERE started_at < clock_timestamp() - $1 * interval '1 millisecond' RETURNING follow_up_ids`,
    [olderThanMs],
  );
  const ids = rows.flatMap((row) => row.follow_up_ids);
  await suspect(
    tx,
    ids.map((id) => ({ id, error: 'the node stopped while it was deciding this', inputs: [] })),
  );
  return rows.length;
}

export interface Claimed {
  readonly slot: number;
  readonly follow_up_id: string;
  readonly crashes: number;
  readonly last_error: string | null;
}

/**
 * The suspect whose try has been due longest. Counted here, at the claim, so that a crash counts too; one at a time, so that
 * it counts against no other. Materialized, because a subquery that is run again for another row would claim past the limit.
 */
export async function claimSuspect(tx: Tx): Promise<Claimed | null> {
  const [claimed] = await tx.query<Claimed>(
    `WITH c AS MATERIALIZED (SELECT slot, follow_up_id FROM relance.suspects WHERE retry_at <= clock_timestamp() ORDER BY retry_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     UPDATE relance.suspects s SET crashes = s.crashes + 1, retry_at = clock_timestamp() + least(300, 5 * 2 ^ least(s.crashes, 6)) * interval '1 second'
     FROM c WHERE s.slot = c.slot AND s.follow_up_id = c.follow_up_id RETURNING s.slot, s.follow_up_id, s.crashes, s.last_error`,
  );
  return claimed ?? null;
}

/** What waits with a suspect now, if it is still this claim's: read after its follow-up is locked, as news is added under that lock. */
export async function lockSuspect(tx: Tx, slot: number, followUpId: string, crashes: number): Promise<Input[] | null> {
  const [row] = await tx.query<{ inputs: Input[] }>(
    'SELECT inputs FROM relance.suspects WHERE slot = $1 AND follow_up_id = $2 AND crashes = $3 FOR UPDATE',
    [slot, followUpId, crashes],
  );
  return row?.inputs ?? null;
}

/** Somebody else held it: that says nothing about it. */
export async function uncountSuspect(tx: Tx, slot: number, followUpId: string, crashes: number): Promise<void> {
  await tx.query(
    'UPDATE relance.suspects SET crashes = crashes - 1 WHERE slot = $1 AND follow_up_id = $2 AND crashes = $3',
    [slot, followUpId, crashes],
  );
}

/** A parked follow-up is not tried; what it was told waits until somebody has unparked it. */
export async function keepSuspect(tx: Tx, slot: number, followUpId: string): Promise<void> {
  await tx.query(
    `UPDATE relance.suspects SET crashes = 0, retry_at = clock_timestamp() + interval '1 minute' WHERE slot = $1 AND follow_up_id = $2`,
    [slot, followUpId],
  );
}

export async function clearSuspect(tx: Tx, slot: number, followUpId: string): Promise<void> {
  await tx.query('DELETE FROM relance.suspects WHERE slot = $1 AND follow_up_id = $2', [slot, followUpId]);
}
