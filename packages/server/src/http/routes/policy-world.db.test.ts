// Whom a policy may come to, told to whoever plays it elsewhere: what a page makes of it is what the server itself plays, and
// another tenant's people are not in it.
import {
  calendarYears,
  compilePolicy,
  type Instant,
  instant,
  namesIn,
  planSimulation,
  readCalendar,
  readDirectory,
  simulate,
  type WireDirectory,
  type WireSimulation,
  wireSimulation,
  withCalendar,
} from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

const POLICY = {
  policy: 'task',
  category: 'work',
  calendar: 'office',
  key: 'event.data.id',
  open: { on: 'task.created' },
  assignee: 'event.data.who',
  due: 'event.data.due',
  fallback: 'group(desk)',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email', 'sms'] } },
    { id: 'late', at: 'due + 1 business day', window: '09:00-18:00', notify: { via: ['email'] } },
    { id: 'duty', at: 'late + 2 weeks', escalate: { to: ['onCall(primary)'] }, notify: { via: ['email'] } },
    { id: 'boss', at: 'duty + 1 day', escalate: { to: ['manager(1)'] }, notify: { via: ['email'] } },
  ],
};
const ASKED = { data: { who: 'ana' }, dueAt: '2026-11-20' };

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  const put = async (path: string, body: object) =>
    expect((await http.call('PUT', `/v1/${path}`, body)).status).toBe(200);
  await put('recipients/ana', {
    email: 'ana@x.test',
    phone: '+34600000001',
    timeZone: 'America/New_York',
    manager: 'bo',
  });
  for (const id of ['bo', 'cleo', 'dan']) await put(`recipients/${id}`, { email: `${id}@x.test` });
  await put('groups/desk', { members: ['cleo'] });
  await put('calendars/office', { zone: 'Europe/Paris', exceptions: { '2026-11-23': 'closed' } });
  const rotation = { every: '2 weeks', handover: { at: '09:00' }, start: '2026-11-02', members: ['cleo', 'dan'] };
  await put('schedules/primary', { timeZone: 'UTC', layers: [{ rotation }] });
  await put('policies/task', POLICY);
  // Ana does not want text messages of it, and her tenant is quiet at night.
  await put('recipients/ana/preferences', {
    categories: [{ id: 'work', channels: { sms: false } }],
    evidence: { text: 'by letter' },
  });
  await http.world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { zone: 'Asia/Tokyo', quietHours: '11:30-12:30' }),
  );
});
afterAll(() => http.end());

/** As a page does it: plan, ask for the people that the plan names, play among them. */
async function playElsewhere(headers?: Readonly<Record<string, string>>): Promise<WireSimulation> {
  const compiled = compilePolicy(POLICY, 1);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  const ask = async (body: object) => (await http.call('POST', '/v1/policies/world', body, headers)).body;
  const first = await ask({ calendar: 'office' });
  const now = instant(Date.parse(first.now)) as Instant;
  const reading =
    first.calendar === null
      ? null
      : readCalendar(first.calendar, { id: 'office', years: calendarYears(now), book: null });
  const policy = withCalendar(compiled.policy, reading?.ok === true ? reading.calendar : null);
  const planned = planSimulation(policy, ASKED, { now, tenantZone: first.tenant.zone });
  if (!planned.ok) throw new Error(planned.problems[0]?.message);
  const { asked, people, groups } = namesIn(planned.plan);
  const { schedules } = policy.needs;
  const world: WireDirectory = await ask({ recipients: [...asked, ...people], groups, schedules });
  return wireSimulation(planned.plan, simulate(planned.plan, readDirectory(world)));
}

it('is enough to play the same as the server plays', async () => {
  const elsewhere = JSON.parse(JSON.stringify(await playElsewhere()));
  const here = (await http.call('POST', '/v1/policies/task/simulate', ASKED)).body;
  expect(here.messages.length).toBeGreaterThan(4);
  expect(here.messages).toContainEqual(expect.objectContaining({ channel: 'sms', reason: 'opted_out' }));
  const told = ({ items, messages, people, invented, outcome }: WireSimulation) => ({
    items: items.map(({ at, kind, stage, recipient, channel, text }) => ({
      at,
      kind,
      stage,
      recipient,
      channel,
      text,
    })),
    messages: messages.map(({ stage, recipient, channel, status, reason, sentAt }) => ({
      ...{ stage, recipient, channel, status, reason, sentAt },
    })),
    ...{ people, invented, outcome },
  });
  expect(told(elsewhere)).toEqual(told(here));
});

it('tells nothing of another tenant', async () => {
  const headers = { authorization: `Bearer ${await http.key('other')}` };
  const asked = { recipients: ['ana'], groups: ['desk'], schedules: [{ id: 'primary' }], calendar: 'office' };
  const { body } = await http.call('POST', '/v1/policies/world', asked, headers);
  expect(body).toMatchObject({ recipients: [], groups: [], schedules: [], calendar: null, tenant: { zone: null } });
});

it('refuses what is no name', async () => {
  const { status, body } = await http.call('POST', '/v1/policies/world', { people: ['ana'] });
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid' });
});
