// Connections over HTTP: what goes in, what comes out, and what never does.
import { SHAPES } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putHealth } from '../../store/sql/connection.ts';

const CANARY = 'canary-stamp-of-four-euros';
let http: HttpWorld;
beforeEach(async () => {
  http = await createHttpWorld();
});
afterEach(() => http.end());

const CARDS = { provider: 'postcard', settings: { office: 'north' }, secrets: { stamp: CANARY } };

it('is answered with everything but its secrets, and stored without them', async () => {
  const put = await http.call('PUT', '/v1/connections/cards', { ...CARDS, perSecondMax: 5 });
  expect(put.body).toEqual({
    id: 'cards',
    channel: 'email',
    provider: 'postcard',
    settings: { office: 'north' },
    secretsSet: ['stamp'],
    position: 100,
    concurrencyMax: null,
    perSecondMax: 5,
    disabled: false,
    receiptsUrl: expect.stringMatching(/^http:\/\/relance\.test\/v1\/receipts\/postcard\/[\w-]{22}$/),
    lastReceiptAt: null,
    health: { state: 'up', detail: null, since: null },
  });
  expect((await http.call('GET', '/v1/connections/cards')).body).toEqual(put.body);
  expect((await http.call('GET', '/v1/connections')).body).toEqual({ items: [put.body], nextCursor: null });
  const rows = await http.world.database.transaction(ENGINE, (tx) =>
    tx.query('SELECT c::text AS row FROM relance.connections c'),
  );
  expect(JSON.stringify(rows)).not.toContain(CANARY);
  expect(http.logged.join('\n')).not.toContain(CANARY);
});

it('a change keeps the secrets that it does not name, and the address for receipts', async () => {
  const first = await http.call('PUT', '/v1/connections/cards', { ...CARDS, secrets: { stamp: CANARY, spare: 'x' } });
  const second = await http.call('PUT', '/v1/connections/cards', {
    ...CARDS,
    settings: { office: 'south' },
    secrets: {},
  });
  expect(second.body).toMatchObject({ settings: { office: 'south' }, secretsSet: ['spare', 'stamp'] });
  expect(second.body.receiptsUrl).toBe(first.body.receiptsUrl);
  const third = await http.call('PUT', '/v1/connections/cards', { ...CARDS, secrets: { spare: null } });
  expect(third.body.secretsSet).toEqual(['stamp']);
  const none = await http.call('PUT', '/v1/connections/cards', { ...CARDS, secrets: { stamp: null } });
  expect(none.status).toBe(400);
  expect(none.body.errors[0].path).toBe('secrets.stamp');
});

it('secrets that are stored do not go to another place: they are given again with it', async () => {
  const at = (endpoint: string, secrets: object = {}) =>
    http.call('PUT', '/v1/connections/cards', { ...CARDS, settings: { office: 'north', endpoint }, secrets });
  await at('https://office.example.com', { stamp: CANARY, spare: 'x' });
  const led = await at('https://elsewhere.example.com', { spare: 'x' });
  expect(led.status).toBe(400);
  expect(led.body.detail).toMatch(/^endpoint changes where .* give them again with it \(stamp\)/);
  expect(led.body.errors).toEqual([{ path: 'secrets.stamp', message: 'must be given again' }]);
  expect((await http.call('PUT', '/v1/connections/cards', { ...CARDS, secrets: {} })).status).toBe(400);
  expect((await at('https://office.example.com')).status).toBe(200);
  expect((await at('https://elsewhere.example.com', { stamp: CANARY, spare: null })).status).toBe(200);
});

it('an address that secrets are sent to is https, unless the operator allows the host', async () => {
  const at = (endpoint: string) =>
    http.call('PUT', '/v1/connections/cards', { ...CARDS, settings: { office: 'north', endpoint } });
  const clear = await at('http://office.example.com');
  expect(clear.status).toBe(400);
  expect(clear.body.errors[0]).toEqual({ path: 'settings.endpoint', message: expect.stringMatching(/https:/) });
  expect((await at('http://office.internal')).status).toBe(200);
});

it.each([
  [{ provider: 'pigeon' }, 'provider', /no provider .*pigeon.*postcard/],
  [{ ...CARDS, settings: {} }, 'settings.office', /office/],
  [{ ...CARDS, settings: { office: 'north', door: 1 } }, 'settings', /door/],
  [{ ...CARDS, secrets: { stamp: 'short' } }, 'secrets.stamp', /8/],
  [{ ...CARDS, perSecondMax: 0 }, 'perSecondMax', /./],
  [{ ...CARDS, colour: 'red' }, '', /colour/],
])('refuses %j, and says where', async (body, path, message) => {
  const answer = await http.call('PUT', '/v1/connections/cards', body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body.errors)).toMatch(message);
  expect(answer.body.errors[0].path).toBe(path);
  expect(JSON.stringify(answer.body)).not.toContain(CANARY);
  expect((await http.call('GET', '/v1/connections/cards')).status).toBe(404);
});

it('is managed with an admin key, and seen by its tenant alone', async () => {
  const plain = { authorization: `Bearer ${await http.key('default', ['api'])}` };
  const other = { authorization: `Bearer ${await http.key('other', ['admin'])}` };
  expect((await http.call('PUT', '/v1/connections/cards', CARDS, plain)).status).toBe(403);
  await http.call('PUT', '/v1/connections/cards', CARDS);
  expect((await http.call('DELETE', '/v1/connections/cards', undefined, plain)).status).toBe(403);
  expect((await http.call('GET', '/v1/connections/cards', undefined, plain)).status).toBe(200);
  expect((await http.call('GET', '/v1/connections/cards', undefined, other)).status).toBe(404);
  expect((await http.call('DELETE', '/v1/connections/cards', undefined, other)).status).toBe(404);
  expect((await http.call('DELETE', '/v1/connections/cards')).status).toBe(204);
  expect((await http.call('GET', '/v1/connections/cards')).status).toBe(404);
});

it('the brands are listed with what is written into them', async () => {
  const { items } = (await http.call('GET', '/v1/providers')).body;
  expect(items).toEqual([expect.objectContaining({ id: 'postcard', channel: 'email', title: 'Postcards' })]);
  expect(items[0].settings.properties.office.description).toBe('where cards are handed in');
});

const WELL = { state: 'up', detail: null, since: null };

it('says what each channel is served by: its own connections in their order, else the server’s', async () => {
  const served = async () => (await http.call('GET', '/v1/channels')).body.items;
  const before = await served();
  expect(before.map(({ channel }: { channel: string }) => channel)).toEqual([
    'email',
    'sms',
    'push',
    'inbox',
    'chat',
    'webhook',
  ]);
  expect(SHAPES.ServedChannel.array().parse(before)).toBeTruthy();
  const email = async () => (await served())[0];
  expect((await email()).by).not.toBe('tenant');
  await http.call('PUT', '/v1/connections/second', { ...CARDS, position: 200 });
  await http.call('PUT', '/v1/connections/third', { ...CARDS, position: 50 });
  expect(await email()).toEqual({
    channel: 'email',
    by: 'tenant',
    connections: [
      { id: 'third', provider: 'postcard', health: WELL },
      { id: 'second', provider: 'postcard', health: WELL },
    ],
    now: 'third',
  });
  // By the next one while one is down, and by none where all are; one that fails now and then is asked still.
  const fare = (state: 'failing' | 'down', ...ids: string[]) =>
    http.world.database.transaction(ENGINE, (tx) =>
      putHealth(
        tx,
        'a-node',
        ids.map((connection) => ({ tenant: 'default', connection, state, detail: 'closed' })),
      ),
    );
  const nows: unknown[] = [];
  for (const [state, ...ids] of [
    ['failing', 'third'],
    ['down', 'third'],
    ['down', 'second'],
  ] as const) {
    await fare(state, ...ids);
    nows.push((await email()).now);
  }
  expect(nows).toEqual(['third', 'second', null]);
  expect((await email()).connections[0].health).toMatchObject({ state: 'down', detail: 'closed' });
  // Where none of its own may be used, nothing else is.
  for (const id of ['second', 'third']) await http.call('PUT', `/v1/connections/${id}`, { ...CARDS, disabled: true });
  expect(await email()).toEqual({ channel: 'email', by: 'nothing', connections: [], now: null });
  const other = { authorization: `Bearer ${await http.key('other')}` };
  expect((await http.call('GET', '/v1/channels', undefined, other)).body.items[0].by).not.toBe('tenant');
});
