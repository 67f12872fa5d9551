// Stored action links, by hash. Expiry is the server's clock: a link's life has nothing to do with story time.
import type { Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

export interface NewActionToken {
  readonly hash: Uint8Array;
  readonly tenant: string;
  readonly followUpId: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly action: string;
}

const LIFE = '90 days';

const ROWS = rowsOf<NewActionToken>({
  hash: ['bytea', ({ hash }) => Buffer.from(hash)],
  tenant: ['text', ({ tenant }) => tenant],
  follow_up_id: ['uuid', ({ followUpId }) => followUpId],
  message_id: ['uuid', ({ messageId }) => messageId],
  recipient: ['text', ({ recipient }) => recipient],
  action: ['text', ({ action }) => action],
});

export async function insertActionTokens(tx: Tx, tokens: readonly NewActionToken[]): Promise<void> {
  if (tokens.length === 0) return;
  const { from, values } = ROWS.of(tokens);
  await tx.query(
    `INSERT INTO relance.action_tokens (${ROWS.names}, expires_at) SELECT x.*, clock_timestamp() + interval '${LIFE}' FROM ${from}
     ON CONFLICT DO NOTHING`,
    values,
  );
}

export interface ActionToken {
  readonly tenant: string;
  readonly follow_up_id: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly action: string;
  readonly expired: boolean;
}

/** Engine scope: the token itself tells the tenant. */
export async function findActionToken(tx: Tx, hash: Buffer): Promise<ActionToken | null> {
  const [row] = await tx.query<ActionToken>(
    'SELECT tenant, follow_up_id, message_id, recipient, action, expires_at < clock_timestamp() AS expired FROM relance.action_tokens WHERE hash = $1',
    [hash],
  );
  return row ?? null;
}
