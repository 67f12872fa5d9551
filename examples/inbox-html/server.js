// Serves a plain page with the inbox in it, under a strict Content-Security-Policy: it knows who is signed in, asks Relance for a token
// for them, and passes /v1/inbox on. RELANCE_URL and RELANCE_API_KEY say which Relance; the key never reaches the page.
import { readFile } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';

const { RELANCE_URL = 'http://127.0.0.1:4400', RELANCE_API_KEY, PORT = '8080' } = process.env;
const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILES = {
  '/': ['text/html', file('./index.html')],
  '/page.css': ['text/css', file('./page.css')],
  '/relance-inbox.js': ['text/javascript', fileURLToPath(import.meta.resolve('@relance/inbox/relance-inbox.js'))],
};
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

/** Whoever your session says. */
const personOf = (_request) => 'ana';

async function giveToken(request, response) {
  const person = encodeURIComponent(personOf(request));
  const answer = await fetch(`${RELANCE_URL}/v1/recipients/${person}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${RELANCE_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ttl: '15 minutes' }),
  }).catch(() => null);
  if (!answer?.ok) return response.writeHead(502).end();
  const { token } = await answer.json();
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ token }));
}

/** As it comes, the stream as well; the page's own cookies stay here. Of the address only the path: it names no other server. */
function passOn(request, response, path) {
  const { cookie: _own, host: _ours, ...headers } = request.headers;
  const asked = ask(RELANCE_URL, { method: request.method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    pipeline(answer, response, () => {});
  });
  asked.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on('close', () => asked.destroy());
  request.pipe(asked);
}

const server = createServer(async (request, response) => {
  if (!URL.canParse(request.url, 'http://page')) return response.writeHead(400).end();
  const { pathname, search } = new URL(request.url, 'http://page');
  if (/^\/v1\/inbox(\/|$)/.test(pathname)) return passOn(request, response, pathname + search);
  if (pathname === '/inbox-token' && request.method === 'POST') return giveToken(request, response);
  const [type, path] = FILES[pathname] ?? [];
  if (path === undefined) return response.writeHead(404).end();
  const headers = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': CSP };
  response.writeHead(200, { ...headers, 'x-content-type-options': 'nosniff' }).end(await readFile(path));
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
