// What recipients do not want to hear of, by category, with how they said so. Opting
// out takes back what waits for them in the same transaction (take-back.ts). What decisions read is consent.ts.
import { type Instant, slotOfRecipient } from '@relance/core';
import type { ConsentChoice, ConsentEvidence } from '../../engine/ports.ts';
import { at, type Tx } from '../database.ts';
import { type TakenBack, takeBackCategory } from './take-back.ts';

/** Answers whether it is news, and what was taken back: the sweep gives that to the deliver loop. */
export async function optOut(
  tx: Tx,
  { tenant, recipient, category }: ConsentChoice,
  { now, evidence }: { readonly now: Instant; readonly evidence: ConsentEvidence },
): Promise<{ readonly changed: boolean; readonly taken: readonly TakenBack[] }> {
  const rows = await tx.query(
    `INSERT INTO relance.opt_outs (slot, tenant, recipient, category, at, evidence) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (slot, tenant, recipient, category) WHERE lifted_at IS NULL DO NOTHING RETURNING id`,
    [slotOfRecipient(tenant, recipient), tenant, recipient, category, at(now), JSON.stringify(evidence)],
  );
  return { changed: rows.length > 0, taken: await takeBackCategory(tx, { tenant, recipient, category }) };
}

/** From now on they are told again; what was not sent meanwhile is not made up for. */
export async function optIn(
  tx: Tx,
  { tenant, recipient, category }: ConsentChoice,
  { now, evidence }: { readonly now: Instant; readonly evidence: ConsentEvidence },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE relance.opt_outs SET lifted_at = $5, lifted_evidence = $6
     WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND category = $4 AND lifted_at IS NULL RETURNING id`,
    [slotOfRecipient(tenant, recipient), tenant, recipient, category, at(now), JSON.stringify(evidence)],
  );
  return rows.length > 0;
}

export async function isOptedOut(tx: Tx, { tenant, recipient, category }: ConsentChoice): Promise<boolean> {
  const rows = await tx.query(
    'SELECT FROM relance.opt_outs WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND category = $4 AND lifted_at IS NULL',
    [slotOfRecipient(tenant, recipient), tenant, recipient, category],
  );
  return rows.length > 0;
}
