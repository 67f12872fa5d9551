// A caller's own transaction that has opened or resolved may stay open for as long as it likes. Meanwhile nobody else waits
// for it: neither the messages of others, nor their events; and what means the held follow-up is told to come again.
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { isHeld } from '../../packages/server/src/store/database.ts';
import { createWorld, eventOf, SECRET, type World } from '../world.ts';

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
});
afterAll(async () => {
  await holder.end();
  await world.end();
});

it('holds up nobody else', async () => {
  await world.node.ingest.submit(
    'default',
    ['held', 'other'].map((id) => eventOf('task.asked', { id })),
  );
  const words = actionWords({ secret: SECRET, publicUrl: 'http://relance.test' });
  const node = world.another({
    words: {
      ...words,
      // Between the claim and the gate somebody resolves it in a transaction of their own.
      async storeActions(tx, rows) {
        await holder.query('BEGIN');
        await holder.query(`SELECT FROM relance.follow_ups WHERE key = 'held' FOR UPDATE`);
        await holder.query(
          `UPDATE relance.outbox SET reason = 'resolved' WHERE follow_up_id = (SELECT id FROM relance.follow_ups WHERE key = 'held')`,
        );
        return words.storeActions(tx, rows);
      },
    },
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
