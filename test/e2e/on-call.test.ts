// Policies that speak to people on call, over the real engine and a real database: an incident is told to whoever is on
// call as each stage runs, across hand-overs, overrides, edits and levels, and to the fallback where nobody is.
import { scheduleSchema } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { deleteSchedule, putSchedule } from '../../packages/server/src/store/sql/schedule.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createWorld, eventOf, person, type World } from '../world.ts';

const INCIDENT = `
policy: incident
title: Incident
urgency: urgent
open: { on: com.acme.incident.opened }
resolve: { on: com.acme.incident.closed }
key: event.data.id
assignee: event.data.owner
fallback: group(desk)
resolved: { notify: { to: onCall(primary), via: [email] } }
stages:
  - id: page
    at: opened
    repeat: { every: 1 hour, times: 3 }
    notify: { to: onCall(primary), via: [email] }
  - id: backup
    at: page.last + 1 hour
    escalate: { to: ["onCall(primary, 2)"] }
    notify: { to: escalated, via: [sms] }
`;
const NOON = { every: '1 day', handover: { at: '12:00' }, start: '2026-11-01' };
/** Ana until Monday noon, then Bo, then Ana again; Cleo is the backup. */
const PRIMARY = {
  timeZone: 'UTC',
  layers: [
    { id: 'days', rotation: { ...NOON, members: ['ana', 'bo'] } },
    { id: 'backup', level: 2, rotation: { ...NOON, members: ['cleo'] } },
  ],
};

let world: World;
/** Monday, an hour and a half before the hand-over. */
beforeEach(async () => {
  world = await createWorld({ start: '2026-11-02T10:30:00Z' });
  await world.people(
    ['ana', 'bo', 'cleo', 'dan', 'owner'].map((id) => ({ id, email: `${id}@x.test`, phone: '+34600000001' })),
  );
  await world.group('desk', ['dan']);
  await schedule('primary', PRIMARY);
  await world.policy(INCIDENT);
});
afterEach(() => world.end());

const schedule = (id: string, written: object) =>
  world.database.transaction(ENGINE, (tx) => putSchedule(tx, 'default', id, scheduleSchema.parse(written)));
async function incident(id = 'i1'): Promise<string> {
  const answer = await world.event('com.acme.incident.opened', { id, owner: 'owner' });
  await world.settle();
  return (answer as unknown as { followUps: { id: string }[] }[])[0]?.followUps[0]?.id ?? '';
}
const alarms = async (id: string): Promise<readonly string[]> =>
  (await world.timeline(id)).filter(({ kind }) => kind === 'alarm').map(({ reason }) => reason);

describe('an incident', () => {
  it('is told to whoever is on call now, after the hand-over to the next one, and then to the backup', async () => {
    const id = await incident();
    expect(world.sent()).toEqual(['email ana page']);
    await world.advance('1 hour'); // 11:30, still Ana
    expect(world.sent().slice(1)).toEqual(['email ana page']);
    await world.advance('1 hour'); // 12:30, Bo has taken over
    expect(world.sent().slice(2)).toEqual(['email bo page']);
    await world.advance('1 hour');
    expect(world.sent().slice(3)).toEqual(['sms cleo backup']);
    expect(await alarms(id)).toEqual([]);
    await world.event('com.acme.incident.closed', { id: 'i1' });
    await world.settle();
    expect(world.sent().slice(4)).toEqual(['email bo resolved']);
    await world.advance('3 days');
    expect(world.sent()).toHaveLength(5);
  });

  it('is told to whom an override names, and to nobody else meanwhile', async () => {
    const swap = { id: 'swap', from: '2026-11-02T11:00:00Z', to: '2026-11-02T12:00:00Z', recipient: 'dan' };
    await schedule('primary', { ...PRIMARY, overrides: [swap] });
    await incident();
    await world.advance('1 hour');
    await world.advance('1 hour');
    expect(world.sent()).toEqual(['email ana page', 'email dan page', 'email bo page']);
  });

  it('under way follows a schedule that is changed, and another one that begins again', async () => {
    await incident();
    await schedule('primary', { ...PRIMARY, layers: [{ rotation: { ...NOON, members: ['cleo'] } }] });
    await world.advance('1 hour');
    await world.database.transaction(ENGINE, (tx) => deleteSchedule(tx, 'default', 'primary'));
    await schedule('primary', { ...PRIMARY, layers: [{ rotation: { ...NOON, members: ['dan'] } }] });
    await world.advance('1 hour');
    expect(world.sent()).toEqual(['email ana page', 'email cleo page', 'email dan page']);
  });

  it.each([
    ['somebody nobody knows', { ...PRIMARY, layers: [{ rotation: { ...NOON, members: ['casper'] } }] }],
    [
      'nobody, in a gap',
      { ...PRIMARY, layers: [{ rotation: { ...NOON, members: ['ana'] }, restrictions: [{ from: '20:00' }] }] },
    ],
    [
      'nobody, by an override',
      { ...PRIMARY, overrides: [{ id: 'off', from: '2026-11-01', to: '2026-12-01', recipient: null }] },
    ],
    ['nobody, on no schedule', null],
  ])('falls to the fallback with one alarm where on call is %s', async (_who, written) => {
    if (written !== null) await schedule('primary', written);
    else await world.database.transaction(ENGINE, (tx) => deleteSchedule(tx, 'default', 'primary'));
    const id = await incident();
    expect(world.sent()).toEqual(['email dan page']);
    expect(await alarms(id)).toEqual(['target_empty']);
  });

  it('without an owner belongs to whoever of the fallback is on call as it opens', async () => {
    await world.policy(
      INCIDENT.replace('group(desk)', 'onCall(primary)').replace('event.data.owner', 'event.data.nobody'),
    );
    await world.advance('2 hours');
    const id = await incident();
    expect(world.sent()).toEqual(['email bo page']);
    expect(await world.timeline(id)).toContainEqual(expect.objectContaining({ kind: 'alarm', reason: 'target_empty' }));
  });
});

describe('an incident whose assignee is on call', () => {
  const OWNED = `${INCIDENT.replace('event.data.owner', '{ target: onCall(primary) }').replace(/stages:[\s\S]*/, '')}onRepeat: reopen(7 days)
stages: [{ id: page, at: opened, repeat: { every: 1 hour, times: 3 }, notify: { via: [email] } }]
`;
  it('belongs to whoever is on call as it opens, and opened again to whoever is then', async () => {
    await world.policy(OWNED);
    await incident();
    await world.advance('2 hours'); // past the hand-over: it is still Ana's
    expect(world.sent()).toEqual(['email ana page', 'email ana page', 'email ana page']);
    await world.event('com.acme.incident.closed', { id: 'i1' });
    await world.settle();
    await incident();
    expect(world.sent().slice(3)).toEqual(['email bo resolved', 'email bo page']);
    const opened = await world.node.commands.open('default', { policy: 'incident', key: 'by-api', data: {} });
    expect(opened).toMatchObject({ kind: 'opened', followUp: { assignee: 'bo', key: 'by-api' } });
    const given = await world.node.commands.open('default', { policy: 'incident', key: 'given', assignee: 'dan' });
    expect(given).toMatchObject({ kind: 'opened', followUp: { assignee: 'dan' } });
  });
});

describe('incidents of two tenants', () => {
  it('are decided together, each with its own schedule of the same name', async () => {
    await world.database.transaction(ENGINE, async (tx) => {
      await putRecipients(tx, 'other', [person({ id: 'eve', email: 'eve@x.test' })]);
      const written = { ...PRIMARY, layers: [{ rotation: { ...NOON, members: ['eve'] } }] };
      await putSchedule(tx, 'other', 'primary', scheduleSchema.parse(written));
      const policy = { id: 'incident', version: 1, written: parse(INCIDENT), category: 'general', by: null };
      await publishPolicy(tx, 'other', policy);
    });
    await world.node.ingest.submit('other', [eventOf('com.acme.incident.opened', { id: 'i1', owner: 'eve' })]);
    await incident('i1');
    await incident('i2');
    const first = ['email ana page', 'email ana page', 'email eve page'];
    expect(world.sent().toSorted()).toEqual(first);
    await world.advance('1 hour');
    expect(world.sent().toSorted()).toEqual([...first, ...first].sort());
  });
});

describe('alarms to `onCall(primary)`', () => {
  const alarmTo = (to: string) =>
    world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { alarmTo: to }));
  let number = 0;
  /** Nobody knows its owner, so that the fallback is asked: an alarm. */
  async function alarm(): Promise<string[]> {
    await world.event('com.acme.incident.opened', { id: `alarm-${++number}`, owner: 'nobody' });
    await world.settle();
    const before = world.sent().length;
    await world.advance('61 seconds');
    return world
      .sent()
      .slice(before)
      .filter((line) => line.endsWith('@alarm'));
  }

  it('are told to whoever is on call at that moment', async () => {
    await alarmTo('onCall(primary)');
    expect(await alarm()).toEqual(['email ana @alarm']);
    await world.advance('90 minutes');
    expect(await alarm()).toEqual(['email bo @alarm']);
    await alarmTo('onCall(primary, 2)');
    expect(await alarm()).toEqual(['email cleo @alarm']);
  });

  it('are told to nobody where nobody is on call, and the next ones are told again', async () => {
    await alarmTo('onCall(primary)');
    const off = { id: 'off', from: '2026-11-02T10:00:00Z', to: '2026-11-02T10:40:00Z', recipient: null };
    await schedule('primary', { ...PRIMARY, overrides: [off] });
    expect(await alarm()).toEqual([]);
    await world.advance('15 minutes');
    expect(await alarm()).toEqual(['email ana @alarm']);
    await world.database.transaction(ENGINE, (tx) => deleteSchedule(tx, 'default', 'primary'));
    expect(await alarm()).toEqual([]);
  });
});
