// The guide to webhooks, followed: its policy, its endpoint and its receiver, which runs as a process of its own behind a gate that
// keeps what passes and may answer something else.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { backoffMs, triesMaxOf } from '../../packages/server/src/engine/judge.ts';
import { lineOf } from '../command.ts';
import { freePort } from '../free-port.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideFiles, guideText, unlike } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const RECEIVER = join(import.meta.dirname, '../../examples/webhook-receiver/receiver.js');
const GUIDE = guideText('webhooks.md');
const [payload, health] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [register, rotate] = curlsIn(GUIDE) as [Asked, Asked];
const HOUR_MS = 3_600_000;

interface Passed {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: TestServer;
let gate: Server;
let gateUrl: string;
let receiverPort: number;
let passed: Passed[];
/** What is answered in the place of the receiver; null: its own answer. */
let instead: number | null;
const children: ChildProcess[] = [];

beforeAll(async () => {
  passed = [];
  instead = null;
  gate = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    passed.push({ headers: request.headers, body: body.toString() });
    if (instead !== null) return response.writeHead(instead).end();
    const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(`http://127.0.0.1:${receiverPort}`, { method: 'POST', headers, body });
    response.writeHead(answer.status).end();
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  gateUrl = `http://127.0.0.1:${(gate.address() as { port: number }).port}/relance`;
  server = await startTestServer({
    channels: { allowHosts: ['127.0.0.1'] },
    publicUrl: 'https://follow.example.com',
  });
  const { recipients } = parse(own(guideFiles('webhooks.md')['directory/systems.yaml'] ?? ''));
  await server.client.recipients.bulk([...recipients, { id: 'ana', email: 'ana@example.test' }]);
  await server.client.policies.put('invoice', blocksOf(GUIDE, 'yaml').find((yaml) => yaml.startsWith('policy:')) ?? '');
});
afterAll(async () => {
  for (const child of children) child.kill();
  await server.end();
  await new Promise((resolve) => gate.close(resolve));
});

const own = (text: string): string => text.replaceAll('https://crm.example.com/relance', gateUrl);
const asked = async (one: Asked) =>
  (await askAs(server, one, { $RELANCE_API_KEY: API_KEY, 'https://crm.example.com/relance': gateUrl })).body as {
    readonly secret: string;
  };
/** Starts the receiver with a secret; answers how it says the next thing. */
async function receive(secret: string): Promise<(wanted: RegExp) => Promise<string>> {
  receiverPort = await freePort();
  const env = { PATH: process.env.PATH, WEBHOOK_SECRET: secret, PORT: String(receiverPort) };
  const child = spawn(process.execPath, [RECEIVER], { env });
  children.push(child);
  const said: string[] = [];
  child.stdout.on('data', (part) => said.push(...String(part).trim().split('\n')));
  await lineOf(child, /listening/);
  return async (wanted) => {
    await expect.poll(() => said.at(-1), { timeout: 30_000 }).toMatch(wanted);
    return said.at(-1) ?? '';
  };
}
async function event(what: 'issued' | 'paid', number: string): Promise<void> {
  const inTwoMonths = new Date(Date.now() + 60 * 24 * HOUR_MS).toISOString().slice(0, 10);
  const data = { ...payload.data.followUp.data, number, dueDate: inTwoMonths };
  const type = `com.acme.invoice.${what}`;
  await server.client.events.send({ specversion: '1.0', id: `${what}-${number}`, source: '/tests', type, data });
  await server.advance('1 second');
}
const healthNow = async () => (await server.raw('/v1/webhooks/crm')).json();

describe('the guide to webhooks', () => {
  it('has a receiver that takes what the policy tells, as it is shown, and nothing twice', async () => {
    const { secret } = await asked(register);
    const says = await receive(secret);
    await event('issued', '42');
    await says(/^notice of 42: Invoice 42$/);
    expect(unlike(JSON.parse(passed.at(-1)?.body ?? ''))).toEqual(unlike(payload));
    const { headers, body } = passed.at(-1) as Passed;
    const again = { method: 'POST', headers: headers as Record<string, string>, body };
    expect((await fetch(`http://127.0.0.1:${receiverPort}`, again)).status).toBe(204);
    const forged = { ...again, body: body.replace('Invoice 42', 'Invoice 43') };
    expect((await fetch(`http://127.0.0.1:${receiverPort}`, forged)).status).toBe(401);
    await event('paid', '42');
    await says(/^resolved of 42: /);
    expect(JSON.parse(passed.at(-1)?.body ?? '').data).toMatchObject({
      message: { stage: 'resolved', reason: 'resolved' },
      followUp: { status: 'resolved', outcome: 'paid' },
      actions: {},
    });
    expect(passed).toHaveLength(2);
  });

  it('changes the secret without a gap', async () => {
    await event('issued', '50');
    const { secret } = await asked(rotate);
    await event('issued', '51'); // the receiver knows the old one still
    expect(passed.at(-1)?.headers['webhook-signature']).toMatch(/^v1,\S+( v1,\S+)?$/);
    const says = await receive(secret);
    await event('issued', '52');
    await says(/^notice of 52: /);
    expect(await healthNow()).toMatchObject({ failures: 0 });
  });

  it('ends with 410, which its health shows as it is shown', async () => {
    instead = 410;
    const before = passed.length;
    await event('issued', '60');
    await expect.poll(healthNow, { timeout: 30_000 }).toMatchObject({ disabled: true, failures: 1 });
    expect(passed).toHaveLength(before + 1);
    expect(unlike(await healthNow())).toEqual(unlike({ ...health, url: own(health.url) }));
    instead = null;
    expect(await asked(register)).toMatchObject({ disabled: false, failures: 0 });
  });

  it('says the waits between the tries', () => {
    const [, written = ''] = /```text\n(.*)\n```/.exec(GUIDE) ?? [];
    const hours = written.split(', ').map((one) => {
      const [count, unit] = one.split(' ');
      return Number(count) * ({ seconds: 1 / 3_600, minutes: 1 / 60, hours: 1 }[unit ?? ''] ?? Number.NaN);
    });
    expect(GUIDE.replaceAll(/\s+/g, ' ')).toContain('ten times in all');
    expect(triesMaxOf('webhook')).toBe(10);
    const waits = hours.map((_hours, index) => backoffMs('8000', index + 1, 'webhook') / HOUR_MS);
    expect(waits.map((wait) => wait.toFixed(3))).toEqual(hours.map((wait) => wait.toFixed(3)));
    expect(hours.reduce((sum, one) => sum + one)).toBeGreaterThan(72);
  });

  it('refuses a private address where it is registered', async () => {
    const answers = ['http://localhost/in', 'https://10.0.0.5/in'].map((url) =>
      server.raw('/v1/webhooks/other', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url }),
      }),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([400, 400]);
  });

  it('names every field', () => {
    for (const part of Object.values(payload.data)) expect(part).toBeTypeOf('object');
    const { message } = payload.data;
    for (const name of [...Object.keys(payload.data), ...Object.keys(message).map((field) => `message.${field}`)])
      if (name !== 'message') expect(GUIDE).toContain(`\`${name}`);
  });
});
