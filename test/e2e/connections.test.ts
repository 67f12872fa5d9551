// Connections that tenants make, told as stories over HTTP: used at once, changed and rotated while messages go out, and what
// the provider says about a message later on.

import { createInboxClient } from '@relance/client';
import { afterEach, expect, it } from 'vitest';
import webPush from 'web-push';
import { createRelance } from '../../packages/server/src/app/relance.ts';
import { mailboxConnection } from '../../packages/server/src/channels/local.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { type Postcards, postcards } from '../postcard.ts';
import { API_KEY, furnish, json, startTestServer, type TestServer, taskEvent } from '../server.ts';
import { SECRET } from '../world.ts';

let server: TestServer;
let cards: Postcards;
afterEach(() => server.end());

async function begin(): Promise<void> {
  cards = postcards();
  server = await startTestServer({ channels: { providers: [cards.provider] } });
  await furnish(server);
}
const put = async (id: string, body: object): Promise<{ receiptsUrl: string }> => {
  const answer = await server.raw(`/v1/connections/${id}`, { ...json(body), method: 'PUT' });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { receiptsUrl: string };
};
const cardsOf = (office: string, stamp: string, more: object = {}) => ({
  provider: 'postcard',
  settings: { office },
  secrets: { stamp },
  ...more,
});
const open = async (id: string): Promise<void> => {
  await server.client.events.send([taskEvent('assigned', { id, title: `Task ${id}`, assignee: 'ana' })]);
  await server.advance('1 second');
};
const offices = (): string[] => cards.sent.map(({ office, stamp }) => `${office} ${stamp}`);
const get = async (path: string) => (await (await server.raw(path)).json()) as { items: Record<string, unknown>[] };

it('a connection is used from its next message on, and so is a change of it', async () => {
  await begin();
  await put('cards', cardsOf('north', 'stamp-number-1'));
  await open('1');
  await put('cards', cardsOf('south', 'stamp-number-2'));
  await open('2');
  expect(offices()).toEqual(['north stamp-number-1', 'south stamp-number-2']);
  await server.raw('/v1/connections/cards', { method: 'DELETE' });
  await open('3');
  expect(offices()).toHaveLength(2); // the mailbox of this server takes what nobody else does
});

it('two in their order: the second where the first has not accepted; one that is disabled is not asked', async () => {
  await begin();
  await put('a-second', cardsOf('south', 'stamp-number-2', { position: 20 }));
  await put('b-first', cardsOf('north', 'stamp-number-1', { position: 10 }));
  await put('c-off', cardsOf('east', 'stamp-number-3', { position: 1, disabled: true }));
  cards.answer = (office) =>
    office === 'north'
      ? { kind: 'retry', detail: 'the office is closed', retryAfterMs: null }
      : { kind: 'accepted', providerId: null };
  await open('1');
  expect(offices()).toEqual(['north stamp-number-1', 'south stamp-number-2']);
  const { items } = await get('/v1/messages?channel=email');
  expect(items[0]).toMatchObject({ status: 'accepted', connection: 'a-second', attempts: 2 });
});

it('health is shown: down after failures in a row, up again when it works', async () => {
  await begin();
  await put('cards', cardsOf('north', 'stamp-number-1'));
  cards.answer = () => ({ kind: 'retry', detail: 'the office is closed', retryAfterMs: null });
  for (let n = 0; n < 6; n++) await open(`${n}`);
  expect((await get('/v1/connections')).items[0]).toMatchObject({
    health: { state: 'down', detail: 'the office is closed' },
  });
  cards.answer = () => ({ kind: 'accepted', providerId: null });
  await server.advance('1 hour');
  expect((await get('/v1/connections')).items[0]).toMatchObject({ health: { state: 'up' } });
  expect((await get('/v1/messages?status=accepted&channel=email')).items).toHaveLength(6);
});

it('browsers subscribe with the key of the connection that sends to them', async () => {
  await begin();
  const browsers = (publicKey: string, privateKey: string, position: number) => ({
    provider: 'web-push',
    settings: { subject: 'mailto:ops@example.test', publicKey },
    secrets: { privateKey },
    position,
  });
  const [first, second] = [webPush.generateVAPIDKeys(), webPush.generateVAPIDKeys()];
  await put('a-browsers', browsers(second.publicKey, second.privateKey, 20));
  await put('b-browsers', browsers(first.publicKey, first.privateKey, 10));
  const { token } = (await (await server.raw('/v1/recipients/ana/tokens', json({}))).json()) as { token: string };
  expect(await (await server.raw('/v1/inbox/push-key', { key: token })).json()).toEqual({ publicKey: first.publicKey });
});

it('the secret key is changed without downtime, and a wrong one does not start', async () => {
  await begin();
  await put('cards', cardsOf('north', 'stamp-number-1'));
  await server.raw('/v1/webhooks/crm', { ...json({ url: 'https://crm.example.test/in' }), method: 'PUT' });
  const next = 'n'.repeat(40);
  const nodeWith = (secretKey: string, secretKeysAccepted: string[] = []) =>
    createRelance({
      database: server.databaseUrl,
      secretKey,
      secretKeysAccepted,
      apiKey: API_KEY,
      clock: { mode: 'virtual' },
      channels: { providers: [cards.provider] },
    });
  const sealed = () =>
    server.relance.engine.engine.database.transaction(ENGINE, async (tx) => {
      const [row] = await tx.query<{ secrets: string }>('SELECT secrets FROM relance.connections');
      return row?.secrets;
    });
  const before = await sealed();
  await expect(nodeWith(next)).rejects.toThrow(/another secret.*secretKeysAccepted/);
  expect(await sealed()).toBe(before);
  const { token } = (await (await server.raw('/v1/recipients/ana/tokens', json({}))).json()) as { token: string };
  const second = await nodeWith(next, [SECRET]);
  const inbox = (key: string) => second.http.inject({ url: '/v1/inbox', headers: { authorization: `Bearer ${key}` } });
  expect(await inbox(token)).toMatchObject({ statusCode: 200 });
  expect(await inbox(`${token.slice(0, -4)}AAAA`)).toMatchObject({ statusCode: 401 });
  expect(await sealed()).not.toBe(before);
  await second.stop();
  await (await nodeWith(next)).stop(); // the old one can be dropped
  await expect(nodeWith(SECRET)).rejects.toThrow(/another secret/);
});

const RUSH = `
policy: rush
open: { on: rush.created }
resolve: { on: rush.done }
key: event.data.id
assignee: event.data.who
resolved: none
stages: [ { id: notice, at: opened, notify: { via: [email, { channel: sms, else: true }] } } ]
`;
async function rush(id: string): Promise<{ id: string; receiptsUrl: string; followUp: string }> {
  const { receiptsUrl } = await put('cards', cardsOf('north', 'stamp-number-1'));
  await server.client.policies.put('rush', RUSH);
  await server.client.recipients.put('cleo', { email: 'cleo@example.test', phone: '+34600000001' });
  await server.client.events.send([{ ...taskEvent('assigned', { id, who: 'cleo' }), type: 'rush.created' }]);
  await server.advance('1 second');
  const { items } = await get('/v1/messages?channel=email&recipient=cleo');
  return {
    id: String(items[0]?.id),
    receiptsUrl: receiptsUrl.replace('http://relance.test', ''),
    followUp: String(items[0]?.followUp),
  };
}
const tell = (path: string, news: object[], stamp = 'stamp-number-1') =>
  server.raw(path, { ...json(news), key: null, headers: { 'content-type': 'text/plain', 'x-stamp': stamp } });
const statusOf = async (id: string) => {
  const { status, engagement } = (await (await server.raw(`/v1/messages/${id}`)).json()) as Record<string, unknown>;
  return { status, engagement };
};
const news = (id: string, kind: string, more: object = {}) => ({
  message: { id },
  kind,
  at: null,
  detail: null,
  ...more,
});

it('what the provider says is believed for its signature: delivered, opened, and a late bounce that moves the plan on', async () => {
  await begin();
  const { id, receiptsUrl, followUp } = await rush('r1');
  const forged = await tell(receiptsUrl, [news(id, 'delivered')], 'a-forged-stamp');
  expect(forged.status).toBe(401);
  expect(await forged.json()).toMatchObject({ code: 'not_proven', next: expect.stringContaining('signing secret') });
  expect((await tell('/v1/receipts/postcard/no-such-key', [news(id, 'delivered')])).status).toBe(404);
  expect(await statusOf(id)).toMatchObject({ status: 'accepted' });
  // What was not believed was no receipt, and neither is a call that tells nothing.
  const { client } = server;
  expect((await tell(receiptsUrl, [])).status).toBe(200);
  expect((await client.connections.get('cards')).lastReceiptAt).toBeNull();
  expect((await tell(receiptsUrl, [news(id, 'delivered'), news(id, 'opened', { machine: true })])).status).toBe(200);
  expect(await statusOf(id)).toEqual({
    status: 'delivered',
    engagement: [{ kind: 'opened', evidence: 'machine', at: expect.any(String), count: 1 }],
  });
  const { lastReceiptAt } = await client.connections.get('cards');
  expect(lastReceiptAt).toEqual(expect.any(String));
  expect((await get('/v1/messages?channel=sms')).items).toMatchObject([{ status: 'planned' }]); // it may still come back
  await server.advance('3 days');
  const at = (await server.client.clock.get()).now;
  await tell(receiptsUrl, [news(id, 'opened', { machine: false, at: Date.parse(at) })]);
  await tell(receiptsUrl, [news(id, 'opened', { machine: false, at: Date.parse(at) - 1_000 })]);
  expect(await statusOf(id)).toMatchObject({
    engagement: [
      { kind: 'opened', evidence: 'machine', count: 1 },
      { kind: 'opened', evidence: 'likely', count: 2 },
    ],
  });
  await tell(receiptsUrl, [news(id, 'bounced', { permanent: true, detail: 'mailbox full' })]);
  await tell(receiptsUrl, [news(id, 'delivered')]); // doubled, and late: nothing goes back
  expect(await statusOf(id)).toMatchObject({ status: 'bounced' });
  await server.advance('1 second');
  expect((await get('/v1/messages?channel=sms')).items).toMatchObject([
    { status: 'accepted', reason: 'channel_failed' },
  ]);
  const { items } = await get(`/v1/follow-ups/${followUp}/timeline`);
  expect(items.map(({ kind }) => kind).filter((kind) => String(kind).startsWith('message'))).toEqual([
    'message_sent',
    'message_delivered',
    'message_opened',
    'message_opened', // by a machine first, then by a person, and no more after that
    'message_bounced',
    'message_sent',
  ]);
  expect(items.find(({ kind }) => kind === 'message_bounced')?.text).toMatch(
    /Came back: "notice" to cleo by email \(mailbox full\)\./,
  );
});

it('a bounce before anything else sends the next channel at once', async () => {
  await begin();
  const { id, receiptsUrl } = await rush('r1');
  await tell(receiptsUrl, [news(id, 'bounced')]);
  await server.advance('1 second');
  expect((await get('/v1/messages?channel=sms')).items).toMatchObject([
    { status: 'accepted', reason: 'channel_failed' },
  ]);
});

const suppressed = async () =>
  (await get('/v1/suppressions')).items.map(({ channel, address }) => `${channel} ${address}`);

it('a copy that comes back is a copy that came back: the message stands, and nothing more goes to the copy', async () => {
  await begin();
  const { id, receiptsUrl } = await rush('r1');
  await server.client.recipients.put('cleo', {
    email: 'cleo@example.test',
    phone: '+34600000001',
    endpoints: [{ channel: 'email', address: 'boss@example.test', copy: 'cc' }],
  });
  await tell(receiptsUrl, [news(id, 'bounced', { permanent: true, address: 'Boss@example.test' })]);
  expect(await statusOf(id)).toMatchObject({ status: 'accepted' });
  expect(await suppressed()).toEqual(['email boss@example.test']);
});

it('what comes by mail is believed of its own recipient alone', async () => {
  await begin();
  const { id } = await rush('r1');
  const { receipts } = server.relance.engine;
  const back = { message: { id }, kind: 'bounced', at: null, detail: null, permanent: true } as const;
  await receipts.takeProven('mail', [{ ...back, address: 'the-boss@elsewhere.test' }]);
  expect(await statusOf(id)).toMatchObject({ status: 'bounced' });
  expect(await suppressed()).toEqual(['email cleo@example.test']);
});

it('where a tenant has connections of its own and none can be used, nothing leaves by another', async () => {
  await begin();
  await put('cards', cardsOf('north', 'stamp-number-1', { disabled: true }));
  await open('1');
  expect(offices()).toEqual([]);
  expect((await get('/v1/messages?channel=email')).items).toMatchObject([
    { status: 'failed', reason: 'no_connection' },
  ]);
});

it('who unsubscribed by way of the provider hears no more of that category, and of others as before', async () => {
  await begin();
  const { id, receiptsUrl } = await rush('r1');
  await server.client.policies.put(
    'news',
    RUSH.replaceAll('rush', 'news').replace('news\n', 'news\ncategory: reports\n'),
  );
  expect((await tell(receiptsUrl, [news(id, 'unsubscribed')])).status).toBe(200);
  const second = await rush('r2');
  expect(await statusOf(second.id)).toMatchObject({ status: 'suppressed' });
  const before = offices().length;
  await server.client.events.send([{ ...taskEvent('assigned', { id: 'n1', who: 'cleo' }), type: 'news.created' }]);
  await server.advance('1 second');
  expect(offices()).toHaveLength(before + 1);
});

it('news that comes before the message is recorded waits for it; of a message nobody has, nothing is kept', async () => {
  await begin();
  const { id, receiptsUrl } = await rush('r1');
  const { engine } = server.relance.engine;
  await tell(receiptsUrl, [{ ...news(id, 'delivered'), message: { providerId: 'card-from-tomorrow' } }]);
  await tell(receiptsUrl, [news('0193a1b2-c3d4-8000-8000-000000000001', 'delivered')]);
  const kept = () => engine.database.transaction(ENGINE, (tx) => tx.query('SELECT news FROM relance.early_receipts'));
  expect(await kept()).toHaveLength(1);
  await engine.database.transaction(ENGINE, async (tx) => {
    await tx.query(`UPDATE relance.messages SET provider_id = 'card-from-tomorrow' WHERE id = $1`, [id]);
    await tx.query('UPDATE relance.early_receipts SET try_at = clock_timestamp()');
  });
  await server.advance('1 second');
  expect(await statusOf(id)).toMatchObject({ status: 'delivered' });
  expect(await kept()).toEqual([]);
});

it('systems with a key tell news of their own providers in our shape; nobody tells it of another tenant', async () => {
  await begin();
  const { id } = await rush('r1');
  const body = { items: [{ message: id.toUpperCase(), kind: 'delivered', at: '2026-11-02T09:00:00Z' }] };
  const made = await server.raw('/v1/keys', json({ tenant: 'other' }));
  const { key } = (await made.json()) as { key: string };
  const foreign = await server.raw('/v1/receipts/postcard', { ...json(body), key });
  expect([foreign.status, await foreign.json()]).toEqual([202, { placed: 0, kept: 0 }]);
  expect(await statusOf(id)).toMatchObject({ status: 'accepted' });
  const own = await server.raw('/v1/receipts/postcard', json(body));
  expect([own.status, await own.json()]).toEqual([202, { placed: 1, kept: 0 }]);
  expect(await statusOf(id)).toMatchObject({ status: 'delivered' });
  expect((await server.raw('/v1/receipts/postcard', json({ items: [{ kind: 'delivered' }] }))).status).toBe(400);
});

it('news under a name that nobody has is refused, with the names there are and nobody else’s connections', async () => {
  await begin();
  const { id } = await rush('r1');
  const body = { items: [{ message: id, kind: 'delivered' }] };
  const ofNobody = [
    { message: '0193a1b2-c3d4-8000-8000-000000000001', kind: 'delivered' },
    { providerId: 'card-of-nobody', kind: 'delivered' },
  ];
  const wrong = await server.raw('/v1/receipts/postcrad', json({ items: ofNobody }));
  expect(wrong.status).toBe(404);
  const { code, detail } = (await wrong.json()) as { code: string; detail: string };
  expect(code).toBe('not_found');
  expect(detail).toMatch(
    /no provider or connection "postcrad", and none of the items is .* Known: .*\bpostcard\b.*\binbox\b.*GET \/v1\/connections/,
  );
  expect(await statusOf(id)).toMatchObject({ status: 'accepted' });
  // A connection's own id is taken of its own tenant alone, and told to nobody.
  expect((await server.raw('/v1/receipts/cards', json(body))).status).toBe(202);
  const made = await server.raw('/v1/keys', json({ tenant: 'other' }));
  const { key } = (await made.json()) as { key: string };
  const foreign = await server.raw('/v1/receipts/cards', { ...json(body), key });
  expect(foreign.status).toBe(404);
  expect(detail + (await foreign.text())).not.toMatch(/cards, /);
});

it('news is taken under any name when it is about a message of one’s own: of a connection that is gone, of a bridge', async () => {
  await begin();
  const { id } = await rush('r1');
  await server.raw('/v1/connections/cards', { method: 'DELETE' });
  const tellAs = async (name: string, item: object) => {
    const answer = await server.raw(`/v1/receipts/${name}`, json({ items: [item] }));
    return [answer.status, await answer.json()];
  };
  const taken = [202, { placed: 1, kept: 0 }];
  expect(await tellAs('our-bridge', { message: id, kind: 'delivered' })).toEqual(taken);
  expect(await statusOf(id)).toMatchObject({ status: 'delivered' });
  // A late bounce: it names the message as the provider does.
  expect(await tellAs('cards', { providerId: `card-${id}`, kind: 'bounced' })).toEqual(taken);
  expect(await statusOf(id)).toMatchObject({ status: 'bounced' });
});

it('news is taken under the brand of a connection that the embedding program brings, also before its message is known', async () => {
  const connection = { ...mailboxConnection('email'), id: 'acme-main', provider: 'acme' };
  server = await startTestServer({ channels: { connections: [connection] } });
  const body = { items: [{ providerId: 'not-recorded-yet', kind: 'delivered' }] };
  for (const name of ['acme', 'acme-main']) {
    const answer = await server.raw(`/v1/receipts/${name}`, json(body));
    expect([answer.status, await answer.json()]).toEqual([202, { placed: 0, kept: 1 }]);
  }
});

it('a test of a template goes nowhere that a message would not: not to who is suppressed, not over a limit', async () => {
  cards = postcards();
  server = await startTestServer({ channels: { providers: [cards.provider] }, messagesADay: 3 });
  await furnish(server);
  await put('cards', cardsOf('north', 'stamp-number-1', { perSecondMax: 0.01 }));
  await server.raw('/v1/templates/hi', { ...json({ email: { subject: 'Hi', text: 'Hello' } }), method: 'PUT' });
  const test = async (address: string) =>
    (await (await server.raw('/v1/templates/hi/test', json({ channel: 'email', address }))).json()) as object;
  const no = { channel: 'email', address: 'No@example.test', reason: 'asked to' };
  await server.raw('/v1/suppressions', { ...json(no), method: 'PUT' });
  expect(await test('no@Example.test')).toMatchObject({
    outcome: { kind: 'rejected', detail: expect.stringMatching(/^the address is suppressed/) },
  });
  expect(await test('ana@example.test')).toMatchObject({ outcome: { kind: 'accepted' } });
  expect(await test('ana@example.test')).toMatchObject({
    outcome: { kind: 'retry', detail: expect.stringMatching(/no more a second/), retryAfterMs: 100_000 },
  });
  await put('cards', cardsOf('north', 'stamp-number-1'));
  expect(await test('ana@example.test')).toMatchObject({ outcome: { kind: 'accepted' } });
  expect(await test('ana@example.test')).toMatchObject({
    outcome: { kind: 'retry', detail: 'the quota of messages a day is spent' },
  });
  expect(offices()).toHaveLength(2);
});

it('a test for the inbox is in it until it is archived, cannot be acted on, and nothing else knows of it', async () => {
  server = await startTestServer();
  await furnish(server);
  const { client } = server;
  const inboxOf = async (id: string) =>
    createInboxClient({ url: server.url, key: (await client.recipients.token(id)).token });
  const [ana, bo] = [await inboxOf('ana'), await inboxOf('bo')];
  await client.templates.put('hi', { inbox: { title: 'Hi {{ recipient.name }}', body: 'Hello', as: 'banner' } });
  await open('1');
  const [asked] = (await client.followUps.list()).items;
  const before = (await ana.list()).total;
  const known = async () => [
    (await client.messages.list()).items,
    (await client.metrics.overview()).rows,
    (await client.followUps.list()).items,
  ];
  const knownBefore = await known();
  const test = (more: object) => client.templates.test('hi', { channel: 'inbox', followUp: asked?.id ?? '', ...more });

  // The words speak to Ana, whose follow-up it is; the test is for whoever sends it to themselves.
  expect(await test({ address: 'bo' })).toMatchObject({ channel: 'inbox', outcome: { kind: 'accepted' } });
  expect((await ana.list()).total).toBe(before);
  const [item] = (await bo.list()).items;
  expect(item).toMatchObject({ title: '[Test] Hi Ana', body: 'Hello', as: 'banner', actions: [], readAt: null });
  await expect(bo.act(item?.id ?? '', { action: 'resolve' })).rejects.toMatchObject({ status: 422 });
  expect((await bo.list()).items).toMatchObject([{ readAt: null }]);

  // One at a time, beside what is there: a second takes the place of the first.
  await test({ recipient: 'bo', address: 'ana' });
  await test({ recipient: 'ana' });
  expect((await ana.list()).items.filter(({ title }) => title.startsWith('[Test]'))).toHaveLength(1);
  expect((await ana.list()).total).toBe(before + 1);
  const all = async () =>
    (await ana.list({ archived: 'true' })).items.filter(({ title }) => title.startsWith('[Test]'));
  expect((await all()).map(({ archivedAt }) => archivedAt === null)).toEqual([true, false]);
  await test({ recipient: 'ana' });
  expect(await all()).toHaveLength(2);
  await ana.archive((await all())[0]?.id ?? '');
  expect((await ana.list()).total).toBe(before);

  expect(await test({ address: 'zoe' })).toMatchObject({
    outcome: { kind: 'rejected', detail: 'there is no recipient "zoe"' },
  });
  expect(await known()).toEqual(knownBefore);
});
