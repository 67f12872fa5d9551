// That something is over, where it waits for an hour at which its reader may be told, is told only if it is still so then: opened
// again meanwhile, nobody hears of the end that was none; run out and then done after all, only of the end that there was.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createWorld, type World } from '../world.ts';

const POLICY = `
policy: approval
open: { on: approval.asked }
resolve: { on: approval.given }
key: event.data.id
assignee: "'ana'"
expire: { after: 12 hours }
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
resolved: { notify: { to: assignee, via: [email] } }
expired: { notify: { to: assignee, via: [email] } }
`;

let world: World;
beforeEach(async () => {
  world = await createWorld(); // Monday, 09:00
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.policy(POLICY);
  await world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { zone: 'UTC', quietHours: '20:00-08:00' }),
  );
});
afterEach(() => world.end());

async function open(): Promise<string> {
  const [outcome] = await world.event('approval.asked', { id: 'a-1' });
  await world.settle();
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
}
const given = () => world.event('approval.given', { id: 'a-1' });

it('opened again before its morning, nobody is told of an end; of the next one they are', async () => {
  const id = await open();
  await world.advance('11 hours 30 minutes'); // 20:30
  await given();
  await world.settle();
  expect(world.sent()).toEqual(['email ana notice']);
  const reopened = await world.node.commands.reopen('default', { kind: 'id', id }, { kind: 'api', id: 'ana' });
  expect(reopened).toMatchObject({ kind: 'done', followUp: { generation: 2, status: 'open' } });
  await world.advance('11 hours 30 minutes'); // Tuesday, 08:00
  expect(world.sent().slice(1)).toEqual(['email ana notice']); // asked again, and told of no end
  expect(await world.timeline(id)).toContainEqual(
    expect.objectContaining({ kind: 'message_revoked', reason: 'reopened', stage: 'resolved' }),
  );
  await given();
  await world.settle();
  expect(world.sent().slice(2)).toEqual(['email ana resolved']);
  await world.advance('3 days');
  expect(world.sent()).toHaveLength(3);
});

it('run out and then done after all before its morning, it is told once, as done', async () => {
  const id = await open();
  await world.advance('12 hours'); // 21:00
  expect(world.sent()).toEqual(['email ana notice']);
  await given();
  await world.advance('1 day');
  expect(world.sent().slice(1)).toEqual(['email ana resolved']);
  expect(await world.timeline(id)).toContainEqual(
    expect.objectContaining({ kind: 'message_revoked', reason: 'resolved', stage: 'expired' }),
  );
});
