// Webhook endpoints over the HTTP interface and the real engine: signed with secrets of their own that are rotated, checked by
// the official verifier; tried for days; ended by 410 Gone; and with a health that is shown.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Instant } from '@relance/core';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webhookEndpoints } from '../../packages/server/src/app/webhook-endpoints.ts';
import {
  standardWebhookConnection,
  type WebhookEndpoints,
} from '../../packages/server/src/channels/providers/standard-webhook.ts';
import type { RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { secretBox } from '../../packages/server/src/store/secret-box.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';
import { quietLog, SECRET } from '../world.ts';

const TENANT_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const POLICY = `
policy: sync
open: { on: sync.wanted }
key: event.data.id
assignee: "'crm'"
stages: [{ id: notice, at: opened, notify: { via: [webhook, { channel: email, else: true }] } }]
`;
const HOUR_MS = 3_600_000;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let http: HttpWorld;
let node: RunningEngine;
let endpoints: WebhookEndpoints;
let server: Server;
let received: Received[];
let status: number;
/** The secrets that the receiver knows; null where it looks at none. */
let taken: readonly string[] | null;
let url: string;
let wallMs: number;
let written: number;

beforeEach(async () => {
  received = [];
  status = 200;
  taken = null;
  wallMs = Date.now();
  written = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      const known = taken === null || taken.some(verifies);
      response.writeHead(known ? status : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/in`;
  http = await createHttpWorld();
  const { world } = http;
  endpoints = webhookEndpoints({
    database: counting(world.database),
    secretBox: secretBox(SECRET),
    log: quietLog,
    wallNow: () => wallMs as Instant,
  });
  const webhook = standardWebhookConnection({
    allowHosts: ['127.0.0.1'],
    secretFor: () => TENANT_SECRET,
    endpoints,
    clock: () => Date.now() as Instant,
  });
  node = world.another({
    connections: new Map([
      ['webhook', [webhook]],
      ['email', [world.recorders.email.connection]],
    ]),
  });
  await world.people([{ id: 'crm', email: 'crm@example.test', endpoints: [{ channel: 'webhook', address: url }] }]);
  await world.policy(POLICY);
});
afterEach(async () => {
  await endpoints.close();
  await http.end();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

/** Counts what writes health down. */
const counting = (database: Database): Database => ({
  ...database,
  transaction: (scope, work) =>
    database.transaction(scope, (tx) =>
      work({
        query: (text, values) => {
          if (/^UPDATE relance\.webhooks/.test(text)) written += 1;
          return tx.query(text, values);
        },
      }),
    ),
});
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn++) if ((await node.runAll()) === 0) return;
};
const send = async (id: string): Promise<string> => {
  const [outcome] = await http.world.event('sync.wanted', { id });
  await settle();
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
};
const put = (more: object = {}) => http.call('PUT', '/v1/webhooks/crm', { url, ...more });
const get = async () => {
  await endpoints.close(); // what was heard is written down
  return (await http.call('GET', '/v1/webhooks/crm')).body;
};
const verifies = (secret: string): boolean => {
  const { headers = {}, body = '' } = received.at(-1) ?? {};
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

describe('a secret', () => {
  it('is made for the endpoint, shown once, and verifies what it gets; other addresses keep the one of the tenant', async () => {
    await send('before');
    expect(verifies(TENANT_SECRET)).toBe(true);
    const made = await put({ description: 'our CRM' });
    expect(made).toMatchObject({ status: 200, body: { id: 'crm', url, disabled: false, description: 'our CRM' } });
    const { secret } = made.body;
    expect(secret).toMatch(/^whsec_/);
    expect((await put({ description: 'changed' })).body).not.toHaveProperty('secret');
    expect((await http.call('GET', '/v1/webhooks')).text).not.toContain(secret);
    wallMs += 6_000; // what is kept of an address ages
    await send('after');
    expect([verifies(secret), verifies(TENANT_SECRET)]).toEqual([true, false]);
    expect(JSON.parse(received.at(-1)?.body ?? '{}')).toMatchObject({ type: 'relance.message' });
    expect((await http.call('DELETE', '/v1/webhooks/crm')).status).toBe(204);
    wallMs += 6_000;
    await send('without');
    expect([verifies(secret), verifies(TENANT_SECRET)]).toEqual([false, true]);
  });

  it('that is rotated is good for a day beside the new one', async () => {
    const { secret: old } = (await put()).body;
    const rotated = await http.call('POST', '/v1/webhooks/crm/rotate');
    const { secret: fresh, oldSecretUntil } = rotated.body;
    expect(fresh).not.toBe(old);
    expect(Date.parse(oldSecretUntil) - Date.now()).toBeGreaterThan(23 * HOUR_MS);
    await send('one');
    expect(received.at(-1)?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect([verifies(fresh), verifies(old)]).toEqual([true, true]);
    wallMs += 23 * HOUR_MS;
    await send('two');
    expect([verifies(fresh), verifies(old)]).toEqual([true, true]);
    wallMs += 2 * HOUR_MS;
    await send('three');
    expect([verifies(fresh), verifies(old)]).toEqual([true, false]);
    expect((await http.call('POST', '/v1/webhooks/nobody/rotate')).status).toBe(404);
  });

  it('that is rotated twice stays good for its day, and one that was taken over at once is signed with at once', async () => {
    const { secret: first } = (await put()).body;
    await send('one');
    const { secret: second } = (await http.call('POST', '/v1/webhooks/crm/rotate')).body;
    taken = [second];
    await send('two'); // although the old one alone is known here for some seconds more
    expect(http.world.sent()).toEqual([]);
    expect(verifies(second)).toBe(true);
    expect(received.map(({ headers }) => headers['webhook-id'])).toHaveLength(3);
    const { secret: third } = (await http.call('POST', '/v1/webhooks/crm/rotate')).body;
    taken = null;
    wallMs += 6_000;
    await send('three');
    expect([verifies(first), verifies(second), verifies(third)]).toEqual([true, true, true]);
    for (let times = 3; times <= 10; times++)
      expect((await http.call('POST', '/v1/webhooks/crm/rotate')).status).toBe(200);
    expect((await http.call('POST', '/v1/webhooks/crm/rotate')).status).toBe(422);
  });

  it('is made, changed and led elsewhere with an admin key', async () => {
    await put();
    const plain = { authorization: `Bearer ${await http.key('default', ['api'])}` };
    const asked = [
      await http.call('PUT', '/v1/webhooks/crm', { url: 'https://elsewhere.example.com/' }, plain),
      await http.call('POST', '/v1/webhooks/crm/rotate', undefined, plain),
      await http.call('DELETE', '/v1/webhooks/crm', undefined, plain),
    ];
    expect(asked.map(({ status: answer }) => answer)).toEqual([403, 403, 403]);
    expect((await http.call('GET', '/v1/webhooks/crm', undefined, plain)).body).toMatchObject({ url });
  });

  it('stands nowhere in the database, and opens for no other endpoint', async () => {
    const { secret } = (await put()).body;
    await http.call('POST', '/v1/webhooks/crm/rotate', {}, { 'idempotency-key': 'once' });
    const rows = await http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ row: string; secret: string }>(
        "SELECT w::text AS row, old_secrets->0->>'secret' AS secret FROM relance.webhooks w UNION ALL SELECT i::text, NULL FROM relance.idempotency_keys i",
      ),
    );
    expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length));
    const box = secretBox(SECRET);
    expect(box.open(rows[0]?.secret ?? '', 'webhook:default:crm')).toBe(secret);
    expect(() => box.open(rows[0]?.secret ?? '', 'webhook:other:crm')).toThrow();
  });
});

describe('an endpoint', () => {
  it('that is gone gets nothing more until it is enabled again, and the contact plan goes on', async () => {
    await put();
    status = 410;
    await send('one');
    expect(http.world.sent()).toEqual(['email crm notice']);
    expect(await get()).toMatchObject({ disabled: true, disabledReason: expect.stringContaining('410 Gone') });
    status = 200;
    const id = await send('two');
    expect(received).toHaveLength(1);
    expect(http.world.sent()).toEqual(['email crm notice', 'email crm notice']);
    expect((await http.call('GET', `/v1/follow-ups/${id}/timeline`)).text).toContain(
      'the endpoint \\"crm\\" is disabled: it answered 410 Gone',
    );
    expect((await put()).body).toMatchObject({ disabled: false, disabledReason: null, failures: 0 });
    wallMs += 6_000;
    await send('three');
    expect(received).toHaveLength(2);
    expect(http.world.sent()).toHaveLength(2);
  });

  it('that somebody disables gets nothing either', async () => {
    await put({ disabled: true });
    await send('one');
    expect(received).toEqual([]);
    expect(await get()).toMatchObject({ disabled: true, disabledReason: 'somebody disabled it', failures: 0 });
  });

  it.each([400, 401, 404, 301])('that answers %i for a while has the message in the end', async (answer) => {
    await put();
    status = answer;
    await send('one');
    expect(http.world.sent()).toEqual([]);
    status = 200;
    await node.clock.advance(((await node.clock.now()) + HOUR_MS) as Instant);
    expect(received).toHaveLength(2);
    expect(await get()).toMatchObject({ failures: 0, lastFailure: expect.stringContaining(`HTTP ${answer}`) });
  });

  it('that is down is tried for three days, which its health shows, and heals', async () => {
    await put();
    status = 500;
    const id = await send('one');
    const start = await node.clock.now();
    const times: number[] = [];
    while (received.length < 10) {
      const before = received.length;
      await node.clock.advance(((await node.clock.now()) + 4 * HOUR_MS) as Instant);
      if (received.length > before) times.push(((await node.clock.now()) - start) / HOUR_MS);
    }
    expect(times.at(-1)).toBeGreaterThan(50);
    expect(times.at(-1)).toBeLessThan(100);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(http.world.sent()).toEqual(['email crm notice']);
    expect(await get()).toMatchObject({
      failures: 10,
      lastFailure: 'HTTP 500',
      failingSince: expect.any(String),
      lastSuccessAt: null,
      disabled: false,
    });
    expect((await http.call('GET', `/v1/follow-ups/${id}/timeline`)).text).toContain('retries_exhausted');
    status = 204;
    await send('two');
    await expect.poll(get).toMatchObject({ failures: 0, failingSince: null, lastFailure: 'HTTP 500', disabled: false });
    expect((await get()).lastSuccessAt).toEqual(expect.any(String));
  });

  it('with many messages has its health written down once', async () => {
    await put();
    for (let n = 1; n <= 25; n++) await http.world.event('sync.wanted', { id: `m-${n}` });
    await settle();
    expect(received).toHaveLength(25);
    const before = written;
    expect(await get()).toMatchObject({ failures: 0 });
    expect(written - before).toBeLessThanOrEqual(1);
    expect(written).toBeLessThanOrEqual(25 / 5);
  });
});

describe('what is refused', () => {
  it.each([
    [{ url: 'ftp://example.test/' }],
    [{ url: 'https://user:pass@example.test/' }],
    [{ url: 'no address' }],
    [{ url: 'https://example.test/', secret: 'whsec_mine' }],
    [{}],
  ])('%j', async (body) => {
    expect(await http.call('PUT', '/v1/webhooks/x', body)).toMatchObject({ status: 400, body: { code: 'invalid' } });
  });
  it('an address that another one has', async () => {
    await put();
    const answer = await http.call('PUT', '/v1/webhooks/other', { url });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('"crm"') } });
    expect((await http.call('GET', '/v1/webhooks')).body.items).toHaveLength(1);
  });
});
