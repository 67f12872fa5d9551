// What needs attention now, told as a story: nothing at first, then what is live, late, stuck, written and failing is counted, for
// its own tenant alone, and what is closed is not.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { raiseOrphans } from '../../engine/alarm.ts';
import { ENGINE } from '../../store/database.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
data: event.data
assignee: event.data.who
due: event.data.due
fallback: recipient(ana)
unknownGrace: 30 days
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

/** Whoever is told is not there. */
const UNHEARD = `
policy: unheard
open: { on: thing.made }
key: event.data.id
assignee: "'ana'"
stages: [ { id: notice, at: opened, notify: { to: [requester], via: [email] } }, { id: later, at: opened + 9 days, notify: { via: [email] } } ]
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());

const seen = async () => (await http.call('GET', '/v1/overview')).body;
let number = 0;
const open = async (id: string, data: Record<string, unknown>, type = 'task.created') => {
  const event = { specversion: '1.0', id: `e-${++number}`, source: '/s', type, data: { id, ...data } };
  return (await http.call('POST', '/v1/events', event)).body.followUps[0].id as string;
};

it('counts what is live, late, stuck and written, and forgets what is closed', async () => {
  expect(await seen()).toMatchObject({
    followUps: { open: 0, acknowledged: 0, snoozed: 0, overdue: 0, urgent: 0 },
    attention: { stagesExhausted: 0, unknownRecipient: 0, parked: 0, nobodyReached: 0, orphaned: 0 },
    openReplies: 0,
    connections: [],
    alarms: [],
    policies: 0,
    recipients: false,
  });
  await http.world.people([{ id: 'ana', name: 'Ana', email: 'ana@example.test' }]);
  await http.world.policy(POLICY);
  const late = await open('late', { who: 'ana', due: '2020-01-01T09:00:00Z' });
  const taken = await open('taken', { who: 'ana' });
  await open('nobody', { who: 'somebody-else' });
  await http.call('POST', `/v1/follow-ups/${taken}/acknowledge`, {});
  await http.world.settle();
  const then = await seen();
  expect(then).toMatchObject({
    followUps: { open: 2, acknowledged: 1, overdue: 1 },
    attention: { stagesExhausted: 1, unknownRecipient: 1, parked: 0 },
    policies: 1,
    recipients: true,
  });
  const standings = async (headers?: Record<string, string>) =>
    (await http.call('GET', '/v1/overview/policies', undefined, headers)).body.items;
  expect(await standings()).toEqual([{ policy: 'task', open: 2, acknowledged: 1, overdue: 1, attention: 2 }]);
  // Another tenant has none of it.
  const other = await http.key('other', ['api']);
  expect(await standings({ authorization: `Bearer ${other}` })).toEqual([]);
  expect((await http.call('GET', '/v1/overview', undefined, { authorization: `Bearer ${other}` })).body).toMatchObject({
    followUps: { open: 0 },
    attention: { stagesExhausted: 0 },
    alarms: [],
    recipients: false,
  });
  await http.call('POST', `/v1/follow-ups/${late}/resolve`, {});
  await http.call('POST', `/v1/follow-ups/${taken}/cancel`, {});
  expect(await seen()).toMatchObject({
    followUps: { open: 1, acknowledged: 0, overdue: 0 },
    attention: { stagesExhausted: 0, unknownRecipient: 1 },
  });
});

it('counts what reached nobody and what the watchdog found, and each count has its list', async () => {
  await http.world.policy(UNHEARD);
  const unheard = await open('unheard', {}, 'thing.made');
  await http.world.settle();
  const found = await open('found', { who: 'ana' });
  await http.world.settle();
  const orphan = { id: found, tenant: 'default', why: 'no_timer' } as const;
  const now = await http.world.now();
  await http.world.database.transaction(ENGINE, (tx) => raiseOrphans(tx, [orphan], now));
  expect((await seen()).attention).toEqual({
    stagesExhausted: 1,
    unknownRecipient: 1,
    parked: 0,
    nobodyReached: 1,
    orphaned: 1,
  });
  const listed = async (attention: string) =>
    (await http.call('GET', `/v1/follow-ups?attention=${attention}`)).body.items.map(({ id }: { id: string }) => id);
  expect(await listed('nobody_reached')).toEqual([unheard]);
  expect(await listed('orphaned')).toEqual([found]);
  expect(await listed('stages_exhausted')).toEqual([found]);
  expect(await listed('unknown_recipient')).toHaveLength(1);
  expect(await listed('parked')).toEqual([]);
  expect(await listed('true')).toHaveLength(2);
  expect(await listed('false')).toHaveLength(3 + 2);
  expect((await http.call('GET', '/v1/follow-ups?attention=hunger')).status).toBe(400);
  await http.call('POST', `/v1/follow-ups/${unheard}/cancel`, {});
  expect((await seen()).attention).toMatchObject({ nobodyReached: 0, orphaned: 1 });
  expect(await listed('nobody_reached')).toEqual([]);
});
