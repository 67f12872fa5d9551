// Who visited what is tracked of a message, as it came: a bounded number a message, forgotten after as long as its links work.
// What it comes to stands with the message.
import { type Instant, slotOfId, type Visit } from '@relance/core';
import { at, type Tx } from '../database.ts';

/** In the order in which they came. */
export const visitsOf = (tx: Tx, messageId: string): Promise<readonly Visit[]> =>
  tx.query('SELECT kind, at, link, agent, manner FROM relance.visits WHERE slot = $1 AND message_id = $2 ORDER BY n', [
    slotOfId(messageId),
    messageId,
  ]);

/** When it was handed over; null where that is not on record. */
export async function sentAtOf(tx: Tx, messageId: string): Promise<Instant | null> {
  const [row] = await tx.query<{ sent_at: Instant | null }>('SELECT sent_at FROM relance.messages WHERE id = $1', [
    messageId,
  ]);
  return row?.sent_at ?? null;
}

interface Visited {
  readonly tenant: string;
  readonly messageId: string;
  readonly recipient: string;
}

/** Under the lock of its follow-up. `n`: how many there were. */
export async function insertVisit(
  tx: Tx,
  { tenant, messageId, recipient, n }: Visited & { readonly n: number },
  visit: Visit,
): Promise<void> {
  await tx.query(
    `INSERT INTO relance.visits (slot, message_id, n, tenant, recipient, kind, at, link, agent, manner) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      slotOfId(messageId),
      messageId,
      n,
      tenant,
      recipient,
      visit.kind,
      at(visit.at),
      visit.link,
      visit.agent,
      visit.manner,
    ],
  );
}
