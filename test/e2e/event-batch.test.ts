// A start and its change in one batch are one step: the change takes back what the old date queued, and nothing else of
// what the opening has to say.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { findByKeys } from '../../packages/server/src/store/sql/live-key.ts';
import { createWorld, eventOf, type World } from '../world.ts';

const POLICY = `
policy: invoice
open: { on: issued }
update: { on: changed }
key: event.data.id
assignee: "'ana'"
due: event.data.due
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: due - 1 day, notify: { via: [email] } }
`;

describe('an update in one batch with its start', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(POLICY);
  });
  afterAll(() => world.end());

  it('moves the due date, and the notice is sent all the same', async () => {
    // The due date of the issue is near, so the reminder would go at the opening: the change takes that back.
    await world.node.ingest.submit('default', [
      eventOf('issued', { id: 'one', due: '2026-11-03T09:00:00Z' }),
      eventOf('changed', { id: 'one', due: '2026-11-10T09:00:00Z' }),
    ]);
    await world.advance('1 minute');
    expect(world.sent()).toEqual(['email ana notice']);
    await world.advance('6 days');
    expect(world.sent()).toEqual(['email ana notice']);
    await world.advance('1 day');
    expect(world.sent()).toEqual(['email ana notice', 'email ana reminder']);
  });
});

describe('a closing that comes before its start', () => {
  const TASK = `
policy: task
open: { on: begun }
resolve: { on: done }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
resolved: none
`;
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(TASK);
  });
  afterAll(() => world.end());
  const statuses = async (key: string): Promise<string[]> =>
    (
      await world.database.transaction(ENGINE, (tx) =>
        tx.query<{ status: string }>('SELECT status FROM relance.follow_ups WHERE key = $1', [key]),
      )
    ).map((row) => row.status);

  it('in one batch ends it, and nobody is told', async () => {
    await world.node.ingest.submit('default', [eventOf('done', { id: 'one' }), eventOf('begun', { id: 'one' })]);
    await world.advance('1 minute');
    expect(await statuses('one')).toEqual(['resolved']);
    expect(world.sent()).toEqual([]);
  });

  it('ends one that is opened by API', async () => {
    await world.node.ingest.submit('default', [eventOf('done', { id: 'two' })]);
    const outcome = await world.node.commands.open('default', { policy: 'task', key: 'two' });
    expect(outcome).toMatchObject({ kind: 'opened', followUp: { status: 'resolved' } });
    await world.advance('1 minute');
    expect(world.sent()).toEqual([]);
  });

  it('or at the same moment, by two nodes, is never kept for ever beside a live follow-up', {
    timeout: 60_000,
  }, async () => {
    const other = world.another();
    for (let turn = 0; turn < 200; turn++)
      await Promise.all([
        turn % 2 === 0
          ? world.node.ingest.submit('default', [eventOf('begun', { id: `race-${turn}` })])
          : world.node.commands.open('default', { policy: 'task', key: `race-${turn}` }),
        other.ingest.submit('default', [eventOf('done', { id: `race-${turn}` })]),
      ]);
    const { kept, live } = await world.database.transaction(ENGINE, async (tx) => ({
      kept: await tx.query('SELECT key FROM relance.early_events'),
      live: await tx.query("SELECT key FROM relance.follow_ups WHERE status = 'open'"),
    }));
    expect(kept).toEqual([]);
    expect(live).toEqual([]);
    expect(await world.database.transaction(ENGINE, (tx) => tx.query('SELECT key FROM relance.live_keys'))).toEqual([]);
  });
});

describe('a key that was followed up hundreds of times', () => {
  it('is opened and closed as quickly as a fresh one: the others are not read', { timeout: 60_000 }, async () => {
    const world = await createWorld();
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(POLICY.replace('update: { on: changed }', 'resolve: { on: paid }'));
    for (let turn = 0; turn < 3; turn++)
      await world.node.ingest.submit(
        'default',
        Array.from({ length: 100 }, () => [
          eventOf('issued', { id: 'same', due: '2026-12-01T09:00:00Z' }),
          eventOf('paid', { id: 'same' }),
        ]).flat(),
      );
    const plan = await world.database.transaction(ENGINE, async (tx) => {
      const statuses = await tx.query('SELECT status, count(*) AS n FROM relance.follow_ups GROUP BY status');
      expect(statuses).toEqual([{ status: 'resolved', n: 300 }]);
      return findByKeys(tx, 'each', [{ tenant: 'default', policy: 'invoice', key: 'same' }]);
    });
    expect(plan.length).toBeLessThanOrEqual(100);
    await world.end();
  });
});
