// The guide to figures, followed: what it asks is answered as it shows, its table is one, and its SQL gives what the API gives.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { blocksOf, curlsIn, guideText, unlike } from '../guide.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';

const GUIDE = guideText('metrics.md');
const [ask, bySending, whom, curve, table] = curlsIn(GUIDE);
const [shown, shownPeople] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [figures = '', responses = '', waits = '', interruptions = ''] = blocksOf(GUIDE, 'sql');

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld(); // Monday, 2 November 2026, 09:00
  await http.world.people([{ id: 'ana', name: 'Ana', email: 'ana@example.test' }]);
  await http.world.policy(`
policy: task
open: { on: task.made }
key: event.data.id
assignee: "'ana'"
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`);
  await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', { zone: 'Europe/Madrid' }));
  for (const id of ['1', '2']) await http.world.event('task.made', { id });
  await http.world.advance('2 hours');
  await http.call('POST', '/v1/follow-ups/by-key/task/1/resolve', { actor: 'ana' });
  await http.world.advance('2 hours');
});
afterAll(() => http.end());

const asked = async ({ url = '' } = {}) => http.call('GET', url.replace(/^https?:\/\/[^/]+/, ''));
const rows = (statement: string) =>
  http.world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) => tx.query(statement));

it('is answered as the guide shows', async () => {
  const { status, body } = await asked(ask);
  expect(status).toBe(200);
  expect(unlike(body)).toEqual(unlike(shown));
  expect([body.from, body.to]).toEqual([shown.from, shown.to]);
});

it('tells how messages were sent where the guide asks for it', async () => {
  const { status, body } = await asked(bySending);
  expect(status).toBe(200);
  expect(body.rows).toEqual([
    expect.objectContaining({
      template: null,
      templateVersion: null,
      locale: 'en',
      messages: 2,
      accepted: 2,
      deliveryRate: 1,
    }),
  ]);
  expect(
    await rows('SELECT policy, provider, sum(messages)::int AS messages FROM relance.message_figures GROUP BY 1, 2'),
  ).toEqual([{ policy: 'task', provider: 'mailbox', messages: 2 }]);
});

it('tells who is interrupted as the guide shows, and as a table', async () => {
  const { status, body } = await asked(whom);
  expect(status).toBe(200);
  expect({ ...body, asOf: shownPeople.asOf }).toEqual(shownPeople);
  const { text } = await asked({ url: `${whom?.url}&format=csv` });
  expect(text).toBe(
    'recipient,name,interrupted,interruptedBusiness,interruptedEvening,interruptedNight,interruptedWeekend\r\nana,Ana,2,2,0,0,0\r\n',
  );
});

it('is a curve where the guide asks for one', async () => {
  const { status, body } = await asked(curve);
  expect(status).toBe(200);
  expect(body.rows[0].points.map(({ seconds, waiting }: Record<string, number>) => [seconds, waiting])).toEqual([
    [7_200, 0.5],
    [14_400, 0.5],
  ]);
});

it('is a table where the guide asks for one', async () => {
  const { text } = await asked(table);
  expect(text.split('\r\n')[0]).toContain('policy,day,followUps,');
  expect(text).toContain('\r\ntask,2026-11-02,2,1,1,0,');
});

it('is the same in SQL', async () => {
  expect(await rows(figures)).toEqual([{ policy: 'task', follow_ups: 2, conversion_rate: 0.5 }]);
  expect(await rows(responses)).toEqual([
    { policy: 'task', stage: 'notice', channel: 'email', seconds: 7_200, answered: true },
    { policy: 'task', stage: 'notice', channel: 'email', seconds: 14_400, answered: false },
  ]);
  expect(await rows(waits)).toEqual([
    { policy: 'task', kind: 'acknowledge', seconds: 7_200, ended: true },
    { policy: 'task', kind: 'acknowledge', seconds: 14_400, ended: false },
    { policy: 'task', kind: 'resolve', seconds: 7_200, ended: true },
    { policy: 'task', kind: 'resolve', seconds: 14_400, ended: false },
  ]);
  expect(await rows(interruptions)).toEqual([{ recipient: 'ana', nights: 0 }]);
  const other = await http.world.database.transaction({ kind: 'tenant', tenant: 'other' }, async (tx) => [
    ...(await tx.query('SELECT FROM relance.figures')),
    ...(await tx.query('SELECT FROM relance.response_times')),
    ...(await tx.query('SELECT FROM relance.message_figures')),
    ...(await tx.query('SELECT FROM relance.waits')),
    ...(await tx.query('SELECT FROM relance.interruptions')),
  ]);
  expect(other).toEqual([]);
});

it('names every question that there is, and every one of them answers', async () => {
  const questions = [...GUIDE.matchAll(/`GET (\/v1\/metrics\/\w+)`/g)].map(([, path = '']) => path);
  expect(questions).toHaveLength(9);
  for (const path of questions) expect((await http.call('GET', path)).status).toBe(200);
});
