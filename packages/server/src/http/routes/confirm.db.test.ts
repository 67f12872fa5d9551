// How it ended is told where it was ended: by text message to whoever answered the link of one, by email for that of a mail, in
// the inbox for the inbox; to the requester by their own plan; in each reader's language; to a team of thousands in parts, without
// whoever acted; and nobody twice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

const POLICY = `
policy: task
title: Task
open: { on: task.created }
key: event.data.id
subject: { type: task, id: event.data.id, title: "'Task ' + event.data.id" }
assignee: event.data.who
requester: "'rita'"
team: { cel: event.data.team }
fallback: recipient(bo)
stages:
  - { id: notice, at: opened, notify: { via: [email, sms, inbox] } }
  - { id: up, at: opened + 1 day, escalate: { to: [recipient(bo)] }, notify: { via: [sms] } }
`;
const TEAM = 120;

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@example.test', phone: '+34600000001' },
    { id: 'rita', name: 'Rita', email: 'rita@example.test', locale: 'fr' },
    { id: 'bo', name: 'Bo', email: 'bo@example.test', phone: '+34600000002' },
    ...Array.from({ length: TEAM }, (_, index) => ({ id: `m${index}`, email: `m${index}@example.test` })),
  ]);
  await http.world.group('small', ['ana']);
  await http.world.group('all', ['ana', ...Array.from({ length: TEAM }, (_, index) => `m${index}`)]);
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

let number = 0;
async function open(team = 'small'): Promise<string> {
  await http.world.event('task.created', { id: `k${++number}`, who: 'ana', team });
  await http.world.settle();
  return http.world.recorders.email.sent.at(-1)?.followUp ?? '';
}
const doneBy = (channel: 'email' | 'sms', who = 'ana'): string => {
  const message = http.world.recorders[channel].sent.findLast(({ recipient }) => recipient.id === who);
  return new URL(message?.content.actions?.find(({ name }) => name === 'resolve')?.url ?? 'http://none/').pathname;
};
const press = (path: string) =>
  http.call('POST', path, 'do=resolve', { authorization: '', 'content-type': 'application/x-www-form-urlencoded' });
/** Who was told how it ended, and where. */
async function told(followUp: string): Promise<string[]> {
  await http.world.settle();
  return (['email', 'sms', 'inbox', 'push', 'chat'] as const)
    .flatMap((channel) =>
      http.world.recorders[channel].sent
        .filter((one) => one.followUp === followUp && one.stage === 'resolved')
        .map(({ recipient }) => `${recipient.id} ${channel}`),
    )
    .sort();
}
const wordsTo = (channel: 'email' | 'sms', who: string): string =>
  http.world.recorders[channel].sent.findLast(({ recipient }) => recipient.id === who)?.content.text ?? '';

it('by the link of a text message: by text message, with who, what and when', async () => {
  const followUp = await open();
  expect((await press(doneBy('sms'))).status).toBe(200);
  expect(await told(followUp)).toEqual(['ana sms', 'rita email', 'rita inbox']);
  expect(wordsTo('sms', 'ana')).toBe(`Done: Task k${number}\nBy Ana, Monday, November 2 at 9:00 AM UTC`);
  expect(wordsTo('email', 'rita')).toContain("C'est terminé, par Ana, le lundi 2 novembre à 09:00 UTC.");
});

it('by the link of a mail: by email; pressed again, nobody is told again', async () => {
  const followUp = await open();
  await press(doneBy('email'));
  const all = ['ana email', 'rita email', 'rita inbox'];
  expect(await told(followUp)).toEqual(all);
  await press(doneBy('sms'));
  expect(await told(followUp)).toEqual(all);
});

it('in the inbox: there', async () => {
  const followUp = await open();
  const { token } = (await http.call('POST', '/v1/recipients/ana/tokens', { ttl: '1 hour' })).body;
  const authorization = `Bearer ${token}`;
  const { items } = (await http.call('GET', '/v1/inbox', undefined, { authorization })).body;
  const acted = await http.call('POST', `/v1/inbox/${items[0].id}/act`, { action: 'resolve' }, { authorization });
  expect(acted.status).toBe(200);
  expect(await told(followUp)).toEqual(['ana inbox', 'rita email', 'rita inbox']);
});

it('by somebody it was escalated to, who has no other part in it: them too', async () => {
  const followUp = await open();
  await http.world.advance('25 hours');
  expect((await press(doneBy('sms', 'bo'))).status).toBe(200);
  expect(await told(followUp)).toEqual(['ana email', 'ana inbox', 'bo sms', 'rita email', 'rita inbox']);
});

it('in a team that is told in parts, whoever acted is told once', async () => {
  const followUp = await open('all');
  await press(doneBy('email'));
  const all = await told(followUp);
  expect(all.filter((line) => line.startsWith('ana '))).toEqual(['ana email']);
  expect(all.filter((line) => line.startsWith('m'))).toHaveLength(2 * TEAM);
});
