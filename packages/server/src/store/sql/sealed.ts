// Every secret that is stored sealed (secret-box.ts), whatever it belongs to: looked at when a server starts, and sealed anew
// when the secret key changes. A table that keeps one stands here.
import type { Tx } from '../database.ts';
import { sealContext } from './connection.ts';
import { webhookContext } from './webhook.ts';

export interface SealedSecret {
  readonly kind: 'connection' | 'webhook' | 'old_webhook';
  readonly tenant: string;
  readonly id: string;
  readonly sealed: string;
}

export const allSealed = (tx: Tx): Promise<SealedSecret[]> =>
  tx.query<SealedSecret>(
    `SELECT 'connection' AS kind, tenant, id, secrets AS sealed FROM relance.connections WHERE secrets IS NOT NULL
     UNION ALL SELECT 'webhook', tenant, id, secret FROM relance.webhooks
     UNION ALL SELECT 'old_webhook', tenant, id, old_secret FROM relance.webhooks WHERE old_secret IS NOT NULL`,
  );

/** What it was sealed for. */
export const contextOf = ({ kind, tenant, id }: SealedSecret): string =>
  kind === 'connection' ? sealContext({ tenant, id }) : webhookContext(tenant, id);

const PLACES: Readonly<Record<SealedSecret['kind'], readonly [table: string, column: string]>> = {
  connection: ['connections', 'secrets'],
  webhook: ['webhooks', 'secret'],
  old_webhook: ['webhooks', 'old_secret'],
};

/** Puts it in the place of the one that was read; not where that has changed since. */
export async function reseal(tx: Tx, { kind, tenant, id, sealed }: SealedSecret, anew: string): Promise<void> {
  const [table, column] = PLACES[kind];
  await tx.query(`UPDATE relance.${table} SET ${column} = $4 WHERE tenant = $1 AND id = $2 AND ${column} = $3`, [
    tenant,
    id,
    sealed,
    anew,
  ]);
}
