// The cookie of somebody who is signed in to the pages of this server, and how a request proves that a page of ours sent it. The
// token in it is opaque, HttpOnly and same-site strict; what it stands for is auth.ts. Cookies are sent by browsers alone, and a
// page next door (same site, another origin) may send them too: whatever changes something must come from our own origin.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

export const SESSION_LIFE_S = 12 * 3_600;
const NAME = 'relance_session';
/** Over https no neighbour under the same domain can set it (RFC 6265bis §4.1.3.2). */
const SECURE_NAME = `__Host-${NAME}`;
const TOKENS = new RegExp(`(?:^|; *)(${SECURE_NAME}|${NAME})=([A-Za-z0-9_-]{22,86})(?=;|$)`, 'g');

/**
 * Every session that the browser sends, the one that holds first. Where people come by https the one that no neighbour can set is the only
 * one: browsers send what a neighbour has set for a longer path before it.
 */
export function sessionTokensOf(request: FastifyRequest, publicUrl: string): readonly string[] {
  const sent = [...(request.headers.cookie ?? '').matchAll(TOKENS)].map(([, name, token = '']) => ({ name, token }));
  const secure = sent.filter(({ name }) => name === SECURE_NAME);
  const isOurs = publicUrl.startsWith('https:') && request.headers.host === hostOf(publicUrl);
  return [...secure, ...(isOurs ? [] : sent.filter(({ name }) => name === NAME))].map(({ token }) => token);
}

/** A form of a page without referrer tells no origin (Fetch §3.2): then the address that people use decides. */
const isSecure = ({ headers: { origin } }: FastifyRequest, publicUrl: string): boolean =>
  (origin === undefined || origin === 'null' ? publicUrl : origin).startsWith('https:');

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string, publicUrl: string): void {
  const secure = isSecure(request, publicUrl);
  const rest = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_LIFE_S}${secure ? '; Secure' : ''}`;
  reply.header('set-cookie', `${secure ? SECURE_NAME : NAME}=${token}; ${rest}`);
}

export function clearSessionCookie(reply: FastifyReply): void {
  const gone = 'Path=/; HttpOnly; SameSite=Strict; Max-Age=0';
  reply.header('set-cookie', [`${NAME}=; ${gone}`, `${SECURE_NAME}=; ${gone}; Secure`]);
}

const SAFE = new Set(['GET', 'HEAD']);

/** Whatever changes something for somebody who is signed in, or signs them in, must say that a page of ours sent it. */
export function checkOrigin(request: FastifyRequest, publicUrl: string): void {
  if (SAFE.has(request.method)) return;
  refuseForeign(request, publicUrl);
  const { origin, 'sec-fetch-site': site } = request.headers;
  // Over http the origin alone tells (Fetch §3.2), which a page without referrer does not send: ours that have forms send it.
  if ((origin === undefined || origin === 'null') && site === undefined)
    throw new Problem('foreign_origin', 'The request does not say from where it was sent.');
}

/** What says that another site sent it; a program says nothing. */
export function refuseForeign(request: FastifyRequest, publicUrl: string): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign();
  if (origin === undefined || origin === 'null') return;
  const sender = hostOf(origin);
  if (sender === null || (sender !== host && sender !== hostOf(publicUrl))) throw foreign();
}

const foreign = (): Problem => new Problem('foreign_origin', 'This was sent from a page of another site.');
const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
