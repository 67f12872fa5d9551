// The signing secret of a tenant's webhooks (Standard Webhooks `whsec_…`), derived from the server's secret for this
// purpose alone, so that nothing need be stored and a dump holds none. `relance webhook-secret` prints it.
import { hkdfSync } from 'node:crypto';

export const webhookSecret = (secretKey: string, tenant: string): string =>
  `whsec_${Buffer.from(hkdfSync('sha256', secretKey, tenant, 'relance webhook signing', 32)).toString('base64')}`;

/** While the secret key is changed, receivers know the one or the other, so everything is signed with both. */
export const webhookSecrets = (
  {
    secretKey,
    secretKeysAccepted = [],
  }: { readonly secretKey: string; readonly secretKeysAccepted?: readonly string[] },
  tenant: string,
): readonly string[] => [secretKey, ...secretKeysAccepted].map((key) => webhookSecret(key, tenant));
