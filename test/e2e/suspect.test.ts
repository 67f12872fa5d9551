// Follow-ups that could not be decided are run alone: nothing they are told meanwhile is lost or applied twice, being held
// by somebody is no failure, and one that never can be decided keeps nobody else waiting.
import { randomUUID } from 'node:crypto';
import { type Input, slotOfId, slotOfKey } from '@relance/core';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { openBatch, suspect } from '../../packages/server/src/store/sql/batch.ts';
import { createWorld, eventOf, quietLog, type World } from '../world.ts';

const policyOf = (id: string, to = 'assignee', wait = '1 day') => `
policy: ${id}
open: { on: ${id}.asked }
resolve: { on: ${id}.done }
key: event.data.id
assignee: "'ana'"
resolved: none
stages:
  - { id: notice, at: opened, notify: { to: ${to}, via: [email] } }
  - { id: later, at: notice + ${wait}, notify: { via: [email] } }
`;
const crowd = Array.from({ length: 120 }, (_, number) => `p${number}`);

let world: World;
let holder: pg.Client;
beforeAll(async () => {
  world = await createWorld();
  holder = new pg.Client({ connectionString: world.url });
  await holder.connect();
  await world.people(['ana', 'bob', ...crowd].map((id) => ({ id, email: `${id}@example.test` })));
  await world.people([{ id: 'p0' }]); // without an address
  await world.group('everyone', crowd);
  for (const [id, to] of [
    ['task'],
    ['two', '["recipient(bob)", "recipient(p1)"]'],
    ['bad'],
    ['fine', 'group(everyone)'],
    ['poison', 'group(everyone)'],
  ] as const)
    await world.policy(policyOf(id, to));
});
beforeEach(() => sql('DELETE FROM relance.suspects'));
afterAll(async () => {
  await holder.end();
  await world.end();
});

const sql = <R>(text: string, values: readonly unknown[] = []) =>
  world.database.transaction(ENGINE, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE');
    return tx.query<R>(text, values);
  });
async function open(policy: string, key: string): Promise<string> {
  const [outcome] = await world.event(`${policy}.asked`, { id: key });
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
}
const hold = async (id: string): Promise<void> => {
  await holder.query('BEGIN');
  await holder.query('SELECT FROM relance.follow_ups WHERE id = $1 FOR UPDATE', [id]);
};
const aside = (id: string, inputs: readonly Input[] = []) =>
  world.database.transaction(ENGINE, (tx) => suspect(tx, [{ id, error: 'a neighbour failed', inputs }]));
const tryNow = () => sql('UPDATE relance.suspects SET retry_at = clock_timestamp()');
const follow = async (id: string) =>
  (await sql('SELECT status, waits_for FROM relance.follow_ups WHERE id = $1', [id]))[0];
const unreadable = (id: string) =>
  sql(
    `UPDATE relance.policy_versions SET written = written::jsonb || '{"stages": "of another kind"}' WHERE id = $1 AND version = 1`,
    [id],
  );
const resolve: Input = { kind: 'event', role: 'resolve', event: 'e', facts: {}, outcome: null };

it('what somebody holds is left for another time, and not counted against it', async () => {
  const id = await open('task', 'held');
  await world.settle();
  await aside(id);
  await hold(id);
  for (let turn = 0; turn < 8; turn++) {
    await tryNow();
    await world.node.runAll();
  }
  await holder.query('ROLLBACK');
  await tryNow();
  await world.node.runAll();
  expect(await follow(id)).toMatchObject({ waits_for: null });
  expect(await sql('SELECT * FROM relance.suspects')).toEqual([]);
});

it('news that comes while it waits is applied once, by whichever node is first', async () => {
  const id = await open('two', 'news');
  await sql(`UPDATE relance.outbox SET send_at = send_at + interval '10 days' WHERE follow_up_id = $1`, [id]);
  const at = await world.now();
  await aside(id, [{ kind: 'unreachable', stage: 'notice', run: 1, recipient: 'bob', at }]);
  const second = world.another();
  await hold(id);
  await world.node.runAll();
  await tryNow();
  await second.runAll();
  await holder.query('ROLLBACK');
  await tryNow();
  await Promise.all([world.node.runAll(), second.runAll()]);
  await world.node.runAll();
  expect(await follow(id)).toMatchObject({ waits_for: 'hand_over_pending' }); // the other of the two is still awaited
  await aside(id, [resolve]);
  await world.node.runAll();
  expect(await follow(id)).toMatchObject({ status: 'resolved' });
});

it('what several dead nodes had in hand is run alone, and so is all else that waits for that', async () => {
  const [twice, once] = [await open('task', 'in two hands'), await open('task', 'in one hand')];
  await sql(`UPDATE relance.outbox SET send_at = send_at + interval '10 days'`);
  const slot = slotOfId(twice);
  await world.database.transaction(ENGINE, async (tx) => {
    for (const node of ['one', 'other']) await openBatch(tx, { id: randomUUID(), slot, node, followUpIds: [twice] });
    await tx.query(`UPDATE relance.batches SET started_at = started_at - interval '1 hour'`);
  });
  await aside(once, [resolve]);
  await world.node.runAll();
  expect(await sql('SELECT * FROM relance.batches')).toEqual([]);
  expect(await sql('SELECT * FROM relance.suspects')).toEqual([]);
  expect(await follow(once)).toMatchObject({ status: 'resolved' });
});

it('keeps all that is said to one at once, in its order', async () => {
  const id = await open('task', 'told twice');
  const told: Input[] = ['first', 'second'].map((event) => ({ ...resolve, event }));
  await world.database.transaction(ENGINE, (tx) =>
    suspect(
      tx,
      told.map((input) => ({ id, error: 'a neighbour failed', inputs: [input] })),
    ),
  );
  expect(await sql('SELECT inputs FROM relance.suspects')).toEqual([{ inputs: told }]);
});

it('a closed one is let go, whatever it was told', async () => {
  const id = await open('bad', 'closed');
  await world.settle();
  await world.event('bad.done', { id: 'closed' });
  await unreadable('bad');
  await aside(id, [{ kind: 'handedOver', stage: 'notice', run: 1, recipient: 'ana', at: await world.now() }]);
  await world.another().runAll();
  expect(await sql('SELECT * FROM relance.suspects')).toEqual([]);
});

it('what kills every node that tries it is counted against nobody else', async () => {
  await world.policy(policyOf('killer'));
  const killer = await open('killer', '1');
  const others = [];
  for (const key of ['a', 'b', 'c']) others.push(await open('task', `behind ${key}`));
  await world.settle();
  await unreadable('killer');
  for (const id of [killer, ...others]) await aside(id);
  for (let death = 0; death < 5; death++) {
    await sql(
      `UPDATE relance.suspects SET retry_at = clock_timestamp() - CASE WHEN follow_up_id = $1 THEN interval '1 day' ELSE '0' END`,
      [killer],
    );
    const error = (): void => {
      throw new Error('the node is dead');
    };
    await expect(world.another({ log: { ...quietLog, error } }).runAll()).rejects.toThrow('dead');
  }
  await tryNow();
  await world.another().runAll();
  for (const id of others) expect(await follow(id)).toMatchObject({ waits_for: null });
  expect(await sql('SELECT follow_up_id FROM relance.suspects')).toEqual([{ follow_up_id: killer }]);
});

it('one that has been tried for years breaks nothing', async () => {
  const id = await open('task', 'old');
  await world.settle();
  await aside(id);
  await sql('UPDATE relance.suspects SET crashes = 5000');
  await world.settle();
  expect(await follow(id)).toMatchObject({ waits_for: 'parked' });
});

it('what is parked stays so when the person it waited for appears', async () => {
  await world.policy(policyOf('stranger').replace("'ana'", "'zoe'"));
  const id = await open('stranger', '1');
  await world.settle();
  await aside(id);
  await sql('UPDATE relance.suspects SET crashes = 5000');
  await unreadable('stranger');
  const node = world.another();
  await node.runAll();
  expect(await follow(id)).toMatchObject({ waits_for: 'parked' });
  await world.people([{ id: 'zoe', email: 'zoe@example.test' }]);
  for (let pass = 0; pass < 4; pass++) expect(await node.runAll()).toBe(0);
  expect(await sql('SELECT * FROM relance.timers WHERE follow_up_id = $1', [id])).toEqual([]);
});

it('what its own version cannot read is told to its sender, and is applied when it can be read', async () => {
  await world.policy(policyOf('moved'));
  const id = await open('moved', 'pinned');
  await world.settle();
  await world.policy(policyOf('moved', 'assignee', '2 days'));
  const [written] = await sql<{ written: object }>(
    `SELECT written FROM relance.policy_versions WHERE id = 'moved' AND version = 1`,
  );
  await unreadable('moved');
  const [told] = await world.another().ingest.submit('default', [eventOf('moved.done', { id: 'pinned' })]);
  expect(told).toMatchObject({ kind: 'accepted', followUps: [], unmatched: [{ code: 'expression_failed' }] });
  await sql(`UPDATE relance.policy_versions SET written = $1 WHERE id = 'moved' AND version = 1`, [
    JSON.stringify(written?.written),
  ]);
  await world.another().runAll();
  expect(await follow(id)).toMatchObject({ status: 'resolved' });
});

it('is no orphan while it waits', async () => {
  await world.policy(policyOf('lost'));
  const id = await open('lost', '1');
  await unreadable('lost');
  await sql(
    `UPDATE relance.outbox SET status = 'sending', lease_until = clock_timestamp() - interval '1 second' WHERE follow_up_id = $1`,
    [id],
  );
  const node = world.another();
  await node.runAll();
  expect(await sql('SELECT follow_up_id FROM relance.suspects')).toEqual([{ follow_up_id: id }]);
  expect(await node.watch()).toBe(0);
});

it('large groups of those that fail every time do not starve the others', async () => {
  const inSlots = (policy: string, from: number, to: number, tag: string): string => {
    for (let number = 0; ; number++) {
      const slot = slotOfKey('default', policy, `${tag}${number}`);
      if (slot >= from && slot < to) return `${tag}${number}`;
    }
  };
  await world.settle();
  const poisoned = Array.from({ length: 25 }, (_, number) => inSlots('poison', 0, 40, `k${number}-`));
  for (const key of poisoned) await open('poison', key);
  await open('fine', inSlots('fine', 56, 64, 'f'));
  await unreadable('poison');
  const before = world.sent().length;
  const node = world.another();
  for (let pass = 0; pass < 6; pass++) await node.runAll();
  expect(
    world
      .sent()
      .slice(before)
      .filter((one) => one.endsWith('notice')).length,
  ).toBeGreaterThanOrEqual(119);
});
