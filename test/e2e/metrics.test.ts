// Figures over HTTP, as integrators read them: what was asked of whom and what became of it, at once after each act, as JSON, as CSV and
// by the client; of one tenant alone; and clear problems for what nobody can answer.
import { csvRecords, kaplanMeier, quantile, SHAPES } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../packages/client/src/index.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { ADMIN_KEY, createHttpWorld, type HttpWorld } from '../http-world.ts';

const POLICY = `
policy: invoice
open: { on: invoice.issued }
resolve: { on: invoice.paid }
key: event.data.id
assignee: event.data.who
fallback: recipient(bo)
resolved: none
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
  - { id: boss, at: opened + 3 days, escalate: { to: [recipient(bo)] }, notify: { to: [escalated], via: [email] } }
`;
let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld(); // Monday, 2 November 2026, 09:00
  await http.world.people(['ana', 'bo', 'cy'].map((id) => ({ id, email: `${id}@example.test` })));
  await http.world.group('sales', ['cy']);
  await http.world.group('ops', ['bo']);
  await http.world.policy(POLICY);
  await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { zone: 'Europe/Madrid' }));
});
afterAll(() => http.end());

const ask = async (path: string, headers = {}) => http.call('GET', `/v1/metrics/${path}`, undefined, headers);
const rows = async (path: string) => {
  const answer = await ask(path);
  expect(answer.status).toBe(200);
  expect(SHAPES.Metrics.parse(answer.body)).toBeTruthy();
  return answer.body.rows;
};
const issue = async (key: string, assignee: string, more = {}) => {
  const { status } = await http.call('POST', '/v1/follow-ups', { policy: 'invoice', key, assignee, ...more });
  expect(status).toBe(201);
  await http.world.settle();
};
const resolve = (id: string, actor: string) =>
  http.call('POST', `/v1/follow-ups/by-key/invoice/${id}/resolve`, { actor });

it('has a row of nothing where nothing has happened', async () => {
  expect(await rows('overview')).toEqual([
    expect.objectContaining({
      followUps: 0,
      messages: 0,
      conversionRate: null,
      openRate: null,
      responseTime: {
        p50: null,
        p90: null,
        n: 0,
        censored: 0,
        limits: { p50: { lower: null, upper: null }, p90: { lower: null, upper: null } },
      },
    }),
  ]);
  expect(await rows('policies')).toEqual([]);
});

it('tells at once what became of what', async () => {
  await issue('1', 'ana', { team: 'sales' });
  await issue('2', 'cy', { team: 'ops' });
  expect((await rows('overview'))[0]).toMatchObject({
    followUps: 2,
    open: 2,
    resolved: 0,
    messages: 4,
    accepted: 4,
    conversionRate: 0,
    escalationRate: 0,
    timeToResolve: { n: 2, censored: 2, p50: null },
    responseTime: { n: 2, censored: 2 },
  });
  await http.world.advance('2 hours');
  expect((await resolve('1', 'ana')).status).toBe(200);
  const [row] = await rows('overview');
  expect(row).toMatchObject({ open: 1, resolved: 1, conversionRate: 0.5, timeToResolve: { n: 2, censored: 1 } });
  // One of the two was done after 7,200 seconds; the other waits as long by now.
  expect(row.timeToResolve.p50).toBe(7_200);
  expect(row.timeToAcknowledge).toMatchObject({ n: 2, censored: 1, p50: 7_200 });
  expect(row.responseTime).toMatchObject({ n: 2, censored: 1 });
  await http.call('POST', '/v1/follow-ups/by-key/invoice/2/cancel', { actor: 'bo' });
  expect((await rows('overview'))[0]).toMatchObject({ open: 0, cancelled: 1, conversionRate: 1 });
});

it('leaves none of the unanswered out of the time to respond', async () => {
  await issue('3', 'ana', { team: 'ops' });
  await http.world.advance('4 days');
  await resolve('3', 'bo');
  const [row] = await rows('responses?from=2026-11-02&to=2026-11-30&policy=invoice');
  // A notice by two channels counts once. The first is answered after two hours; the second was cancelled then. Of the third: the notice
  // until the reminder, the reminder until the end, and the boss's mail, answered after a day.
  const [hours, day, days] = [7_200, 86_400, 259_200].map((seconds) => seconds - (seconds % 1));
  const counts = [
    { duration: hours ?? 0, events: 1, censored: 1 },
    { duration: day ?? 0, events: 1, censored: 1 },
    { duration: days ?? 0, events: 0, censored: 1 },
  ];
  const curve = kaplanMeier(counts);
  const { n, censored, p50, p90 } = row.responseTime;
  expect({ n, censored }).toEqual({ n: 5, censored: 3 });
  const near = (seconds: number | null, exact: number | null): void => {
    if (exact === null) expect(seconds).toBeNull();
    else expect(Math.abs((seconds ?? 0) / exact - 1)).toBeLessThan(0.002);
  };
  near(p50, quantile(curve, 0.5).at);
  near(p90, quantile(curve, 0.9).at);
});

it('groups by what is asked, each question with its own keys first', async () => {
  const stages = await rows('stages');
  expect(
    stages.map(({ policy, stage, followUps, conversionRate }: Record<string, unknown>) => ({
      policy,
      stage,
      followUps,
      conversionRate,
    })),
  ).toEqual([
    { policy: 'invoice', stage: 'boss', followUps: 1, conversionRate: 1 },
    { policy: 'invoice', stage: 'notice', followUps: 3, conversionRate: 1 / 3 },
    { policy: 'invoice', stage: 'reminder', followUps: 1, conversionRate: 0 },
  ]);
  const channels = await rows('channels');
  expect(channels.map((row: { channel: string; messages: number }) => [row.channel, row.messages])).toEqual([
    ['email', 5],
    ['inbox', 3],
  ]);
  const levels = await rows('escalations');
  const furthest = ({ level, followUps, reached, reachedRate }: Record<string, unknown>) => [
    ...[level, followUps, reached, reachedRate],
  ];
  expect(levels.map(furthest)).toEqual([
    [0, 2, 3, 1],
    [1, 1, 1, 1 / 3],
  ]);
  expect((await rows('escalations?groupBy=team')).map(furthest)).toEqual([
    [0, 1, 2, 1],
    [0, 1, 1, 1],
    [1, 1, 1, 1 / 2],
  ]);
  expect(Object.keys((await rows('overview'))[0])).not.toContain('reached');
  const days = await rows('policies?groupBy=day,team');
  expect(days.map((row: Record<string, unknown>) => [row.policy, row.day, row.team, row.followUps])).toEqual([
    ['invoice', '2026-11-02', 'ops', 2],
    ['invoice', '2026-11-02', 'sales', 1],
  ]);
  expect(await rows('overview?groupBy=team&team=sales')).toHaveLength(1);
  expect((await rows('overview?from=2026-11-03'))[0].followUps).toBe(0);
});

it('cuts the window to days of the tenant', async () => {
  const { body } = await ask('overview?from=2026-11-01T23:30:00Z&to=2026-11-02T10:00:00Z');
  expect(body).toMatchObject({ from: '2026-11-02', to: '2026-11-02', zone: 'Europe/Madrid', groupBy: [] });
  expect(body.rows[0].followUps).toBe(3);
});

it('gives the curve that the quantiles are of, by JSON and as a table', async () => {
  const { status, body } = await ask('curves?of=timeToResolve&groupBy=team');
  expect(status).toBe(200);
  expect(SHAPES.Curves.parse(body)).toBeTruthy();
  const [ops, sales] = body.rows;
  expect([body.of, ops.team, sales.team]).toEqual(['timeToResolve', 'ops', 'sales']);
  expect(sales.points).toEqual([{ seconds: 7_200, waiting: 0, lower: null, upper: null, atRisk: 1 }]);
  expect(ops).toMatchObject({ n: 2, censored: 1 });
  expect(ops.points.at(-1).waiting).toBe(0);
  const table = await ask('curves?of=timeToResolve&groupBy=team&format=csv');
  const [header, ...lines] = [...csvRecords(table.text)].map(({ cells }) => cells);
  expect(header).toEqual(['team', 'seconds', 'waiting', 'lower', 'upper', 'atRisk']);
  expect(lines.at(-1)).toEqual(['sales', '7200', '0', '', '', '1']);
  expect((await ask('curves?of=patience')).status).toBe(400);
});

it('tells at which hours people were interrupted, and what has run out or reached nobody', async () => {
  // Five mails at nine and at noon of working days, in the tenant's zone; the inbox interrupts nobody.
  expect((await rows('overview'))[0]).toMatchObject({
    interruptedBusiness: 5,
    interruptedEvening: 0,
    interruptedNight: 0,
    interruptedWeekend: 0,
    exhausted: 0,
    unreached: 0,
  });
});

it('is a table for whoever asks for one', async () => {
  for (const answer of [await ask('stages?format=csv'), await ask('stages', { accept: 'text/csv' })]) {
    expect(answer.headers['content-type']).toContain('text/csv');
    const [header, ...lines] = [...csvRecords(answer.text)].map(({ cells }) => cells);
    expect(header?.slice(0, 3)).toEqual(['policy', 'stage', 'followUps']);
    expect(header).toContain('responseTimeP90Upper');
    expect(lines.map((cells) => cells[1])).toEqual(['boss', 'notice', 'reminder']);
    expect(lines.every((cells) => cells.length === header?.length)).toBe(true);
  }
});

it('is a table with the same columns where there is nothing in it', async () => {
  const header = async (path: string, days: string): Promise<[header: readonly string[], lines: number]> => {
    const { status, text } = await ask(`${path}${path.includes('?') ? '&' : '?'}format=csv&${days}`);
    expect(status, path).toBe(200);
    const [names = [], ...lines] = [...csvRecords(text)].map(({ cells }) => cells);
    return [names, lines.length];
  };
  for (const path of [
    'policies',
    'stages?groupBy=day,team',
    'channels?groupBy=level',
    'escalations',
    'escalations?groupBy=policy,team',
    'overview?groupBy=day,policy',
    'messages?groupBy=template,templateVersion,channel',
    'messages?groupBy=day,policy,provider,locale',
    'interrupted',
    'curves?groupBy=policy',
  ]) {
    const [full, some] = await header(path, 'from=2026-11-01&to=2026-11-30');
    const [empty, none] = await header(path, 'from=2026-08-01&to=2026-08-31');
    expect([some > 0, none], path).toEqual([true, 0]);
    expect(empty, path).toEqual(full);
    if (path.startsWith('curves')) continue;
    // Nothing that the row has as JSON is left out; times are several columns each.
    const { body } = await ask(`${path}${path.includes('?') ? '&' : '?'}from=2026-11-01&to=2026-11-30`);
    const names = Object.entries(body.rows[0]).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? ['P50', 'P50Lower', 'P90Upper', 'Censored'].map((end) => name + end)
        : [name],
    );
    expect(
      names.filter((name) => !empty.includes(name)),
      path,
    ).toEqual([]);
  }
  // What is asked without a key is one row, of nothing too.
  for (const path of ['overview', 'responses', 'messages'])
    expect(await header(path, 'from=2026-08-01&to=2026-08-31'), path).toEqual(
      await header(path, 'from=2026-11-01&to=2026-11-30'),
    );
});

it('is asked by the client', async () => {
  const client = createClient({ url: await http.listen(), key: ADMIN_KEY });
  const { rows: byPolicy } = await client.metrics.policies({ from: '2026-11-01', to: '2026-11-30' });
  expect(byPolicy.map(({ policy, followUps }) => [policy, followUps])).toEqual([['invoice', 3]]);
  expect(await client.metrics.csv('channels')).toContain('\r\nemail,');
});

it('says what is wrong with a question', async () => {
  const detail = async (path: string): Promise<string> => {
    const { status, body } = await ask(path);
    expect([status, body.code]).toEqual([400, 'invalid']);
    expect(body.next).toBeTruthy();
    return body.detail;
  };
  expect(await detail('overview?from=yesterday')).toBe(
    '`from` must be a date, such as 2026-12-24, or RFC 3339, such as 2026-12-24T09:00:00Z.',
  );
  expect(await detail('overview?to=2026-02-30')).toContain('`to` must be a date');
  expect(await detail('overview?from=2026-11-03&to=2026-11-02')).toBe(
    '`from` is 2026-11-03, after `to`, which is 2026-11-02.',
  );
  expect(await detail('overview?from=2015-01-01&to=2026-11-02')).toContain('at most 3660 can be asked for');
  expect(await detail('overview?from=2025-01-01&to=2026-11-02&groupBy=day')).toContain('by day');
  expect(await detail('policies?groupBy=person')).toBe(
    '`groupBy` there is no "person" to group by; it is one or more of policy, stage, channel, team, level, day, with commas between.',
  );
  expect(await detail('policies?groupby=day')).toContain('There is no query parameter "groupby"');
  expect((await ask('people')).status).toBe(404);
  expect((await ask('overview', { authorization: '' })).status).toBe(401);
});

it('tells no other tenant anything', async () => {
  const as = { authorization: `Bearer ${await http.key('other')}` };
  expect((await ask('policies', as)).body.rows).toEqual([]);
  expect((await ask('overview', as)).body.rows[0].followUps).toBe(0);
});
