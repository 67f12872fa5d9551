// Clearing up after a message about several things: each shows who did what as it is settled, the others keep their links, and a
// push is withdrawn when all of it is over. Chat is Slack by its official SDK, against a double. And the silence around it:
// nothing is rewritten that shows already what is so, and nobody hears anything new.
import type { Outcome } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wallNow } from '../../packages/server/src/app/wall-clock.ts';
import type { Connection, Envelope } from '../../packages/server/src/channels/channel.ts';
import { slackConnection } from '../../packages/server/src/channels/providers/slack.ts';
import { ClearUp } from '../../packages/server/src/engine/clear-up.ts';
import type { CommandRequest } from '../../packages/server/src/engine/ports.ts';
import { Sweep } from '../../packages/server/src/engine/sweep.ts';
import { actionWords } from '../../packages/server/src/responses/action-link.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { listMessages, toWireMessage } from '../../packages/server/src/store/sql/message-list.ts';
import { type SlackDouble, type SlackMessage, slackDouble } from '../doubles/slack.ts';
import { until } from '../until.ts';
import { createWorld, noMetrics, recorder, SECRET, type World } from '../world.ts';

const TOKEN = 'xoxb-000-of-a-test';
const bill = (via = 'chat', end = 'none') => `
policy: bill
title: Bill
category: billing
open: { on: bill.made }
resolve: { on: bill.paid }
key: event.data.id
subject: { type: bill, id: event.data.id, title: "'Bill <' + event.data.id + '>'" }
assignee: "'ana'"
resolved: ${end}
stages: [{ id: notice, at: opened, notify: { via: [${via}] } }]
`;

let double: SlackDouble;
let world: World;
let withdrawn: Envelope[];
let told: string[];
const push = () => {
  const base = recorder('push');
  return {
    ...base,
    connection: {
      ...base.connection,
      rewrite(envelope: Envelope): Promise<Outcome> {
        withdrawn.push(envelope);
        return Promise.resolve({ kind: 'accepted', providerId: null });
      },
    },
  };
};

beforeEach(async () => {
  double = await slackDouble(TOKEN);
  [withdrawn, told] = [[], []];
  const slack = slackConnection(
    { id: 'team', settings: {}, secrets: { botToken: TOKEN }, concurrencyMax: 5 },
    double.url,
  );
  world = await createWorld({
    engine: { metrics: { ...noMetrics, clearedUp: (outcome) => told.push(outcome) } },
    recorders: { chat: { sent: [], connection: slack }, push: push() },
  });
  await world.people([
    {
      id: 'ana',
      timeZone: 'Europe/Paris',
      endpoints: [
        { channel: 'chat', address: 'U0ANA' },
        { channel: 'push', address: 'device-of-ana' },
      ],
    },
    { id: 'bo', name: 'Bo *<Admin>*' },
  ]);
  await query('UPDATE relance.recipients SET preferences = $1', [JSON.stringify({ frequency: { billing: 'daily' } })]);
});
afterEach(async () => {
  await world.end();
  await double.stop();
});

const query = <Row extends object>(text: string, values: unknown[] = []) =>
  world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
/** Sent together, the next morning; the ids of the follow-ups. */
async function digestOf(...keys: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const id of keys) {
    const [outcome] = await world.event('bill.made', { id });
    if (outcome?.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    ids.push(outcome.followUps[0]?.id ?? '');
  }
  await world.advance('1 day');
  return ids;
}
const command = (id: string, what: CommandRequest['command'], actor = 'bo', node = world.node) =>
  node.commands.run(
    'default',
    { kind: 'id', id },
    { command: what, actor: { kind: 'api', id: actor }, evidence: 'proven', channel: null, comment: null },
  );
const resolve = (id = '') => command(id, { kind: 'resolve', outcome: null });
const reopen = (id = '') => world.node.commands.reopen('default', { kind: 'id', id }, { kind: 'api', id: 'bo' });

const all = () => [...double.messages.values()];
const textOf = ({ blocks }: SlackMessage | undefined = all()[0] ?? raise()): string =>
  blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : [])).join('\n');
const raise = (): never => {
  throw new Error('nothing was sent');
};
/** What it says of each, by where its name stands. */
const itemOf = (id: string): string =>
  textOf()
    .split(/\n(?=\*Bill)/)
    .find((part) => part.startsWith(`*Bill &lt;${id}&gt;`)) ?? '';
const linksIn = (text: string): number => text.match(/\/a\/[\w-]{22}/g)?.length ?? 0;
const updates = () => double.calls.filter(({ method }) => method === 'chat.update');
const due = () => query('SELECT 1 FROM relance.clear_ups WHERE due_at IS NOT NULL OR leased_until IS NOT NULL');

/** A node whose Slack waits until it is told to go on. */
function held(what: 'send' | 'rewrite') {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const real = world.recorders.chat.connection;
  const slow: Connection = {
    ...real,
    [what]: async (...given: [Envelope, string, AbortSignal]) => {
      reached.resolve();
      await gate.promise;
      return (real[what] as (...all: unknown[]) => Promise<Outcome>)(...given);
    },
  };
  const node = world.another({ connections: new Map([['chat', [slow]]]) });
  return { node, reached: reached.promise, go: () => gate.resolve() };
}

it('one of three is paid: it shows who did it, the others stay as they were; all are: nothing is asked any more', async () => {
  await world.policy(bill());
  const [one, two, three] = await digestOf('1', '2', '3');
  expect(all()).toHaveLength(1);
  const before = { text: textOf(), two: itemOf('2'), three: itemOf('3') };
  expect(linksIn(before.text)).toBe(9);
  expect(updates()).toEqual([]);
  await resolve(one);
  await world.settle();
  expect(updates()).toHaveLength(1);
  expect(itemOf('1').trim()).toBe('*Bill &lt;1&gt;*\nDone by Bo ∗&lt;Admin&gt;∗, Nov 3, 10:00 AM');
  expect([itemOf('2'), itemOf('3')]).toEqual([before.two, before.three]);
  await resolve(two);
  await resolve(three);
  await world.settle();
  expect(linksIn(textOf())).toBe(0);
  expect(textOf()).not.toContain('http');
  expect(textOf().match(/Done by Bo/g)).toHaveLength(3);
  const calls = double.calls.length;
  await world.advance('30 days');
  expect(double.calls).toHaveLength(calls);
  expect(all()).toHaveLength(1);
  expect(await due()).toEqual([]);
  // What it is rewritten by is nothing that is shown of it.
  const none = { followUp: null, recipient: null, channel: null, status: null };
  const listed = await world.database.transaction(ENGINE, (tx) => listMessages(tx, 'default', none, null, 10));
  for (const { content } of listed.map(toWireMessage)) {
    expect(content).toHaveProperty('text');
    expect(content).not.toHaveProperty('digest');
  }
  expect(new Set(told)).toEqual(new Set(['done']));
});

it('what is acknowledged says by whom and can still be done; what is somebody else’s by now is not asked here', async () => {
  await world.policy(bill());
  const [one, two] = await digestOf('1', '2');
  const before = itemOf('1').split('\n');
  await command(one ?? '', { kind: 'acknowledge' }, 'ana');
  await command(two ?? '', { kind: 'reassign', to: 'bo' });
  await world.settle();
  expect(itemOf('1').split('\n')).toEqual([before[0], 'ana has this since Nov 3, 10:00 AM', ...before.slice(1)]);
  expect(itemOf('2').trim()).toBe('*Bill &lt;2&gt;*\nOpen, with Bo ∗&lt;Admin&gt;∗');
});

it('opened again it is asked again, in the words that were sent', async () => {
  await world.policy(bill());
  const [one] = await digestOf('1', '2');
  const before = textOf();
  await resolve(one);
  await world.settle();
  expect(textOf()).not.toBe(before);
  await reopen(one);
  await world.settle();
  expect(textOf()).toBe(before);
  expect(updates()).toHaveLength(2);
});

it('closed and opened again before anybody looked, nothing is rewritten; nor by what only time does', async () => {
  await world.policy(bill());
  const [one] = await digestOf('1', '2');
  await resolve(one);
  await reopen(one);
  await world.advance('2 days');
  expect(updates()).toEqual([]);
  expect(told).toEqual([]);
});

it('two close at once on two nodes: one rewrites at a time, and what stands in the end is the last', async () => {
  await world.policy(bill());
  const [one, two, three] = await digestOf('1', '2', '3');
  const { node, reached, go } = held('rewrite');
  await resolve(one);
  const clearing = node.runAll();
  await reached;
  await Promise.all([resolve(two), resolve(three)]);
  await Promise.all([world.node.runAll(), world.another().runAll()]);
  expect(updates()).toEqual([]);
  go();
  await clearing;
  await world.settle();
  expect(textOf().match(/Done by Bo/g)).toHaveLength(3);
  expect(linksIn(textOf())).toBe(0);
  expect(updates()).toHaveLength(2);
  expect(await due()).toEqual([]);
});

it('all of many close at once on three nodes: no older words are left standing', async () => {
  await world.policy(bill());
  const keys = Array.from({ length: 12 }, (_, index) => `${index + 1}`);
  const ids = await digestOf(...keys);
  const nodes = [world.node, world.another(), world.another()];
  await Promise.all(
    ids.map(async (id, index) => {
      const node = nodes[index % nodes.length] ?? world.node;
      await command(id, { kind: 'resolve', outcome: null }, 'bo', node);
      await node.runAll();
    }),
  );
  await world.settle();
  expect(textOf().match(/Done by Bo/g)).toHaveLength(12);
  expect(linksIn(textOf())).toBe(0);
  expect(updates().length).toBeLessThanOrEqual(12);
  expect(await due()).toEqual([]);
});

it('a node that dies after its call leaves nobody believing what it wrote: what was undone meanwhile is shown', async () => {
  await world.policy(bill());
  const [one] = await digestOf('1', '2');
  const before = textOf();
  const { node, reached, go } = held('rewrite');
  await resolve(one);
  const dying = node.runAll();
  await reached;
  go();
  // It has written, and dies before it says so.
  await query(
    `UPDATE relance.clear_ups SET fence = fence + 1, leased_until = clock_timestamp() - interval '1 second' WHERE leased_until IS NOT NULL`,
  );
  await dying;
  expect(textOf()).not.toBe(before);
  await reopen(one);
  await world.settle();
  expect(textOf()).toBe(before);
  expect(await due()).toEqual([]);
});

it('a provider that is away is asked again; one that refuses is not', async () => {
  await world.policy(bill());
  const [one, two] = await digestOf('1', '2');
  double.twist = ({ method }) => (method === 'chat.update' ? { status: 503, headers: { 'retry-after': '60' } } : null);
  await resolve(one);
  await world.advance('10 minutes');
  expect(updates().length).toBeGreaterThan(3);
  double.twist = () => null;
  await world.advance('1 hour');
  expect(itemOf('1')).toContain('Done by Bo');
  const calls = updates().length;
  double.messages.clear();
  await resolve(two);
  await world.advance('1 day');
  expect(updates()).toHaveLength(calls + 1);
  expect(await due()).toEqual([]);
});

it('what closed while the message was under way is shown as soon as it stands', async () => {
  await world.policy(bill());
  for (const id of ['1', '2', '3']) await world.event('bill.made', { id });
  const { node, reached, go } = held('send');
  await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
  const sending = node.runAll();
  await reached;
  const rows = await query<{ id: string; key: string }>('SELECT id, key FROM relance.follow_ups ORDER BY key');
  // The one that carries the others, and one that it carries.
  await resolve(rows[0]?.id);
  await resolve(rows[2]?.id);
  go();
  await sending;
  await world.settle();
  expect(all()).toHaveLength(1);
  expect(itemOf('1')).toContain('Done by Bo');
  expect(linksIn(itemOf('2'))).toBe(3);
  expect(itemOf('3')).toContain('Done by Bo');
});

it('what closed and was looked at before the message that it went in was recorded is shown when that is', async () => {
  await world.policy(bill());
  for (const id of ['1', '2']) await world.event('bill.made', { id });
  await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
  const [two] = await query<{ id: string }>(`SELECT id FROM relance.follow_ups WHERE key = '2'`);
  let sending: Promise<unknown> = Promise.resolve();
  await world.database.transaction(ENGINE, async (tx) => {
    await tx.query(`SELECT FROM relance.follow_ups WHERE key = '1' FOR UPDATE`);
    sending = world.node.runAll();
    const noted = () => query<{ due: boolean }>('SELECT due_at IS NOT NULL AS due FROM relance.clear_ups');
    await until('the other is recorded', async () => (await noted()).length === 1);
    await resolve(two?.id);
    const clearing = new ClearUp(
      world.node.engine,
      actionWords({ secret: SECRET, publicUrl: 'http://relance.test', wallNow }),
    );
    await until('it has been looked at', async () => {
      await clearing.runOnce();
      await clearing.idle();
      return (await noted()).every(({ due }) => !due);
    });
    expect(updates()).toEqual([]);
  });
  await sending;
  await world.settle();
  expect(itemOf('2')).toContain('Done by Bo');
  expect(linksIn(itemOf('1'))).toBe(3);
});

it('what its node had not recorded when it died is shown as well, where the message that it went in stands', async () => {
  await world.policy(bill());
  const [, two] = await digestOf('1', '2', '3');
  // As if only the first had been recorded.
  await query(
    `WITH gone AS (DELETE FROM relance.messages WHERE follow_up_id = $1 RETURNING *)
     INSERT INTO relance.outbox (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, connection, status, role, urgency, stopped_by, reason, planned_at, attempts, fence, lease_until, together, carrier)
     SELECT slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, connection, 'sending', 'notice', 1, 1, reason, planned_at, 1, 1, clock_timestamp() - interval '1 second', 'digest', carrier FROM gone`,
    [two],
  );
  await query('DELETE FROM relance.clear_ups WHERE follow_up_id = $1', [two]);
  await new Sweep(world.node.engine, world.node.consents).runOnce();
  await resolve(two);
  await world.settle();
  expect(itemOf('2')).toContain('Done by Bo');
  expect(linksIn(itemOf('3'))).toBe(3);
});

it('a push about several is withdrawn when all of it is over, once, and by its own name', async () => {
  await world.policy(bill('push'));
  const [one, two] = await digestOf('1', '2');
  expect(world.recorders.push.sent.map(({ carries }) => carries)).toEqual([1]);
  await resolve(one);
  await world.settle();
  expect(withdrawn).toEqual([]);
  await resolve(two);
  await world.advance('3 days');
  const [sent] = world.recorders.push.sent;
  expect(withdrawn.map(({ id, carries, address }) => [id, carries, address])).toEqual([[sent?.id, 1, 'device-of-ana']]);
});

it('a push that also tells that something is over stays, and is not withdrawn with what is asked in it', async () => {
  await world.policy(bill('push', '{ notify: { to: [assignee], via: [push] } }'));
  const [one] = await digestOf('1', '2');
  await resolve(one);
  const [three] = await digestOf('3');
  expect(world.recorders.push.sent.map(({ content }) => content.text)).toEqual([
    'Bill <1>\nBill <2>',
    'Done: Bill <1>\nBill <3>',
  ]);
  await resolve(three);
  await world.settle();
  expect(withdrawn).toEqual([]);
});

it('what went alone before is cleared up by itself, and the message about several is not taken for one of its own', async () => {
  await world.policy(
    bill().replace('stages: [', 'stages: [{ id: early, at: opened, urgency: urgent, notify: { via: [chat] } }, '),
  );
  const [one] = await digestOf('1', '2');
  expect(all()).toHaveLength(3);
  await resolve(one);
  await world.settle();
  const several = all().find((message) => textOf(message).includes('2 messages'));
  expect(textOf(several)).toContain('\n*Reminder: Bill &lt;1&gt;*\nDone by Bo');
  expect(linksIn(textOf(several))).toBe(3);
  expect(all().filter((message) => textOf(message).startsWith('*Done: Bill &lt;1&gt;*'))).toHaveLength(1);
  expect(updates()).toHaveLength(2);
});

it('a text message or a mail about several is left alone, and nothing is noted', async () => {
  await world.policy(bill('email'));
  await query(`UPDATE relance.recipients SET email = 'ana@example.test' WHERE id = 'ana'`);
  const [one, two] = await digestOf('1', '2');
  expect(world.sent()).toEqual(['email ana notice']);
  await resolve(one);
  await resolve(two);
  await world.settle();
  expect(await query('SELECT 1 FROM relance.clear_ups')).toEqual([]);
});
