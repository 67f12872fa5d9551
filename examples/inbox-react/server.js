// Builds the React application beside it with Vite and serves it, with a token for whoever is signed in, and /v1/inbox passed on to
// Relance. RELANCE_URL and RELANCE_API_KEY say which Relance; the key never reaches the page.
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const { RELANCE_URL = 'http://127.0.0.1:4400', RELANCE_API_KEY, PORT = '8080' } = process.env;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

/** Whoever your session says. */
const personOf = (_request) => 'ana';

async function giveToken(request, response) {
  const person = encodeURIComponent(personOf(request));
  const answer = await fetch(`${RELANCE_URL}/v1/recipients/${person}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${RELANCE_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ttl: '15 minutes' }),
  }).catch(() => null);
  const { token } = answer?.ok ? await answer.json() : {};
  response.writeHead(token ? 200 : 502, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ token }));
}

/** A path that leads out of the inbox again is not passed on. */
const bypass = ({ url }) => (new URL(url, 'http://page').pathname.startsWith('/v1/inbox') ? undefined : false);

const options = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  plugins: [
    {
      name: 'inbox-token',
      configurePreviewServer: ({ middlewares }) => void middlewares.use('/inbox-token', giveToken),
    },
  ],
  preview: {
    host: '127.0.0.1',
    port: Number(PORT),
    headers: { 'content-security-policy': CSP },
    proxy: { '/v1/inbox': { target: RELANCE_URL, bypass } },
  },
};
await build(options);
const { httpServer } = await preview(options);
console.log(`listening on http://127.0.0.1:${httpServer.address().port}`);
