// Recipient tokens: a short-lived JWT (HS256, RFC 7519) that lets one person read and act on their own inbox, and nothing
// else. The signing key is derived from the server's secret for this purpose alone (HKDF, RFC 5869).
import { hkdfSync } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Tx } from '../store/database.ts';
import { recipientSince } from '../store/sql/recipient.ts';
import type { HttpPorts } from './ports.ts';
import { Problem } from './problem.ts';

export interface RecipientClaims {
  readonly tenant: string;
  readonly recipient: string;
  readonly scopes: readonly string[];
  /** When the recipient was created: the token is theirs, and not that of a later one with the same id. */
  readonly since: number;
}
type Ports = Pick<HttpPorts, 'database' | 'secret' | 'secretsAccepted'>;

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
  const builder = new SignJWT({ tenant: claims.tenant, scopes: claims.scopes, since: claims.since })
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
export async function recipientOf(request: FastifyRequest, ports: Ports): Promise<RecipientPass> {
  const query = request.query as { token?: unknown };
  const token =
    /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ??
    (typeof query.token === 'string' ? query.token : null);
  if (token === null)
    throw new Problem(
      'token_needed',
      'A recipient token is needed; an API key makes one with POST /v1/recipients/{id}/tokens.',
    );
  const claims = await claimsOf(token, [ports.secret, ...ports.secretsAccepted]);
  const { tenant } = claims;
  const known = await ports.database.transaction({ kind: 'tenant', tenant }, (tx) => isStillThere(tx, claims));
  if (!known) throw new Problem('token_needed', 'The recipient that the token was made for does not exist any more.');
  return claims;
}

const isStillThere = async (tx: Tx, claims: RecipientClaims): Promise<boolean> =>
  (await recipientSince(tx, claims.tenant, claims.recipient)) === claims.since;

/** By whichever of the secrets has signed it; what fails for another reason than its signature fails. */
async function verified(token: string, [secret = '', ...others]: readonly string[]): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, signingKey(secret), { audience: AUDIENCE, algorithms: ['HS256'] })).payload;
  } catch (error) {
    if (others.length > 0 && error instanceof errors.JWSSignatureVerificationFailed) return verified(token, others);
    throw error;
  }
}

async function claimsOf(token: string, secrets: readonly string[]): Promise<RecipientPass> {
  try {
    const payload = await verified(token, secrets);
    const { sub, tenant, exp } = payload;
    if (typeof sub !== 'string' || typeof tenant !== 'string' || exp === undefined) throw new Error('incomplete');
    return {
      tenant,
      recipient: sub,
      until: exp * 1000,
      scopes: Array.isArray(payload.scopes) ? payload.scopes.map(String) : [],
      since: Number(payload.since),
    };
  } catch {
    throw new Problem('token_needed', 'The recipient token is not valid or has expired.');
  }
}
