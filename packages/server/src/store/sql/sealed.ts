// Every secret that is stored sealed (secret-box.ts), whatever it belongs to: looked at when a server starts, and sealed anew
// when the secret key changes. A table that keeps one stands here.
import type { Tx } from '../database.ts';
import { HASH_KEY_CONTEXT } from '../keyed-hash.ts';
import { sealContext } from './connection.ts';
import { webhookContext } from './webhook.ts';

export interface SealedSecret {
  readonly kind: 'connection' | 'webhook' | 'old_webhook' | 'hash_key';
  readonly tenant: string;
  readonly id: string;
  readonly sealed: string;
}

export const allSealed = (tx: Tx): Promise<SealedSecret[]> =>
  tx.query<SealedSecret>(
    `SELECT 'connection' AS kind, tenant, id, secrets AS sealed FROM relance.connections WHERE secrets IS NOT NULL
     UNION ALL SELECT 'webhook', tenant, id, secret FROM relance.webhooks
     UNION ALL SELECT 'old_webhook', tenant, id, old.value->>'secret' FROM relance.webhooks, jsonb_array_elements(old_secrets) AS old
     UNION ALL SELECT 'hash_key', '', '', sealed FROM relance.hash_key`,
  );

/** What it was sealed for. */
export const contextOf = ({ kind, tenant, id }: SealedSecret): string =>
  kind === 'hash_key'
    ? HASH_KEY_CONTEXT
    : kind === 'connection'
      ? sealContext({ tenant, id })
      : webhookContext(tenant, id);

/** What is sealed has no sign that JSON would write otherwise, so in a list it is put in its place as it is. */
const IN_PLACE: Readonly<Record<SealedSecret['kind'], string>> = {
  connection: 'UPDATE relance.connections SET secrets = $4 WHERE tenant = $1 AND id = $2 AND secrets = $3',
  webhook: 'UPDATE relance.webhooks SET secret = $4 WHERE tenant = $1 AND id = $2 AND secret = $3',
  old_webhook: `UPDATE relance.webhooks SET old_secrets = replace(old_secrets::text, to_json($3::text)::text, to_json($4::text)::text)::jsonb
    WHERE tenant = $1 AND id = $2`,
  hash_key: `UPDATE relance.hash_key SET sealed = $4 WHERE sealed = $3 AND $1::text = '' AND $2::text = ''`,
};

/** Puts it in the place of the one that was read; not where that has changed since. */
export async function reseal(tx: Tx, { kind, tenant, id, sealed }: SealedSecret, anew: string): Promise<void> {
  await tx.query(IN_PLACE[kind], [tenant, id, sealed, anew]);
}
