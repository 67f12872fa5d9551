// Windows and quiet hours over the real engine: what waits in the outbox, what is tried again into the night, a large group
// whose members sleep at different hours, and the newest of several stages that wait for one morning.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { createWorld, recorder, toRfc3339, type World } from '../world.ts';

let world: World;
afterEach(() => world.end());

const open = async (): Promise<string> => {
  const [outcome] = await world.event('task.asked', { id: '1' });
  await world.settle();
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
};
const policy = (stages: string): Promise<number> =>
  world.policy(`
policy: task
open: { on: task.asked }
resolve: { on: task.done }
key: event.data.id
assignee: "'ana'"
stages:
${stages}`);
const told = async (id: string): Promise<string[]> =>
  (await world.timeline(id))
    .filter(({ kind }) => kind.startsWith('message_') || kind === 'stage_superseded')
    .map(({ kind, stage, reason, at }) => `${toRfc3339(at as never).slice(5, 16)} ${kind} ${stage} ${reason}`);
const outbox = () =>
  world.database.transaction(ENGINE, (tx) =>
    tx.query<{ stage: string; status: string; held_by: string | null }>(
      'SELECT stage, status, held_by FROM relance.outbox ORDER BY stage',
    ),
  );

describe('at night', () => {
  beforeEach(async () => {
    world = await createWorld({ start: '2026-11-02T23:30:00Z' });
    await world.people([{ id: 'ana', email: 'ana@example.test', timeZone: 'UTC' }]);
  });

  it('a message waits visibly for the morning, and the newest stage takes it', async () => {
    await policy(`
  - { id: notice, at: opened, quietHours: 22:00-07:00, notify: { via: [email, inbox] } }
  - { id: reminder, at: opened + 2 hours, quietHours: 22:00-07:00, notify: { via: [email] } }
  - { id: later, at: reminder + 3 hours, notify: { via: [email] } }`);
    const id = await open();
    expect(await outbox()).toEqual([{ stage: 'notice', status: 'deferred', held_by: 'quiet_hours' }]);
    await world.advance('3 hours');
    expect(await outbox()).toEqual([{ stage: 'reminder', status: 'deferred', held_by: 'quiet_hours' }]);
    expect(await world.node.watch()).toBe(0);
    await world.advance('1 day');
    expect(world.sent()).toEqual(['inbox ana notice', 'email ana reminder', 'email ana later']);
    expect(await told(id)).toEqual([
      '11-02T23:30 message_deferred notice quiet_hours',
      '11-02T23:30 message_sent notice opened',
      '11-03T01:30 message_deferred reminder quiet_hours',
      '11-03T01:30 stage_superseded notice superseded',
      '11-03T01:30 message_revoked notice superseded',
      '11-03T07:00 message_sent reminder stage_due',
      '11-03T10:00 message_sent later stage_due',
    ]);
  });

  it('what waits is taken back by a closing, whose confirmation waits for nobody', async () => {
    await policy('  - { id: notice, at: opened, quietHours: 22:00-07:00, notify: { via: [email] } }');
    const id = await open();
    await world.event('task.done', { id: '1' });
    await world.settle();
    await world.advance('3 days');
    expect(world.sent().filter((line) => line.startsWith('email'))).toEqual(['email ana resolved']);
    expect(await told(id)).toContain('11-02T23:30 message_revoked notice resolved');
  });
});

it('what is to be tried again in quiet hours waits for their end', async () => {
  let refusals = 0;
  const busy = recorder('email', async () =>
    refusals++ === 0
      ? { kind: 'retry', detail: 'busy', retryAfterMs: 1_800_000 }
      : { kind: 'accepted', providerId: null },
  );
  world = await createWorld({ start: '2026-11-02T21:45:00Z', recorders: { email: busy } });
  await world.people([{ id: 'ana', email: 'ana@example.test', timeZone: 'UTC' }]);
  await policy('  - { id: notice, at: opened, quietHours: 22:00-07:00, notify: { via: [email] } }');
  const id = await open();
  await world.advance('1 day');
  expect(await told(id)).toEqual([
    '11-02T21:45 message_retried notice provider_retry',
    '11-02T22:15 message_deferred notice quiet_hours',
    '11-03T07:00 message_sent notice opened',
  ]);
});

it('what comes to wait for a morning for which a newer stage waits already gives way to it', async () => {
  let refusals = 0;
  const busy = recorder('email', async () =>
    refusals++ === 0
      ? { kind: 'retry', detail: 'busy', retryAfterMs: 3_600_000 }
      : { kind: 'accepted', providerId: null },
  );
  world = await createWorld({ start: '2026-11-02T21:45:00Z', recorders: { email: busy } });
  await world.people([{ id: 'ana', email: 'ana@example.test', timeZone: 'UTC' }]);
  await policy(`
  - { id: notice, at: opened, quietHours: 22:00-07:00, notify: { via: [email, { channel: inbox, else: true }] } }
  - { id: reminder, at: opened + 30 minutes, quietHours: 22:00-07:00, notify: { via: [email] } }`);
  const id = await open();
  await world.advance('1 day');
  expect((await told(id)).filter((line) => !line.includes('opened'))).toEqual([
    '11-02T21:45 message_retried notice provider_retry',
    '11-02T22:15 message_deferred reminder quiet_hours',
    '11-02T22:45 message_deferred notice quiet_hours',
    '11-02T22:45 stage_superseded notice superseded',
    '11-02T22:45 message_revoked notice superseded',
    '11-03T07:00 message_sent reminder stage_due',
  ]);
  expect(await outbox()).toEqual([]);
  expect(await world.node.watch()).toBe(0);
});

it('members of a large group are told when it is day where they are', async () => {
  world = await createWorld({ start: '2026-11-02T23:30:00Z' });
  const zones = ['Europe/Paris', 'America/New_York', 'Asia/Tokyo'];
  const ids = Array.from({ length: 150 }, (_, index) => `p${index}`);
  await world.people(ids.map((id, index) => ({ id, email: `${id}@example.test`, timeZone: zones[index % 3] ?? null })));
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.group('everyone', ids);
  await policy(`
  - { id: notice, at: opened, quietHours: 22:00-07:00, notify: { to: group(everyone), via: [email] } }
  - { id: again, at: opened + 1 hour, quietHours: 22:00-07:00, notify: { to: group(everyone), via: [email] } }`);
  const id = await open();
  expect(world.sent()).toHaveLength(100); // New York 18:30, Tokyo 08:30
  await world.advance('1 day');
  const sent = world.sent();
  expect(sent.filter((line) => line.endsWith('notice'))).toHaveLength(100);
  expect(sent.filter((line) => line.endsWith('again'))).toHaveLength(150);
  expect((await told(id)).filter((line) => line.includes('message_deferred'))).toEqual([
    '11-02T23:30 message_deferred notice quiet_hours',
    '11-03T00:30 message_deferred again quiet_hours',
  ]);
  expect(await world.node.watch()).toBe(0);
});

it('members of a large group who wait for one morning get the newest stage, whatever it is called', async () => {
  world = await createWorld({ start: '2026-11-02T23:30:00Z' });
  const ids = Array.from({ length: 101 }, (_, index) => `p${index}`);
  await world.people(ids.map((id) => ({ id, email: `${id}@example.test`, timeZone: 'UTC' })));
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await world.group('everyone', ids);
  await policy(`
  - { id: notice, at: opened, quietHours: 22:00-07:00, notify: { to: group(everyone), via: [email] } }
  - { id: again, at: opened, quietHours: 22:00-07:00, notify: { to: group(everyone), via: [email] } }`);
  await open();
  await world.advance('1 day');
  expect(new Set(world.sent().map((line) => line.split(' ')[2]))).toEqual(new Set(['again']));
  expect(world.sent()).toHaveLength(101);
});
