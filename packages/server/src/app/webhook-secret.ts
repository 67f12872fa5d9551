// The signing secret of a tenant's webhooks (Standard Webhooks `whsec_…`), derived from the server's secret for this
// purpose alone, so that nothing need be stored and a dump holds none. `relance webhook-secret` prints it.
import { hkdfSync } from 'node:crypto';

export const webhookSecret = (secretKey: string, tenant: string): string =>
  `whsec_${Buffer.from(hkdfSync('sha256', secretKey, tenant, 'relance webhook signing', 32)).toString('base64')}`;
