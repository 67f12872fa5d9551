// Stored action links, by hash. Expiry is the server's clock: a link's life has nothing to do with story time.
import type { Tx } from '../database.ts';

export interface NewActionToken {
  readonly hash: Uint8Array;
  readonly tenant: string;
  readonly followUpId: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly action: string;
}

const LIFE = '90 days';

export async function insertActionTokens(tx: Tx, tokens: readonly NewActionToken[]): Promise<void> {
  if (tokens.length === 0) return;
  const rows = tokens.map((one) => ({
    hash: `\\x${Buffer.from(one.hash).toString('hex')}`,
    tenant: one.tenant,
    follow_up_id: one.followUpId,
    message_id: one.messageId,
    recipient: one.recipient,
    action: one.action,
  }));
  await tx.query(
    `INSERT INTO relance.action_tokens (hash, tenant, follow_up_id, message_id, recipient, action, expires_at)
     SELECT x.hash::bytea, x.tenant, x.follow_up_id, x.message_id, x.recipient, x.action, clock_timestamp() + interval '${LIFE}'
     FROM json_to_recordset($1::json) AS x(hash text, tenant text, follow_up_id uuid, message_id uuid, recipient text, action text) ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
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
