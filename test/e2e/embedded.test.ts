// Relance inside somebody else's process: opening and resolving in their own transaction, on their own `pg` client, and
// the HTTP surface mounted on their own server.
import { createServer } from 'node:http';
import { SHAPES } from '@relance/core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelance } from '../../packages/server/src/app/relance.ts';
import { createTestDatabase } from '../database.ts';
import { furnish, startTestServer, type TestServer } from '../server.ts';
import { SECRET } from '../world.ts';

const EXPENSE = {
  policy: 'expense',
  key: 'event.data.id',
  assignee: 'event.data.who',
  fallback: 'recipient(boss)',
  actions: [
    {
      id: 'partly',
      label: 'Approve a part',
      answer: { type: 'object', required: ['amount'], properties: { amount: { type: 'number', minimum: 1 } } },
    },
  ],
  stages: [{ id: 'notice', at: 'opened' }],
};

let server: TestServer;
let client: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  await furnish(server);
  client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  await client.query('CREATE TABLE public.tasks (id text PRIMARY KEY)');
});
afterAll(async () => {
  await client.end();
  await server.end();
});

const open = (key: string) =>
  server.relance.open(client, { policy: 'task', key, assignee: 'ana', subject: { title: `Task ${key}` } });
const count = async (table: string): Promise<number> =>
  Number((await client.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

describe("in the user's own transaction", () => {
  it('leaves nothing when they roll back', async () => {
    await client.query('BEGIN');
    await client.query(`INSERT INTO public.tasks VALUES ('rolled-back')`);
    expect((await open('rolled-back')).kind).toBe('opened');
    await client.query('ROLLBACK');
    expect(await count('public.tasks')).toBe(0);
    expect((await server.client.followUps.list({ key: 'rolled-back' })).items).toEqual([]);
    await server.advance('1 minute');
    expect((await server.client.messages.list()).items).toEqual([]);
  });

  it('is there when they commit, and is followed up', async () => {
    await client.query('BEGIN');
    await client.query(`INSERT INTO public.tasks VALUES ('kept')`);
    const outcome = await open('kept');
    expect(outcome).toMatchObject({ kind: 'opened', followUp: { key: 'kept', status: 'open', assignee: 'ana' } });
    await client.query('COMMIT');
    await server.advance('1 minute');
    const messages = (await server.client.messages.list()).items;
    expect(messages.map((message) => `${message.channel} ${message.status}`).sort()).toEqual([
      'email accepted',
      'inbox accepted',
    ]);
  });

  it('resolves with them, and confirms only after their commit', async () => {
    await client.query('BEGIN');
    const outcome = await server.relance.resolve(client, {
      policy: 'task',
      key: 'kept',
      actor: 'sam',
      outcome: 'done',
    });
    expect(outcome).toMatchObject({ kind: 'done', changed: true, followUp: { status: 'resolved', resolvedBy: 'sam' } });
    expect((await server.client.followUps.byKey('task', 'kept').get()).status).toBe('open'); // not committed: nobody else sees it
    await client.query('COMMIT');
    await server.advance('1 minute');
    expect((await server.client.followUps.byKey('task', 'kept').get()).status).toBe('resolved');
    const stages = (await server.client.messages.list({ limit: 50 })).items.map((message) => message.stage);
    expect(stages.filter((stage) => stage === 'resolved')).toHaveLength(2);
  });

  it('is refused without one, and writes nothing', async () => {
    await expect(open('alone')).rejects.toThrow(/transaction/);
    await expect(server.relance.resolve(client, { policy: 'task', key: 'alone' })).rejects.toThrow(/transaction/);
    expect((await server.client.followUps.list({ key: 'alone' })).items).toEqual([]);
  });

  it('answers with the shapes of the HTTP interface', async () => {
    await client.query('BEGIN');
    const opened = await server.relance.open(client, {
      policy: 'task',
      key: 'shaped',
      assignee: 'ana',
      dueAt: '2036-01-01', // a date: until its end
    });
    const acknowledged = await server.relance.acknowledge(client, { policy: 'task', key: 'shaped', actor: 'ana' });
    await client.query('COMMIT');
    if (opened.kind !== 'opened' || acknowledged.kind !== 'done') throw new Error('it was not opened');
    for (const { followUp } of [opened, acknowledged])
      expect(SHAPES.FollowUp.safeParse(followUp).error?.issues ?? []).toEqual([]);
    expect(opened.followUp).toMatchObject({ policy: { id: 'task', version: 1 }, dueAt: '2036-01-01T17:00:00.000Z' });
    expect(acknowledged.followUp).toEqual(await server.client.followUps.byKey('task', 'shaped').get());
    await client.query('BEGIN');
    await expect(
      server.relance.open(client, { policy: 'task', key: 'odd', assignee: 'ana', dueAt: 'tomorrow' }),
    ).rejects.toThrow('dueAt "tomorrow" is not a time');
    expect(await server.relance.open(client, { policy: 'nothing', key: 'x' })).toMatchObject({
      kind: 'rejected',
      code: 'policy_not_found',
    });
    await client.query('ROLLBACK');
  });

  it("takes the policy's own answers, and says what is wrong with them", async () => {
    await server.client.policies.put('expense', EXPENSE);
    const expense = { policy: 'expense', key: 'e7' };
    const answer = (more: object, action = 'partly') =>
      server.relance.answer(client, { ...expense, actor: 'ana', action, ...more });
    await client.query('BEGIN');
    await server.relance.open(client, { ...expense, assignee: 'ana' });
    const unfit = await answer({ answer: { amount: 0 } });
    expect(unfit).toMatchObject({
      kind: 'refused',
      refusal: 'answer_invalid',
      errors: [{ path: 'answer.amount', message: 'must be >= 1' }],
      followUp: { status: 'open' },
    });
    expect(await answer({}, 'sing')).toMatchObject({ kind: 'refused', refusal: 'unknown_action' });
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    await expect(answer({ answer: circle })).rejects.toThrow(/cannot be written as JSON: .* Give plain data/s);
    await expect(answer({ answer: { note: 'a\0b' } })).rejects.toThrow('"answer.note" holds a NUL character');
    // None of it has broken the transaction. What JSON writes out in another way is that in the answer too.
    const done = await answer({ answer: { amount: 40, on: new Date(0), none: undefined } });
    expect(done).toMatchObject({ kind: 'done', changed: true, followUp: { status: 'resolved', outcome: 'partly' } });
    await client.query('COMMIT');
    const followUp = await server.client.followUps.byKey('expense', 'e7').get();
    expect(followUp).toEqual('followUp' in done ? done.followUp : null);
    expect(followUp.answers).toMatchObject({
      ana: { action: 'partly', answer: { amount: 40, on: '1970-01-01T00:00:00.000Z' } },
    });
    await client.query('BEGIN');
    expect(await answer({ answer: { amount: 40 } })).toMatchObject({ kind: 'done', changed: false });
    await client.query('ROLLBACK');
  });

  it('mounts its HTTP surface on their server', async () => {
    const host = createServer(server.relance.handler);
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as { port: number };
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toMatchObject({ status: 'ok' });
    expect((await fetch(`http://127.0.0.1:${port}/v1/follow-ups`)).status).toBe(401);
    await new Promise<void>((resolve) => host.close(() => resolve()));
  });
});

describe('a start that fails', () => {
  it('leaves no connection behind', async () => {
    const { url, drop } = await createTestDatabase();
    const failed = createRelance({ database: url, secretKey: SECRET, project: '/nowhere/at/all' });
    await expect(failed).rejects.toThrow(/not a folder/);
    const name = new URL(url).pathname.slice(1);
    const connected = async () =>
      (await client.query('SELECT application_name FROM pg_stat_activity WHERE datname = $1', [name])).rows;
    await expect.poll(connected).toEqual([]); // the server ends its side a moment later
    await drop();
  });
});
