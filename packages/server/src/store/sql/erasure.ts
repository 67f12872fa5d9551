// Erasures of people, as rows: how far each has come, and what is looked for until it is done. A piece is a transaction that locks
// the row, does some work and moves it on, so that a crash repeats nothing and two nodes never do the same (engine/erase.ts).
import { type Instant, toRfc3339 } from '@relance/core';
import { at, type Tx } from '../database.ts';

/** In this order. */
export const ERASURE_STEPS = ['live', 'outbox', 'rows', 'follow_ups', 'events', 'check'] as const;
export type ErasureStep = (typeof ERASURE_STEPS)[number];
export type ErasureCounts = Readonly<Record<string, number>>;

export interface Erasure {
  readonly id: string;
  readonly tenant: string;
  readonly stand_in: string;
  readonly recipient: string;
  readonly words: readonly string[];
  readonly step: ErasureStep;
  readonly after: string | null;
  readonly counts: ErasureCounts;
}

export interface NewErasure {
  readonly id: string;
  readonly tenant: string;
  readonly about: string;
  readonly standIn: string;
  readonly recipient: string;
  readonly words: readonly string[];
  readonly counts: ErasureCounts;
  readonly now: Instant;
}

export async function insertErasure(tx: Tx, one: NewErasure): Promise<void> {
  await tx.query(
    `INSERT INTO relance.erasures (id, tenant, about, stand_in, recipient, words, step, counts, asked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      one.id,
      one.tenant,
      one.about,
      one.standIn,
      one.recipient,
      JSON.stringify(one.words),
      ERASURE_STEPS[0],
      JSON.stringify(one.counts),
      at(one.now),
    ],
  );
}

/** The one that is under way for this person. */
export async function runningErasure(tx: Tx, tenant: string, about: string): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    'SELECT id FROM relance.erasures WHERE tenant = $1 AND about = $2 AND done_at IS NULL',
    [tenant, about],
  );
  return row?.id ?? null;
}

/** Null where it is done, or somebody else has it in hand. */
export async function lockErasure(tx: Tx, id: string): Promise<Erasure | null> {
  const [row] = await tx.query<Erasure>(
    `SELECT id, tenant, stand_in, recipient, words, step, after, counts FROM relance.erasures
     WHERE id = $1 AND done_at IS NULL FOR UPDATE SKIP LOCKED`,
    [id],
  );
  return row ?? null;
}

export async function moveErasure(
  tx: Tx,
  id: string,
  { step, after, counts }: Pick<Erasure, 'step' | 'after' | 'counts'>,
): Promise<void> {
  await tx.query('UPDATE relance.erasures SET step = $2, after = $3, counts = $4 WHERE id = $1', [
    id,
    step,
    after,
    JSON.stringify(counts),
  ]);
}

/** What was looked for is forgotten with it. */
export async function endErasure(tx: Tx, id: string, counts: ErasureCounts, now: Instant): Promise<void> {
  await tx.query(
    `UPDATE relance.erasures SET done_at = $2, counts = $3, recipient = NULL, words = NULL, after = NULL, step = 'done' WHERE id = $1`,
    [id, at(now), JSON.stringify(counts)],
  );
}

/** Those that are under way, the oldest first. */
export async function openErasures(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'SELECT id FROM relance.erasures WHERE done_at IS NULL ORDER BY asked_at, id LIMIT $1',
    [limit],
  );
  return rows.map(({ id }) => id);
}

export interface ErasureSeen {
  readonly id: string;
  readonly step: ErasureStep | 'done';
  readonly counts: ErasureCounts;
  readonly asked_at: Instant;
  readonly done_at: Instant | null;
}

export async function getErasure(tx: Tx, tenant: string, id: string): Promise<ErasureSeen | null> {
  const [row] = await tx.query<ErasureSeen>(
    'SELECT id, step, counts, asked_at, done_at FROM relance.erasures WHERE tenant = $1 AND id = $2',
    [tenant, id],
  );
  return row ?? null;
}

export const toWireErasure = ({ id, step, counts, asked_at, done_at }: ErasureSeen) => ({
  id,
  status: done_at === null ? ('running' as const) : ('done' as const),
  step,
  counts,
  askedAt: toRfc3339(asked_at),
  doneAt: done_at === null ? null : toRfc3339(done_at),
});
