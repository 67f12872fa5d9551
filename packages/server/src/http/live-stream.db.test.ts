// The stream to those who look: it names what something happened to, once, to its own tenant alone, and ends with the key that opened
// it. Where nothing happens it says no more than that it is there.
import { instant } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld, TASK } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';
import { changedFollowUps } from '../store/sql/changed.ts';
import { LiveNews } from './live-stream.ts';

let http: HttpWorld;
let url: string;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await http.world.policy(TASK);
  url = `${await http.listen()}/v1/stream`;
});
afterAll(() => http.end());

let number = 0;
const send = async (type: string, id: string): Promise<string> => {
  const event = { specversion: '1.0', id: `e-${++number}`, source: '/s', type, data: { id, who: 'ana' } };
  return (await http.call('POST', '/v1/events', event)).body.followUps[0].id as string;
};

interface Listener {
  readonly status: number;
  /** What was told, one after the other. */
  readonly told: (readonly string[] | null)[];
  readonly ended: Promise<void>;
  end(): void;
}

async function listen(key: string): Promise<Listener> {
  const ending = new AbortController();
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: ending.signal });
  const told: (readonly string[] | null)[] = [];
  let text = '';
  const decoder = new TextDecoder();
  const ended = (async () => {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      told.length = 0;
      for (const [, data = ''] of text.matchAll(/^event: changed\ndata: (.*)\n\n/gm))
        told.push((JSON.parse(data) as { followUps: readonly string[] | null }).followUps);
    }
  })().catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return { status: response.status, told, ended, end: () => ending.abort() };
}

it('names what something happened to, once, to its own tenant alone', { timeout: 60_000 }, async () => {
  const before = await send('task.created', 'before');
  const [ours, theirs] = [await listen(await http.key('default')), await listen(await http.key('other'))];
  expect([ours.status, theirs.status]).toEqual([200, 200]);
  const first = await send('task.created', 'first');
  await expect.poll(() => ours.told.flat()).toContain(first);
  const second = await send('task.created', 'second');
  await http.call('POST', `/v1/follow-ups/${first}/acknowledge`, {});
  await expect.poll(() => ours.told.flat().filter((id) => id === first)).toHaveLength(2);
  await expect.poll(() => ours.told.flat()).toContain(second);
  // What was before the stream is no news, and what was told is not told again by the looks that come after.
  const then = ours.told.flat();
  const third = await send('task.created', 'third');
  await expect.poll(() => ours.told.flat()).toContain(third);
  expect(ours.told.flat().filter((id) => id !== third)).toEqual(then);
  expect(ours.told.flat()).not.toContain(before);
  expect(theirs.told.flat()).toEqual([]);
  ours.end();
  theirs.end();
});

it('says by an event that it is there, as browsers keep the comments of a stream to themselves', {
  timeout: 90_000,
}, async () => {
  const stream = await listen(await http.key('nobody'));
  await expect.poll(() => stream.told, { timeout: 60_000 }).toEqual([[]]);
  stream.end();
});

it('says that there is more than can be named', { timeout: 60_000 }, async () => {
  const stream = await listen(await http.key('default'));
  const events = Array.from({ length: 120 }, (_, n) => ({
    specversion: '1.0',
    id: `many-${n}`,
    source: '/s',
    type: 'task.created',
    data: { id: `many-${n}`, who: 'ana' },
  }));
  expect((await http.call('POST', '/v1/events', events)).status).toBe(202);
  await expect.poll(() => stream.told).toContainEqual(null);
  stream.end();
});

it('ends with the key that opened it', { timeout: 60_000 }, async () => {
  const { body } = await http.call('POST', '/v1/keys', { name: 'looking' });
  const stream = await listen(body.key);
  expect(stream.status).toBe(200);
  expect((await http.call('DELETE', `/v1/keys/${body.id}`)).status).toBe(204);
  await stream.ended;
  expect((await listen(body.key)).status).toBe(401);
});

it('leaves nobody deaf who came while the first look failed', { timeout: 60_000 }, async () => {
  let fail: (error: Error) => void = () => {};
  let away = true;
  const database = {
    ...http.world.database,
    transaction: ((scope, work) =>
      away
        ? new Promise((_resolve, reject) => {
            fail = reject;
          })
        : http.world.database.transaction(scope, work)) as typeof http.world.database.transaction,
  };
  let stopping = false;
  const news = new LiveNews({ database, stopping: () => stopping });
  const both = [news.listen('default'), news.listen('default')].map((one) =>
    one.catch((error: Error) => error.message),
  );
  fail(new Error('the database is away'));
  expect(await Promise.all(both)).toEqual(['the database is away', 'the database is away']);
  away = false;
  const listener = await news.listen('default');
  const id = await send('task.created', 'after');
  await expect.poll(() => [...(listener.untold ?? [])]).toContain(id);
  stopping = true;
});

it('takes no place from a quiet tenant where another is busy', async () => {
  const { database } = http.world;
  const id = await send('task.created', 'like');
  const seen = await database.transaction(ENGINE, async (tx) => {
    await tx.query(
      `INSERT INTO relance.timeline (slot, follow_up_id, tenant, seq, at, kind, reason)
       SELECT 1, (left($1, 24) || lpad(n::text, 12, '0'))::uuid, CASE WHEN n = 1 THEN 'quiet' ELSE 'busy' END, 1, timestamptz '2026-11-28' + n * interval '1 ms', 'opened', 'event'
       FROM generate_series(1, 50) AS n`,
      [id],
    );
    return changedFollowUps(tx, ['busy', 'quiet'], instant(Date.UTC(2026, 10, 28)), 10);
  });
  expect(seen.filter(({ tenant }) => tenant === 'busy')).toHaveLength(10);
  expect(seen.filter(({ tenant }) => tenant === 'quiet')).toHaveLength(1);
});
