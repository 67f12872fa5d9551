// Answers by text message, told as stories: Twilio by its own SDK against a double, and what people write comes in as Twilio sends it,
// signed. Codes, words, STOP, and the silence around them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { twilioAt } from '../../packages/server/src/channels/providers/twilio.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { ACCOUNT, refusal, signed, startTwilio, TOKEN, type TwilioDouble } from '../doubles/twilio.ts';
import { json, startTestServer, type TestServer } from '../server.ts';

const OURS = '+15005550006';
const ANA = '+34600000001';
const BO = '+34600000002';
const POLICY = `
policy: invoice
title: Invoice
open: { on: invoice.issued }
resolve: { on: invoice.paid }
key: event.data.id
subject: { type: invoice, id: event.data.id, title: "'Invoice ' + event.data.id" }
assignee: event.data.who
fallback: recipient(boss)
resolved: none
stages:
  - { id: notice, at: opened, notify: { via: [sms, { channel: email, else: true }] } }
  - { id: reminder, at: opened + 1 day, notify: { via: [sms] } }
`;
const NIGHT = `
policy: night
open: { on: invoice.night }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
resolved: none
stages: [ { id: night, at: opened, window: "02:00-03:00", notify: { via: [sms] } } ]
`;
const APPROVAL = `
policy: approval
title: Approval
open: { on: approval.asked }
key: event.data.id
subject: { type: approval, id: event.data.id, title: "'Leave ' + event.data.id" }
assignee: event.data.who
resolved: none
actions:
  - { id: approve, label: Approve, outcome: approved }
  - { id: partly, label: Partly, answer: { type: object, required: [days], properties: { days: { type: number } } } }
  - { id: reject, label: Reject, rejects: true }
stages: [ { id: notice, at: opened, notify: { via: [sms] } } ]
`;
const SURVEY = `
policy: survey
title: Survey
open: { on: survey.asked }
resolve: { onReply: true, outcome: answered }
key: event.data.id
subject: { type: survey, id: event.data.id, title: "'Survey ' + event.data.id" }
assignee: event.data.who
fallback: recipient(boss)
resolved: none
stages: [ { id: notice, at: opened, notify: { via: [sms] } } ]
`;

let twilio: TwilioDouble;
let server: TestServer;
let path: string;
let count: number;

beforeEach(async () => {
  count = 0;
  twilio = await startTwilio();
  server = await startTestServer({ channels: { providers: [twilioAt(twilio.origin)] } });
  path = await connect('text', { replies: true });
  await server.client.recipients.put('ana', { name: 'Ana', phone: ANA, email: 'ana@example.test', timeZone: 'UTC' });
  await server.client.recipients.put('bo', { name: 'Bo', phone: BO, locale: 'fr' });
  await server.client.recipients.put('boss', { email: 'boss@example.test' });
  for (const policy of [POLICY, NIGHT, APPROVAL, SURVEY])
    await server.client.policies.put(/policy: (\w+)/.exec(policy)?.[1] ?? '', policy);
});
afterEach(async () => {
  await server.end();
  await twilio.stop();
});

async function connect(id: string, settings: object, position = 100): Promise<string> {
  const body = {
    provider: 'twilio',
    position,
    settings: { accountSid: ACCOUNT, from: OURS, ...settings },
    secrets: { authToken: TOKEN },
  };
  const made = await server.raw(`/v1/connections/${id}`, { ...json(body), method: 'PUT' });
  expect(made.status).toBe(200);
  return ((await made.json()) as { receiptsUrl: string }).receiptsUrl.replace('http://relance.test', '');
}

async function open(type: string, id: string, who = 'ana'): Promise<void> {
  await server.client.events.send([
    { specversion: '1.0', id: `${type}-${id}`, source: '/tests', type, data: { id, who } } as never,
  ]);
  await server.advance('1 second');
}
const bodies = (): string[] => twilio.taken.map(({ Body }) => Body ?? '');
const lastLine = (): string => bodies().at(-1)?.split('\n').at(-1) ?? '';

interface Written {
  readonly status: number;
  /** What goes back to whoever wrote it; null: nothing. */
  readonly said: string | null;
}
/** Somebody writes to our number. */
async function write(text: string, more: Readonly<Record<string, string>> = {}, at = path): Promise<Written> {
  const fields = {
    AccountSid: ACCOUNT,
    MessageSid: `SM-in-${++count}`,
    SmsStatus: 'received',
    From: ANA,
    To: OURS,
    Body: text,
    NumMedia: '0',
    ...more,
  };
  const response = await server.raw(at, {
    method: 'POST',
    key: null,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed(`http://relance.test${at}`, fields),
    },
    body: new URLSearchParams(fields).toString(),
  });
  const said = /<Message>([\s\S]*)<\/Message>/.exec(await response.text())?.[1] ?? null;
  return { status: response.status, said: said?.replaceAll('&lt;', '<').replaceAll('&amp;', '&') ?? null };
}
const say = async (text: string, more: Readonly<Record<string, string>> = {}): Promise<string | null> =>
  (await write(text, more)).said;
const followUp = async (policy: string, key: string) => server.client.followUps.byKey(policy, key).get();
const get = async (where: string) => (await (await server.raw(where)).json()) as { items: Record<string, unknown>[] };

describe('a code', () => {
  it('does what the message says of it, and says what was done; the same text told again counts once', async () => {
    await open('invoice.issued', '17');
    expect(bodies()).toHaveLength(1);
    expect(lastLine()).toBe('Reply 1 done, 2 later, 3 on it');
    expect(await say('1', { MessageSid: 'SM-the-same' })).toBe('Done: Invoice 17.');
    const done = await followUp('invoice', '17');
    expect(done).toMatchObject({ status: 'resolved', resolvedBy: 'ana' });
    expect(await say('1', { MessageSid: 'SM-the-same' })).toBeNull();
    const { items } = await get(`/v1/follow-ups/${done.id}/timeline`);
    expect(items.filter(({ kind }) => kind === 'resolved')).toMatchObject([
      { actor: 'ana', channel: 'sms', evidence: 'proven' },
    ]);
    const messages = await get('/v1/messages?channel=sms');
    expect(messages.items[0]).toMatchObject({
      engagement: [{ kind: 'acted' }],
      content: { codeLines: expect.any(Array) },
    });
    await server.advance('30 days');
    expect(bodies()).toHaveLength(1);
  });

  it('of what is over says who did it and when; sent again by a telephone it is told so as well', async () => {
    await open('invoice.issued', '17');
    await server.raw(`/v1/follow-ups/by-key/invoice/17/resolve`, json({ actor: 'bo' }));
    for (const _twice of [1, 2]) expect(await say('1')).toMatch(/^Invoice 17: Done by Bo, /);
    expect(await say('2')).toMatch(/^Invoice 17: Done by Bo, /);
    expect((await followUp('invoice', '17')).resolvedBy).toBe('bo');
  });

  it('later and "on it" are taken back by a code, and only by whoever said them', async () => {
    await open('invoice.issued', '17');
    expect(await say('2')).toMatch(/^Quiet until .*: Invoice 17\. Reply 10 to undo\.$/);
    expect((await followUp('invoice', '17')).snoozedUntil).not.toBeNull();
    expect(await say('10')).toBe('Taken back: Invoice 17.');
    expect(await followUp('invoice', '17')).toMatchObject({ status: 'open', snoozedUntil: null });
    expect(await say('3 on it')).toBe('You have this: Invoice 17. Reply 10 to undo.');
    await server.raw(`/v1/follow-ups/by-key/invoice/17/unacknowledge`, json({ actor: 'bo' }));
    await server.raw(`/v1/follow-ups/by-key/invoice/17/acknowledge`, json({ actor: 'bo' }));
    expect(await say('10')).toMatch(/^Invoice 17: Bo has this since /);
    expect((await followUp('invoice', '17')).status).toBe('acknowledged');
    const until = new Date(Date.parse((await followUp('invoice', '17')).openedAt) + 7_200_000).toISOString();
    const snoozed = await server.raw(`/v1/follow-ups/by-key/invoice/17/snooze`, json({ actor: 'bo', until }));
    expect(snoozed.status).toBe(200);
    await say('10');
    expect((await followUp('invoice', '17')).snoozedUntil).not.toBeNull();
  });

  it('is another one for each open follow-up, the same in its reminder, and in the language of its reader', async () => {
    await open('invoice.issued', '17');
    await open('invoice.issued', '18');
    expect(lastLine()).toBe('Reply 21 done, 22 later, 23 on it');
    await open('invoice.issued', '19', 'bo');
    expect(lastLine()).toBe('Répondez 1 fait, 2 plus tard, 3 en cours');
    await server.advance('1 day');
    expect(
      bodies()
        .slice(3)
        .map((body) => body.split('\n').at(-1))
        .sort(),
    ).toEqual([
      'Reply 1 done, 2 later, 3 on it',
      'Reply 21 done, 22 later, 23 on it',
      'Répondez 1 fait, 2 plus tard, 3 en cours',
    ]);
    expect(await say('21')).toBe('Done: Invoice 18.');
    expect((await followUp('invoice', '17')).status).toBe('open');
    // Bo's 1 is not Ana's.
    expect(await say('1', { From: BO })).toBe('Fait : Invoice 19.');
    expect((await followUp('invoice', '17')).status).toBe('open');
  });

  it('is not given again while a late answer may still mean the first', async () => {
    await open('invoice.issued', '17');
    await say('1');
    await server.advance('20 days');
    await open('invoice.issued', '18');
    expect(lastLine()).toMatch(/^Reply 21 done/);
    await server.advance('40 days');
    await say('21');
    await open('invoice.issued', '19');
    expect(lastLine()).toMatch(/^Reply 1 done/);
  });

  it('offers the policy’s own answers, but not what asks for more than a word', async () => {
    await open('approval.asked', '4');
    expect(lastLine()).toBe('Reply 1 Approve, 2 Reject, 3 later, 4 on it');
    expect(await say('done')).toBeNull(); // of what can be refused it says nothing sure
    expect(await say('1')).toBe('Approve: Leave 4.');
    expect(await followUp('approval', '4')).toMatchObject({ status: 'resolved', outcome: 'approved' });
  });

  it('that nobody was given changes nothing and says so', async () => {
    await open('invoice.issued', '17');
    expect(await say('51')).toBe('We know no code 51.');
    expect(await say('9')).toBe('We know no code 9.');
    expect((await followUp('invoice', '17')).status).toBe('open');
  });

  it('keeps no number of somebody who is erased', async () => {
    await open('invoice.issued', '17');
    const numbers = () =>
      server.relance.engine.engine.database.transaction(ENGINE, (tx) =>
        tx.query('SELECT address FROM relance.reply_codes'),
      );
    expect(await numbers()).toEqual([{ address: ANA }]);
    expect((await server.raw('/v1/recipients/ana/erase', json({}))).status).toBeLessThan(300);
    expect(await numbers()).toEqual([]);
    expect(await say('1')).toBeNull();
  });

  it('stands in no message where what is written back reaches nobody', async () => {
    await connect('text', { replies: false });
    await open('invoice.issued', '17');
    await connect('text', { replies: true, from: 'Acme' });
    await open('invoice.issued', '18');
    for (const body of bodies()) expect(body).not.toContain('Reply');
  });
});

describe('words', () => {
  it('mean the one that is open; with several open ask which', async () => {
    await open('invoice.issued', '17');
    await open('invoice.issued', '18');
    expect(await say('Done!')).toBe('Which one? Reply 1 Invoice 17, 21 Invoice 18');
    expect([(await followUp('invoice', '17')).status, (await followUp('invoice', '18')).status]).toEqual([
      'open',
      'open',
    ]);
    await say('1');
    expect(await say('later')).toMatch(/^Quiet until .*: Invoice 18\. Reply 20 to undo\.$/);
    expect(await say('I will pay it by tomorrow')).toMatch(/^We count on it by .*\d.*: Invoice 18\./);
    expect(await say('It is done')).toBe('Done: Invoice 18.');
  });

  it('that mean nothing sure are a reply for people, told once, and what they answer goes out by text message', async () => {
    await open('invoice.issued', '17');
    const unsure = 'stop by my desk and I will explain the 2 items';
    for (const _twice of [1, 2]) expect(await say(unsure, { MessageSid: 'SM-unsure' })).toBeNull();
    const { id, status } = await followUp('invoice', '17');
    expect(status).toBe('open');
    const { items: lines } = await get(`/v1/follow-ups/${id}/timeline`);
    expect(lines.filter(({ kind }) => kind === 'replied')).toMatchObject([
      { actor: 'ana', channel: 'sms', evidence: 'proven', reason: 'reply_unclear' },
    ]);
    const { items } = await get('/v1/replies?status=open');
    expect(items).toMatchObject([
      {
        followUp: id,
        channel: 'sms',
        from: ANA,
        recipient: 'ana',
        text: unsure,
        became: 'conversation',
        why: 'unclear',
      },
    ]);
    await server.advance('1 second');
    const told = (await get(`/v1/follow-ups/${id}/messages`)).items.filter(({ stage }) => stage === '@reply');
    expect(told).toMatchObject([{ recipient: 'boss', channel: 'email' }]);
    expect((await get('/v1/suppressions')).items).toEqual([]);
    const before = twilio.taken.length;
    const answered = await server.raw(
      `/v1/replies/${items[0]?.id}/answer`,
      json({ text: 'I come at ten.', actor: 'boss' }),
    );
    expect(answered.status).toBe(200);
    await server.advance('1 second');
    expect(twilio.taken.slice(before)).toMatchObject([{ To: ANA, Body: 'I come at ten.' }]);
    expect((await get('/v1/replies')).items).toMatchObject([{ status: 'answered' }]);
    // What they write to that is a reply of its own.
    await say('ten is fine by me, bring coffee');
    expect((await get('/v1/replies?status=open')).items).toMatchObject([{ channel: 'sms', followUp: id }]);
  });

  it('without end are all kept, and the team is told no more than twenty an hour', async () => {
    await open('invoice.issued', '17');
    const { id } = await followUp('invoice', '17');
    for (let n = 0; n < 25; n++) await say(`what about number ${n} of the list?`);
    await server.advance('1 second');
    expect((await get('/v1/replies?status=open&limit=100')).items).toHaveLength(25);
    const { items } = await get(`/v1/follow-ups/${id}/messages?limit=100`);
    expect(items.filter(({ stage }) => stage === '@reply')).toHaveLength(20);
    expect((await get(`/v1/follow-ups/${id}/timeline?limit=100`)).items.map(({ kind }) => kind)).not.toContain('alarm');
  });

  it('end what waits for any answer of whoever is asked, and with several open none', async () => {
    await open('survey.asked', '1');
    expect(await say('the soup was cold but the staff was lovely')).toBe('Done: Survey 1.');
    expect(await followUp('survey', '1')).toMatchObject({ status: 'resolved', outcome: 'answered', resolvedBy: 'ana' });
    expect((await get('/v1/replies')).items).toMatchObject([{ became: 'command', command: 'reply', status: 'closed' }]);
    await open('survey.asked', '2');
    await open('survey.asked', '3');
    expect(await say('it was nice on Tuesday, less so today')).toBeNull();
    expect([(await followUp('survey', '2')).status, (await followUp('survey', '3')).status]).toEqual(['open', 'open']);
    expect((await get('/v1/replies?status=open')).items).toHaveLength(1);
  });

  it('of somebody of whom it is asked no more neither promise it nor give it away', async () => {
    await open('invoice.issued', '17');
    await server.raw('/v1/follow-ups/by-key/invoice/17/reassign', json({ actor: 'bo', to: 'bo' }));
    expect(await say('not mine')).toBeNull();
    expect(await say('I will pay it by Friday')).toBeNull();
    expect(await followUp('invoice', '17')).toMatchObject({ status: 'open', assignee: 'bo' });
    expect((await get('/v1/replies?status=open')).items).toHaveLength(2);
  });

  it('of a number that nobody is known by get nothing back, nor do those of one that was theirs once', async () => {
    await open('invoice.issued', '17');
    for (const text of ['1', 'done', 'HELP', 'STOP']) expect(await say(text, { From: '+34600000009' })).toBeNull();
    await server.client.recipients.put('ana', { name: 'Ana', phone: '+34600000007' });
    expect(await say('1')).toBeNull();
    expect((await followUp('invoice', '17')).status).toBe('open');
  });

  it('without a signature of the account are refused', async () => {
    await open('invoice.issued', '17');
    const fields = { AccountSid: ACCOUNT, MessageSid: 'SM1', From: ANA, To: OURS, Body: '1' };
    const response = await server.raw(path, {
      method: 'POST',
      key: null,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signed(`http://relance.test${path}`, fields, 'another token'),
      },
      body: new URLSearchParams(fields).toString(),
    });
    expect(response.status).toBe(401);
    expect((await followUp('invoice', '17')).status).toBe('open');
  });

  it('of two programs that answer each other come to an end', async () => {
    await open('invoice.issued', '17');
    const said: (string | null)[] = [];
    for (let n = 0; n < 25; n++) said.push(await say('9'));
    expect(said.filter((one) => one !== null)).toHaveLength(20);
  });
});

describe('STOP', () => {
  it('takes back what waits before it is answered, and nothing is sent by that number any more', async () => {
    await open('invoice.issued', '17');
    await server.raw('/v1/clock/advance', json({ to: '2027-01-04T12:00:00Z' }));
    await open('invoice.night', '16');
    const statuses = async () =>
      (await get('/v1/messages?channel=sms')).items.map(({ followUp: _of, status, stage }) => `${stage} ${status}`);
    expect(await statuses()).toContain('night deferred');
    twilio.taken.length = 0;
    expect(await say(' Arrêt. ')).toBe('Plus de messages de ce numéro. Répondez START pour en recevoir à nouveau.');
    expect(await statuses()).toContain('night suppressed');
    const { items } = await get('/v1/suppressions');
    expect(items).toMatchObject([{ channel: 'sms', address: ANA, source: 'stop', sender: OURS }]);
    expect(await say('arret')).toBeNull(); // it is so already
    await open('invoice.issued', '18');
    await server.advance('3 days');
    expect(bodies()).toEqual([]);
    // The next channel of the plan takes over.
    const { id } = await followUp('invoice', '18');
    const { items: told } = await get(`/v1/follow-ups/${id}/messages`);
    expect(told.filter(({ status }) => status === 'accepted').map(({ channel }) => channel)).toEqual(['email']);
  });

  it('is answered once: Twilio answers its own words by itself, and whatever it says it has read', async () => {
    await open('invoice.issued', '17');
    expect(await say('STOP')).toBeNull();
    expect((await get('/v1/suppressions')).items).toHaveLength(1);
    expect(await say('ALTO', { From: BO, OptOutType: 'STOP' })).toBeNull();
    expect((await get('/v1/suppressions')).items).toHaveLength(2);
    await connect('text', { replies: true, keywords: 'relance' });
    expect(await say('START')).toBe('You get messages again. Reply STOP to end them.');
    expect(await say('stop')).toBe('No more messages from this number. Reply START to get them again.');
  });

  it('START lifts what STOP has set, and nothing else', async () => {
    await connect('text', { replies: true, keywords: 'relance' });
    const admin = { channel: 'sms', address: ANA, reason: 'asked by telephone' };
    await say('STOP');
    await server.raw('/v1/suppressions', { ...json(admin), method: 'PUT' });
    expect(await say('START')).toBeNull(); // nothing comes, so nothing is promised
    expect((await get('/v1/suppressions')).items).toMatchObject([{ source: 'admin', sender: null }]);
    await open('invoice.issued', '17');
    expect(bodies()).toEqual([]);
  });

  it('HELP says who writes and how to reach them', async () => {
    await server.relance.engine.engine.database.transaction(ENGINE, (tx) =>
      tx.query(
        `INSERT INTO relance.tenants (id, name, settings) VALUES ('default', 'Acme', '{"branding":{"supportPhone":"+34 900 1"}}')
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings`,
      ),
    );
    expect(await say('Ayuda')).toBe('Acme: +34 900 1. Responda STOP para terminar.');
    expect(await say('hilfe?', { From: BO })).toBe('Acme: +34 900 1. STOP beendet die Nachrichten.');
    expect(await say('help')).toBeNull(); // Twilio has
  });

  it('is said to one sender: another number of ours goes on, and 21610 is the same STOP', async () => {
    await connect('other', { from: '+15005550007', replies: true }, 200);
    await open('invoice.issued', '17');
    twilio.answer = refusal(400, 21_610, 'Attempt to send to unsubscribed recipient');
    await open('invoice.issued', '18');
    twilio.answer = undefined;
    expect((await get('/v1/suppressions')).items[0]).toMatchObject({ source: 'stop', sender: OURS });
    const calls = twilio.calls.length;
    await open('invoice.issued', '19');
    expect(twilio.calls.slice(calls).map(({ fields }) => fields.From)).toEqual(['+15005550007']);
    // Both are stopped: nothing is left to write by.
    const other = (await (await server.raw('/v1/connections/other')).json()) as { receiptsUrl: string };
    await write('STOPP', { To: '+15005550007' }, other.receiptsUrl.replace('http://relance.test', ''));
    const before = twilio.calls.length;
    await open('invoice.issued', '20');
    await server.advance('3 days');
    expect(twilio.calls).toHaveLength(before);
  });
});
