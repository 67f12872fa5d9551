// Twilio's own SDK against a double of its interface, and its status callbacks against its own validator.
import type { Instant } from '@relance/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, refusal, signed, startTwilio, TOKEN, type TwilioDouble } from '../../../../../test/doubles/twilio.ts';
import type { Envelope } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import type { ReceiptCall } from '../provider.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { twilioAt, twilioProvider } from './twilio.ts';

let double: TwilioDouble;
beforeAll(async () => {
  double = await startTwilio();
});
afterEach(() => {
  double.answer = undefined;
  double.taken.length = 0;
  double.calls.length = 0;
});
afterAll(() => double.stop());

const TO = '+34600000001';
const FROM = '+34600000099';
const ID = sampleEnvelope().id;
type Given = { settings?: object; secrets?: object; receiptsUrl?: string | null };
const open = ({ settings = {}, secrets = {}, receiptsUrl = null }: Given = {}, origin = double.origin) =>
  twilioAt(origin).open({
    id: 'text',
    tenant: 'default',
    settings: twilioProvider.settings.parse({ accountSid: ACCOUNT, from: FROM, ...settings }),
    secrets: twilioProvider.secrets.parse({ authToken: TOKEN, ...secrets }),
    concurrencyMax: 20,
    wallNow: () => 0,
    egress: { allowHosts: [] },
    receiptsUrl,
  });
const alive = () => AbortSignal.timeout(10_000);
const send = (given: Given = {}, more: Partial<Envelope> = {}) =>
  open(given).send(sampleEnvelope({ address: TO, ...more }), alive());

describe('conformance', () => {
  const adapter = {
    name: 'twilio',
    async start() {
      const own = await startTwilio();
      return { connection: open({}, own.origin), address: TO, taken: () => own.taken.length, stop: () => own.stop() };
    },
    malformed: '+34600000001\r\nTo: +34600000002',
    unreachable: () => ({ connection: open({}, 'http://127.0.0.1:2'), address: TO }),
  };
  it.each(conformanceOf(adapter).map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());
});

describe('a message', () => {
  it('is asked for as the reference says', async () => {
    const outcome = await send({ receiptsUrl: 'https://relance.example.test/v1/receipts/twilio/default/text' });
    expect(outcome).toMatchObject({ kind: 'accepted', providerId: expect.stringMatching(/^SM/), detail: '1 × ucs2' });
    expect(double.taken).toEqual([
      {
        To: TO,
        From: FROM,
        Body: sampleEnvelope().content.text,
        ValidityPeriod: '14400',
        StatusCallback: `https://relance.example.test/v1/receipts/twilio/default/text?message=${ID}`,
      },
    ]);
    expect(double.calls[0]?.authorization).toBe(`Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`);
  });

  it('goes by an API key, a messaging service, and a sender of the country', async () => {
    const key = { apiKeySid: `SK${'2'.repeat(32)}`, apiKeySecret: 'the-secret', authToken: undefined };
    await send({ secrets: key });
    expect(double.calls[0]?.authorization).toBe(
      `Basic ${Buffer.from(`${key.apiKeySid}:the-secret`).toString('base64')}`,
    );
    const service = { from: undefined, messagingServiceSid: `MG${'3'.repeat(32)}`, senders: { FR: 'Acme' } };
    await send({ settings: service });
    expect(double.taken[1]).toMatchObject({ MessagingServiceSid: service.messagingServiceSid });
    expect(double.taken[1]).not.toHaveProperty('From');
    await send({ settings: service }, { address: '+33612345678' });
    expect(double.taken[2]).toMatchObject({ From: 'Acme' });
    expect(double.taken[2]).not.toHaveProperty('MessagingServiceSid');
  });

  it.each([
    [null, '36000'],
    [3_600_000, '3600'],
    [30 * 86_400_000, '36000'],
    [1_000, '10'],
    [-1_000, '10'],
  ])('useful for %s ms, it may wait for %s s', async (usefulMs, seconds) => {
    const { at } = sampleEnvelope();
    await send({}, { usefulUntil: usefulMs === null ? null : ((at + usefulMs) as Instant) });
    expect(double.taken[0]).toMatchObject({ ValidityPeriod: seconds });
  });

  it('is cut to its parts, with its link whole', async () => {
    const link = 'https://relance.example.test/a/abcdefghijklmnopqrstuv';
    const text = `${'The invoice is overdue. '.repeat(100)}\nDone: ${link}`;
    expect(await send({ settings: { maxSegments: 2 } }, { content: { text } })).toMatchObject({ detail: '2 × gsm7' });
    expect(double.taken[0]?.Body).toMatch(new RegExp(`\\.\\.\\.\\nDone: ${link}$`));
  });

  it('goes to the countries of the list only, and to no number that is dear', async () => {
    const settings = { countries: ['ES'] };
    expect(await send({ settings })).toMatchObject({ kind: 'accepted' });
    for (const [address, words] of [
      ['+33612345678', 'numbers of FR are not in `countries`'],
      ['+15550000005', 'numbers of no known country'],
      ['+33899123456', 'no E.164 number that can be written to'],
      ['600000001', 'no E.164 number'],
      [null, 'no E.164 number'],
    ] as const)
      expect(await send({ settings }, { address })).toMatchObject({
        kind: 'rejected',
        detail: expect.stringContaining(words),
      });
    expect(double.calls).toHaveLength(1);
  });
});

describe('what it answers', () => {
  it.each([
    [refusal(400, 21_610, 'Attempt to send to unsubscribed recipient'), { kind: 'rejected', endpoint: 'opted_out' }],
    [refusal(400, 21_211, `Invalid 'To' Phone Number: ${TO}`), { kind: 'rejected', endpoint: 'gone' }],
    [refusal(400, 21_614, 'not a mobile number'), { kind: 'rejected', endpoint: 'gone' }],
    [refusal(400, 21_217, 'not a phone number'), { kind: 'rejected', endpoint: 'gone' }],
    [refusal(400, 21_408, 'Permission to send an SMS has not been enabled'), { kind: 'rejected' }],
    [refusal(400, 21_602, 'Message body is required'), { kind: 'rejected' }],
    [refusal(429, 20_429, 'Too Many Requests'), { kind: 'retry' }],
    [
      { ...refusal(429, 20_429, 'Too Many'), headers: { 'retry-after': '7' } },
      { kind: 'retry', retryAfterMs: 7_000 },
    ],
    [refusal(401, 20_003, 'Authenticate'), { kind: 'retry' }],
    [refusal(503, 20_503, 'Service unavailable'), { kind: 'retry' }],
    [refusal(500, 20_500, 'Internal Server Error'), { kind: 'uncertain' }],
    [{ status: 502, body: '<html>' }, { kind: 'uncertain' }],
    [{ status: 201, body: '{"sid":' }, { kind: 'uncertain' }],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { kind: 'rejected' }],
    [null, { kind: 'uncertain' }],
  ])('%j', async (answer, outcome) => {
    double.answer = answer;
    const said = await send();
    expect(said).toMatchObject(outcome);
    expect(double.calls).toHaveLength(1); // it tries nothing again by itself
    expect(JSON.stringify(said)).not.toMatch(/34600000001|a-token/);
  });

  it('is not waited for longer than a hand-over may take', async () => {
    double.answer = 'silence';
    const envelope = sampleEnvelope({ address: TO });
    expect(await open().send(envelope, AbortSignal.timeout(200))).toMatchObject({ kind: 'uncertain' });
  });
});

const URL_OF = `https://relance.example.test/v1/receipts/twilio/default/text?message=${ID}`;
const FIELDS = {
  AccountSid: ACCOUNT,
  MessageSid: 'SM1',
  MessageStatus: 'delivered',
  To: TO,
  From: FROM,
  ApiVersion: '2010-04-01',
};
const told = (fields: Readonly<Record<string, string>>, more: Partial<ReceiptCall> & { token?: string } = {}) => {
  const url = more.url ?? URL_OF;
  const call = {
    settings: { accountSid: ACCOUNT, from: FROM },
    secrets: { authToken: TOKEN },
    method: 'POST',
    url,
    headers: { 'x-twilio-signature': signed(URL_OF, fields, more.token) },
    body: Buffer.from(new URLSearchParams(fields).toString()),
    wallNow: () => 0,
    egress: { allowHosts: [] },
    ...more,
  };
  return twilioProvider.receipts?.(call as never);
};

describe('a status callback', () => {
  it.each([
    ['queued', null, []],
    ['sending', null, []],
    ['sent', null, [{ kind: 'accepted' }]],
    ['delivered', null, [{ kind: 'delivered', detail: 'delivered' }]],
    ['undelivered', '30003', [{ kind: 'failed', permanent: false, detail: 'undelivered: error 30003' }]],
    ['undelivered', '30005', [{ kind: 'failed', permanent: true }]],
    ['undelivered', '30006', [{ kind: 'failed', permanent: true }]],
    ['failed', '30007', [{ kind: 'failed', permanent: false }]],
    ['failed', '21610', [{ kind: 'failed' }, { kind: 'unsubscribed', sender: FROM }]],
    ['something new', null, []],
  ])('%s %s', async (status, code, items) => {
    const fields = { ...FIELDS, MessageStatus: status, ...(code === null ? {} : { ErrorCode: code }) };
    const answer = await told(fields);
    expect(answer).toMatchObject({ kind: 'news', items: items.map((one) => ({ ...one, message: { id: ID } })) });
    expect(answer).toHaveProperty('items.length', items.length);
  });

  it('finds its message by the id of Twilio where ours is missing', async () => {
    const url = 'https://relance.example.test/v1/receipts/twilio/default/text';
    const headers = { 'x-twilio-signature': signed(url, FIELDS) };
    expect(await told(FIELDS, { url, headers })).toMatchObject({ items: [{ message: { providerId: 'SM1' } }] });
  });

  it.each([
    ['of another token', told, { token: 'another' }, 401],
    ['without a signature', told, { headers: {} }, 401],
    ['for another message', told, { url: URL_OF.replace(ID, ID.replace('1', '2')) }, 401],
    ['for another host', told, { url: URL_OF.replace('relance.', 'evil.') }, 401],
    [
      'with another body',
      told,
      { body: Buffer.from(new URLSearchParams({ ...FIELDS, MessageStatus: 'failed' }).toString()) },
      401,
    ],
    ['that is a GET', told, { method: 'GET' }, 400],
    ['to a connection without a token', told, { secrets: {} }, 403],
    ['that is garbage', told, { body: Buffer.from([0xff, 0xfe, 0]) }, 401],
  ] as const)('%s is not believed', async (_title, tell, more, status) => {
    expect(await tell(FIELDS, more as never)).toMatchObject({ kind: 'refused', status });
  });

  it('about another account is not believed, though it is signed', async () => {
    expect(await told({ ...FIELDS, AccountSid: `AC${'9'.repeat(32)}` })).toMatchObject({
      kind: 'refused',
      status: 403,
    });
    expect(await told({ AccountSid: ACCOUNT })).toMatchObject({ kind: 'refused', status: 400 });
  });
});

describe('a text that somebody writes', () => {
  const WRITTEN = { AccountSid: ACCOUNT, MessageSid: 'SM2', SmsStatus: 'received', From: TO, To: FROM, Body: '1' };
  const url = 'https://relance.example.test/v1/receipts/twilio/key';
  const heard = (more: Record<string, string> = {}, settings: object = {}) => {
    const fields = { ...WRITTEN, ...more };
    const headers = { 'x-twilio-signature': signed(url, fields) };
    return told(fields, { url, headers, settings: { accountSid: ACCOUNT, from: FROM, ...settings } });
  };

  it('is told with who wrote what to which sender, and answered as TwiML', async () => {
    const answer = await heard({ Body: 'a < b' });
    expect(answer).toMatchObject({
      kind: 'text',
      text: { id: 'SM2', sender: FROM, from: TO, text: 'a < b', keyword: null, keywordAnswered: false },
    });
    if (answer?.kind !== 'text') throw new Error('no text');
    expect(answer.reply(null).body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response></Response>');
    expect(answer.reply('a < b & c')).toEqual({
      contentType: 'text/xml; charset=utf-8',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response><Message>a &lt; b &amp; c</Message></Response>',
    });
  });
  it('to a messaging service is to the service, where the connection sends by it', async () => {
    const service = `MG${'3'.repeat(32)}`;
    expect(await heard({ MessagingServiceSid: service })).toMatchObject({ text: { sender: FROM } });
    expect(
      await heard({ MessagingServiceSid: service }, { from: undefined, messagingServiceSid: service }),
    ).toMatchObject({ text: { sender: service } });
  });
  it.each([
    [{ Body: ' Stop ' }, {}, null, true],
    [{ Body: 'stop' }, { keywords: 'relance' }, null, false],
    [{ Body: 'arret' }, {}, null, false],
    [{ Body: 'ARRET', OptOutType: 'STOP' }, { keywords: 'relance' }, 'stop', true],
    [{ Body: 'Hola', OptOutType: 'HELP' }, {}, 'help', true],
    [{ Body: 'help me' }, {}, null, false],
  ])('%j with %j', async (more, settings, keyword, keywordAnswered) => {
    expect(await heard(more, settings)).toMatchObject({ text: { keyword, keywordAnswered } });
  });
  it.each(['whatsapp:+34600000001', '32665', '', 'Acme'])(
    'from "%s", which is no number, is heard only',
    async (From) => {
      expect(await heard({ From })).toMatchObject({ kind: 'news', items: [] });
    },
  );
  it('is not believed without its signature, or of another account', async () => {
    expect(await told(WRITTEN, { url, headers: {} })).toMatchObject({ kind: 'refused', status: 401 });
    expect(await heard({ AccountSid: `AC${'9'.repeat(32)}` })).toMatchObject({ kind: 'refused', status: 403 });
  });
});

describe('as whom it writes', () => {
  it.each<[object, string, { id: string; takesAnswers: boolean }]>([
    [{}, TO, { id: FROM, takesAnswers: false }],
    [{ replies: true }, TO, { id: FROM, takesAnswers: true }],
    [{ replies: true, from: 'Acme' }, TO, { id: 'Acme', takesAnswers: false }],
    [{ replies: true, senders: { FR: 'Acme' } }, '+33612345678', { id: 'Acme', takesAnswers: false }],
    [{ replies: true, senders: { FR: '38100' } }, '+33612345678', { id: '38100', takesAnswers: true }],
    [
      { replies: true, from: undefined, messagingServiceSid: `MG${'3'.repeat(32)}` },
      TO,
      { id: `MG${'3'.repeat(32)}`, takesAnswers: true },
    ],
  ])('%j to %s', (settings, address, sender) => expect(open({ settings }).senderTo?.(address)).toEqual(sender));
  it('says how to answer it, within its parts', async () => {
    const content = { text: 'Hello', codeLines: ['Reply 1 done, 2 later', 'Reply 1 done'] };
    await send({ settings: { replies: true } }, { content });
    expect(double.taken[0]?.Body).toBe('Hello\nReply 1 done, 2 later');
    await send({ settings: { replies: true, maxSegments: 1 } }, { content: { ...content, text: 'long '.repeat(50) } });
    expect(double.taken[1]?.Body).toMatch(/long\.\.\.\nReply 1 done$/);
  });
});

describe('settings', () => {
  const good = { accountSid: ACCOUNT, from: FROM };
  it.each([
    [good, true],
    [{ ...good, from: 'Acme 24' }, true],
    [{ ...good, from: '12345' }, true],
    [{ ...good, countries: ['ES', 'FR'], maxSegments: 10 }, true],
    [{ accountSid: ACCOUNT }, false],
    [{ ...good, messagingServiceSid: `MG${'3'.repeat(32)}` }, false],
    [{ ...good, accountSid: 'AC../x' }, false],
    [{ ...good, maxSegments: 11 }, false],
    [{ ...good, countries: ['Spain'] }, false],
    [{ ...good, from: 'a name that is too long' }, false],
    [{ ...good, base: 'https://evil.example' }, false],
  ])('%j: %s', (written, taken) => expect(twilioProvider.settings.safeParse(written).success).toBe(taken));
  it.each([
    [{ authToken: TOKEN }, true],
    [{ apiKeySid: `SK${'2'.repeat(32)}`, apiKeySecret: 'x' }, true],
    [{}, false],
    [{ apiKeySid: `SK${'2'.repeat(32)}` }, false],
  ])('secrets %j: %s', (written, taken) => expect(twilioProvider.secrets.safeParse(written).success).toBe(taken));
});
