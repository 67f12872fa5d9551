// Which connection a message leaves by, told as stories: the next one only where the first has not accepted, one that is down
// left alone, a full one in nobody's way, limits counted across nodes, and every wait said in the timeline.
import type { Channel, Outcome } from '@relance/core';
import { afterEach, expect, it } from 'vitest';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import { FAILURES_MAX } from '../../packages/server/src/engine/breaker.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { getPolicy, publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { until } from '../until.ts';
import { createWorld, eventOf, person, recorder, type World } from '../world.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
resolved: none
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
`;
const RETRY: Outcome = { kind: 'retry', detail: 'no answer', retryAfterMs: null };
const taken = async (envelope: Envelope): Promise<Outcome> => ({ kind: 'accepted', providerId: envelope.id });

let world: World;
afterEach(() => world.end());

/** Connections in their order, each with what it answers. */
function line(
  answers: Readonly<Record<string, (envelope: Envelope) => Promise<Outcome>>>,
  more: Partial<Connection> = {},
  channel: Channel = 'email',
) {
  const sent: string[] = [];
  const connections = Object.entries(answers).map(([id, answer]): Connection => {
    const base = recorder(channel, undefined, false).connection;
    const send = async (envelope: Envelope): Promise<Outcome> => {
      sent.push(`${id} ${envelope.recipient.id}`);
      return answer(envelope);
    };
    return { ...base, concurrencyMax: 5, ...more, id, send };
  });
  return { sent, connections: new Map([[channel, connections]]) };
}

async function start(connections: Map<Channel, readonly Connection[]>, options = {}): Promise<void> {
  world = await createWorld({ engine: { connections, ...options } });
  await world.people(['ana', 'bo', 'cleo'].map((id) => ({ id, email: `${id}@example.test` })));
  await world.policy(POLICY);
}
const open = async (id: string, who = 'ana'): Promise<void> => {
  await world.event('task.created', { id, who });
  await world.settle();
};
const lines = async (): Promise<string[]> => {
  const rows = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ kind: string; reason: string }>(
      `SELECT kind, reason FROM relance.timeline WHERE kind LIKE 'message%' ORDER BY at, follow_up_id, seq`,
    ),
  );
  return rows.map(({ kind, reason }) => `${kind} ${reason}`);
};

it('the second connection is asked at once where the first has not accepted', async () => {
  const { sent, connections } = line({ first: async () => RETRY, second: taken });
  await start(connections);
  await open('1');
  expect(sent).toEqual(['first ana', 'second ana']);
  expect(await lines()).toEqual(['message_retried connection_failed_over', 'message_sent opened']);
});

it('never where the first may have accepted', async () => {
  const { sent, connections } = line({ first: async () => ({ kind: 'uncertain', detail: 'cut off' }), second: taken });
  await start(connections);
  await open('1');
  await world.advance('2 days');
  expect(sent).toEqual(['first ana']);
  expect(await lines()).toEqual(['message_uncertain provider_uncertain']);
});

it('nor where it refused for good, nor for what is about the message alone', async () => {
  const { sent, connections } = line({
    first: async ({ recipient }) =>
      recipient.id === 'ana' ? { kind: 'rejected', detail: 'no such user' } : { ...RETRY, about: 'message' },
    second: taken,
  });
  await start(connections);
  await open('1');
  expect(await lines()).toEqual(['message_failed provider_rejected']);
  await open('2', 'bo');
  await world.advance('1 hour');
  expect(sent.filter((one) => one.startsWith('second'))).toEqual([]);
});

it('when all have refused, another round begins later, with the first', async () => {
  let up = false;
  const { sent, connections } = line({
    first: async (envelope) => (up ? taken(envelope) : RETRY),
    second: async () => RETRY,
  });
  await start(connections);
  await open('1');
  expect(sent).toEqual(['first ana', 'second ana']);
  up = true;
  await world.advance('1 minute');
  expect(sent).toEqual(['first ana', 'second ana', 'first ana']);
});

it('a provider that is down is left alone, asked by one message, and told of in the timeline once', async () => {
  let up = false;
  const { sent, connections } = line({ only: async (envelope) => (up ? taken(envelope) : RETRY) });
  await start(connections);
  for (let n = 0; n < 5; n++) await open(`${n}`);
  expect(sent).toHaveLength(5);
  for (let n = 5; n < 25; n++) await open(`${n}`, 'bo');
  expect(sent).toHaveLength(5); // it is down: nobody even tries
  expect((await lines()).filter((one) => one === 'message_deferred connection_down')).toHaveLength(20);
  up = true;
  await world.advance('10 minutes');
  expect(new Set(sent)).toEqual(new Set(['only ana', 'only bo']));
  const all = await lines();
  expect(all.filter((one) => one === 'message_sent opened')).toHaveLength(25);
  expect(all.filter((one) => one === 'message_deferred connection_down')).toHaveLength(25);
});

it('while it is down the next one in the order takes everything, without a try', async () => {
  const { sent, connections } = line({ first: async () => RETRY, second: taken });
  await start(connections);
  for (let n = 0; n < 8; n++) await open(`${n}`);
  expect(sent.filter((one) => one === 'first ana')).toHaveLength(5);
  expect(sent.filter((one) => one === 'second ana')).toHaveLength(8);
});

it('an answer that waits to be written is heard once, however often it is tried', async () => {
  const { sent, connections } = line({ only: async () => RETRY });
  let pauses = 0;
  const pauseMs = (): Promise<void> => {
    pauses += 1;
    return new Promise((resolve) => setTimeout(resolve, 1));
  };
  await start(connections, { pauseMs });
  await world.event('task.created', { id: 'held', who: 'ana' });
  const [{ id } = { id: '' }] = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ id: string }>('SELECT id FROM relance.follow_ups'),
  );
  let running: Promise<number> | undefined;
  await world.database.transaction(ENGINE, async (tx) => {
    await tx.query('SELECT FROM relance.follow_ups WHERE id = $1 FOR UPDATE', [id]);
    running = world.node.runAll();
    await until('it is asked', () => sent.length === 1);
    await until('it is tried more often than a breaker bears failures', () => pauses > 2 * FAILURES_MAX);
  });
  await running;
  await open('another', 'bo');
  expect(sent).toEqual(['only ana', 'only bo']);
});

it('one host that hangs leaves places for the others behind the same connection', async () => {
  const held: (() => void)[] = [];
  const { sent, connections } = line(
    {
      hook: async (envelope) => {
        if (envelope.recipient.id === 'ana') await new Promise<void>((resolve) => held.push(resolve));
        return taken(envelope);
      },
    },
    { concurrencyMax: 8, laneOf: (address) => address },
  );
  await start(connections);
  for (let n = 0; n < 6; n++) await world.event('task.created', { id: `a${n}`, who: 'ana' });
  for (let n = 0; n < 6; n++) await world.event('task.created', { id: `b${n}`, who: 'bo' });
  world.node.start();
  await until('the other host has all of its', () => sent.filter((one) => one === 'hook bo').length === 6);
  expect(held).toHaveLength(2); // a quarter of the places
  for (let freed = 0; freed < 6; freed++) {
    await until('the next one hangs', () => held.length > 0);
    held.shift()?.();
  }
  await until('the host that hung has all of its', () => sent.filter((one) => one === 'hook ana').length === 6);
  expect(sent).toHaveLength(12);
});

it('a tenant whose backlog fills everything leaves a part to the others', async () => {
  const held: (() => void)[] = [];
  const { sent, connections } = line(
    {
      mail: async (envelope) => {
        await new Promise<void>((resolve) => held.push(resolve));
        return { kind: 'accepted', providerId: `${envelope.tenant} ${envelope.id}` };
      },
    },
    { concurrencyMax: 2 },
  );
  await start(connections);
  await world.database.transaction(ENGINE, async (tx) => {
    await tx.query(`INSERT INTO relance.tenants (id, name) VALUES ('small', 'small')`);
    await putRecipients(tx, 'small', [person({ id: 'zoe', email: 'zoe@example.test' })]);
    const policy = await getPolicy(tx, 'default', 'task', null);
    await publishPolicy(tx, 'small', {
      id: 'task',
      version: 1,
      written: policy?.written,
      category: 'general',
      by: null,
    });
  });
  const many = Array.from({ length: 300 }, (_, n) => eventOf('task.created', { id: `${n}`, who: 'ana' }));
  await world.node.ingest.submit('default', many);
  await world.node.ingest.submit('small', [eventOf('task.created', { id: '1', who: 'zoe' })]);
  world.node.start();
  while (!sent.includes('mail zoe')) {
    await until('the next one is handed over', () => held.length > 0);
    held.shift()?.();
  }
  expect(sent.length).toBeLessThan(20);
  const release = setInterval(() => held.splice(0).forEach((go) => void go()), 10);
  await world.node.stop();
  clearInterval(release);
});

it('a rate limit holds for two nodes together, and its wait is told', async () => {
  const { sent, connections } = line({ slow: taken }, { perSecondMax: 2 });
  await start(connections);
  const other = world.another();
  for (let n = 0; n < 10; n++) await world.event('task.created', { id: `${n}`, who: 'ana' });
  const since = performance.now();
  await Promise.all([world.node.runAll(), other.runAll()]);
  await Promise.all([world.node.runAll(), other.runAll()]);
  const seconds = (performance.now() - since) / 1_000;
  expect(sent.length).toBeGreaterThanOrEqual(2);
  expect(sent.length).toBeLessThanOrEqual(2 + Math.ceil(seconds * 2)); // what it holds, and what it gained meanwhile
  expect(await lines()).toContain('message_deferred rate_limited');
});

it('a quota that is used up defers, and drops nothing', async () => {
  const { sent, connections } = line({ mail: taken });
  await start(connections, { messagesADay: 3 });
  for (let n = 0; n < 5; n++) await open(`${n}`);
  expect(sent).toHaveLength(3);
  expect((await lines()).filter((one) => one === 'message_deferred quota_spent')).toHaveLength(2);
  // The bucket fills on the server's clock, whatever the story's says.
  await world.advance('1 day');
  expect(sent).toHaveLength(3);
  await world.database.transaction(ENGINE, (tx) => tx.query(`UPDATE relance.allowances SET tokens = 3`));
  await world.advance('1 day');
  expect(sent).toHaveLength(5);
});
