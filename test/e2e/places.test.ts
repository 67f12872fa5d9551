// Who waits for a place, told as stories: a provider that stands still, a row in somebody's hands, a host or a channel with a long
// line. Nobody else waits with them, no place is lost, and nothing fails that was never handed over.
import type { Channel, Outcome } from '@relance/core';
import { afterEach, expect, it } from 'vitest';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { until } from '../until.ts';
import { createWorld, eventOf, recorder, type World } from '../world.ts';

/** Five seconds where nothing else runs. */
const BUSY_MACHINE_MS = 180_000;

const policyOf = (id: string, via: string): string => `
policy: ${id}
open: { on: ${id} }
key: event.data.id
assignee: event.data.who
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [${via}] } }]
`;
const taken = (envelope: Envelope): Outcome => ({ kind: 'accepted', providerId: envelope.id });

let world: World;
afterEach(() => world.end());

const connectionOf = (
  id: string,
  channel: Channel,
  answer: (envelope: Envelope) => Promise<Outcome>,
  more: Partial<Connection> = {},
): Connection => ({ ...recorder(channel, undefined, false).connection, concurrencyMax: 5, ...more, id, send: answer });

/** Hand-overs that hang until they are let go. */
function holding() {
  const held: (() => void)[] = [];
  let isOpen = false;
  return {
    held,
    wait: () => (isOpen ? Promise.resolve() : new Promise<void>((resolve) => held.push(resolve))),
    open(): void {
      isOpen = true;
      for (const go of held.splice(0)) go();
    },
    shut(): void {
      isOpen = false;
    },
  };
}

async function start(connections: readonly Connection[], people: readonly string[] = ['ana', 'bo']): Promise<void> {
  const byChannel = Map.groupBy(connections, ({ channel }) => channel);
  world = await createWorld({ engine: { connections: byChannel } });
  await world.people(people.map((id) => ({ id, email: `${id}@example.test` })));
  await world.policy(policyOf('task', 'email'));
}
const submit = (ids: readonly string[], who: (index: number) => string): Promise<unknown> =>
  world.node.ingest.submit(
    'default',
    ids.map((id, index) => eventOf('task', { id, who: who(index) })),
  );
const idsOf = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const ended = (): Promise<{ status: string; attempts: number }[]> =>
  world.database.transaction(ENGINE, (tx) => tx.query('SELECT DISTINCT status, attempts FROM relance.messages'));

it('a quick provider that stands still: who passed the gate ahead of their turn goes back, and it counts no try', async () => {
  const gate = holding();
  gate.open();
  const sent: string[] = [];
  const mail = connectionOf('mail', 'email', async (envelope) => {
    sent.push(envelope.id);
    await gate.wait();
    return taken(envelope);
  });
  await start([mail]);
  await submit(idsOf('quick', 20), () => 'ana');
  await world.settle();
  gate.shut();
  await submit(idsOf('slow', 60), () => 'bo');
  const since = performance.now();
  world.node.start();
  await until('they hang', () => gate.held.length === 5);
  // Longer than it takes to be let through and put back as often as a message is tried.
  await until('they have hung for a while', () => performance.now() - since > 3_000);
  gate.open();
  await until('all have left', () => sent.length === 80);
  await world.node.stop();
  expect(await ended()).toEqual([{ status: 'accepted', attempts: 1 }]);
});

it('one that waits for the second connection keeps nobody from the first', async () => {
  const gate = holding();
  const first: string[] = [];
  const retry: Outcome = { kind: 'retry', detail: 'later', retryAfterMs: null };
  await start([
    connectionOf('first', 'email', async (envelope) => {
      first.push(envelope.recipient.id);
      return envelope.recipient.id === 'ana' ? retry : taken(envelope);
    }),
    connectionOf(
      'second',
      'email',
      async (envelope) => {
        await gate.wait();
        return taken(envelope);
      },
      { concurrencyMax: 1 },
    ),
  ]);
  world.node.start();
  await submit(['a1', 'a2'], () => 'ana');
  await until('the second is full', () => gate.held.length === 1 && first.length === 2);
  await submit(idsOf('b', 10), () => 'bo');
  await until('the first takes the others', () => first.filter((one) => one === 'bo').length === 10);
  gate.open();
});

it('a place is given back when what is beside it cannot be put back', async () => {
  const sent: string[] = [];
  let broken = true;
  const mail = connectionOf(
    'mail',
    'email',
    async (envelope) => {
      sent.push(envelope.recipient.id);
      return taken(envelope);
    },
    { concurrencyMax: 4, laneOf: (address) => address },
  );
  await start([mail]);
  const node = world.another({ database: refusing(world.database, () => broken) });
  await submit(['a1', 'a2', 'b1'], (index) => (index < 2 ? 'ana' : 'bo'));
  await node.runAll();
  broken = false;
  await submit(['a3', 'b2'], (index) => (index === 0 ? 'ana' : 'bo'));
  await until('both are told again', async () => {
    await node.runAll();
    return sent.filter((one) => one === 'ana').length >= 2 && sent.filter((one) => one === 'bo').length >= 2;
  });
});

/** A database that refuses to set rows aside for a while. */
const refusing = (database: Database, isBroken: () => boolean): Database => ({
  ...database,
  transaction: (scope, work) =>
    database.transaction(scope, (tx) =>
      work({
        query: async (text, values) => {
          if (isBroken() && text.includes('SET node = NULL, lease_until')) throw new Error('not now');
          return tx.query(text, values);
        },
      }),
    ),
});

it('a busy host with many recipients leaves places and turns to another', { timeout: 240_000 }, async () => {
  const gate = holding();
  let busy = 0;
  let other = 0;
  const hook = connectionOf(
    'hook',
    'email',
    async (envelope) => {
      if (envelope.recipient.id === 'bo') other += 1;
      else {
        busy += 1;
        await gate.wait();
      }
      return taken(envelope);
    },
    { concurrencyMax: 20, laneOf: (address) => (address.startsWith('bo') ? 'quiet' : 'busy') },
  );
  const crowd = idsOf('r', 600);
  await start([hook], [...crowd, 'bo']);
  await submit(crowd, (index) => crowd[index] ?? '');
  await submit(['last'], () => 'bo');
  world.node.start();
  await until('the quiet one is told', () => other === 1, BUSY_MACHINE_MS);
  expect(busy).toBe(5); // a quarter of the places
  gate.open();
});

it('a channel with places has its turn beside another with a long line', async () => {
  let items = 0;
  const before: number[] = [];
  const inbox = recorder('inbox').connection;
  await start([
    {
      ...inbox,
      async send(envelope, signal) {
        items += 1;
        return inbox.send(envelope, signal);
      },
    },
    connectionOf('mail', 'email', async (envelope) => {
      before.push(items);
      return taken(envelope);
    }),
  ]);
  await world.policy(policyOf('item', 'inbox'));
  const events = idsOf('i', 1_500).map((id) => eventOf('item', { id, who: 'ana' }));
  await world.node.ingest.submit('default', events);
  await submit(['m1'], () => 'bo');
  await world.node.runAll();
  expect(before).toHaveLength(1);
  expect(before[0]).toBeLessThan(1_000);
});
