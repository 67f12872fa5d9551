// The guide to providers, followed: a process of one's own with a provider of one's own, a connection of it made over HTTP, a message
// that leaves by it, and its news told with an API key.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createClient } from '@relance/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNtfyDouble } from '../../examples/own-provider/ntfy-double.ts';
import { lineOf } from '../command.ts';
import { createTestDatabase } from '../database.ts';
import { freePort } from '../free-port.ts';
import { type Asked, askAs, curlsIn, guideText } from '../guide.ts';
import { API_KEY } from '../server.ts';
import { until } from '../until.ts';
import { SECRET } from '../world.ts';

const SERVER = join(import.meta.dirname, '../../examples/own-provider/server.ts');
const [connection, receipts] = curlsIn(guideText('providers.md')) as [Asked, Asked];
const POLICY = `
policy: watch
open: { on: watch }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [chat] } }]
`;

let ntfy: Awaited<ReturnType<typeof startNtfyDouble>>;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let child: ChildProcess;
let server: { readonly url: string };
beforeAll(async () => {
  ntfy = await startNtfyDouble();
  database = await createTestDatabase();
  const port = await freePort();
  server = { url: `http://127.0.0.1:${port}` };
  const env = { DATABASE_URL: database.url, SECRET_KEY: SECRET, API_KEY, PORT: String(port), NTFY_HOST: '127.0.0.1' };
  child = spawn(process.execPath, [SERVER], { env: { PATH: process.env.PATH, ...env } });
  await lineOf(child, /listening/);
});
afterAll(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  await database.drop();
  await ntfy.stop();
});

it('sends by it, and hears its news', async () => {
  const client = createClient({ url: server.url, key: API_KEY });
  const words = { $RELANCE_API_KEY: API_KEY, 'https://ntfy.sh': ntfy.url };
  const made = await askAs(server, connection, words);
  expect(made).toMatchObject({
    status: 200,
    body: { id: 'ops', channel: 'chat', provider: 'ntfy', settings: { server: ntfy.url }, secretsSet: ['token'] },
  });
  await client.policies.put('watch', POLICY);
  await client.recipients.put('ana', { endpoints: [{ channel: 'chat', address: 'ops' }] });
  const event = { specversion: '1.0' as const, id: '1', source: '/tests', type: 'watch', data: { id: 'w1' } };
  const { followUps } = await client.events.send(event);
  await until('the topic has it', () => ntfy.taken.length === 1);
  expect(ntfy.taken[0]).toMatchObject({ authorization: 'Bearer tk_secret', message: { topic: 'ops' } });
  const messages = async () => (await client.followUps.messages(followUps[0]?.id ?? '')).items;
  await until('it is noted', async () => (await messages())[0]?.status === 'accepted');
  expect(await askAs(server, receipts, words)).toEqual({ status: 202, body: { placed: 1, kept: 0 } });
  expect((await messages())[0]?.status).toBe('delivered');
});
