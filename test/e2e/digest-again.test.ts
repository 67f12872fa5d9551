// What went together and did not arrive at once, in stories on the real engine: it stays together, and what may have arrived
// already is in nothing else.
import type { WirePreferences } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../packages/server/src/channels/channel.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { beforeTheGate, createWorld, recorder, type World } from '../world.ts';

const BILL = `
policy: bill
title: Bill
category: billing
open: { on: bill.made }
resolve: { on: bill.paid }
key: event.data.id
subject: { type: bill, id: event.data.id, title: "'Bill ' + event.data.id" }
assignee: event.data.who
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`;
const DAILY: WirePreferences = { frequency: { billing: 'daily' } };

let world: World;
let answers: Connection['send'];
beforeEach(async () => {
  answers = async () => ({ kind: 'accepted', providerId: null });
  world = await createWorld({
    recorders: { email: recorder('email', (envelope, signal) => answers(envelope, signal), true) },
  }); // Monday, 09:00
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(BILL);
});
afterEach(() => world.end());

const open = (id: string) => world.event('bill.made', { id, who: 'ana' });
const query = <Row extends object>(text: string, values: unknown[] = []) =>
  world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
const wants = (preferences: WirePreferences) =>
  query('UPDATE relance.recipients SET preferences = $1', [JSON.stringify(preferences)]);
const budget = (written: object) =>
  world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { budget: written }));
const subjects = () => world.recorders.email.sent.map(({ content }) => content.subject);
const once = (first: Awaited<ReturnType<Connection['send']>>): Connection['send'] => {
  let tries = 0;
  return async () => (++tries === 1 ? first : { kind: 'accepted', providerId: null });
};
const counted = () => query('SELECT FROM relance.usages').then((rows) => rows.length);

describe('a digest that is refused for the moment', () => {
  it('is one message at its next try as well, however many items it has', async () => {
    await wants(DAILY);
    for (let id = 1; id <= 8; id++) await open(`${id}`);
    answers = once({ kind: 'retry', detail: 'greylisted', retryAfterMs: null });
    await world.advance('1 day');
    await world.advance('1 hour');
    expect(subjects()).toEqual(Array(2).fill(expect.stringMatching(/^8 messages: Bill \d and 7 more$/)));
  });
});

it('goes to the next provider as a whole where the first has no time for it', async () => {
  const [busy, other] = [
    recorder('email', async () => ({ kind: 'retry', detail: 'busy', retryAfterMs: null })),
    recorder('email'),
  ];
  const accounts = [
    { ...busy.connection, id: 'first' },
    { ...other.connection, id: 'second' },
  ];
  const node = world.another({ connections: new Map([['email', accounts]]) });
  await wants(DAILY);
  for (let id = 1; id <= 4; id++) await open(`${id}`);
  await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
  for (let turn = 0; turn < 3; turn++) {
    while ((await node.runAll()) > 0);
    await query(`UPDATE relance.clock SET story_at = story_at + interval '1 second'`);
  }
  expect(busy.sent).toHaveLength(1);
  expect(other.sent.map(({ content }) => content.subject)).toEqual([
    expect.stringMatching(/^4 messages: Bill \d and 3 more$/),
  ]);
});

it('of several categories has a button for mail programs all the same', async () => {
  await world.policy(
    BILL.replace('policy: bill', 'policy: rent').replace('billing', 'rent').replaceAll('bill.', 'rent.'),
  );
  await wants({ frequency: { billing: 'daily', rent: 'daily' } });
  await open('1');
  await world.event('rent.made', { id: '2', who: 'ana' });
  await world.advance('1 day');
  expect(subjects()).toEqual([expect.stringMatching(/^2 messages/)]);
  expect(world.recorders.email.sent[0]?.unsubscribeUrl).toMatch(/\/u\/[\w-]{22}$/);
});

describe('a message that may have arrived', () => {
  it('is tried again under its own id and in no other message, whatever is due by then', async () => {
    await wants(DAILY);
    await open('1');
    answers = once({ kind: 'uncertain', detail: 'the line went dead' });
    await world.advance('1 day');
    for (const id of ['2', '3']) await open(id);
    // Their hour comes at the moment of the next try.
    await query(`UPDATE relance.outbox SET send_at = (SELECT min(send_at) FROM relance.outbox)`);
    await world.advance('1 hour');
    const [first, ...others] = world.recorders.email.sent;
    const together = expect.stringMatching(/^2 messages: Bill [23] and 1 more$/);
    expect(subjects().sort()).toEqual([together, 'Bill 1', 'Bill 1']);
    expect(others.filter(({ id }) => id === first?.id).map(({ content }) => content.subject)).toEqual(['Bill 1']);
  });
  it('does not wait for the digest of another day', async () => {
    answers = once({ kind: 'uncertain', detail: 'the line went dead' });
    await open('1');
    await world.settle();
    await wants(DAILY);
    await world.advance('1 hour');
    expect(subjects()).toEqual(['Bill 1', 'Bill 1']);
  });
});

describe('the place of a digest in a budget', () => {
  beforeEach(() => wants(DAILY));

  it('is given back when it is refused, also where the first of it was stopped at the gate', async () => {
    await budget({ perDay: 5 });
    for (const id of ['1', '2', '3']) await open(id);
    answers = async () => ({ kind: 'rejected', detail: 'no' });
    const [first] = await query<{ key: string }>(
      'SELECT f.key FROM relance.outbox o JOIN relance.follow_ups f ON f.id = o.follow_up_id ORDER BY o.id LIMIT 1',
    );
    const paid = () => world.event('bill.paid', { id: first?.key }).then(() => {});
    const node = world.another({ database: beforeTheGate(world.database, paid) });
    await query(`UPDATE relance.clock SET story_at = story_at + interval '1 day'`);
    await node.runAll();
    await world.settle();
    expect(subjects()).toEqual([expect.stringMatching(/^2 messages: Bill \d and 1 more$/)]);
    expect(await counted()).toBe(0);
  });
  it('is not held by a message that waits for another try', async () => {
    await budget({ perDay: 5 });
    await open('1');
    answers = once({ kind: 'retry', detail: 'busy', retryAfterMs: 3_600_000 });
    await world.advance('1 day');
    expect(await counted()).toBe(0);
    await world.advance('2 hours');
    expect(await counted()).toBe(1);
  });
});
