// How long things are kept, by fast-forward: each kind goes at its time and not before, what is live keeps all it has, another
// tenant keeps its own times, and months of which nothing is left are dropped.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sweep } from '../../packages/server/src/engine/sweep.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';
import { eventOf } from '../world.ts';

const POLICY = `
policy: task
open: { on: task.created }
resolve: { on: task.done }
key: event.data.id
assignee: event.data.who
fallback: recipient(ana)
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [email] } }
`;
let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([{ id: 'ana', email: 'ana@example.test' }]);
  await http.world.policy(POLICY);
  const as = { authorization: `Bearer ${await http.key('other')}` };
  await http.call('PUT', '/v1/recipients/ana', { email: 'ana@example.test' }, as);
  await http.call('PUT', '/v1/policies/task', POLICY, { ...as, 'content-type': 'application/yaml' });
  const set = (tenant: string, retention: object) =>
    http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, tenant, { retention }));
  await set('default', {
    content: '10 days',
    messages: '30 days',
    inbox: '20 days',
    timeline: '60 days',
    followUps: '100 days',
    events: '40 days',
    activity: '15 days',
  });
  await set('other', { followUps: 'forever', timeline: 'forever', events: '300 days' });
});
afterAll(() => http.end());

const prune = () => new Sweep(http.world.node.engine, http.world.node.consents).prune();
const count = async (table: string, where = 'true', tenant = 'default'): Promise<number> => {
  const [row] = await http.world.database.transaction(ENGINE, (tx) =>
    tx.query<{ n: number }>(`SELECT count(*) AS n FROM relance.${table} WHERE tenant = $1 AND ${where}`, [tenant]),
  );
  return row?.n ?? -1;
};
const after = async (by: string): Promise<void> => {
  await http.world.advance(by);
  await prune();
};
const months = async (): Promise<string[]> =>
  (
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relname ~ '^(timeline|events)_2026(11|12)$' ORDER BY 1`,
      ),
    )
  ).map(({ name }) => name);

it('goes kind by kind, each at its time, and what is live keeps all of it', async () => {
  for (const tenant of ['default', 'other']) {
    await http.world.node.ingest.submit(tenant, [
      eventOf('task.created', { id: 'closed', who: 'ana' }),
      eventOf('task.created', { id: 'live', who: 'ana' }),
    ]);
  }
  await http.call('POST', '/v1/recipients/ana/activity', { type: 'viewed' });
  await http.world.settle();
  for (const tenant of ['default', 'other'])
    await http.world.node.ingest.submit(tenant, [eventOf('task.done', { id: 'closed' })]);
  await http.world.settle();
  const own = `follow_up_id = (SELECT id FROM relance.follow_ups WHERE tenant = $1 AND key = 'closed')`;
  const live = `follow_up_id = (SELECT id FROM relance.follow_ups WHERE tenant = $1 AND key = 'live')`;
  await http.world.database.transaction(ENGINE, (tx) =>
    tx.query(`INSERT INTO relance.replies (slot, id, tenant, follow_up_id, message_id, channel, provider_id, sender, recipient, at, kind, subject, text, became, status)
      SELECT slot, id, tenant, id, id, 'email', 'x', 'ana@example.test', 'ana', closed_at, 'human', 'Re', 'paid', 'nothing', 'closed' FROM relance.follow_ups WHERE key = 'closed'`),
  );
  await after('9 days');
  expect(await count('replies', `text = 'paid'`)).toBe(1);
  expect(await count('messages', `${own} AND content IS NULL AND status = 'accepted'`)).toBe(0);
  const [messages, lines] = [await count('messages', own), await count('timeline', own)];
  const items = await count('inbox', own);
  expect(items).toBeGreaterThan(0);
  expect(messages).toBeGreaterThan(0);

  await after('2 days'); // 11
  expect(await count('messages', `${own} AND content IS NOT NULL`)).toBe(0);
  expect(await count('messages', own)).toBe(messages);
  expect(await count('replies', `text = '' AND subject IS NULL`)).toBe(1);
  expect(await count('replies', `text = 'paid'`, 'other')).toBe(1);
  expect(await count('activities')).toBe(1);
  expect(await count('inbox', own)).toBe(items);

  await after('10 days'); // 21
  expect(await count('activities')).toBe(0);
  expect(await count('inbox', own)).toBe(0);
  expect(await count('messages', own)).toBe(messages);

  await after('10 days'); // 31
  expect(await count('messages', own)).toBe(0);
  expect(await count('replies')).toBe(0);
  expect(await count('attempts', `message_id NOT IN (SELECT id FROM relance.messages)`)).toBe(0);
  expect(await count('events')).toBe(3);

  await after('10 days'); // 41
  expect(await count('events')).toBe(0);
  expect(await count('timeline', own)).toBe(lines);

  await after('20 days'); // 61
  expect(await count('timeline', own)).toBe(0);
  expect(await count('follow_ups', `key = 'closed'`)).toBe(1);

  await after('40 days'); // 101
  expect(await count('follow_ups', `key = 'closed'`)).toBe(0);

  // The one that is open has every word of its own, and so has the other tenant's.
  expect(await count('messages', `${live} AND content IS NOT NULL`)).toBeGreaterThan(1);
  expect(await count('timeline', live)).toBeGreaterThan(3);
  expect(await count('timeline', own, 'other')).toBe(lines);
  expect(await count('events', 'true', 'other')).toBe(3);
  expect(await months()).toContain('timeline_202611');
});

it('drops a month when nobody keeps anything of it', async () => {
  await after('200 days'); // 301: the other tenant lets its events go
  expect(await count('events', 'true', 'other')).toBe(0);
  await after('80 days');
  // Of December nothing is left; of November a follow-up is open.
  expect(await months()).toEqual(['timeline_202611']);
  for (const tenant of ['default', 'other'])
    await http.world.node.ingest.submit(tenant, [eventOf('task.done', { id: 'live' })]);
  await http.world.settle();
  await http.world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'other', { retention: { followUps: '90 days' } }),
  );
  await after('120 days');
  expect(await count('follow_ups')).toBe(0);
  expect(await count('follow_ups', 'true', 'other')).toBe(0);
  expect(await months()).toEqual([]);
  // Life goes on.
  await http.world.event('task.created', { id: 'new', who: 'ana' });
  await http.world.settle();
  expect(await count('timeline')).toBeGreaterThan(0);
  expect(await http.world.node.watch()).toBe(0);
});
