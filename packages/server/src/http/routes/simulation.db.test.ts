// Simulations over HTTP: real people, groups, schedules and calendars of the tenant, a virtual story, and nothing written.
// The tests' clock stands at Monday, 2 November 2026, 09:00 UTC.
import { SHAPES } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { putTenantSettings } from '../../store/sql/tenant.ts';

const POLICY = {
  policy: 'task',
  open: { on: 'task.created' },
  resolve: { on: 'task.done' },
  calendar: 'office',
  key: 'event.data.id',
  assignee: 'event.data.who',
  due: 'event.data.due',
  fallback: 'group(desk)',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email'] } },
    { id: 'late', at: 'due + 1 business day', window: '09:00-18:00', notify: { via: ['email'] } },
    { id: 'duty', at: 'late + 2 weeks', escalate: { to: ['onCall(primary)'] }, notify: { via: ['email'] } },
    { id: 'boss', at: 'duty + 1 day', escalate: { to: ['manager(1)'] }, notify: { via: ['email'] } },
  ],
};

let http: HttpWorld;
/** How much later it is whenever somebody asks. */
let stepMs = 0;
let leaptMs = 0;
beforeAll(async () => {
  http = await createHttpWorld(() => ({
    wallNow: () => Date.UTC(2026, 10, 2), // set back again and again
    monotonic: () => {
      leaptMs += stepMs;
      return performance.now() + leaptMs;
    },
  }));
  const put = async (path: string, body: object) =>
    expect((await http.call('PUT', `/v1/${path}`, body)).status).toBe(200);
  await put('recipients/ana', { email: 'ana@x.test', timeZone: 'America/New_York', manager: 'bo' });
  for (const id of ['bo', 'cleo', 'dan']) await put(`recipients/${id}`, { email: `${id}@x.test` });
  await put('groups/desk', { members: ['cleo'] });
  await put('calendars/office', { zone: 'Europe/Paris', exceptions: { '2026-11-23': 'closed' } });
  const rotation = { every: '2 weeks', handover: { at: '09:00' }, start: '2026-11-02', members: ['cleo', 'dan'] };
  await put('schedules/primary', { timeZone: 'UTC', layers: [{ rotation }] });
  await put('policies/task', POLICY);
});
afterAll(() => http.end());

const simulate = (body: object = {}, id = 'task') => http.call('POST', `/v1/policies/${id}/simulate`, body);
const sent = (body: { items: { at: string; kind: string; stage: string; recipient: string }[] }) =>
  body.items
    .filter(({ kind }) => kind === 'message_sent')
    .map(({ at, stage, recipient }) => `${at.slice(5, 16)} ${stage} ${recipient}`);

describe('a picture', () => {
  const draw = (path: string) => http.call('GET', `/v1/policies/${path}`);

  it('has the times of an example in the calendar of the tenant, whoever they are that it asks', async () => {
    const { status, body } = await draw('task/picture');
    expect(status).toBe(200);
    expect(SHAPES.PolicyPicture.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({
      opens: ['task.created'],
      fallback: 'group(desk)',
      example: { openedAt: '2026-11-02T09:00:00.000Z', zone: 'Europe/Paris' },
    });
    expect(body.stages.map(({ id, runs }: { id: string; runs: unknown[] }) => [id, runs.length])).toEqual(
      ['notice', 'late', 'duty', 'boss'].map((id) => [id, 1]),
    );
    expect((await http.call('GET', '/v1/follow-ups')).body.items).toEqual([]);
  });
  it('is of a version, also of one that was deleted since, and of nothing that there never was', async () => {
    const put = (title: string) => http.call('PUT', '/v1/policies/drawn', { ...POLICY, policy: 'drawn', title });
    for (const title of ['First', 'Second']) expect((await put(title)).status).toBe(200);
    expect((await draw('drawn/picture')).body.title).toBe('Second');
    expect((await draw('drawn/picture?version=1')).body.title).toBe('First');
    expect((await http.call('DELETE', '/v1/policies/drawn')).status).toBe(204);
    expect((await draw('drawn/picture')).status).toBe(404);
    expect((await draw('drawn/picture?version=1')).body.title).toBe('First');
    expect((await draw('drawn/picture?version=3')).status).toBe(404);
  });
});

describe('a simulation', () => {
  it('reaches those who are there, when they may be told, and whoever is on call by then', async () => {
    const { status, body } = await simulate({ data: { who: 'ana' }, dueAt: '2026-11-20' });
    expect(status).toBe(200);
    expect(SHAPES.Simulation.safeParse(body).error).toBeUndefined();
    // Due on Friday; Monday is closed; 17:00 in Paris is in the morning where Ana is.
    expect(sent(body)).toEqual([
      '11-02T09:00 notice ana',
      '11-24T16:00 late ana',
      '12-08T16:00 duty cleo',
      '12-09T16:00 boss bo',
    ]);
    expect(body).toMatchObject({ invented: [], truncated: false, outcome: { status: 'open', end: 'waits' } });
    expect(body.people).toContainEqual({ id: 'ana', name: null, timeZone: 'America/New_York', invented: false });
  });
  it('writes nothing', async () => {
    await simulate({ data: { who: 'zoe' }, behaviours: ['zoe resolves after 1 day'] });
    expect((await http.call('GET', '/v1/follow-ups')).body.items).toEqual([]);
    expect((await http.call('GET', '/v1/messages')).body.items).toEqual([]);
    expect((await http.call('GET', '/v1/recipients/zoe')).status).toBe(404);
  });
  it('stands somebody in for who is not known, and lets them answer', async () => {
    const { body } = await simulate({ behaviours: ['assignee resolves after 3 hours'], zone: 'Asia/Tokyo' });
    expect(body.invented).toEqual(['assignee', 'assignee.manager']);
    expect(body.outcome).toMatchObject({ status: 'resolved', endedAt: '2026-11-02T12:00:00.000Z' });
    expect(body.people[0]).toMatchObject({ id: 'assignee', timeZone: 'Asia/Tokyo', invented: true });
  });
  it('of many runs is a report, the same for the same seed', async () => {
    const asked = { runs: 50, seed: 3, behaviours: ['assignee resolves with 50% after 1 day..30 days'] };
    const [one, two] = [await simulate(asked), await simulate(asked)];
    expect(one.body.report).toMatchObject({ runs: 50, seed: 3, messages: { n: 50 } });
    expect(two.body.report).toEqual(one.body.report);
  });
  it('that goes on for too long is cut', async () => {
    const nag = {
      id: 'nag',
      at: 'opened',
      repeat: { every: '1 hour', times: 1_000 },
      notify: { via: ['email', 'inbox'] },
    };
    await http.call('PUT', '/v1/policies/nag', {
      ...POLICY,
      policy: 'nag',
      open: { on: 'nag.created' },
      stages: [nag],
    });
    const { body } = await simulate({}, 'nag');
    expect(body).toMatchObject({ truncated: true, outcome: { end: 'truncated' } });
    expect(body.items.length).toBeLessThanOrEqual(2_000);
  });

  it('tells of people what its events tell by the mappings of the tenant', async () => {
    const activity = [{ on: 'visit.*', recipient: 'event.data.who', type: "'seen'" }];
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { activity }));
    const when = "activity.count('seen', '30 hours') == 1";
    const stages = [{ id: 'again', at: 'opened + 2 days', when, notify: { via: ['email'] } }];
    await http.call('PUT', '/v1/policies/visit', { ...POLICY, policy: 'visit', open: { on: 'visit.begun' }, stages });
    const asked = { data: { who: 'bo' }, behaviours: ['event visit.again after 1 day'] };
    const { body } = await simulate(asked, 'visit');
    expect(sent(body)).toEqual(['11-04T09:00 again bo']);
    expect(body.notes).toEqual([]);
    expect(sent((await simulate({ data: { who: 'bo' } }, 'visit')).body)).toEqual([]);
  });

  it.each<[object, string, RegExp]>([
    [{ behaviours: ['ana waits'] }, 'behaviours[0]', /not "waits" \(at character 5\)/],
    [{ event: { type: 'x' } }, 'event', /does not open it; it opens on task\.created/],
    [{ runs: 1_001 }, 'runs', /1000/],
    [{ zone: 'Mars/Olympus' }, 'zone', /must be an IANA time zone/],
    [{ dueAt: 'soon' }, 'dueAt', /is no time/],
  ])('with %j is refused at %s', async (asked, path, message) => {
    const { status, body } = await simulate(asked);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid' });
    expect(body.errors[0]).toMatchObject({ path, message: expect.stringMatching(message) });
  });
  it('of a policy that is not there is not found', async () => {
    expect(await simulate({}, 'nope')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('many at once', () => {
  it('wait for their turn, and beyond a few are told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, seed) => simulate({ runs: 500, seed })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(refused[0]).toMatchObject({
      headers: { 'retry-after': '5', 'content-type': expect.stringContaining('application/problem+json') },
      body: {
        code: 'rate_limited',
        next: expect.stringContaining('Retry-After'),
        detail: expect.stringContaining('wait'),
      },
    });
    const played = answers.filter(({ status }) => status === 200);
    expect(played.length + refused.length).toBe(30);
    for (const { body } of played) expect(body.report.runs).toBeGreaterThan(0);
    expect((await simulate()).status).toBe(200);
  });
  it('are not needed to be told that there is no such policy', async () => {
    const asked = Array.from({ length: 30 }, (_, seed) => simulate({ runs: 500, seed }));
    expect(await Promise.race(asked)).toMatchObject({ status: 429 });
    expect(await simulate({}, 'nope')).toMatchObject({ status: 404 });
    await Promise.all(asked);
  });
});

describe('many runs', () => {
  it('end in time, whatever the wall clock says', async () => {
    stepMs = 5;
    const { status, body } = await simulate({ runs: 1_000 });
    stepMs = 0;
    expect(status).toBe(200);
    expect(body.report.runs).toBeLessThan(1_000);
    expect(body.notes).toContain(`Only ${body.report.runs} of 1000 runs were played in the time there is.`);
  });
});

describe('what was simulated', () => {
  it('is what then happens, line by line', async () => {
    const answers = ['ana acknowledges after 20 hours of late', 'event task.done after 60 days'];
    const asked = { data: { who: 'ana', due: '2026-11-20' }, behaviours: answers };
    const { body: foreseen } = await simulate(asked);
    const { event } = foreseen;
    await http.call('POST', '/v1/events', event);
    await http.world.settle();
    const { id } = (await http.call('GET', '/v1/follow-ups')).body.items[0];
    const advance = async (to: string) => {
      const seconds = (Date.parse(to) - (await http.world.now())) / 1_000;
      await http.world.advance(`${seconds} seconds`);
    };
    const acknowledged = foreseen.items.find(({ kind }: { kind: string }) => kind === 'acknowledged').at;
    await advance(acknowledged);
    await http.call('POST', `/v1/follow-ups/${id}/acknowledge`, { actor: 'ana' });
    await advance(foreseen.outcome.endedAt);
    await http.call('POST', '/v1/events', { ...event, id: 'simulated-task.done', type: 'task.done' });
    await http.world.settle();
    const happened = (await http.call('GET', `/v1/follow-ups/${id}/timeline?limit=200`)).body.items;
    const told = (items: readonly Record<string, unknown>[]) =>
      items.map(({ at, kind, reason, stage, recipient, channel, text }) => [
        at,
        kind,
        reason,
        stage,
        recipient,
        channel,
        text,
      ]);
    expect(foreseen.items.length).toBeGreaterThan(15);
    expect(told(happened)).toEqual(told(foreseen.items));
  });
});
