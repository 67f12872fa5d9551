// What one follow-up does to the sweep must not be felt by the others: the parts of a pass stand apart.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, eventOf, type World } from '../world.ts';

const ids = Array.from({ length: 120 }, (_, index) => `p${index}`);
const OTHERS = 5;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.people(ids.map((id) => ({ id, email: `${id}@example.test` })));
  await world.group('everyone', ids);
  await world.policy(`
policy: news
open: { on: news }
key: event.data.id
assignee: "'p0'"
stages: [{ id: notice, at: opened, notify: { to: group(everyone), via: [email] } }]
`);
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: "'p1'"
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`);
});
afterAll(() => world.end());

it('leases that ran out are given back although a fan-out fails every time', async () => {
  await world.event('news', { id: 1 });
  await world.node.ingest.submit(
    'default',
    Array.from({ length: OTHERS }, (_, id) => eventOf('task', { id })),
  );
  await world.database.transaction(ENGINE, async (tx) => {
    await tx.query(`UPDATE relance.fan_outs SET effect = '{}'`); // as a defect or another version might leave it
    await tx.query(
      `UPDATE relance.outbox SET status = 'leased', fence = 1, lease_until = clock_timestamp() - interval '1 second'`,
    );
  });
  await world.settle();
  expect(world.sent()).toEqual(Array.from({ length: OTHERS }, () => 'email p1 notice'));
});
