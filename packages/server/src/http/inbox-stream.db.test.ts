// A stream that stays open: it misses nothing that commits late, costs the same after hours as after seconds, and ends
// with the token that opened it.
import type { ServerResponse } from 'node:http';
import type { Instant } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';
import { insertInbox } from '../store/sql/inbox.ts';

let http: HttpWorld;
let url: string;
let looked: () => void = () => {};
beforeAll(async () => {
  http = await createHttpWorld((ports) => ({
    database: {
      ...ports.database,
      async transaction(scope, work) {
        const result = await ports.database.transaction(scope, work);
        if (scope.kind === 'tenant') looked();
        return result;
      },
    },
  }));
  await http.world.people([{ id: 'ana' }]);
  url = `${await http.listen()}/v1/inbox/stream`;
});
afterAll(() => http.end());

const tokenFor = async (ttl: string): Promise<string> =>
  (await http.call('POST', '/v1/recipients/ana/tokens', { ttl })).body.token as string;
const look = () =>
  new Promise<void>((resolve) => {
    looked = resolve;
  });

it('gathers no listeners', async () => {
  const answering = new Promise<ServerResponse>((resolve) => {
    http.app.server.once('request', (_request, response) => resolve(response));
  });
  const token = await tokenFor('1 hour');
  const ending = new AbortController();
  // Held until the end: the body of an answer that nobody holds any more is cancelled when its memory is collected.
  const heard = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: ending.signal });
  const response = await answering;
  await look();
  const count = response.listenerCount('close');
  await look();
  await look();
  expect(response.listenerCount('close')).toBe(count);
  expect(heard.status).toBe(200);
  ending.abort();
});

it('ends when its token expires', { timeout: 20_000 }, async () => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${await tokenFor('2 seconds')}` } });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('event: changed'); // the whole of it: it has an end
});

it('shows an item that commits after later ones of other people, far beyond them in the sequence', {
  timeout: 20_000,
}, async () => {
  const { database } = http.world;
  const item = (recipient: string, n: number) => ({
    tenant: 'default',
    recipient,
    messageId: `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    followUpId: `019a0000-0000-7000-9000-${String(n).padStart(12, '0')}`,
    at: Date.now() as Instant,
    title: `Item ${n}`,
    body: '',
    actions: [],
  });
  const add = (recipient: string, from: number, count: number) =>
    database.transaction(ENGINE, (tx) =>
      insertInbox(
        tx,
        Array.from({ length: count }, (_, index) => item(recipient, from + index)),
      ),
    );
  const ending = new AbortController();
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${await tokenFor('1 hour')}` },
    signal: ending.signal,
  });
  let text = '';
  void response.body
    ?.pipeTo(
      new WritableStream({
        write(chunk) {
          text += new TextDecoder().decode(chunk);
        },
      }),
    )
    .catch(() => {});
  await look();
  // One transaction takes its place in the sequence, two hundred other items come, and one of ours, before it commits.
  await database.transaction(ENGINE, async (tx) => {
    await insertInbox(tx, [item('ana', 1)]);
    await add('bo', 1_000, 200);
    await add('ana', 2, 1);
    await look();
    await look();
    expect(text).toContain('Item 2');
  });
  await look();
  await look();
  expect(text).toContain('Item 1"');
  expect(text.match(/Item 2"/g)).toHaveLength(1);
  ending.abort();
});
