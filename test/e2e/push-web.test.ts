// A follow-up reaches browsers: registered by their owner over HTTP, told by the real engine through the real connection,
// decrypted by a push service that nobody here wrote. One that has ended is forgotten, and the next channel is used.

import { afterAll, beforeAll, expect, it } from 'vitest';
import webPush from 'web-push';
import { webPushProvider } from '../../packages/server/src/channels/providers/web-push.ts';
import { pushConnection } from '../../packages/server/src/channels/push-devices.ts';
import { type PushService, startPushService } from '../doubles/push-service.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';
import { recorder } from '../world.ts';

const KEYS = webPush.generateVAPIDKeys();
let service: PushService;
let http: HttpWorld;
const connection = webPushProvider.open({
  id: 'browsers',
  tenant: 'default',
  settings: { subject: 'mailto:ops@example.test', publicKey: KEYS.publicKey },
  secrets: { privateKey: KEYS.privateKey },
  concurrencyMax: 20,
  wallNow: () => Date.now(),
  egress: { allowHosts: ['127.0.0.1'] },
  receiptsUrl: null,
});

beforeAll(async () => {
  service = await startPushService();
  const all = pushConnection('push', [connection]);
  http = await createHttpWorld(() => ({ pushKey: async (tenant) => (tenant === 'default' ? KEYS.publicKey : null) }), {
    recorders: { push: recorder('push', all.send, all.honoursIds) },
  });
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test' },
    { id: 'bo', email: 'bo@example.test' },
  ]);
  await http.world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: event.data.who
subject: { type: task, id: event.data.id, title: event.data.title, url: event.data.url }
stages:
  - { id: notice, at: opened, notify: { via: [push, { channel: email, else: true }] } }
  - { id: reminder, at: opened + 1 hour, notify: { via: [push, { channel: email, else: true }] } }
`);
});
afterAll(async () => {
  await http.end();
  await service.stop();
});

const tokens = new Map<string, string>();
async function as(who: string, method: string, url: string, body?: unknown) {
  const token = tokens.get(who) ?? (await http.call('POST', `/v1/recipients/${who}/tokens`, {})).body.token;
  tokens.set(who, token);
  return http.call(method, url, body, { authorization: `Bearer ${token}` });
}
async function browserOf(who: string, id: string) {
  const { publicKey } = (await as(who, 'GET', '/v1/inbox/push-key')).body;
  const subscription = await service.subscribe(publicKey);
  const { endpoint, keys } = subscription;
  const answer = await as(who, 'PUT', `/v1/inbox/devices/${id}`, {
    kind: 'web',
    subscription: { endpoint, keys, expirationTime: null },
  });
  expect(answer).toMatchObject({ status: 200, body: { id, kind: 'web' } });
  expect(answer.text).not.toContain(endpoint);
  return subscription;
}
const devicesOf = async (who: string): Promise<string[]> =>
  (await as(who, 'GET', '/v1/inbox/devices')).body.items.map((one: { id: string }) => one.id).sort();
const open = (id: string, who: string) =>
  http.world.event('task', { id, who, title: `Task ${id}`, url: `https://example.test/tasks/${id}` });

it('every browser of a person has it, with what to do, and the reminder takes its place', async () => {
  const { world } = http;
  const laptop = await browserOf('ana', 'laptop');
  const phone = await browserOf('ana', 'phone');
  await open('1', 'ana');
  await world.settle();
  for (const browser of [laptop, phone]) {
    const [notice, ...more] = await service.received(browser);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      relance: 1,
      title: expect.stringContaining('Task 1'),
      url: 'https://example.test/tasks/1',
      urgency: 'normal',
      tag: expect.stringMatching(/^[\w-]{32}$/),
      actions: expect.arrayContaining([
        { action: 'acknowledge', title: expect.any(String), url: expect.stringMatching(/^http:\/\/relance.test\/a\//) },
      ]),
    });
  }
  await world.advance('1 hour');
  const [notice, reminder] = await service.received(laptop);
  expect(reminder?.tag).toBe(notice?.tag);
  expect(reminder?.message).not.toBe(notice?.message);
  expect(world.sent()).toEqual(['push ana notice', 'push ana reminder']);
  expect(http.logged.join('\n')).not.toContain('notify/');
});

it('a browser that has ended is forgotten, and the others are told', async () => {
  const [, old] = [await browserOf('ana', 'laptop'), await browserOf('ana', 'phone')];
  await service.expire(old);
  await open('2', 'ana');
  await http.world.settle();
  expect(await devicesOf('ana')).toEqual(['laptop']);
  expect(http.world.sent().filter((one) => one.startsWith('email'))).toEqual([]);
});

it('with none left, the next channel is used at once, and later stages do not try again', async () => {
  const { world } = http;
  const only = await browserOf('bo', 'only');
  await service.expire(only);
  const before = world.sent().length;
  const [opened] = await open('3', 'bo');
  await world.settle();
  expect(world.sent().slice(before)).toEqual(['push bo notice', 'email bo notice']);
  expect(await devicesOf('bo')).toEqual([]);
  const followUp = opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
  const lines = (await world.timeline(followUp)).map(({ kind, reason }) => `${kind} ${reason}`);
  expect(lines).toContain('message_failed provider_rejected');
  expect(JSON.stringify(await http.call('GET', `/v1/follow-ups/${followUp}/timeline`))).not.toContain(only.endpoint);
  const after = world.sent().length;
  await world.advance('1 hour');
  expect(
    world
      .sent()
      .slice(after)
      .filter((one) => one.includes(' bo ')),
  ).toEqual(['email bo reminder']);
});

it('a browser that has registered anew while the old answer was under way stays', async () => {
  const old = await browserOf('bo', 'same-id');
  await service.expire(old);
  const { recorders } = http.world;
  const { send } = recorders.push.connection;
  Object.assign(recorders.push.connection, {
    send: async (...given: Parameters<typeof send>) => {
      const outcome = await send(...given);
      await browserOf('bo', 'same-id');
      return outcome;
    },
  });
  await open('4', 'bo');
  await http.world.settle();
  Object.assign(recorders.push.connection, { send });
  expect(await devicesOf('bo')).toEqual(['same-id']);
});

it('who signs in on a device has it, and nobody else', async () => {
  const { endpoint, keys } = await browserOf('ana', 'shared');
  await as('bo', 'PUT', '/v1/inbox/devices/shared', { kind: 'web', subscription: { endpoint, keys } });
  expect(await devicesOf('ana')).not.toContain('shared');
  expect(await devicesOf('bo')).toContain('shared');
  expect((await as('ana', 'DELETE', '/v1/inbox/devices/shared')).status).toBe(404);
  expect((await as('bo', 'DELETE', '/v1/inbox/devices/shared')).status).toBe(204);
  expect(await devicesOf('bo')).not.toContain('shared');
});

it('twenty at most: the one that was not seen for longest makes room', async () => {
  for (let n = 0; n < 21; n++) {
    const body = { kind: 'fcm', token: `token-${n}` };
    expect((await as('ana', 'PUT', `/v1/inbox/devices/d${n}`, body)).status).toBe(200);
  }
  const ids = await devicesOf('ana');
  expect(ids).toHaveLength(20);
  expect(ids).toContain('d20');
  expect(ids).not.toContain('d0');
});

it('devices go with their recipient, and do not come back with the next of the same name', async () => {
  const { call } = http;
  await call('PUT', '/v1/recipients/cy', {});
  await as('cy', 'PUT', '/v1/inbox/devices/x', { kind: 'apns', token: 'AB'.repeat(32), topic: 'com.example.app' });
  expect((await call('DELETE', '/v1/recipients/cy')).status).toBe(204);
  await call('PUT', '/v1/recipients/cy', {});
  tokens.delete('cy');
  expect(await devicesOf('cy')).toEqual([]);
});

it.each([
  {},
  { kind: 'pager', token: 'x' },
  { kind: 'fcm', token: 'a b' },
  { kind: 'fcm', token: 'x\nfcm:other' },
  { kind: 'apns', token: 'not hex' },
  { kind: 'apns', token: 'ab'.repeat(32), topic: '../x' },
  { kind: 'web', subscription: { endpoint: 'http://192.168.0.1/x', keys: {} } },
  { kind: 'web', subscription: { endpoint: 'https://user:word@push.example/x', keys: {} } },
  { kind: 'web', subscription: { endpoint: 'https://push.example/x', keys: { p256dh: 'B', auth: 'x' } } },
  {
    kind: 'web',
    subscription: { endpoint: 'https://push.example/x', keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) } },
  },
  { kind: 'web', subscription: { endpoint: `https://push.example/${'x'.repeat(2_000)}`, keys: {} } },
])('%j is no device', async (body) => {
  expect(await as('bo', 'PUT', '/v1/inbox/devices/bad', body)).toMatchObject({
    status: 400,
    body: { code: 'invalid' },
  });
  expect(await devicesOf('bo')).not.toContain('bad');
});

it('without a connection for web push there is no key to subscribe with', async () => {
  const other = await http.key('other');
  const key = { authorization: `Bearer ${other}` };
  await http.call('PUT', '/v1/recipients/ana', {}, key);
  const { token } = (await http.call('POST', '/v1/recipients/ana/tokens', {}, key)).body;
  const answer = await http.call('GET', '/v1/inbox/push-key', undefined, { authorization: `Bearer ${token}` });
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
