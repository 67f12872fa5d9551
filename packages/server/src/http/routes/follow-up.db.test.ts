// Follow-ups over HTTP: opened, found, read and commanded, by id and by key; what a command may not do, and its shape.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';

const TASK = `
policy: task
title: Task
open: { on: task.created }
resolve: { on: task.done }
key: event.data.id
subject: { type: task, id: event.data.id, title: "'Task ' + event.data.id" }
data: event.data
assignee: event.data.who
due: event.data.due
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
  - { id: escalate, at: opened + 4 days, escalate: { to: [manager(1)] }, notify: { to: escalated, via: [email] } }
`;
const EACH = `
policy: each
open: { on: each.created }
key: event.data.id
assignees: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;
const QUIET = `
policy: quiet
open: { on: quiet.created }
key: event.data.id
assignee: event.data.who
stages:
  - { id: notice, at: opened, quietHours: 08:00-11:00, notify: { via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
`;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people(
    ['ana', 'bo', 'boss', 'cleo'].map((id) => ({
      id,
      email: `${id}@example.test`,
      manager: id === 'ana' ? 'bo' : null,
    })),
  );
  await http.world.policy(TASK);
  await http.world.policy(EACH);
});
afterAll(() => http.end());

const post = (url: string, body?: unknown) => http.call('POST', url, body);
const get = (url: string) => http.call('GET', url);
const at = (key: string) => `/v1/follow-ups/by-key/task/${encodeURIComponent(key)}`;
const open = (key: string, more: object = {}) =>
  post('/v1/follow-ups', { policy: 'task', key, assignee: 'ana', data: { id: key }, ...more });

const SHAPE = [
  'id',
  'policy',
  'key',
  'status',
  'outcome',
  'urgency',
  'subject',
  'data',
  'assignee',
  'watchers',
  'dueAt',
  'stage',
  'nextAt',
  'nextStage',
  'snoozedUntil',
  'commitment',
  'escalationLevel',
  'openedAt',
  'acknowledgedAt',
  'acknowledgedBy',
  'resolvedAt',
  'resolvedBy',
  'generation',
  'revision',
];

describe('opening', () => {
  it('answers with the documented shape; again with the same key feeds it', async () => {
    const first = await open('o1', {
      dueAt: '2026-11-20T10:00:00+01:00',
      subject: { title: 'By hand' },
      watchers: ['cleo'],
      actor: 'boss',
    });
    expect(first.status).toBe(201);
    expect(Object.keys(first.body)).toEqual(expect.arrayContaining(SHAPE));
    expect(first.body).toMatchObject({
      policy: { id: 'task', version: 1 },
      key: 'o1',
      status: 'open',
      assignee: 'ana',
      watchers: ['cleo'],
      dueAt: '2026-11-20T09:00:00.000Z',
      subject: { type: 'task', title: 'By hand' },
      generation: 1,
      changed: true,
      inFlight: [],
    });
    const again = await open('o1', { data: { more: 1 } });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, data: { id: 'o1', more: 1 } } });
  });

  it.each([
    [{ policy: 'none' }, 422, 'policy_not_found'],
    [{ key: '' }, 400, 'invalid'],
    [{ dueAt: '9999-12-31T23:59:59-14:00' }, 400, 'invalid'],
    [{ dueAt: '2026-02-30' }, 400, 'invalid'],
    [{ dueAt: '2026-12-01T09:00:00' }, 400, 'invalid'],
    [{ status: 'resolved' }, 400, 'invalid'],
    [{ tenant: 'other' }, 400, 'invalid'],
    [{ subject: { url: 'javascript:alert(1)' } }, 400, 'invalid'],
  ])('%j is refused', async (more, status, code) => {
    expect(await open('refused', more)).toMatchObject({ status, body: { code } });
    expect((await get(at('refused'))).status).toBe(404);
  });

  it('tried says what it would do, and does nothing', async () => {
    const tried = (key: string, more: object = {}) =>
      post('/v1/follow-ups?dryRun=true', { policy: 'task', key, assignee: 'ana', data: { id: key }, ...more });
    expect(await tried('dry')).toMatchObject({ status: 200, body: { key: 'dry', assignee: 'ana', opened: true } });
    expect((await get(at('dry'))).status).toBe(404);
    await http.world.settle();
    expect((await get('/v1/follow-ups?key=dry')).body.items).toEqual([]);
    const real = await open('dry');
    expect(real).toMatchObject({ status: 201, body: { opened: true } });
    expect(await tried('dry', { data: { more: 1 } })).toMatchObject({
      status: 200,
      body: { id: real.body.id, opened: false, data: { id: 'dry', more: 1 } },
    });
    expect((await get(at('dry'))).body).toMatchObject({ data: { id: 'dry' }, revision: real.body.revision });
    expect(await tried('dry', { policy: 'none' })).toMatchObject({ status: 422, body: { code: 'policy_not_found' } });
    expect((await post('/v1/follow-ups?dry=true', { policy: 'task', key: 'x' })).body.code).toBe('invalid');
    expect((await open('dry')).body.opened).toBe(false);
  });

  it('without a key it has the one that the policy makes of its data, so that an event closes it', async () => {
    const opened = await post('/v1/follow-ups', { policy: 'task', assignee: 'ana', data: { id: 'made' } });
    expect(opened).toMatchObject({ status: 201, body: { key: 'made', opened: true } });
    expect(await post('/v1/follow-ups', { policy: 'task', data: { id: 'made', more: 1 } })).toMatchObject({
      status: 200,
      body: { id: opened.body.id, opened: false },
    });
    const event = { specversion: '1.0', id: 'done-1', source: '/s', type: 'task.done', data: { id: 'made' } };
    await post('/v1/events', event);
    expect((await get(at('made'))).body.status).toBe('resolved');
    const without = await post('/v1/follow-ups', { policy: 'task', assignee: 'ana' });
    expect(without).toMatchObject({ status: 422, body: { code: 'unprocessable', reason: 'expression_failed' } });
  });

  it('takes a date, which is over as the office closes, as in an event', async () => {
    const first = await open('dated', { dueAt: '2026-12-01' });
    expect(first).toMatchObject({ status: 201, body: { dueAt: '2026-12-01T17:00:00.000Z' } });
    expect(await open('dated', { dueAt: '2026-12-02' })).toMatchObject({
      status: 200,
      body: { id: first.body.id, dueAt: '2026-12-02T17:00:00.000Z' },
    });
    // The very instant, as a time: it is told otherwise, and nothing moves.
    const { body } = await open('dated', { dueAt: '2026-12-02T17:00:00Z' });
    expect(body.dueAt).toBe('2026-12-02T17:00:00.000Z');
    expect((await open('dated')).body.dueAt).toBe('2026-12-02T17:00:00.000Z');
    await http.call('PUT', '/v1/calendars/madrid', { zone: 'Europe/Madrid', hours: { 'mon-fri': '09:00-15:00' } });
    await http.world.policy(TASK.replace('policy: task', 'policy: spanish\ncalendar: madrid'));
    const spanish = { policy: 'spanish', key: 's', assignee: 'ana', data: { id: 's' }, dueAt: '2026-12-01' };
    const tried = await post('/v1/follow-ups?dryRun=true', spanish);
    expect(tried.body.dueAt).toBe('2026-12-01T14:00:00.000Z');
  });

  it('takes a due date in the past and in the year 9999', async () => {
    expect((await open('past', { dueAt: '2001-01-01T00:00:00Z' })).body.dueAt).toBe('2001-01-01T00:00:00.000Z');
    expect((await open('far', { dueAt: '9999-12-31T23:59:59Z' })).body.dueAt).toBe('9999-12-31T23:59:59.000Z');
    await http.world.settle();
    expect((await get(at('far'))).status).toBe(200);
  });
});

describe('keys in addresses', () => {
  it.each(['a/b', 'a%2Fb', '%', '?#&=', 'é 田 😀', 'a..b', 'x'.repeat(512), '田'.repeat(512)])('%.40s', async (key) => {
    expect((await open(key)).status).toBe(201);
    expect((await get(at(key))).body.key).toBe(key);
    expect((await post(`${at(key)}/acknowledge`)).body).toMatchObject({ key, status: 'acknowledged', changed: true });
    expect((await get(`${at(key)}/timeline`)).status).toBe(200);
  });
});

describe('commands', () => {
  it('run a whole life', async () => {
    const { body: opened } = await open('life');
    await http.world.settle();
    const url = `/v1/follow-ups/${opened.id}`;
    expect((await post(`${url}/acknowledge`, { actor: 'ana', comment: 'on it' })).body).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'ana',
      changed: true,
      inFlight: [],
    });
    expect((await post(`${url}/acknowledge`, { actor: 'ana' })).body.changed).toBe(false);
    expect((await post(`${url}/unacknowledge`)).body).toMatchObject({ status: 'open', changed: true });
    expect((await post(`${url}/snooze`, { until: '2 days' })).body.snoozedUntil).toBe('2026-11-04T09:00:00.000Z');
    expect((await post(`${url}/commit`, { by: '2026-11-10T12:00:00Z', actor: 'ana' })).body.commitment).toEqual({
      dueAt: '2026-11-10T12:00:00.000Z',
      by: 'ana',
    });
    expect((await post(`${url}/delegate`, { to: 'cleo', actor: 'ana' })).body).toMatchObject({
      assignee: 'cleo',
      watchers: ['ana'],
    });
    expect((await post(`${url}/reassign`, { to: 'ana' })).body.assignee).toBe('ana');
    expect((await post(`${url}/decline`, { actor: 'ana' })).body.assignee).toBe('bo');
    expect((await post(`${url}/reschedule`, { dueAt: '2026-12-01T00:00:00Z' })).body.dueAt).toBe(
      '2026-12-01T00:00:00.000Z',
    );
    expect((await post(`${url}/reschedule`, { dueAt: null })).body.dueAt).toBeNull();
    expect((await post(`${url}/note`, { comment: 'called them', actor: 'bo' })).status).toBe(200);
    expect((await post(`${url}/resolve`, { outcome: 'paid', actor: 'bo' })).body).toMatchObject({
      status: 'resolved',
      outcome: 'paid',
      resolvedBy: 'bo',
      nextAt: null,
      changed: true,
    });
    expect((await post(`${url}/resolve`)).body).toMatchObject({ status: 'resolved', changed: false });
    const closed = await post(`${url}/cancel`);
    expect(closed).toMatchObject({
      status: 409,
      body: { code: 'follow_up_closed', followUp: { id: opened.id, status: 'resolved' } },
    });
    expect((await post(`${url}/snooze`, { until: '1 day' })).status).toBe(409);
    expect((await post(`${url}/reopen`)).body).toMatchObject({ status: 'open', generation: 2, changed: true });
    expect((await post(`${url}/reopen`)).body.changed).toBe(false);
    expect((await post(`${url}/escalate`)).body.escalationLevel).toBe(1);
    expect((await post(`${url}/cancel`)).body).toMatchObject({ status: 'cancelled', changed: true });
    const { items } = (await get(`${url}/timeline`)).body;
    expect(items.map((one: { kind: string }) => one.kind)).toEqual(
      expect.arrayContaining([
        'opened',
        'acknowledged',
        'unacknowledged',
        'snoozed',
        'committed',
        'delegated',
        'reassigned',
        'declined',
        'rescheduled',
        'noted',
        'resolved',
        'reopened',
        'escalated',
        'cancelled',
      ]),
    );
    for (const item of items) {
      expect(item.text).toMatch(/^[A-Z0-9“"a-z].*\.$/su);
      expect(item.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(item.reason).toMatch(/\S/);
    }
  });

  it.each([
    ['snooze', {}, 400, 'invalid'],
    ['snooze', { until: 'soon' }, 400, 'invalid'],
    ['snooze', { until: '2020-01-01T00:00:00Z' }, 422, 'time_in_past'],
    ['snooze', { until: '15 days' }, 422, 'refused'],
    ['snooze', { until: '3 business days' }, 501, 'not_built'],
    ['snooze', { until: '99999 days' }, 400, 'invalid'],
    ['commit', { by: '31 days' }, 422, 'refused'],
    ['delegate', {}, 400, 'invalid'],
    ['delegate', { to: 'nobody-known' }, 422, 'refused'],
    ['reassign', { to: '' }, 400, 'invalid'],
    ['note', {}, 400, 'invalid'],
    ['reschedule', {}, 400, 'invalid'],
    ['reschedule', { dueAt: 'tomorrow' }, 400, 'invalid'],
    ['resolve', { outcome: 'x'.repeat(101) }, 400, 'invalid'],
    ['acknowledge', { colour: 'red' }, 400, 'invalid'],
    ['acknowledge', { until: '1 day' }, 400, 'invalid'],
    ['answer', { action: 'approve' }, 422, 'refused'],
    ['answer', {}, 400, 'invalid'],
  ])('%s %j is refused and changes nothing', async (name, body, status, code) => {
    await open('refusals');
    const before = (await get(at('refusals'))).body;
    const answer = await post(`${at('refusals')}/${name}`, body);
    expect(answer).toMatchObject({ status, body: { code, next: expect.stringMatching(/\S/) } });
    if ('colour' in body) expect(answer.body.detail).toContain('colour');
    expect((await get(at('refusals'))).body).toEqual(before);
  });

  it('stop what is queued: after the answer nothing but the confirmation goes out', async () => {
    await http.world.settle();
    await open('stop');
    const sentBefore = http.world.sent().length;
    expect((await post(`${at('stop')}/resolve`)).body.inFlight).toEqual([]);
    await http.world.settle();
    expect(
      http.world
        .sent()
        .slice(sentBefore)
        .filter((line) => !line.endsWith(' resolved')),
    ).toEqual([]);
    const messages = (await get(`${at('stop')}/messages`)).body.items;
    expect(messages).toEqual(expect.arrayContaining([expect.objectContaining({ stage: 'notice', status: 'revoked' })]));
  });

  it('by a key that several share want the assignee', async () => {
    await http.call('POST', '/v1/events', {
      specversion: '1.0',
      id: 'each',
      source: '/s',
      type: 'each.created',
      data: { id: 'shared', who: ['ana', 'bo'] },
    });
    const url = '/v1/follow-ups/by-key/each/shared';
    for (const answer of [await get(url), await post(`${url}/resolve`)]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'key_ambiguous' } });
      expect([...answer.body.assignees].sort()).toEqual(['ana', 'bo']);
    }
    expect((await post(`${url}/resolve?assignee=ana`)).body).toMatchObject({ assignee: 'ana', status: 'resolved' });
    expect((await get(`${url}?assignee=bo`)).body).toMatchObject({ assignee: 'bo', status: 'open' });
    expect((await get(url)).body.assignee).toBe('bo'); // one is left
    expect((await post(`${url}/resolve?assignee=cleo`)).status).toBe(404);
  });
});

describe('finding', () => {
  it('filters, and pages through everything once', async () => {
    for (let index = 0; index < 7; index++)
      await open(`find-${index}`, {
        assignee: index % 2 === 0 ? 'cleo' : 'bo',
        team: 'finders',
        dueAt: `2027-01-0${index + 1}T00:00:00Z`,
      });
    await post(`${at('find-0')}/resolve`);
    const keys = async (query: string) =>
      (await get(`/v1/follow-ups?team=finders&${query}`)).body.items.map((one: { key: string }) => one.key).sort();
    expect(await keys('')).toHaveLength(7);
    expect(await keys('status=resolved')).toEqual(['find-0']);
    expect(await keys('status=open,acknowledged')).toHaveLength(6);
    expect(await keys('assignee=bo')).toEqual(['find-1', 'find-3', 'find-5']);
    expect(await keys('policy=each')).toEqual([]);
    expect(await keys('key=find-3')).toEqual(['find-3']);
    expect(await keys('subject=task/find-3')).toEqual(['find-3']);
    expect(await keys('dueBefore=2027-01-03T00:00:00Z')).toEqual(['find-0', 'find-1']);
    expect(await keys('attention=true')).toEqual([]);
    expect(await keys('q=IND-4')).toEqual(['find-4']);
    expect(await keys('q=%25')).toEqual([]);
    expect(await keys('stage=notice')).toHaveLength(7);
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await get(`/v1/follow-ups?team=finders&limit=3${cursor}`);
      seen.push(...body.items.map((one: { key: string }) => one.key));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect([...seen].sort()).toEqual(await keys(''));
  });

  it('explains why it stands where it stands, and what comes next', async () => {
    await open('explained');
    await http.world.settle();
    const { body } = await get(`${at('explained')}/explain`);
    expect(body).toMatchObject({ status: 'open', next: { at: '2026-11-04T09:00:00.000Z', stage: 'reminder' } });
    expect(body.summary).toContain('ana');
    expect(body.ifAcknowledged).toEqual({
      until: '2026-11-05T09:00:00.000Z',
      next: { at: '2026-11-05T09:00:00.000Z', stage: 'notice' },
      text: 'Reminders and escalations would pause until Thu 5 Nov 09:00 UTC. "notice" would be next, at Thu 5 Nov 09:00 UTC.',
    });
    // Asking has changed nothing.
    expect((await get(at('explained'))).body).toMatchObject({ status: 'open', revision: expect.any(Number) });
    expect((await get(`${at('explained')}/explain`)).body.next).toEqual(body.next);
    await post(`${at('explained')}/resolve`, { actor: 'bo' });
    expect((await get(`${at('explained')}/explain`)).body).toMatchObject({
      summary: expect.stringContaining('bo'),
      next: { at: null, stage: null },
    });
  });

  it('explains what is held: for whom, on which channel, until when and by what', async () => {
    await http.world.policy(QUIET);
    const key = '/v1/follow-ups/by-key/quiet/held';
    await post('/v1/follow-ups', { policy: 'quiet', key: 'held', assignee: 'ana' });
    await http.world.settle();
    const held = { recipient: 'ana', channel: 'email', until: '2026-11-02T11:00:00.000Z', heldBy: 'quiet_hours' };
    const { body } = await get(`${key}/explain`);
    expect(body.held).toEqual([{ ...held, stage: 'notice', message: expect.any(String) }]);
    expect(body.next).toEqual({
      at: held.until,
      stage: 'notice',
      text: 'Holding "notice" to ana by email until Mon 2 Nov 11:00 UTC because it is quiet hours where the recipient is. Stage "reminder" at Wed 4 Nov 09:00 UTC, unless somebody acts before.',
    });
    await post(`${key}/resolve`, { actor: 'bo' });
    expect((await get(`${key}/explain`)).body).toMatchObject({ held: [], next: { at: null, text: 'Nothing.' } });
  });

  it('explains one whose policy this release cannot read, as far as it can', async () => {
    const { body } = await open('unread');
    const pin = (version: number) =>
      http.world.database.transaction(ENGINE, (tx) =>
        tx.query('UPDATE relance.follow_ups SET version = $2 WHERE id = $1', [body.id, version]),
      );
    await http.world.database.transaction(ENGINE, async (tx) => {
      await tx.query('SET LOCAL ROLE NONE'); // a published version is changed by nobody but a newer release's migration
      await tx.query(`INSERT INTO relance.policy_versions
        SELECT (jsonb_populate_record(v, '{"version": 99, "written": {"stages": "of another kind"}}')).* FROM relance.policy_versions v WHERE id = 'task'`);
    });
    await pin(99);
    const explained = await get(`${at('unread')}/explain`);
    await pin(1);
    expect(explained).toMatchObject({ status: 200, body: { status: 'open', ifAcknowledged: null } });
  });

  it('pages timelines and messages', async () => {
    await open('paged');
    for (let index = 0; index < 5; index++) await post(`${at('paged')}/note`, { comment: `note ${index}` });
    const all = (await get(`${at('paged')}/timeline`)).body.items;
    const first = (await get(`${at('paged')}/timeline?limit=4`)).body;
    const rest = (await get(`${at('paged')}/timeline?cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...rest.items]).toEqual(all);
    expect((await get(`${at('paged')}/timeline?cursor=Zm9v`)).status).toBe(400);
    await http.world.settle();
    const one = (await get('/v1/messages?limit=1')).body;
    const two = (await get(`/v1/messages?limit=1&cursor=${one.nextCursor}`)).body;
    expect(two.items[0].id).not.toBe(one.items[0].id);
    expect((await get(`/v1/messages/${one.items[0].id}`)).body).toEqual(one.items[0]);
    const everyOne = (await get('/v1/messages?limit=200')).body.items as { status: string }[];
    const [oneStatus = '', ...others] = [...new Set(everyOne.map(({ status }) => status))];
    expect(others).not.toEqual([]);
    const ofStatus = async (status: string) => (await get(`/v1/messages?limit=200&status=${status}`)).body.items;
    expect(await ofStatus(`${oneStatus},suppressed`)).toEqual(everyOne.filter(({ status }) => status === oneStatus));
    expect(await ofStatus([oneStatus, ...others].join(','))).toEqual(everyOne);
    expect((await get('/v1/messages?status=accepted,sent')).body.errors).toMatchObject([{ path: 'status' }]);
    expect(Object.keys(one.items[0])).toEqual(
      expect.arrayContaining([
        'id',
        'followUp',
        'stage',
        'recipient',
        'channel',
        'connection',
        'status',
        'reason',
        'engagement',
        'attempts',
        'plannedAt',
        'sentAt',
        'content',
      ]),
    );
  });
});

describe('the clock', () => {
  it('is advanced by a duration or to a time, never back', async () => {
    expect((await get('/v1/clock')).body).toEqual({ now: '2026-11-02T09:00:00.000Z', mode: 'virtual' });
    expect((await post('/v1/clock/advance', { by: '1 hour' })).body.now).toBe('2026-11-02T10:00:00.000Z');
    expect((await post('/v1/clock/advance', { to: '2026-11-02T11:00:00Z' })).body.now).toBe('2026-11-02T11:00:00.000Z');
    expect(await post('/v1/clock/advance', { to: '2026-11-02T10:00:00Z' })).toMatchObject({
      status: 422,
      body: { code: 'time_in_past' },
    });
    for (const body of [{}, { by: '1 day', to: '2027-01-01T00:00:00Z' }, { by: 'x' }, { by: 1 }, { to: 'x' }]) {
      expect(await post('/v1/clock/advance', body)).toMatchObject({ status: 400, body: { code: 'invalid' } });
    }
  });
});
