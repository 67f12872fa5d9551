// What you have of somebody, as one JSON: theirs whole, of others ids and no more; page by page, however much there is.
import { slotOfId } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';

const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
data: event.data
subject: { title: "'Task ' + event.data.id" }
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email, inbox] } } ]
`;
let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test', phone: '+34600000001', traits: { level: 'gold' } },
    { id: 'bo', name: 'Canary Of Others', email: 'bo@canary.test' },
  ]);
  await http.world.group('desk', ['ana', 'bo']);
  await http.world.policy(POLICY);
  for (const [id, who] of [
    ['one', 'ana'],
    ['two', 'bo'],
  ])
    await http.world.event('task.created', { id, who, about: 'Canary Of Others' });
  await http.world.settle();
});
afterAll(() => http.end());

const followUpOf = async (key: string): Promise<string> =>
  (await http.call('GET', `/v1/follow-ups?key=${key}`)).body.items[0].id as string;

it('has everything of them, and of others nothing but ids', async () => {
  const [one, two] = [await followUpOf('one'), await followUpOf('two')];
  await http.call('POST', `/v1/follow-ups/${one}/note`, { actor: 'ana', comment: 'my own words' });
  await http.call('POST', `/v1/follow-ups/${one}/note`, { actor: 'bo', comment: 'what a canary colleague wrote' });
  await http.call('POST', `/v1/follow-ups/${two}/note`, { actor: 'ana', comment: 'asked about theirs' });
  await http.call('POST', '/v1/recipients/ana/activity', { type: 'viewed', data: { page: 'pricing' } });
  await http.call('PUT', '/v1/suppressions', { channel: 'sms', address: '+34600000001', source: 'stop' });
  const answer = await http.call('GET', '/v1/recipients/ana/export');
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    exportedAt: '2026-11-02T09:00:00.000Z',
    profile: { id: 'ana', name: 'Ana', traits: { level: 'gold' } },
    groups: ['desk'],
    suppressions: [{ channel: 'sms', source: 'stop' }],
    activity: [{ type: 'viewed', data: { page: 'pricing' } }],
    inbox: [{ followUp: one }],
    waiting: [],
    choices: [],
    preferenceChanges: [],
    followUps: [{ id: one, key: 'one', subject: { title: 'Task one' }, roles: ['assignee', 'notified'] }],
  });
  const email = answer.body.messages.find(({ channel }: { channel: string }) => channel === 'email');
  expect(email).toMatchObject({
    status: 'accepted',
    content: { subject: expect.any(String), text: expect.any(String) },
  });
  expect(email.attempts).toMatchObject([{ outcome: 'accepted' }]);
  expect(answer.text).toContain('my own words');
  expect(answer.text).toContain('asked about theirs');
  expect(answer.text.toLowerCase()).not.toContain('canary');
  // Links are told by what they open; no hash of one is shown.
  expect(answer.body.links.length).toBeGreaterThan(0);
  expect(Object.keys(answer.body.links[0]).sort()).toEqual(['count', 'lastExpiresAt', 'opens']);
  const { body } = await http.call('GET', '/v1/audit?recipient=ana&action=recipient.exported');
  expect(body.items).toHaveLength(1);
});

it('has what came from an address of theirs by which nobody was known then, and nothing that came from another, or from who reads along', async () => {
  const two = await followUpOf('two');
  const senders = [
    ['email', 'X.Ana@EXAMPLE.test'],
    ['email', 'ana@xn--mnchen-3ya.de'],
    ['sms', '+34600000009'],
    ['email', 'xx.ana@example.test'],
    ['sms', 'x.ana@example.test'],
    ['email', 'desk@copies.test'],
  ] as const;
  for (const [channel, sender] of senders)
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(
        `INSERT INTO relance.replies (slot, id, tenant, follow_up_id, message_id, channel, provider_id, sender, at, kind, text, became, why, status)
         VALUES ($1, gen_random_uuid(), 'default', $2, $2, $3, $4, $4, '2026-11-02', 'human', 'from ' || $4, 'conversation', 'unknown_sender', 'open')`,
        [slotOfId(two), two, channel, sender],
      ),
    );
  await http.world.people([
    {
      id: 'late',
      email: 'x.ana@example.test',
      phone: '+34600000009',
      endpoints: [
        { channel: 'email', address: 'ana@münchen.de' },
        { channel: 'email', address: 'desk@copies.test', copy: 'cc' },
      ],
    },
  ]);
  const { replies } = (await http.call('GET', '/v1/recipients/late/export')).body;
  expect(replies.map(({ text }: { text: string }) => text).sort()).toEqual([
    'from +34600000009',
    'from X.Ana@EXAMPLE.test',
    'from ana@xn--mnchen-3ya.de',
  ]);
  expect((await http.call('GET', '/v1/recipients/ana/export')).body.replies).toEqual([]);
});

it('has all of many, each once', async () => {
  const many = 1_234;
  await http.world.database.transaction(ENGINE, (tx) =>
    tx.query(
      `INSERT INTO relance.activities (slot, tenant, recipient, type, at, id)
       SELECT slot, 'default', 'ana', 'clicked', timestamptz '2026-10-01' + (n / 7) * interval '1 second', gen_random_uuid()
       FROM relance.recipients, generate_series(1, $1::integer) AS n WHERE id = 'ana'`,
      [many],
    ),
  );
  const { activity } = (await http.call('GET', '/v1/recipients/ana/export')).body;
  expect(activity.filter(({ type }: { type: string }) => type === 'clicked')).toHaveLength(many);
});

it('is of nobody who is not there, and of no other tenant', async () => {
  expect((await http.call('GET', '/v1/recipients/nobody/export')).status).toBe(404);
  const other = { authorization: `Bearer ${await http.key('other')}` };
  expect((await http.call('GET', '/v1/recipients/ana/export', undefined, other)).status).toBe(404);
});
