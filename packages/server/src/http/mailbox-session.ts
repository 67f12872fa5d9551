// Who may look at the mailbox page: in the demo, everybody; otherwise an API key, exchanged for a session cookie that is
// HttpOnly, same-site strict, signed, good for twelve hours and for this page only. Posts must come from our own origin.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Auth, Caller } from './auth.ts';
import { Problem } from './problem.ts';

const COOKIE = 'relance_mailbox';
const LIFE_MS = 12 * 3_600_000;

const sign = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(`mailbox-session/1\n${text}`).digest('base64url');

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

export function openSession(reply: FastifyReply, caller: Caller, secret: string, now: number): void {
  const text = Buffer.from(JSON.stringify({ tenant: caller.tenant, key: caller.keyId, until: now + LIFE_MS })).toString(
    'base64url',
  );
  reply.header(
    'set-cookie',
    `${COOKIE}=${text}.${sign(secret, text)}; Path=/mailbox; HttpOnly; SameSite=Strict; Max-Age=${LIFE_MS / 1000}`,
  );
}

/** The tenant whose mailbox is shown; null when nobody is signed in. */
export async function sessionTenant(
  request: FastifyRequest,
  auth: Auth,
  secrets: readonly string[],
  now: number,
): Promise<string | null> {
  const cookie = new RegExp(`(?:^|; *)${COOKIE}=([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)`).exec(
    request.headers.cookie ?? '',
  );
  const [, text, signature] = cookie ?? [];
  if (text !== undefined && signature !== undefined) {
    if (secrets.some((secret) => isSame(sign(secret, text), signature))) {
      const session = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
        tenant: string;
        key: string;
        until: number;
      };
      // A key that is taken back takes its sessions with it.
      if (session.until > now && (await auth.isValid(session.tenant, session.key))) return session.tenant;
    }
  }
  try {
    return (await auth.caller(request)).tenant;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthorized') return null;
    throw error;
  }
}

/** A form of another site cannot post here: browsers tell the origin (Fetch §3.1), and strict cookies stay behind. */
export function checkOrigin(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Problem('forbidden', 'This form was sent from another site.');
  const { origin } = request.headers;
  if (origin !== undefined && origin !== 'null' && hostOf(origin) !== request.headers.host)
    throw new Problem('forbidden', 'This form was sent from another site.');
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
