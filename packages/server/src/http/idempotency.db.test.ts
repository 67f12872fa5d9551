// `Idempotency-Key`: one effect and one answer, whatever is sent again, at once or later, and whoever looks into the table.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import type { Inside, OpenOutcome, OpenRequest } from '../engine/ports.ts';
import { ENGINE } from '../store/database.ts';
import type { HttpPorts } from './ports.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

let http: HttpWorld;
/** What opening does before the real thing: waits, or fails. */
let before: () => Promise<void> = async () => {};
/** What happens between the commit and the answer: the node may die. */
let after: () => Promise<void> = async () => {};
let opened = 0;

beforeAll(async () => {
  http = await createHttpWorld((ports: HttpPorts) => ({
    commands: {
      ...ports.commands,
      async open(tenant: string, request: OpenRequest, inside?: Inside<OpenOutcome>) {
        await before();
        opened += 1;
        const outcome = await ports.commands.open(tenant, request, inside);
        await after();
        return outcome;
      },
    },
  }));
  await http.world.people([{ id: 'ana' }]);
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

const shown = () => http.logged.join('\n');
const open = (idempotencyKey: string, key: string, headers: Record<string, string> = {}): Promise<Answer> =>
  http.call(
    'POST',
    '/v1/follow-ups',
    { policy: 'task', key, assignee: 'ana' },
    { 'idempotency-key': idempotencyKey, ...headers },
  );

describe('the same key', () => {
  it('knows what was done even where nobody heard the answer', async () => {
    after = async () => {
      throw new Error('the node dies after the commit');
    };
    expect((await open('lost', 'lost')).status).toBe(500);
    after = async () => {};
    const count = opened;
    const again = await open('lost', 'lost');
    expect({ status: again.status, again: opened }).toEqual({ status: 201, again: count });
    expect(again.body).toMatchObject({ key: 'lost', changed: true });
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('answers the same again, once done', async () => {
    const first = await open('a', 'a');
    const count = opened;
    const again = await open('a', 'a');
    expect([first.status, again.status], shown()).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers).toMatchObject({
      'idempotency-replayed': 'true',
      'content-type': first.headers['content-type'],
    });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(opened).toBe(count);
  });

  it('with another body is refused', async () => {
    await open('b', 'b');
    expect(await open('b', 'other')).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });

  it('on another route, or of another tenant, is another key', async () => {
    await open('c', 'c');
    const url = '/v1/follow-ups/by-key/task/c/acknowledge';
    expect(await http.call('POST', url, {}, { 'idempotency-key': 'c' })).toMatchObject({
      status: 200,
      body: { changed: true },
    });
    const other = { authorization: `Bearer ${await http.key('other')}` };
    expect(await open('c', 'c', other)).toMatchObject({ status: 422, body: { code: 'policy_not_found' } });
  });

  it('replays problems as problems', async () => {
    const bad = () => http.call('POST', '/v1/follow-ups', { policy: 7 }, { 'idempotency-key': 'd' });
    const first = await bad();
    expect(first).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(await bad()).toMatchObject({
      status: 400,
      text: first.text,
      headers: { 'content-type': first.headers['content-type'], 'idempotency-replayed': 'true' },
    });
  });

  it('sent 200 times at once has one effect', async () => {
    const count = opened;
    const answers = await Promise.all(Array.from({ length: 200 }, () => open('e', 'e')));
    const done = answers.filter(({ status }) => status === 201);
    const waiting = answers.filter(({ status }) => status === 409);
    expect(done.length + waiting.length).toBe(200);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    for (const answer of waiting) {
      expect(answer).toMatchObject({ body: { code: 'idempotency_in_flight' }, headers: { 'retry-after': '1' } });
    }
    expect(opened).toBe(count + 1);
    const { body } = await http.call('GET', '/v1/follow-ups?key=e');
    expect(body.items).toHaveLength(1);
  });

  it('is free again after a server error', async () => {
    before = async () => {
      throw new Error('boom');
    };
    expect(await open('f', 'f')).toMatchObject({ status: 500, body: { code: 'internal' } });
    before = async () => {};
    expect((await open('f', 'f')).status).toBe(201);
  });

  it('is free again after an answer that asks for another try', async () => {
    before = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    expect(await open('g', 'g')).toMatchObject({
      status: 503,
      body: { code: 'database_away' },
      headers: { 'retry-after': '2' },
    });
    before = async () => {};
    expect((await open('g', 'g')).status).toBe(201);
  });

  it('distinguishes binary events by their headers', async () => {
    const send = (id: string) =>
      http.call('POST', '/v1/events', '{}', {
        'idempotency-key': 'h',
        'content-type': 'application/json',
        'ce-id': id,
        'ce-source': '/s',
        'ce-type': 't',
        'ce-specversion': '1.0',
      });
    expect((await send('one')).body.accepted).toBe(1);
    expect((await send('two')).body.code).toBe('idempotency_mismatch');
    expect(await send('one')).toMatchObject({ status: 202, body: { accepted: 1 } }); // replayed, not a duplicate
  });

  it('works at the longest address there is', async () => {
    const key = Array.from({ length: 512 }, (_one, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000)),
    ).join('');
    const url = `/v1/follow-ups/by-key/task/${encodeURIComponent(key)}/acknowledge?assignee=${encodeURIComponent(key)}`;
    const acknowledge = () => http.call('POST', url, {}, { 'idempotency-key': 'long' });
    const first = await acknowledge();
    expect(first).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await acknowledge()).headers).toMatchObject({ 'idempotency-replayed': 'true' });
  });

  it.each(['', 'x'.repeat(256)])('must have 1 to 255 characters', async (key) => {
    expect(await open(key, 'i')).toMatchObject({ status: 400, body: { code: 'invalid' } });
  });
});

describe('what is kept', () => {
  it('holds no secret in the clear', async () => {
    const made = await http.call('POST', '/v1/keys', {}, { 'idempotency-key': 'secret' });
    const again = await http.call('POST', '/v1/keys', {}, { 'idempotency-key': 'secret' });
    expect(again.body.key).toBe(made.body.key);
    const rows = await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(`SELECT response::text FROM relance.idempotency_keys WHERE key = 'secret'`),
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(made.body.key);
  });

  it('is forgotten after a day of server time', async () => {
    await open('old', 'old-1');
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(
        `UPDATE relance.idempotency_keys SET created_at = created_at - interval '24 hours 1 second' WHERE key = 'old'`,
      ),
    );
    expect(await open('old', 'old-2')).toMatchObject({ status: 201, body: { key: 'old-2' } });
  });

  it('of a node that died is taken over after a minute, with the same body only', async () => {
    await open('dead', 'dead');
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.idempotency_keys SET status = NULL, response = NULL WHERE key = 'dead'`),
    );
    expect((await open('dead', 'dead')).body.code).toBe('idempotency_in_flight');
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(
        `UPDATE relance.idempotency_keys SET created_at = created_at - interval '61 seconds' WHERE key = 'dead'`,
      ),
    );
    expect((await open('dead', 'other')).body.code).toBe('idempotency_mismatch');
    expect((await open('dead', 'dead')).status).toBe(200); // the live follow-up was fed, not opened twice
  });
});
