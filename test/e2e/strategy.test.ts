// Picking one member of a group over the real engine: fair within one batch and from one to the next, also while a caller's
// own open transaction has picked; and delegates of those who are away.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, eventOf, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  const ids = ['a', 'b', 'c', 'd'];
  await world.people(ids.map((id) => ({ id, email: `${id}@example.test` })));
  await world.group('desk', ['a', 'b', 'c']);
});
afterEach(() => world.end());

const policy = (strategy: string): Promise<number> =>
  world.policy(`
policy: ticket
open: { on: ticket.opened }
resolve: { on: ticket.done }
key: event.data.id
assignee: { target: "group(desk, ${strategy})" }
fallback: recipient(d)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
resolved: none
`);
const assignees = async (): Promise<Record<string, number>> => {
  const rows = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ assignee: string; count: number }>(
      `SELECT assignee, count(*) AS count FROM relance.follow_ups WHERE status = 'open' GROUP BY 1 ORDER BY 1`,
    ),
  );
  return Object.fromEntries(rows.map(({ assignee, count }) => [assignee, count]));
};
const open = (from: number, to: number) =>
  world.node.ingest.submit(
    'default',
    Array.from({ length: to - from }, (_, index) => eventOf('ticket.opened', { id: `t${from + index}` })),
  );

it('in turns, within one batch and from one to the next', async () => {
  await policy('round-robin');
  await open(0, 10);
  expect(await assignees()).toEqual({ a: 4, b: 3, c: 3 });
  await open(10, 12);
  expect(await assignees()).toEqual({ a: 4, b: 4, c: 4 });
  await world.group('desk', ['a', 'b', 'c', 'd']); // the new one is next
  await open(12, 13);
  expect(await assignees()).toEqual({ a: 4, b: 4, c: 4, d: 1 });
});

it('the least busy, as follow-ups are closed', async () => {
  await policy('least-busy');
  await open(0, 6);
  expect(await assignees()).toEqual({ a: 2, b: 2, c: 2 });
  const [mine] = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ key: string }>(`SELECT key FROM relance.follow_ups WHERE assignee = 'b' LIMIT 1`),
  );
  await world.event('ticket.done', { id: mine?.key });
  await open(6, 7);
  expect(await assignees()).toEqual({ a: 2, b: 2, c: 2 });
});

it('whoever is away is left out, and who they named is asked where they were asked before', async () => {
  await policy('first-available');
  const away = [{ from: '2026-11-03', to: '2026-11-30', delegate: 'd' }];
  await world.people([{ id: 'a', email: 'a@example.test', away }]);
  await open(0, 1);
  expect(await assignees()).toEqual({ a: 1 });
  await world.advance('2 days');
  await open(1, 2);
  expect(await assignees()).toEqual({ a: 1, b: 1 });
  await world.policy(`
policy: task
open: { on: task.asked }
key: event.data.id
assignee: "'a'"
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
`);
  await world.event('task.asked', { id: '1' });
  await world.settle();
  expect(world.sent().filter((line) => line !== 'email b notice')).toEqual(['email a notice', 'email d notice']);
});
