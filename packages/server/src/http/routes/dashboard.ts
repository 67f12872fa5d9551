// The dashboard's own files: one page for all its addresses, under a policy that lets it run its own scripts and nothing else,
// and scripts and styles whose names change with what is in them, so that browsers keep them for ever.
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html, sendPage } from '../../responses/html.ts';
import { cardPage } from '../../responses/page-style.ts';
import { DashboardAway, type DashboardFile, type HttpPorts } from '../ports.ts';
import { errorFields, Problem } from '../problem.ts';

/** Every address that the dashboard answers by itself (packages/dashboard/src/router.tsx); the rest of the path is its own. */
export const PAGES = [
  '/',
  '/sign-in',
  '/follow-ups',
  '/follow-ups/new',
  '/follow-ups/:id',
  '/policies',
  '/policies/:id',
  '/new-policy',
  '/insight',
  '/people',
  '/people/:id',
  '/import/people',
  '/groups',
  '/groups/:id',
  '/schedules',
  '/schedules/:id',
  '/channels',
  '/suppressions',
  '/templates',
  '/templates/:id',
  '/settings',
];

/** Stands in the built page where styles made at run time find what allows them (see scripts/build-dashboard.ts). */
const NONCE_PLACE = '__NONCE__';

export function dashboardRoutes(app: FastifyInstance, ports: HttpPorts): void {
  for (const path of PAGES) app.get(path, (_request, reply) => sendDashboard(ports, reply));
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    const file = await ports.dashboard.file(`assets/${request.params.file}`).catch(() => null);
    if (file === null) throw new Problem('not_found', `There is no "${request.params.file.slice(0, 100)}" here.`);
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return sendCompressed(request, reply, file);
  });
}

async function sendDashboard(ports: HttpPorts, reply: FastifyReply): Promise<FastifyReply> {
  try {
    const page = await ports.dashboard.file('index.html');
    if (page === null) throw new DashboardAway('Its page is not among its files.', 'Install Relance again.');
    const nonce = randomBytes(16).toString('base64');
    return reply
      .type(page.type)
      .header('content-security-policy', policyWith(nonce))
      .header('cache-control', 'no-store') // the nonce is good once
      .header('referrer-policy', 'same-origin') // what its forms post says where it is from
      .send(page.body.toString('utf8').replaceAll(NONCE_PLACE, nonce));
  } catch (error) {
    if (!(error instanceof DashboardAway)) throw error;
    ports.log.error(errorFields(error), 'the dashboard cannot be shown');
    return sendPage(reply, awayPage(error), 503);
  }
}

/** No script but our files; styles are files too, but for those that React components make, which carry the nonce. */
const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'", // simulations run beside the page
    "frame-src 'self'", // mails as they were sent, each in a sandbox of its own
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

const FILE_POLICY = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

const awayPage = (away: DashboardAway) =>
  cardPage(
    'en',
    'Relance',
    html`<h1>The dashboard cannot be shown</h1><p>${away.message}</p><p>${away.next}</p><p>The server itself runs: <a href="/mailbox">the mailbox</a> shows messages and follow-ups, and <a href="/docs">the reference</a> what can be asked of it.</p>`,
  );

const [toBrotli, toGzip] = [promisify(brotliCompress), promisify(gzip)];
/** Each file is compressed once, when it is first asked for. */
const compressed = new WeakMap<DashboardFile, Map<string, Promise<Buffer>>>();
const COMPRESSORS: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body) => toGzip(body, { level: 9 }),
};

async function sendCompressed(
  request: FastifyRequest,
  reply: FastifyReply,
  file: DashboardFile,
): Promise<FastifyReply> {
  // A worker goes by the policy of its own file: its parts are ours as well, and it makes no code of texts either.
  reply.type(file.type).header('vary', 'accept-encoding').header('content-security-policy', FILE_POLICY);
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .map((one) => one.split(';')[0]?.trim());
  const encoding = Object.keys(COMPRESSORS).find((one) => accepted.includes(one));
  const compress = encoding === undefined ? undefined : COMPRESSORS[encoding];
  if (encoding === undefined || compress === undefined || /^(image|font)\/(?!svg)/.test(file.type))
    return reply.send(file.body);
  const made = compressed.get(file) ?? new Map<string, Promise<Buffer>>();
  compressed.set(file, made);
  const body = made.get(encoding) ?? compress(file.body);
  made.set(encoding, body);
  return reply.header('content-encoding', encoding).send(await body);
}
