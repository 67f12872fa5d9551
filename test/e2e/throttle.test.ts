// A throttle over the real engine: what it counts is stored with the follow-up, so a node that starts later knows it too.
import { afterEach, expect, it } from 'vitest';
import { createWorld, toRfc3339, type World } from '../world.ts';

let world: World;
afterEach(() => world.end());

it('holds what comes too soon, and sends the newest of what events said meanwhile', async () => {
  world = await createWorld({ start: '2026-11-02T09:00:00Z' });
  await world.people([{ id: 'ana', email: 'ana@example.test', timeZone: 'UTC' }]);
  await world.policy(`
policy: parcel
open: { on: parcel.sent }
update: { on: parcel.moved }
resolve: { on: parcel.arrived }
key: event.data.id
assignee: "'ana'"
throttle: { atMost: 2, per: 6 hours }
stages:
  - { id: notice, at: opened, repeat: { every: 2 hours, times: 5 }, notify: { via: [email] } }
  - { id: moved, at: { changed: data.place }, notify: { via: [email] } }`);
  const [outcome] = await world.event('parcel.sent', { id: '1' });
  const id = outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
  await world.settle();
  await world.advance('1 hour');
  for (const place of ['Lyon', 'Dijon', 'Paris']) {
    await world.event('parcel.moved', { id: '1', place });
    await world.settle();
    await world.advance('10 minutes');
  }
  await world.advance('9 hours');
  const lines = (await world.timeline(id))
    .filter(({ kind }) => ['message_sent', 'waiting', 'stage_superseded'].includes(kind))
    .map(({ kind, stage, reason, at }) => `${toRfc3339(at as never).slice(11, 16)} ${kind} ${stage} ${reason}`);
  expect(lines).toEqual([
    '09:00 message_sent notice opened',
    '10:00 message_sent moved changed',
    '10:10 waiting moved throttled',
    '10:20 stage_superseded moved superseded',
    '11:00 waiting notice throttled',
    '15:00 waiting notice throttled',
    '15:00 message_sent moved changed',
    '16:00 message_sent notice repeat_elapsed',
    '18:00 waiting notice throttled',
  ]);
  await world.event('parcel.arrived', { id: '1' });
  await world.settle();
  await world.advance('2 days');
  expect(world.sent()).toEqual([
    'email ana notice',
    'email ana moved',
    'email ana moved',
    'email ana notice',
    'inbox ana resolved',
    'email ana resolved',
  ]);
});
