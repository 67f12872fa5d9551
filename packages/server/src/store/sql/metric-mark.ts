// Marks: which follow-ups have changed since they were counted (insights/figures.ts). Set by whoever changes them, in the same
// transaction and by a plain insert, so that nobody waits. What reads them is metric-fact.ts.
import type { Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

export interface Marked {
  readonly slot: number;
  readonly id: string;
  readonly tenant: string;
}

const MARKS = rowsOf<Marked>({
  slot: ['smallint', ({ slot }) => slot],
  follow_up_id: ['uuid', ({ id }) => id],
  tenant: ['text', ({ tenant }) => tenant],
});

export async function markFollowUps(tx: Tx, followUps: readonly Marked[]): Promise<void> {
  if (followUps.length === 0) return;
  const { from, values } = MARKS.of(followUps);
  await tx.query(`INSERT INTO relance.metric_marks (${MARKS.names}) SELECT * FROM ${from}`, values);
}

/** Of messages, and of those that went in them: what becomes of a carrier becomes of what it carried. */
export async function markMessages(tx: Tx, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.query(
    `INSERT INTO relance.metric_marks (slot, follow_up_id, tenant)
     SELECT slot, follow_up_id, tenant FROM relance.messages WHERE id = ANY($1::uuid[])
     UNION SELECT slot, follow_up_id, tenant FROM relance.messages WHERE carrier = ANY($1::uuid[])`,
    [messageIds],
  );
}
