// Status updates over the real ingest: events of a stage's own, under keys of their own, beside the clauses of the policy.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(`
policy: order
open: { on: order.placed }
update: { on: order.changed }
resolve: { on: [order.received, order.shipped], when: "event.type == 'order.received' || event.data.final" }
key: event.data.id
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: shipped, at: { on: order.shipped, when: "!has(event.data.silent)", key: event.data.order }, notify: { via: [email] } }
  - { id: status, at: { changed: data.status }, notify: { via: [email] } }
`);
  await world.event('order.placed', { id: '1', status: 'new' });
  await world.settle();
});
afterEach(() => world.end());

const sentBy = async (type: string, data: Record<string, unknown>): Promise<string[]> => {
  const before = world.sent().length;
  await world.event(type, data);
  await world.settle();
  return world.sent().slice(before);
};

it('each event that means a stage runs it once, and merges its data', async () => {
  expect(await sentBy('order.shipped', { order: '1', parcel: 'A' })).toEqual(['email ana shipped']);
  expect(await sentBy('order.shipped', { order: '1', parcel: 'B' })).toEqual(['email ana shipped']);
  expect(await sentBy('order.shipped', { order: '1', silent: true })).toEqual([]);
  expect(await sentBy('order.shipped', { order: '2' })).toEqual([]);
  expect(await sentBy('order.changed', { id: '1', status: 'new' })).toEqual([]);
  expect(await sentBy('order.changed', { id: '1', status: 'packed' })).toEqual(['email ana status']);
  // Its data changes what another stage watches: both are told.
  const both = await sentBy('order.shipped', { order: '1', status: 'gone' });
  expect(both.toSorted()).toEqual(['email ana shipped', 'email ana status']);
  expect(await world.node.watch()).toBe(0);
});

it('an update that says a part of what the policy writes out changes that part', async () => {
  await world.policy(`
policy: contract
open: { on: contract.signed }
update: { on: contract.changed }
key: event.data.contract
data: "{'account': event.data.account, 'price': event.data.price}"
assignee: "'ana'"
stages:
  - { id: price, at: { changed: data.price }, notify: { via: [email] } }
`);
  await world.event('contract.signed', { contract: 'c', account: 'acme', price: 120 });
  expect(await sentBy('contract.changed', { contract: 'c', price: 130 })).toEqual(['email ana price']);
  expect(await sentBy('contract.changed', { contract: 'c', account: 'acme-2' })).toEqual([]);
  const kept = await world.database.transaction(ENGINE, (tx) =>
    tx.query(`SELECT data FROM relance.follow_ups WHERE policy = 'contract'`),
  );
  expect(kept).toEqual([{ data: { account: 'acme-2', price: 130 } }]);
});

it('the same event twice runs it once', async () => {
  const again = { id: 'same', source: '/shop' };
  await world.event('order.shipped', { order: '1' }, again);
  await world.event('order.shipped', { order: '1' }, again);
  await world.settle();
  expect(world.sent()).toEqual(['email ana notice', 'email ana shipped']);
});

it('an event that closes runs no stage: its message is the confirmation', async () => {
  expect(await sentBy('order.shipped', { id: '1', order: '1', final: true, status: 'gone' })).toEqual([
    'inbox ana resolved',
    'email ana resolved',
  ]);
});

it('an event that only claims closes nothing, so it runs its stage, and revives nothing that has expired', async () => {
  await world.policy(`
policy: parcel
open: { on: parcel.sent }
resolve: { on: parcel.arrived }
key: event.data.id
assignee: "'ana'"
resolvableBy: [team]
expire: { after: 2 days }
stages:
  - { id: arrived, at: { on: parcel.arrived }, notify: { via: [email] } }
`);
  await world.event('parcel.sent', { id: '1' });
  expect(await sentBy('parcel.arrived', { id: '1' })).toEqual(['email ana arrived']);
  await world.advance('3 days');
  await world.settle();
  expect(await sentBy('parcel.arrived', { id: '1' })).toEqual([]);
});
