// An Express application with the inbox in its pages: it signs people in, mints their recipient token, serves the elements, and passes
// /v1/inbox on to Relance. RELANCE_URL and RELANCE_API_KEY say which Relance; the key stays here.
import { randomUUID } from 'node:crypto';
import { request as ask } from 'node:http';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import express from 'express';

const { RELANCE_URL = 'http://127.0.0.1:4400', RELANCE_API_KEY, PORT = '8080' } = process.env;
const app = express();
const sessions = new Map(); // in earnest your own sessions, behind a password

app.use((request, response, next) => {
  response.set(
    'content-security-policy',
    "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'",
  );
  const session = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  request.person = sessions.get(session) ?? null;
  next();
});

app.post('/sign-in', express.urlencoded({ extended: false }), (request, response) => {
  const session = randomUUID();
  sessions.set(session, String(request.body.person));
  response.cookie('session', session, { httpOnly: true, sameSite: 'strict' }).redirect('/');
});

app.post('/inbox-token', async (request, response) => {
  if (request.person === null) return response.sendStatus(401);
  const answer = await fetch(`${RELANCE_URL}/v1/recipients/${encodeURIComponent(request.person)}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${RELANCE_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ttl: '15 minutes' }),
  });
  if (!answer.ok) return response.sendStatus(502);
  const { token } = await answer.json();
  response.set('cache-control', 'no-store').json({ token });
});

/** As it comes, the stream as well; the session stays here. Of the address only the path: it names no other server, and nothing else. */
app.use('/v1/inbox', (request, response) => {
  const { pathname, search } = new URL(request.originalUrl, 'http://page');
  if (!/^\/v1\/inbox(\/|$)/.test(pathname)) return response.sendStatus(404);
  const { cookie: _own, host: _ours, ...headers } = request.headers;
  const asked = ask(RELANCE_URL, { method: request.method, path: pathname + search, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    pipeline(answer, response, () => {});
  });
  asked.on('error', () => (response.headersSent ? response.destroy() : response.sendStatus(502)));
  response.on('close', () => asked.destroy());
  request.pipe(asked);
});

app.get('/relance-inbox.js', (_request, response) =>
  response.sendFile(fileURLToPath(import.meta.resolve('@relance/inbox/relance-inbox.js'))),
);

const page = (language, body) => `<!doctype html>
<html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Acme</title>
<script type="module" src="/relance-inbox.js"></script><h1>Acme</h1>${body}</html>`;
const SIGN_IN =
  '<form method="post" action="/sign-in"><label>Who are you? <input name="person"></label> <button>Sign in</button></form>';
const INBOX =
  '<relance-inbox token-url="/inbox-token"></relance-inbox><relance-modal token-url="/inbox-token"></relance-modal>';

app.get('/', (request, response) => {
  const language = request.acceptsLanguages('en', 'fr') || 'en';
  response.send(page(language, request.person === null ? SIGN_IN : INBOX));
});

const server = app.listen(Number(PORT), '127.0.0.1', () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
