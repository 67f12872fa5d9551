// Unsubscribe links: one opaque token a recipient and category, 22 characters (128 bits). Derived with the server's secret,
// so that every message carries the same one and no message needs a row of its own, and stored by hash, so that a dump holds
// none that works. What a link shows and does is http/routes/unsubscribe.ts.
import { createHash, createHmac } from 'node:crypto';
import type { ConsentChoice, Unsubscribe } from '../engine/ports.ts';

const TOKEN_BYTES = 16;
export const UNSUBSCRIBE_TOKEN = /^[A-Za-z0-9_-]{22}$/;

/** Purpose, tenant, recipient and category are bound into the token; as JSON no other three texts make the same input. */
export const unsubscribeTokenFor = (secret: string, { tenant, recipient, category }: ConsentChoice): string =>
  createHmac('sha256', secret)
    .update(`unsubscribe-link/1\n${JSON.stringify([tenant, recipient, category])}`)
    .digest()
    .subarray(0, TOKEN_BYTES)
    .toString('base64url');

export const hashUnsubscribeToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export function unsubscribeFor(
  { secret, publicUrl }: { readonly secret: string; readonly publicUrl: string },
  choice: ConsentChoice,
): Unsubscribe {
  const token = unsubscribeTokenFor(secret, choice);
  return { url: `${publicUrl}/u/${token}`, row: { ...choice, hash: hashUnsubscribeToken(token) } };
}
