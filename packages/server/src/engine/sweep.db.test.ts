// The watchdog in its turns: every slot is looked at, and what one turn found stays counted while others find nothing. What
// is pruned, and a timer that only seems to move.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, eventOf, noMetrics, type World } from '../../../../test/world.ts';
import { ENGINE } from '../store/database.ts';
import { takeAllowances } from '../store/sql/allowance.ts';
import { Sweep } from './sweep.ts';

let world: World;
const counted: number[] = [];
beforeAll(async () => {
  world = await createWorld({ engine: { metrics: { ...noMetrics, orphans: (count) => counted.push(count) } } });
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(`
policy: task
open: { on: task }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened + 1 day, notify: { via: [email] } }]
`);
  await world.node.ingest.submit(
    'default',
    Array.from({ length: 40 }, (_, id) => eventOf('task', { id })),
  );
});
afterAll(() => world.end());

it('finds what has lost its timer, whichever slot it is in, within one round', async () => {
  const sweep = new Sweep(world.node.engine, world.node.consents);
  for (let turn = 0; turn < 16; turn++) await sweep.watchSome(4);
  expect(counted.at(-1)).toBe(0);
  await world.database.transaction(ENGINE, (tx) =>
    tx.query('DELETE FROM relance.timers WHERE follow_up_id IN (SELECT follow_up_id FROM relance.timers LIMIT 7)'),
  );
  for (let turn = 0; turn < 16; turn++) await sweep.watchSome(4);
  expect(counted.at(-1)).toBe(7);
  await sweep.watchSome(4);
  expect(counted.at(-1)).toBe(7);
});

it('forgets what has lived its time, in bites, and nothing else', async () => {
  const ages = (): Promise<{ old: number; all: number }[]> =>
    world.database.transaction(ENGINE, (tx) =>
      tx.query(
        `SELECT count(*) FILTER (WHERE seen_at < clock_timestamp() - interval '7 days') AS old, count(*) AS all FROM relance.event_keys`,
      ),
    );
  await world.database.transaction(ENGINE, (tx) =>
    tx.query(
      `INSERT INTO relance.event_keys (slot, tenant, key, event_id, seen_at)
       SELECT n % 64, 'default', gen_random_uuid(), gen_random_uuid(), clock_timestamp() - interval '8 days' FROM generate_series(1, 45000) n`,
    ),
  );
  expect(await ages()).toEqual([{ old: 45_000, all: 45_040 }]);
  await new Sweep(world.node.engine, world.node.consents).prune();
  expect(await ages()).toEqual([{ old: 0, all: 40 }]);
});

it('forgets who wrote texts when as many answers are free again, and no limit of a connection', async () => {
  const scopes = () =>
    world.database.transaction(ENGINE, (tx) => tx.query('SELECT scope FROM relance.allowances ORDER BY scope'));
  const used = [
    { tenant: 'default', scope: 'answers:long-ago', want: 1, rate: 1, burst: 20 },
    { tenant: 'default', scope: 'answers:now', want: 1, rate: 1, burst: 20 },
    { tenant: 'default', scope: 'connection:mail', want: 1, rate: 1, burst: 20 },
  ];
  await world.database.transaction(ENGINE, async (tx) => {
    await takeAllowances(tx, used);
    await tx.query(`UPDATE relance.allowances SET at = at - interval '61 minutes' WHERE scope <> 'answers:now'`);
  });
  await new Sweep(world.node.engine, world.node.consents).prune();
  expect(await scopes()).toEqual([{ scope: 'answers:now' }, { scope: 'connection:mail' }]);
});

it('nothing loses its timer where two times are stored as one, as after the last day of 9999', async () => {
  await world.policy(`
policy: contract
open: { on: contract }
update: { on: contract.changed }
key: event.data.id
due: event.data.ends
assignee: "'ana'"
stages: [{ id: over, at: due + 7 days, notify: { via: [email] } }]
`);
  const timers = () =>
    world.database.transaction(ENGINE, (tx) =>
      tx.query(`SELECT f.wake_at FROM relance.timers t JOIN relance.follow_ups f ON f.id = t.follow_up_id AND f.wake_at = t.wake_at
        WHERE f.policy = 'contract'`),
    );
  await world.event('contract', { id: 1, ends: '9999-12-31' });
  expect(await timers()).toHaveLength(1);
  await world.event('contract.changed', { id: 1, ends: '9999-12-30' });
  expect(await timers()).toHaveLength(1);
});
