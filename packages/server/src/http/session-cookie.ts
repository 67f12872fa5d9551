// The cookie of somebody who is signed in to the pages of this server, and how a request proves that a page of ours sent it. The
// token in it is opaque, HttpOnly and same-site strict; what it stands for is auth.ts. Cookies are sent by browsers alone, and a
// page next door (same site, another origin) may send them too: whatever changes something must come from our own origin.
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

export const SESSION_LIFE_S = 12 * 3_600;
const NAME = 'relance_session';
/** Over https no neighbour under the same domain can set it (RFC 6265bis §4.1.3.2). */
const SECURE_NAME = `__Host-${NAME}`;
/** A browser sends two of ours at most; what a neighbour plants beside them is not tried without end. */
const TRIED_MAX = 5;
const TOKENS = new RegExp(`(?:^|; *)(${SECURE_NAME}|${NAME})=([A-Za-z0-9_-]{22,86})(?=;|$)`, 'g');

/**
 * Every session that the browser sends, as many as are tried. Where people come by https the one that no neighbour can set is the only
 * one; by http what a neighbour has set for a longer path comes before ours, and need not hold.
 */
export function sessionTokensOf(request: FastifyRequest, publicUrl: string): readonly string[] {
  const sent = [...(request.headers.cookie ?? '').matchAll(TOKENS)].map(([, name, token = '']) => ({ name, token }));
  const secure = sent.filter(({ name }) => name === SECURE_NAME);
  const isOurs = publicUrl.startsWith('https:') && isPublicHost(request, publicUrl);
  const all = [...secure, ...(isOurs ? [] : sent.filter(({ name }) => name === NAME))];
  return all.slice(0, TRIED_MAX).map(({ token }) => token);
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
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign();
  if (origin === undefined || origin === 'null') return;
  const sender = urlOf(origin);
  const ours = urlOf(publicUrl);
  if (sender === null || (sender.origin !== ours?.origin && !isSameHost(request, sender, ours)))
    throw foreign(
      `This was sent from a page of "${origin.slice(0, SAID_MAX)}", and this server is ${ours?.origin ?? 'at no address'}.`,
      {
        next: `Send it from a page of this server. Where that is one, behind a proxy: set RELANCE_PUBLIC_URL to the address that people use.`,
      },
    );
}

/**
 * The scheme counts where it is known: over http whoever is on the way writes the page. By another address than the one that people use,
 * such as a forwarded port, nobody here knows it, and the host that the browser asked for decides.
 */
function isSameHost(request: FastifyRequest, sender: URL, ours: URL | null): boolean {
  if (ours?.protocol === 'https:' && (sender.host === ours.host || isPublicHost(request, ours.href))) return false;
  return sender.host === request.headers.host || sender.host === ours?.host;
}

/** With or without the port that goes without saying. */
function isPublicHost({ headers: { host } }: FastifyRequest, publicUrl: string): boolean {
  const ours = urlOf(publicUrl);
  return ours !== null && urlOf(`${ours.protocol}//${host}`)?.host === ours.host;
}

/** A name that leads to the machine itself, or no name: an address in numbers leads where it says. */
const isOfMachine = (hostname: string): boolean =>
  /^(localhost|.+\.localhost)$/.test(hostname) || isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;

/**
 * Where nobody needs a key, a browser must not be talked into asking: what changes something does not come from another site, and the
 * name that was asked for is one of this machine or the one that people use, or no name but an IP address. A name of somebody else's
 * that leads here (DNS rebinding) makes their page one of ours.
 */
export function refuseStrangers(request: FastifyRequest, publicUrl: string): void {
  const { host } = request.headers;
  const asked = host === undefined ? null : urlOf(`http://${host}`);
  if (
    host !== undefined &&
    !(asked !== null && (isOfMachine(asked.hostname) || asked.hostname === urlOf(publicUrl)?.hostname))
  )
    throw new Problem(
      'foreign_origin',
      `This server asks for no key, so it answers to names of its own machine and to IP addresses, not to "${host.slice(0, SAID_MAX)}".`,
      {
        next: 'Open it at localhost, or at an IP address that leads to it; for another name set RELANCE_PUBLIC_URL to the address, or run `relance serve`, which asks for a key.',
      },
    );
  if (SAFE.has(request.method)) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  // A form of a page that hides where it is; a program sends no origin at all.
  if (origin === 'null' && site === undefined) throw foreign();
  refuseForeign(request, publicUrl);
}

/** As much as is said again of what a request says. */
const SAID_MAX = 100;
const foreign = (detail = 'This was sent from a page of another site.', more = {}): Problem =>
  new Problem('foreign_origin', detail, more);
const urlOf = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);
