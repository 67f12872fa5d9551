// Several brands carry the pushes of one tenant: one that is down holds up those alone who have no other device, and each shows
// how it fares.
import type { Outcome } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import webPush from 'web-push';
import { z } from 'zod';
import type { Provider } from '../../packages/server/src/channels/provider.ts';
import { type PushService, startPushService } from '../doubles/push-service.ts';
import { json, startTestServer, type TestServer } from '../server.ts';

const KEYS = webPush.generateVAPIDKeys();
const OFF: Outcome = { kind: 'retry', detail: 'the pager network is off', retryAfterMs: null };
let answer: Outcome = OFF;
/** A brand of one's own: it is given the devices that no other serves. */
const pager: Provider = {
  id: 'pager',
  channel: 'push',
  title: 'Pagers',
  settings: z.strictObject({}),
  secrets: z.strictObject({}),
  concurrency: 10,
  open: ({ id, concurrencyMax }) => ({
    id,
    channel: 'push',
    provider: 'pager',
    honoursIds: false,
    concurrencyMax,
    send: async () => answer,
    async close() {},
  }),
};
let server: TestServer;
let service: PushService;

beforeAll(async () => {
  service = await startPushService();
  server = await startTestServer({ channels: { providers: [pager], allowHosts: ['127.0.0.1'] } });
  const browsers = {
    provider: 'web-push',
    settings: { subject: 'mailto:ops@example.test', publicKey: KEYS.publicKey },
    secrets: { privateKey: KEYS.privateKey },
  };
  await put('/v1/connections/browsers', browsers);
  await put('/v1/connections/pagers', { provider: 'pager', settings: {}, secrets: {} });
  await server.client.policies.put(
    'page',
    `
policy: page
open: { on: page }
key: event.data.id
assignee: event.data.who
subject: { type: page, id: event.data.id, title: event.data.title }
stages: [{ id: notice, at: opened, notify: { via: [push] } }]
`,
  );
  await server.client.recipients.bulk([{ id: 'ana' }, { id: 'bo' }, { id: 'cy' }]);
  await device('ana', 'phone', { kind: 'fcm', token: 'phone-of-ana' });
  await device('cy', 'phone', { kind: 'fcm', token: 'phone-of-cy' });
});
afterAll(async () => {
  await server.end();
  await service.stop();
});

const put = async (path: string, body: object): Promise<void> =>
  expect((await server.raw(path, { ...json(body), method: 'PUT' })).status).toBe(200);
async function device(who: string, id: string, body: object): Promise<void> {
  const { token } = (await (await server.raw(`/v1/recipients/${who}/tokens`, json({}))).json()) as { token: string };
  const answered = await server.raw(`/v1/inbox/devices/${id}`, { ...json(body), method: 'PUT', key: token });
  expect(answered.status).toBe(200);
}
async function browser(who: string) {
  const subscription = await service.subscribe(KEYS.publicKey);
  const { endpoint, keys } = subscription;
  await device(who, 'browser', { kind: 'web', subscription: { endpoint, keys, expirationTime: null } });
  return subscription;
}
let number = 0;
const page = async (who: string): Promise<void> => {
  const id = `${++number}`;
  const data = { id, who, title: `Page ${id}` };
  await server.client.events.send([{ specversion: '1.0', id: `page-${id}`, source: '/tests', type: 'page', data }]);
  await server.advance('1 second');
};
async function health(): Promise<Record<string, unknown>> {
  const { items } = (await (await server.raw('/v1/connections')).json()) as {
    items: { id: string; health: { state: string; detail: string | null } }[];
  };
  return Object.fromEntries(items.map((one) => [one.id, `${one.health.state} ${one.health.detail ?? ''}`.trim()]));
}

it('one that is down is left alone, and the browsers of others are told at once', async () => {
  const screen = await browser('bo');
  for (let n = 0; n < 6; n++) await page('ana');
  expect(await health()).toEqual({ browsers: 'up', pagers: 'down the pager network is off' });
  await page('bo');
  expect(await service.received(screen)).toHaveLength(1);
});

it('who has a device of both has the message, and the brand that is down stays so for those behind it', async () => {
  const screen = await browser('cy');
  for (let n = 0; n < 6; n++) await page('cy');
  expect(await service.received(screen)).toHaveLength(6);
  expect(await health()).toEqual({ browsers: 'up', pagers: 'down the pager network is off' });
});

it('once it works again, those who waited have theirs', async () => {
  answer = { kind: 'accepted', providerId: null };
  await server.advance('1 hour');
  expect(await health()).toEqual({ browsers: 'up', pagers: 'up' });
  const open = await server.raw('/v1/messages?channel=push&limit=100');
  const { items } = (await open.json()) as { items: { status: string }[] };
  expect(items.filter(({ status }) => status !== 'accepted')).toEqual([]);
  expect(items).toHaveLength(13);
});
