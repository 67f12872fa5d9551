// A stage that tells a large group: what each hand-over costs, and what the stage is told when nobody of them is reached.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, recorder, type World } from '../world.ts';

const MEMBERS = 150;
const ids = Array.from({ length: MEMBERS }, (_, index) => `p${index}`);

describe('a large group', () => {
  let world: World;
  let looked = 0;
  beforeAll(async () => {
    const narrow = recorder('email');
    world = await createWorld({
      recorders: { email: { ...narrow, connection: { ...narrow.connection, concurrencyMax: 5 } } },
    });
    await world.people(ids.map((id) => ({ id, email: `${id}@example.test` })));
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.group('everyone', ids);
    await world.policy(`
policy: news
open: { on: news }
key: event.data.id
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { to: group(everyone), via: [email, { channel: inbox, else: true }] } }
`);
  });
  afterAll(() => world.end());

  it('is told one by one, and each hand-over looks at the messages of its own person only', async () => {
    await world.event('news', { id: 1 });
    const node = world.another({
      database: watching(world.database, (text, rows) => {
        if (text.includes('FROM relance.outbox') && text.includes('FOR UPDATE') && !text.includes('SKIP LOCKED'))
          looked += rows;
      }),
    });
    while ((await node.runAll()) > 0);
    expect(world.recorders.email.sent).toHaveLength(MEMBERS);
    expect(looked).toBeGreaterThanOrEqual(MEMBERS);
    expect(looked).toBeLessThanOrEqual(MEMBERS * 4);
  });
});

describe('a large group of which nobody is reached', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.people(ids.slice(20).map((id) => ({ id }))); // no address, and the first twenty do not exist at all
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.group('everyone', ids);
    await world.policy(`
policy: news
open: { on: news }
key: event.data.id
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { to: group(everyone), via: [email] } }
  - { id: later, at: notice + 1 day, notify: { to: assignee, via: [email] } }
`);
  });
  afterAll(() => world.end());

  it('holds up no later stage', async () => {
    await world.event('news', { id: 1 });
    await world.settle();
    expect(await world.node.watch()).toBe(0);
    expect(world.sent()).toEqual([]);
    await world.advance('1 day');
    expect(world.sent()).toEqual(['email ana later']);
  });
});

describe('a large group of which some have no address on one channel', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.people(
      ids.map((id, n) => ({ id, email: `${id}@example.test`, ...(n < 10 ? {} : { phone: `+3460000${1000 + n}` }) })),
    );
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.group('everyone', ids);
    await world.policy(`
policy: news
open: { on: news }
key: event.data.id
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { to: group(everyone), via: [sms, { channel: email, else: true }] } }
`);
  });
  afterAll(() => world.end());

  it('is told on the other, and the timeline says of how many', async () => {
    await world.event('news', { id: 1 });
    await world.settle();
    expect(world.recorders.email.sent).toHaveLength(10);
    expect(world.recorders.sms.sent).toHaveLength(MEMBERS - 10);
    const lines = await world.database.transaction(ENGINE, (tx) =>
      tx.query("SELECT reason, channel, data FROM relance.timeline WHERE kind = 'message_suppressed'"),
    );
    expect(lines).toEqual([{ reason: 'no_endpoint', channel: 'sms', data: { people: 10 } }]);
  });
});

describe('a large group that shrinks before its turn', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await world.people(ids.map((id) => ({ id, email: `${id}@example.test` })));
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(`
policy: news
open: { on: news }
key: event.data.id
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { to: group(everyone), via: [email] } }
  - { id: later, at: notice + 1 day, notify: { to: assignee, via: [email] } }
resolved: { notify: { to: group(everyone), via: [email] } }
`);
  });
  afterAll(() => world.end());

  it.each([
    ['by some', ids.slice(0, 120)],
    ['to nobody', []],
  ])('%s: whoever is left is told, and the stage waits for nobody else', async (name, left) => {
    const before = world.sent().length;
    await world.group('everyone', ids);
    await world.event('news', { id: name });
    await world.group('everyone', left);
    await world.settle();
    expect(world.sent().slice(before)).toHaveLength(left.length);
    expect(await world.node.watch()).toBe(0);
    await world.advance('1 day');
    expect(world.sent().slice(before + left.length)).toEqual(['email ana later']);
  });

  it('is not told of the end when it was opened again before', async () => {
    await world.group('everyone', ids);
    const [opened] = await world.event('news', { id: 'again' });
    const id = opened?.kind === 'accepted' ? (opened.followUps[0]?.id ?? '') : '';
    await world.settle();
    const before = world.sent().length;
    const actor = { kind: 'api', id: 'ana' } as const;
    await world.node.commands.run(
      'default',
      { kind: 'id', id },
      { command: { kind: 'resolve', outcome: null }, actor, evidence: 'proven', channel: null, comment: null },
    );
    await world.node.commands.reopen('default', { kind: 'id', id }, actor);
    await world.settle();
    expect(
      new Set(
        world
          .sent()
          .slice(before)
          .map((one) => one.split(' ')[2]),
      ),
    ).toEqual(new Set(['notice']));
  });
});

/** Tells how many rows each statement answered with. */
function watching(database: Database, told: (text: string, rows: number) => void): Database {
  return {
    transaction: (scope, work) =>
      database.transaction(scope, (tx) =>
        work({
          async query<R>(text: string, values?: readonly unknown[]): Promise<R[]> {
            const rows = await tx.query<R>(text, values);
            told(text, rows.length);
            return rows;
          },
        }),
      ),
    close: () => database.close(),
  };
}
