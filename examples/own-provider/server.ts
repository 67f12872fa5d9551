// Relance with a provider of one's own, in a process of one's own: the whole of it, in the place of `relance serve`.
import { createServer } from 'node:http';
import { createRelance } from 'relance';
import { ntfyProvider } from './ntfy.ts';

const { DATABASE_URL = '', SECRET_KEY = '', API_KEY = '', PORT = '4400', NTFY_HOST = 'ntfy.sh' } = process.env;
const relance = await createRelance({
  database: DATABASE_URL,
  secretKey: SECRET_KEY,
  apiKey: API_KEY,
  channels: {
    providers: [ntfyProvider],
    allowHosts: [NTFY_HOST], // it may be in your own network, and without TLS
  },
});
const server = createServer(relance.handler).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
relance.start();
process.once('SIGTERM', async () => {
  server.close();
  await relance.stop();
});
