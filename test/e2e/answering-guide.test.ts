// The guide to answering, followed: what messages say, the words of STOP, START and HELP, the post of a notification's action. Stories of
// each are text-answers.test.ts, chat-answers.test.ts and push-browser.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { twilioAt } from '../../packages/server/src/channels/providers/twilio.ts';
import { keywordIn } from '../../packages/server/src/responses/text/keyword.ts';
import { ACCOUNT, signed, startTwilio, TOKEN, type TwilioDouble } from '../doubles/twilio.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideText } from '../guide.ts';
import { json, startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('answering.md');
const [shown = ''] = blocksOf(GUIDE, 'text');
const [told] = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const [post] = curlsIn(GUIDE) as [Asked];
const SHOWN = /\/a\/([\w-]{22})/.exec(shown)?.[1] ?? 'no token';
const OURS = '+15005550006';
const ANA = '+34600000001';

let twilio: TwilioDouble;
let server: TestServer;
let path: string;
let count = 0;
beforeAll(async () => {
  twilio = await startTwilio();
  server = await startTestServer({
    publicUrl: 'https://follow.example.com',
    channels: { providers: [twilioAt(twilio.origin)] },
  });
  await server.raw('/v1/clock/advance', json({ to: '2027-12-01T09:00:00Z' }));
  const settings = { accountSid: ACCOUNT, from: OURS, replies: true };
  const made = await server.raw('/v1/connections/text', {
    ...json({ provider: 'twilio', settings, secrets: { authToken: TOKEN } }),
    method: 'PUT',
  });
  path = ((await made.json()) as { receiptsUrl: string }).receiptsUrl.replace('https://follow.example.com', '');
  await server.client.recipients.put('ana', { name: 'Ana', phone: ANA, locale: 'en-GB', timeZone: 'UTC' });
  await server.client.policies.put(
    'invoice',
    `
policy: invoice
open: { on: invoice.issued }
key: event.data.id
subject: { type: invoice, id: event.data.id, title: "'Invoice ' + event.data.id" }
assignee: "'ana'"
due: event.data.due
resolved: none
stages: [ { id: notice, at: opened, notify: { via: [sms] } } ]
`,
  );
});
afterAll(async () => {
  await server.end();
  await twilio.stop();
});

async function open(id: string): Promise<string> {
  const data = { id, due: '2027-12-04T17:00:00Z' };
  await server.client.events.send([
    { specversion: '1.0', id, source: '/tests', type: 'invoice.issued', data } as never,
  ]);
  await server.advance('1 second');
  return twilio.taken.at(-1)?.Body ?? '';
}
async function say(Body: string): Promise<string> {
  const fields = { AccountSid: ACCOUNT, MessageSid: `SM${++count}`, From: ANA, To: OURS, Body };
  const response = await server.raw(path, {
    method: 'POST',
    key: null,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed(`https://follow.example.com${path}`, fields),
    },
    body: new URLSearchParams(fields).toString(),
  });
  return /<Message>([\s\S]*)<\/Message>/.exec(await response.text())?.[1] ?? '';
}
const plain = (text: string): string => text.trim().replace(/\/a\/[\w-]{22}/g, '/a/<token>');

describe('the guide to answering', () => {
  it('shows a message as it is sent, and what is said back', async () => {
    expect(plain(await open('17'))).toBe(plain(shown));
    const [, done = '', later = ''] = /`(Done: Invoice 17\.)`, `(Quiet until [^`]*)`/.exec(GUIDE) ?? [];
    expect(await say('2')).toBe(later);
    expect(await say('10')).toBe('Taken back: Invoice 17.');
    expect(await say('1')).toBe(done);
    expect((await open('18')).split('\n').at(-1)).toBe('Reply 21 done, 22 later, 23 on it');
  });

  it('names words that are what it says', () => {
    for (const keyword of ['stop', 'start', 'help'] as const) {
      const [, row = ''] = new RegExp(`^\\| ${keyword} \\| (.*) \\|$`, 'm').exec(GUIDE) ?? [];
      const words = row.split(/, | · /);
      expect(words.length).toBeGreaterThan(5);
      for (const word of words) expect([word, keywordIn(word)?.keyword]).toEqual([word, keyword]);
    }
  });

  it('posts an action, and is told what came of it', async () => {
    const body = await open('17-b');
    const token = /\/a\/([\w-]{22})/.exec(body)?.[1] ?? '';
    const answer = await askAs(server, post, { [SHOWN]: token });
    expect(answer).toEqual({ status: 200, body: { ...told, title: 'Invoice 17-b' } });
    expect(await server.client.followUps.byKey('invoice', '17-b').get()).toMatchObject({ status: 'resolved' });
  });
});
