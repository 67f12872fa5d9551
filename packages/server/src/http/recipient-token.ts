// Recipient tokens: a short-lived JWT (HS256, RFC 7519) that lets one person read and act on their own inbox, and nothing
// else. The signing key is derived from the server's secret for this purpose alone (HKDF, RFC 5869).
import { hkdfSync } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { jwtVerify, SignJWT } from 'jose';
import { Problem } from './problem.ts';

export interface RecipientClaims {
  readonly tenant: string;
  readonly recipient: string;
  readonly scopes: readonly string[];
}

/** A token that was checked. */
export interface RecipientPass extends RecipientClaims {
  /** Real time, as the token's own. */
  readonly until: number;
}

const AUDIENCE = 'relance/inbox';
const keys = new Map<string, Uint8Array>();
function signingKey(secret: string): Uint8Array {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'relance recipient token', 32));
  keys.set(secret, key);
  return key;
}

/** Lease time: tokens live on the server's real clock, whatever story time says. */
export async function issueRecipientToken(
  claims: RecipientClaims,
  ttlSeconds: number,
  secret: string,
): Promise<{ token: string; expiresAt: string }> {
  const builder = new SignJWT({ tenant: claims.tenant, scopes: claims.scopes })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(claims.recipient)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${ttlSeconds} seconds`);
  const token = await builder.sign(signingKey(secret));
  const { payload } = await jwtVerify(token, signingKey(secret), { audience: AUDIENCE });
  return { token, expiresAt: new Date((payload.exp ?? 0) * 1000).toISOString() };
}

/** From `Authorization: Bearer`, or `?token=` for EventSource, which cannot set headers. */
export async function recipientOf(request: FastifyRequest, secret: string): Promise<RecipientPass> {
  const query = request.query as { token?: unknown };
  const token =
    /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ??
    (typeof query.token === 'string' ? query.token : null);
  if (token === null)
    throw new Problem(
      'unauthorized',
      'A recipient token is needed; an API key makes one with POST /v1/recipients/{id}/tokens.',
    );
  try {
    const { payload } = await jwtVerify(token, signingKey(secret), { audience: AUDIENCE, algorithms: ['HS256'] });
    const { sub, tenant, exp } = payload;
    if (typeof sub !== 'string' || typeof tenant !== 'string' || exp === undefined) throw new Error('incomplete');
    return {
      tenant,
      recipient: sub,
      until: exp * 1000,
      scopes: Array.isArray(payload.scopes) ? payload.scopes.map(String) : [],
    };
  } catch {
    throw new Problem('unauthorized', 'The recipient token is not valid or has expired.');
  }
}
