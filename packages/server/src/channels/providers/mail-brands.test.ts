// SES, Postmark and Resend by their official SDKs, each against a double written from its published API document: what arrives there, what
// every answer and every silence means, and that nothing secret is told. Each goes through the conformance suite.
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Asked, BrandDouble, Fault } from '../../../../../test/doubles/brand.ts';
import { POSTMARK_TOKEN, startPostmark } from '../../../../../test/doubles/postmark.ts';
import { RESEND_KEY, startResend } from '../../../../../test/doubles/resend.ts';
import { SES_KEY, sesError, startSes } from '../../../../../test/doubles/ses.ts';
import type { Connection } from '../channel.ts';
import { conformanceOf } from '../conformance.ts';
import { messageOf } from '../mail-address.ts';
import type { Opening, Provider } from '../provider.ts';
import { sampleEnvelope } from '../sample-envelope.ts';
import { postmarkProvider as postmark } from './postmark.ts';
import { resendProvider as resend } from './resend.ts';
import { sesProvider as ses } from './ses.ts';

const KEY = Buffer.alloc(32, 7);
const alive = () => AbortSignal.timeout(10_000);
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Case {
  readonly provider: Provider<never, never>;
  readonly start: () => Promise<BrandDouble>;
  readonly settings: object;
  readonly secrets: object;
  /** A key that the brand does not know, and must never be told of. */
  readonly wrong: object;
  readonly error: (status: number) => Answer;
  readonly secretWords: readonly string[];
}
const CASES: Readonly<Record<string, Case>> = {
  postmark: {
    provider: postmark as never,
    start: startPostmark,
    settings: { messageStream: 'outbound' },
    secrets: { serverToken: POSTMARK_TOKEN },
    wrong: { serverToken: 'wrong-token-000001' },
    error: (status) => ({ status, body: { ErrorCode: 0, Message: 'to ana@example.test' } }),
    secretWords: [POSTMARK_TOKEN, 'wrong-token-000001'],
  },
  resend: {
    provider: resend as never,
    start: startResend,
    settings: {},
    secrets: { apiKey: RESEND_KEY },
    wrong: { apiKey: 're_wrong_000001' },
    error: (status) => ({
      status,
      body: { statusCode: status, name: 'application_error', message: 'to ana@example.test' },
    }),
    secretWords: [RESEND_KEY, 're_wrong_000001'],
  },
  ses: {
    provider: ses as never,
    start: startSes,
    settings: { region: 'eu-west-1', configurationSet: 'relance' },
    secrets: SES_KEY,
    wrong: { accessKeyId: 'AKIAWRONG', secretAccessKey: 'wrong-secret-000001' },
    error: (status) => sesError(status, 'SomethingException', 'to ana@example.test'),
    secretWords: [SES_KEY.secretAccessKey, 'wrong-secret-000001'],
  },
};
const BRANDS = Object.keys(CASES);
const caseOf = (brand: string): Case => CASES[brand] as Case;

interface More {
  readonly settings?: object;
  readonly secrets?: object;
  readonly allowHosts?: readonly string[];
}
function opened(brand: string, endpoint: string, more: More = {}): Connection {
  const { provider, settings, secrets } = caseOf(brand);
  const written = {
    from: 'Acme <acme@example.test>',
    replyTo: 'reply@mail.example.test',
    endpoint,
    ...settings,
    ...more.settings,
  };
  const connection = provider.open({
    id: 'brand',
    tenant: 'default',
    settings: (provider.settings as typeof postmark.settings).parse(written),
    secrets: (provider.secrets as typeof postmark.secrets).parse(more.secrets ?? secrets),
    concurrencyMax: 5,
    wallNow: () => 0,
    egress: { allowHosts: more.allowHosts ?? ['127.0.0.1'] },
    receiptsUrl: null,
    addressKey: KEY,
  } as unknown as Opening<never, never>);
  ends.push(() => connection.close());
  return connection;
}
async function started(brand: string): Promise<BrandDouble> {
  const double = await caseOf(brand).start();
  ends.push(() => double.stop());
  return double;
}

describe.each(BRANDS)('%s', (brand) => {
  const checks = conformanceOf({
    name: brand,
    async start() {
      const double = await caseOf(brand).start();
      return {
        connection: opened(brand, double.url),
        address: 'ana@example.test',
        taken: double.taken,
        stop: double.stop,
      };
    },
    malformed: 'ana@example.test\r\nRCPT TO:<victim@example.test>',
    unreachable: () => ({ connection: opened(brand, 'http://127.0.0.1:1'), address: 'ana@example.test' }),
  });
  it.each(checks.map((check) => [check.name, check] as const))('%s', (_name, check) => check.run());

  it.each([
    [429, 'retry'],
    [503, 'retry'],
    [500, brand === 'resend' ? 'retry' : 'uncertain'],
    [502, brand === 'resend' ? 'retry' : 'uncertain'],
    [401, 'retry'],
    [403, 'retry'],
    [400, 'rejected'],
    [422, 'rejected'],
  ])('answered %i: %s, without the address', async (status, kind) => {
    const double = await started(brand);
    const answer = caseOf(brand).error(status);
    double.does({ ...answer, headers: { ...answer.headers, 'retry-after': '7' } });
    const outcome = await opened(brand, double.url).send(sampleEnvelope(), alive());
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'retry') expect(outcome.retryAfterMs).toBe(7_000);
    expect(JSON.stringify(outcome)).not.toContain('ana@');
    expect(double.asked).toHaveLength(1); // the SDK has not tried again by itself
  });
  it.each([
    ['reset after reading', brand === 'resend' ? 'retry' : 'uncertain'],
    ['silence', brand === 'resend' ? 'retry' : 'uncertain'],
    ['not JSON', brand === 'resend' ? 'retry' : 'uncertain'],
    ['endless answer', brand === 'resend' ? 'retry' : 'uncertain'],
  ] as readonly [Fault, string][])('%s: %s', async (fault, kind) => {
    const double = await started(brand);
    double.does(fault);
    const outcome = await opened(brand, double.url).send(sampleEnvelope(), AbortSignal.timeout(700));
    expect(outcome.kind).toBe(kind);
    expect(double.asked).toHaveLength(1);
  });
  it('takes a key that is not known for our fault, and tells nobody', async () => {
    const double = await started(brand);
    const outcome = await opened(brand, double.url, { secrets: caseOf(brand).wrong }).send(sampleEnvelope(), alive());
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(outcome).not.toHaveProperty('about');
    for (const secret of caseOf(brand).secretWords) expect(JSON.stringify(outcome)).not.toContain(secret);
  });
  it('takes a sender that is not verified for our fault', async () => {
    const double = await started(brand);
    const connection = opened(brand, double.url, { settings: { from: 'unsigned@example.test' } });
    expect(await connection.send(sampleEnvelope(), alive())).toMatchObject({ kind: 'retry' });
  });
  it.each(['http://127.0.0.1:80', 'http://localhost:80', 'http://169.254.169.254'])(
    'goes nowhere that is not public: %s',
    async (endpoint) => {
      const connection = opened(brand, endpoint, { allowHosts: [] });
      expect(await connection.send(sampleEnvelope(), alive())).toMatchObject({ kind: 'retry' });
    },
  );
  it('keeps its connections', async () => {
    const double = await started(brand);
    const connection = opened(brand, double.url);
    for (const id of ['a', 'b', 'c'])
      expect(
        await connection.send(sampleEnvelope({ id: `0193a1b2-c3d4-8000-8000-00000000000${id}` }), alive()),
      ).toMatchObject({ kind: 'accepted' });
    expect(double.taken()).toBe(3);
  });
});

const UNSUBSCRIBE = 'https://relance.example.test/u/abcdefghijklmnopqrstuv';
const full = sampleEnvelope({
  unsubscribeUrl: UNSUBSCRIBE,
  copies: [
    { address: 'assistant@example.test', as: 'cc' },
    { address: 'archive@example.test', as: 'bcc' },
  ],
  content: { ...sampleEnvelope().content, subject: 'Réunion — 完成', calendar: true },
});
const thread = `<follow-up.${full.followUp}@example.test>`;
const replyIn = (text: string): string | null =>
  messageOf(/reply\+[a-z2-7]+@mail\.example\.test/.exec(text)?.[0] ?? '', 'reply@mail.example.test', 'reply', [KEY]);

it('Postmark gets the whole mail, and our id to hand back', async () => {
  const double = await started('postmark');
  expect(await opened('postmark', double.url).send(full, alive())).toEqual({
    kind: 'accepted',
    providerId: '0a129aee-e1cd-480d-b08d-000000000001',
    detail: 'HTTP 200',
  });
  const { body } = double.asked[0] as Asked;
  expect(body).toMatchObject({
    From: 'Acme <acme@example.test>',
    To: '"Ana García — 完成" <ana@example.test>',
    Cc: 'assistant@example.test',
    Bcc: 'archive@example.test',
    Subject: 'Réunion — 完成',
    TextBody: full.content.text,
    HtmlBody: '<p>Hello</p>',
    MessageStream: 'outbound',
    Metadata: { 'relance-message': full.id },
    Attachments: [{ Name: 'due.ics', ContentType: 'text/calendar; method=PUBLISH; charset=utf-8' }],
  });
  expect(body.Headers).toEqual(
    expect.arrayContaining([
      { Name: 'List-Unsubscribe', Value: `<${UNSUBSCRIBE}>` },
      { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
      { Name: 'List-Id', Value: '<task.example.test>' },
      { Name: 'Auto-Submitted', Value: 'auto-generated' },
      { Name: 'References', Value: thread },
      { Name: 'Message-ID', Value: `<${full.id}@example.test>` },
    ]),
  );
  expect(replyIn(String(body.ReplyTo))).toBe(full.id);
});

it('Postmark says that an address is inactive: it is gone', async () => {
  const double = await started('postmark');
  const outcome = await opened('postmark', double.url).send(
    sampleEnvelope({ address: 'inactive@example.test' }),
    alive(),
  );
  expect(outcome).toMatchObject({ kind: 'rejected', endpoint: 'gone' });
  expect(JSON.stringify(outcome)).not.toContain('inactive@');
});

it('Resend gets the whole mail under our id, and other words under the same id are not sent', async () => {
  const double = await started('resend');
  const connection = opened('resend', double.url);
  expect(await connection.send(full, alive())).toMatchObject({
    kind: 'accepted',
    providerId: '49a3999c-0ce1-4ea6-ab68-000000000001',
  });
  const { body, headers } = double.asked[0] as Asked;
  expect(headers['idempotency-key']).toBe(full.id);
  expect(body).toMatchObject({
    from: 'Acme <acme@example.test>',
    to: ['"Ana García — 完成" <ana@example.test>'],
    cc: ['assistant@example.test'],
    bcc: ['archive@example.test'],
    subject: 'Réunion — 完成',
    tags: [{ name: 'relance_message', value: full.id }],
    headers: {
      References: thread,
      'List-Unsubscribe': `<${UNSUBSCRIBE}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    attachments: [{ filename: 'due.ics' }],
  });
  expect(replyIn(String(body.reply_to))).toBe(full.id);
  const other = { ...full, content: { ...full.content, text: 'other' } };
  expect(await connection.send(other, alive())).toMatchObject({ kind: 'uncertain' });
  expect(double.taken()).toBe(1);
});

it('SES gets the whole mail as it was composed here', async () => {
  const double = await started('ses');
  expect(await opened('ses', double.url).send(full, alive())).toMatchObject({
    kind: 'accepted',
    providerId: expect.stringMatching(/-000000$/),
  });
  const { body } = double.asked[0] as Asked;
  expect(body).toMatchObject({
    Destination: {
      ToAddresses: ['ana@example.test'],
      CcAddresses: ['assistant@example.test'],
      BccAddresses: ['archive@example.test'],
    },
    EmailTags: [{ Name: 'relance-message', Value: full.id }],
    ConfigurationSetName: 'relance',
  });
  const raw = Buffer.from((body.Content as { Raw: { Data: string } }).Raw.Data, 'base64');
  expect(raw.toString()).not.toContain('archive@');
  const mail = await simpleParser(raw);
  expect(mail).toMatchObject({ subject: 'Réunion — 完成', messageId: `<${full.id}@example.test>`, inReplyTo: thread });
  expect(mail.attachments.map(({ filename }) => filename)).toEqual(['due.ics']);
});

it.each([
  [sesError(400, 'MessageRejected', 'Message content was rejected'), 'rejected'],
  [sesError(400, 'LimitExceededException', 'too many'), 'retry'],
  [sesError(400, 'SendingPausedException', 'paused'), 'retry'],
  [sesError(400, 'AccountSuspendedException', 'suspended'), 'retry'],
  [sesError(429, 'TooManyRequestsException', 'slower'), 'retry'],
  [sesError(404, 'NotFoundException', 'no such configuration set'), 'retry'],
])('SES answers with a name of its own: %j', async (answer, kind) => {
  const double = await started('ses');
  double.does(answer);
  expect((await opened('ses', double.url).send(sampleEnvelope(), alive())).kind).toBe(kind);
});
