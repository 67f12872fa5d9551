// A caller's own transaction that has opened or resolved may stay open for as long as it likes. Meanwhile nobody else waits
// for it: neither the messages of others, nor their events; and what means the held follow-up is told to come again.
import { slotOfKey } from '@relance/core';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wallNow } from '../../packages/server/src/app/wall-clock.ts';
import type { EngineOptions, RunningEngine } from '../../packages/server/src/engine/loop.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { ENGINE, isHeld } from '../../packages/server/src/store/database.ts';
import { beforeTheGate, createWorld, eventOf, SECRET, type World } from '../world.ts';

let world: World;
let holder: pg.Client;
beforeAll(async () => {
  world = await createWorld();
  holder = new pg.Client({ connectionString: world.url });
  await holder.connect();
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(`
policy: task
open: { on: task.asked }
resolve: { on: task.done }
key: event.data.id
assignee: "'ana'"
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`);
  await world.policy(`
policy: box
open: { on: box.asked }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [inbox] } }]
`);
  await world.policy(`
policy: mute
open: { on: mute.asked }
key: event.data.id
assignee: "'mute'"
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`);
});
afterAll(async () => {
  await holder.end();
  await world.end();
});

const inSlot = (slot: number, tag: string): string => {
  for (let number = 0; ; number++)
    if (slotOfKey('default', 'box', `${tag}-${number}`) === slot) return `${tag}-${number}`;
};

it('holds up nobody else', async () => {
  await world.node.ingest.submit(
    'default',
    ['held', 'other'].map((id) => eventOf('task.asked', { id })),
  );
  // Between the claim and the gate somebody resolves it in a transaction of their own.
  const node = world.another({
    database: beforeTheGate(world.database, async () => {
      await hold('held');
      await holder.query(
        `UPDATE relance.outbox SET reason = 'resolved' WHERE follow_up_id = (SELECT id FROM relance.follow_ups WHERE key = 'held')`,
      );
    }),
  });
  await node.runAll();
  expect(world.sent()).toEqual(['email ana notice']);

  const outcomes = await Promise.allSettled(
    ['held', 'other'].map((id) =>
      world.node.ingest.submit('default', [eventOf('task.done', { id }, { id: `done-${id}` })]),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(isHeld((outcomes[0] as PromiseRejectedResult).reason)).toBe(true);

  await holder.query('ROLLBACK');
  const [again] = await world.node.ingest.submit('default', [
    eventOf('task.done', { id: 'held' }, { id: 'done-held' }),
  ]);
  expect(again).toMatchObject({ kind: 'accepted', followUps: [{ status: 'resolved' }] });
  await world.settle();
  expect(world.sent()).toHaveLength(1);
});

const sql = <R>(text: string, values: readonly unknown[] = []) =>
  world.database.transaction(ENGINE, (tx) => tx.query<R>(text, values));
async function hold(key: string): Promise<void> {
  await holder.query('BEGIN');
  await holder.query('SELECT FROM relance.follow_ups WHERE key = $1 FOR UPDATE', [key]);
}
async function open(key: string, policy = 'task'): Promise<string> {
  const [outcome] = await world.event(`${policy}.asked`, { id: key });
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
}
/** A node whose hand-overs find this follow-up held from before they pass the gate. */
function nodeThatFindsHeld(key: string, options: Partial<EngineOptions> = {}): RunningEngine {
  const words = actionWords({ secret: SECRET, publicUrl: 'http://relance.test', wallNow });
  let first = true;
  return world.another({
    ...options,
    words: {
      ...words,
      async storeActions(tx, rows) {
        if (first) {
          first = false;
          await hold(key);
        }
        return words.storeActions(tx, rows);
      },
    },
  });
}

it('an answer waits for its own follow-up only: others of the same set are recorded, and it is not taken for lost', async () => {
  const keys = ['one', 'two', 'three', 'four'].map((name) => inSlot(9, name));
  const ids = [];
  for (const key of keys) ids.push(await open(key, 'box'));
  const leaseMs = 1_500;
  const running = nodeThatFindsHeld(keys[0] ?? '', { leaseMs }).runAll();
  await expect.poll(() => sql('SELECT follow_up_id FROM relance.inbox')).toHaveLength(3);
  // Another node looks again and again, past the lease: the first one still holds on to it.
  const other = world.another({ leaseMs });
  const since = performance.now();
  while (performance.now() - since < leaseMs * 1.5) await other.runAll();
  await holder.query('ROLLBACK');
  await running;
  expect((await world.timeline(ids[0] ?? '')).map(({ kind }) => kind)).toEqual(['opened', 'stage_ran', 'message_sent']);
});

it('a message that cannot be sent holds up no other, although its follow-up is held', async () => {
  await world.people([{ id: 'mute', email: 'mute@example.test' }]);
  await open('dead', 'mute');
  await open('lively');
  await sql(`UPDATE relance.recipients SET email = NULL WHERE id = 'mute'`);
  await hold('dead');
  const before = world.sent().length;
  const running = world.node.runAll();
  await expect.poll(() => world.sent().slice(before)).toEqual(['email ana notice']);
  await holder.query('ROLLBACK');
  await running;
});

it('what a held follow-up has lost keeps the sweep from nothing', async () => {
  const id = await open('lost');
  await sql(
    `UPDATE relance.outbox SET status = 'sending', lease_until = clock_timestamp() - interval '1 second' WHERE follow_up_id = $1`,
    [id],
  );
  await hold('lost');
  expect(await world.node.runAll()).toBe(0);
  expect((await world.timeline(id)).map(({ kind }) => kind)).toEqual(['opened', 'stage_ran']);
  await holder.query('ROLLBACK');
  await world.node.runAll();
  expect((await world.timeline(id)).map(({ kind }) => kind)).toContain('message_uncertain');
});

it('a large group that is told by a held follow-up keeps the sweep from nothing', async () => {
  const crowd = Array.from({ length: 120 }, (_, number) => `p${number}`);
  await world.people(crowd.map((id) => ({ id, email: `${id}@example.test` })));
  await world.group('everyone', crowd);
  await world.policy(`
policy: news
open: { on: news.asked }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { to: group(everyone), via: [email] } }]
`);
  await open('told', 'news');
  await hold('told');
  const before = world.sent().length;
  const since = performance.now();
  expect(await world.node.runAll()).toBe(0);
  expect(performance.now() - since).toBeLessThan(4_500); // less than one full wait
  await holder.query('ROLLBACK');
  await world.settle();
  expect(world.sent()).toHaveLength(before + crowd.length);
});

it('innocent events of a large batch are answered soon', async () => {
  await open('busy');
  await world.settle();
  await hold('busy');
  const since = performance.now();
  const soon = Array.from({ length: 30 }, (_, number) =>
    world.node.ingest.submit('default', [eventOf('task.asked', { id: `innocent-${number}` })]),
  );
  const refused = world.node.ingest.submit('default', [eventOf('task.done', { id: 'busy' })]).catch((error) => error);
  expect(await Promise.all(soon)).toHaveLength(30);
  expect(performance.now() - since).toBeLessThan(4_500); // less than one full wait; alone it would take none
  expect(isHeld(await refused)).toBe(true);
  await holder.query('ROLLBACK');
  await world.settle();
});
