// Many follow-ups that ask a resolver at one moment, and one that somebody holds while its answer comes: real loops, real rows.
import { afterEach, expect, it } from 'vitest';
import { LookUp } from '../../packages/server/src/engine/look-up.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createWorld, type World } from '../world.ts';

let world: World;
let asked = 0;
afterEach(() => world.end());

async function begin(): Promise<void> {
  asked = 0;
  const resolve = async () => {
    asked += 1;
    return { kind: 'answered', to: ['bo'], holdsMs: 0 } as const;
  };
  world = await createWorld({ engine: { resolve } });
  await world.people(['bo', 'dan'].map((id) => ({ id, email: `${id}@example.test` })));
  await world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { resolvers: { crm: { url: 'https://crm.example.test/' } } }),
  );
  await world.policy(`
policy: deal
open: { on: deal.made }
key: event.data.id
assignee: { target: resolver(crm) }
fallback: recipient(dan)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }`);
}

it('asks for the next of a crowd as soon as there is room, and waits for no tick', async () => {
  await begin();
  const ids = Array.from({ length: 50 }, (_, index) => String(index));
  await Promise.all(ids.map((id) => world.event('deal.made', { id })));
  const lookUp: LookUp = new LookUp(world.node.engine, () => void lookUp.runOnce());
  expect(await lookUp.runOnce()).toBe(20);
  await expect.poll(() => asked, { timeout: 20_000 }).toBe(50);
  await world.settle();
  expect(world.sent()).toHaveLength(50);
}, 60_000);

it('keeps what it has heard while somebody holds the follow-up, and does not ask again', async () => {
  await begin();
  const held = Promise.withResolvers<void>();
  await world.event('deal.made', { id: '1' });
  let tries = 0;
  const node = world.another({
    pauseMs: async () => {
      if (++tries === 3) held.resolve();
      await new Promise(setImmediate);
    },
  });
  const locked = Promise.withResolvers<void>();
  const holding = world.database.transaction(ENGINE, async (tx) => {
    await tx.query('SELECT FROM relance.follow_ups FOR UPDATE');
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  await node.runAll();
  held.resolve();
  await holding;
  await world.settle();
  expect(asked).toBe(1);
  expect(world.sent()).toEqual(['email bo notice']);
}, 30_000);
