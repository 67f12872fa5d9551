// Many streams at once: they share their looks, so that their number costs no connections; nobody takes the places of all others; and
// a person's oldest page gives way to their newest.
import http from 'node:http';
import type { Instant } from '@relance/core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';
import { insertInbox } from '../store/sql/inbox.ts';

let world: HttpWorld;
let url: string;
let transactions = 0;
let leaptMs = 0;
let underWay = 0;
let mostAtOnce = 0;
beforeAll(async () => {
  world = await createHttpWorld((ports) => ({
    monotonic: () => performance.now() + leaptMs,
    database: {
      ...ports.database,
      async transaction(scope, work) {
        transactions += 1;
        underWay += 1;
        mostAtOnce = Math.max(mostAtOnce, underWay);
        try {
          return await ports.database.transaction(scope, work);
        } finally {
          underWay -= 1;
        }
      },
    },
  }));
  url = await world.listen();
});
afterAll(() => world.end());
const open: Heard[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.hangUp();
});

interface Heard {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: () => string;
  readonly ended: Promise<void>;
  hangUp(): void;
}

function listen(path: string, secret: string): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}` };
    const request = http.get(`${url}${path}`, { agent: false, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', () => {});
      const heard = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        ended: new Promise<void>((end) => response.on('close', () => end())),
        hangUp: () => request.destroy(),
      };
      open.push(heard);
      resolve(heard);
    });
    request.on('error', reject);
  });
}

/** A person with a token, of whichever tenant. */
async function person(tenant: string, id: string): Promise<string> {
  const authorization = `Bearer ${await world.key(tenant)}`;
  await world.call('PUT', `/v1/recipients/${id}`, { name: id }, { authorization });
  const { body } = await world.call('POST', `/v1/recipients/${id}/tokens`, { ttl: '1 hour' }, { authorization });
  return body.token as string;
}

let items = 0;
function send(tenant: string, recipient: string, title: string): Promise<void> {
  const id = String(++items).padStart(12, '0');
  const item = { messageId: `019a0000-0000-7000-8000-${id}`, followUpId: `019a0000-0000-7000-9000-${id}` };
  const rest = { at: Date.now() as Instant, title, body: '', actions: [] };
  return world.world.database.transaction(ENGINE, (tx) => insertInbox(tx, [{ tenant, recipient, ...item, ...rest }]));
}

it('inboxes of a node share one look a second, and each hears its own', { timeout: 60_000 }, async () => {
  const people = [
    { tenant: 'default', id: 'ana' },
    { tenant: 'default', id: 'bo' },
    { tenant: 'other', id: 'ana' },
    { tenant: 'third', id: 'cy' },
  ];
  const streams: { of: (typeof people)[number]; heard: Heard }[] = [];
  for (const of of people) {
    const token = await person(of.tenant, of.id);
    for (let n = 0; n < 10; n++) streams.push({ of, heard: await listen('/v1/inbox/stream', token) });
  }
  await expect.poll(() => streams.every(({ heard }) => heard.text().includes('event: changed'))).toBe(true);
  [transactions, mostAtOnce] = [0, 0];
  const begun = performance.now();
  for (const { tenant, id } of people) await send(tenant, id, `for ${id} of ${tenant}.`);
  await expect.poll(() => streams.every(({ heard }) => heard.text().includes('event: message'))).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  // Forty streams that look by themselves would have made forty a second.
  expect(transactions).toBeLessThanOrEqual((performance.now() - begun) / 1_000 + 1);
  expect(mostAtOnce).toBe(1);
  for (const { of, heard } of streams) {
    const titles = [...heard.text().matchAll(/"title":"([^"]*)"/g)].map(([, title]) => title);
    expect(titles).toEqual([`for ${of.id} of ${of.tenant}.`]);
    expect(heard.text()).toContain('{"unread":1,"total":1,"urgent":0}');
  }
});

it('a person’s oldest stream ends for their newest, and is asked to wait before it comes back', {
  timeout: 60_000,
}, async () => {
  const token = await person('default', 'dora');
  const streams: Heard[] = [];
  for (let n = 0; n < 12; n++) streams.push(await listen('/v1/inbox/stream', token));
  expect(streams.map(({ status }) => status)).toEqual(Array(12).fill(200));
  await Promise.all(streams.slice(0, 2).map(({ ended }) => ended));
  for (const { text } of streams.slice(0, 2)) expect(text()).toMatch(/retry: 15000\n\n$/);
  await send('default', 'dora', 'news');
  await expect.poll(() => streams.slice(2).every(({ text }) => text().includes('"news"'))).toBe(true);
  for (const { text } of streams.slice(2)) expect(text()).not.toContain('retry:');
});

it('a stream ends with its recipient, beside others that go on', { timeout: 60_000 }, async () => {
  const [gone, stays] = [await person('default', 'eve'), await person('other', 'fay')];
  const streams = [await listen('/v1/inbox/stream', gone), await listen('/v1/inbox/stream', stays)] as const;
  expect((await world.call('POST', '/v1/recipients/eve/erase')).status).toBe(200);
  await streams[0].ended;
  await send('other', 'fay', 'still here');
  await expect.poll(() => streams[1].text()).toContain('"still here"');
});

it('a stream says by the clock that it is still there, however few looks there were', { timeout: 60_000 }, async () => {
  const streams = [
    await listen('/v1/inbox/stream', await person('default', 'gus')),
    await listen('/v1/stream', await world.key('default')),
  ];
  await expect.poll(() => streams[0]?.text()).toContain('event: changed');
  // A browser shows its page no comment of a stream, so the dashboard's says it by an event that names nothing.
  const says = [': still here', '"followUps":[]'];
  const said = () => streams.map(({ text }, n) => text().split(says[n] ?? '').length - 1);
  expect(said()).toEqual([0, 0]);
  leaptMs += 15_000;
  await expect.poll(said, { timeout: 5_000 }).toEqual([1, 1]);
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // the next look
  expect(said()).toEqual([1, 1]);
});

it('one key leaves room for others, and is told what to do', { timeout: 120_000 }, async () => {
  const [greedy, other] = [await world.key('default'), await world.key('default')];
  for (let n = 0; n < 300; n++) expect((await listen('/v1/stream', greedy)).status).toBe(200);
  const refused = await listen('/v1/stream', greedy);
  await refused.ended;
  expect([refused.status, refused.headers['retry-after'], refused.headers['content-type']]).toEqual([
    429,
    '15',
    'application/problem+json; charset=utf-8',
  ]);
  expect(JSON.parse(refused.text())).toMatchObject({
    code: 'rate_limited',
    detail: 'This key has 300 streams open on this node, as many as one may have.',
    next: expect.stringMatching(/^End some of them/),
  });
  expect((await listen('/v1/stream', other)).status).toBe(200);
  open[0]?.hangUp();
  await expect.poll(async () => (await listen('/v1/stream', greedy)).status, { timeout: 10_000 }).toBe(200);
});
