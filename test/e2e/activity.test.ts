// Activity over the real engine: told by events as the tenant's mapping says, asked for by conditions when their stage
// runs, together with what else waits for somebody and what they did with the messages.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { listActivities } from '../../packages/server/src/store/sql/activity.ts';
import { addEngagement } from '../../packages/server/src/store/sql/message.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createWorld, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.people(['ana', 'bo'].map((id) => ({ id, email: `${id}@example.test` })));
});
afterEach(() => world.end());

const map = (activity: readonly object[]): Promise<void> =>
  world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { activity }));
const policy = (when: string): Promise<number> =>
  world.policy(`
policy: offer
open: { on: cart.left }
key: event.data.id
assignee: event.data.who
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: offer, at: opened + 1 day, when: "${when}", notify: { via: [email] } }
`);

it('events tell it, with place and time, and a stage asks when it runs', async () => {
  await map([
    {
      on: 'shop.*',
      recipient: 'event.data.customer',
      when: "event.type != 'shop.closed'",
      data: "{'page': event.data.page}",
      location: 'event.data.geo',
    },
    { on: 'crm.call', recipient: 'event.data.who', type: "'called'" },
  ]);
  await policy("activity.count('shop.viewed', '2 days') > 1 && activity.last('called') == null");
  await world.event('cart.left', { id: '1', who: 'ana' });
  await world.event('cart.left', { id: '2', who: 'bo' });
  for (const who of ['ana', 'ana', 'bo', 'bo'])
    await world.event('shop.viewed', { customer: who, page: '/x', geo: { country: 'FR', street: 'y' } });
  await world.event('crm.call', { who: 'bo' });
  await world.event('shop.closed', { customer: 'ana' });
  await world.event('shop.viewed', { page: 'nobody in it' });
  await world.settle();
  const kept = await world.database.transaction(ENGINE, (tx) =>
    listActivities(tx, 'default', 'ana', { type: null, before: null, limit: 10 }),
  );
  expect(kept).toHaveLength(2);
  expect(kept[0]).toMatchObject({
    type: 'shop.viewed',
    data: { page: '/x' },
    location: { country: 'FR' },
    source: '/tests',
  });
  await world.advance('2 days');
  expect(world.sent().toSorted()).toEqual(['email ana notice', 'email ana offer', 'email bo notice']);
});

it('the event that opens is known to what it opens', async () => {
  await map([{ on: 'cart.left', recipient: 'event.data.who' }]);
  await world.policy(`
policy: first
open: { on: cart.left }
key: event.data.id
assignee: event.data.who
stages: [{ id: welcome, at: opened, when: "activity.count('cart.left', '1 day') == 1", notify: { via: [email] } }]
`);
  await world.event('cart.left', { id: '1', who: 'ana' });
  await world.event('cart.left', { id: '2', who: 'ana' });
  await world.settle();
  expect(world.sent()).toEqual(['email ana welcome']);
});

it('what else waits for them, and what they did with the message, decide as well', async () => {
  await policy('size(pending) > 0 && engagement.acted.proven');
  const [first] = await world.event('cart.left', { id: '1', who: 'ana' });
  await world.event('cart.left', { id: '2', who: 'ana' });
  await world.settle();
  const id = first?.kind === 'accepted' ? (first.followUps[0]?.id ?? '') : '';
  await world.database.transaction(ENGINE, async (tx) => {
    const [message] = await tx.query<{ id: string }>('SELECT id FROM relance.messages WHERE follow_up_id = $1', [id]);
    await addEngagement(tx, 'default', message?.id ?? '', 'acted');
  });
  await world.advance('2 days');
  expect(world.sent().filter((line) => line.endsWith('offer'))).toHaveLength(1);
  const lines = await world.timeline(id);
  expect(lines.map(({ kind, stage }) => `${kind} ${stage}`)).toContain('stage_ran offer');
});
