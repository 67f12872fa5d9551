// What Postmark and Resend tell of a mail, in the shapes of their documents: believed when it is proven, whole, of this connection and
// of now; anything else is refused, and says nothing. SES has its own: sns-receipt.test.ts.
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { ReceiptAnswer } from '../provider.ts';
import { callOf, GARBAGE, ID, newsIn } from '../receipt-call.test-kit.ts';
import { type PostmarkSecrets, type PostmarkSettings, postmarkProvider } from './postmark.ts';
import { type ResendSecrets, type ResendSettings, resendProvider } from './resend.ts';

describe('Postmark', () => {
  const SECRET = 'a-long-secret-of-ours';
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`relance:${password}`).toString('base64')}`,
  });
  const read = (
    body: object | string,
    headers: Record<string, string> = basic(SECRET),
    secrets: object = { webhookSecret: SECRET },
  ) =>
    postmarkProvider.receipts?.(
      callOf(
        {} as PostmarkSettings,
        secrets as PostmarkSecrets,
        typeof body === 'string' ? body : JSON.stringify(body),
        headers,
      ),
    ) as Promise<ReceiptAnswer>;
  const common = {
    MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
    Metadata: { 'relance-message': ID },
    MessageStream: 'outbound',
    ServerID: 23,
    Tag: '',
  };
  const bounce = (Type: string) => ({
    ...common,
    RecordType: 'Bounce',
    ID: 42,
    Type,
    TypeCode: 1,
    Name: Type,
    Description: 'The server was unable to deliver your message.',
    Details: 'Test bounce details',
    Email: 'ana@example.test',
    From: 'acme@example.test',
    BouncedAt: '2026-11-02T08:59:00.2735393-00:00',
    DumpAvailable: true,
    Inactive: true,
    CanActivate: true,
    Subject: 'Hello',
  });
  it.each([
    [
      bounce('HardBounce'),
      { kind: 'bounced', permanent: true, address: 'ana@example.test', at: Date.parse('2026-11-02T08:59:00.273Z') },
    ],
    [bounce('BadEmailAddress'), { kind: 'bounced', permanent: true }],
    [bounce('SoftBounce'), { kind: 'bounced', permanent: false }],
    [
      { ...bounce('SoftBounce'), Details: 'x'.repeat(6_000), Description: `${'x'.repeat(4_999)}😀` },
      { kind: 'bounced', permanent: false },
    ],
    [bounce('Blocked'), { kind: 'bounced', permanent: false }],
    [bounce('DnsError'), { kind: 'bounced', permanent: false }],
    [bounce('SpamComplaint'), { kind: 'complained' }],
    [
      { ...bounce('SpamComplaint'), RecordType: 'SpamComplaint' },
      { kind: 'complained', address: 'ana@example.test' },
    ],
    [
      {
        ...common,
        RecordType: 'Delivery',
        Recipient: 'ana@example.test',
        DeliveredAt: '2026-11-02T08:59:00Z',
        Details: '250 OK',
      },
      { kind: 'delivered', detail: '250 OK' },
    ],
    [
      {
        ...common,
        RecordType: 'Open',
        FirstOpen: true,
        Recipient: 'ana@example.test',
        ReceivedAt: '2026-11-02T08:59:00Z',
        UserAgent: 'x',
      },
      { kind: 'opened' },
    ],
    [
      {
        ...common,
        RecordType: 'Click',
        ClickLocation: 'HTML',
        OriginalLink: 'https://x.test',
        Recipient: 'ana@example.test',
        ReceivedAt: '2026-11-02T08:59:00Z',
      },
      { kind: 'clicked' },
    ],
    [
      {
        ...common,
        RecordType: 'SubscriptionChange',
        ChangedAt: '2026-11-02T08:59:00Z',
        Recipient: 'ana@example.test',
        Origin: 'Recipient',
        SuppressSending: true,
        SuppressionReason: 'ManualSuppression',
      },
      { kind: 'unsubscribed' },
    ],
  ])('%#: is news', async (body, news) => {
    expect(newsIn(await read(body))).toMatchObject([{ message: { id: ID }, ...news }]);
  });
  it.each([
    bounce('AutoResponder'),
    bounce('Transient'),
    { ...common, RecordType: 'SubscriptionChange', SuppressSending: false, SuppressionReason: null },
    { ...common, RecordType: 'SubscriptionChange', SuppressSending: true, SuppressionReason: 'HardBounce' },
  ])('%#: is none', async (body) => {
    expect(newsIn(await read(body))).toEqual([]);
  });
  it('is found by its own id where ours is not handed back', async () => {
    expect(newsIn(await read({ ...bounce('HardBounce'), Metadata: {} }))).toMatchObject([
      { message: { providerId: common.MessageID } },
    ]);
    expect(newsIn(await read({ ...bounce('HardBounce'), Metadata: { 'relance-message': "'; --" } }))).toMatchObject([
      { message: { providerId: common.MessageID } },
    ]);
  });
  it('proves itself by the header as well', async () => {
    expect(newsIn(await read(bounce('HardBounce'), { 'x-webhook-secret': SECRET }))).toHaveLength(1);
  });
  it.each([
    ['nothing', {}],
    ['another password', basic('another-secret-of-theirs')],
    ['a piece of it', basic(SECRET.slice(0, -1))],
    ['an odd header', { authorization: 'Basic !!!' }],
    ['another header', { 'x-webhook-secret': 'x' }],
  ])('is not believed with %s', async (_what, headers) => {
    expect(await read(bounce('HardBounce'), headers as Record<string, string>)).toMatchObject({
      kind: 'refused',
      status: 401,
    });
  });
  it('nor where there is no secret to know', async () => {
    expect(await read(bounce('HardBounce'), basic(''), {})).toMatchObject({ kind: 'refused', status: 401 });
  });
  it.each(GARBAGE)('refuses %j', async (body) => {
    expect(await read(body)).toMatchObject({ kind: 'refused', status: 400 });
  });

  describe('a mail that came in', () => {
    const raw = 'From: Ana <ana@example.test>\r\nSubject: Re: Hello\r\n\r\nDone, café.\r\n';
    const came = {
      FromName: 'Ana',
      MessageStream: 'inbound',
      From: 'ana@example.test',
      FromFull: { Email: 'ana@example.test', Name: 'Ana', MailboxHash: '' },
      ToFull: [{ Email: 'reply+x@in.example.test', Name: '', MailboxHash: 'x' }],
      CcFull: [],
      OriginalRecipient: 'reply+x@in.example.test',
      Subject: 'Re: Hello',
      MessageID: '22c74902-a0c1-4511-804f-341342852c90',
      MailboxHash: 'x',
      TextBody: 'Done, café.',
      HtmlBody: '',
      StrippedTextReply: 'Done, café.',
      Headers: [{ Name: 'Return-Path', Value: '<ana@example.test>' }],
      Attachments: [],
      RawEmail: raw,
    };
    it('is handed on whole, with the addresses that it came to', async () => {
      const answer = await read(came);
      expect(answer).toMatchObject({ kind: 'news', items: [], mails: [{ nullSender: false, replyTo: null }] });
      const [mail] = answer.kind === 'news' ? (answer.mails ?? []) : [];
      expect(mail?.raw.toString()).toBe(raw);
      expect(new Set(mail?.to)).toEqual(new Set(['reply+x@in.example.test']));
      const bounced = { ...came, Headers: [{ Name: 'Return-Path', Value: '<>' }] };
      expect(await read(bounced)).toMatchObject({ mails: [{ nullSender: true }] });
    });
    it('is refused without its secret, and asked for raw', async () => {
      expect(await read(came, basic('wrong'))).toMatchObject({ kind: 'refused', status: 401 });
      const { RawEmail: _, ...parsed } = came;
      expect(await read(parsed)).toMatchObject({
        kind: 'refused',
        status: 400,
        detail: expect.stringContaining('raw email content'),
      });
    });
  });
});

describe('Resend', () => {
  const SECRET = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
  const signed = (body: string, secret = SECRET, at = new Date(Date.now())) => ({
    'svix-id': 'msg_1',
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(secret).sign('msg_1', at, body),
  });
  const read = (
    body: string,
    headers: Record<string, string>,
    secrets: object = { apiKey: 're_x', webhookSecret: SECRET },
  ) =>
    resendProvider.receipts?.(
      callOf({} as ResendSettings, secrets as ResendSecrets, body, headers),
    ) as Promise<ReceiptAnswer>;
  const event = (type: string, more: object = {}) =>
    JSON.stringify({
      type,
      created_at: '2026-11-02T08:59:00.000Z',
      data: {
        created_at: '2026-11-02T08:58:00.000Z',
        email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
        from: 'Acme <acme@example.test>',
        to: ['ana@example.test'],
        subject: 'Hello',
        tags: { relance_message: ID },
        ...more,
      },
    });
  const bounce = (type: string, subType: string) => ({
    bounce: { type, subType, message: 'The mailbox of ana@example.test is no more' },
  });
  it.each([
    [
      event('email.delivered'),
      { kind: 'delivered', address: 'ana@example.test', at: Date.parse('2026-11-02T08:59:00Z') },
    ],
    [
      event('email.bounced', bounce('Permanent', 'General')),
      { kind: 'bounced', permanent: true, detail: expect.not.stringContaining('ana@') },
    ],
    [event('email.bounced', bounce('Permanent', 'MailboxFull')), { kind: 'bounced', permanent: false }],
    [event('email.bounced', bounce('Transient', 'General')), { kind: 'bounced', permanent: false }],
    [event('email.complained'), { kind: 'complained' }],
    [event('email.opened'), { kind: 'opened' }],
    [event('email.clicked', { click: { link: 'https://x.test' } }), { kind: 'clicked' }],
    [event('email.failed', { failed: { reason: 'reached_daily_quota' } }), { kind: 'failed', permanent: false }],
    [event('email.delivered', { tags: [{ name: 'relance_message', value: ID }] }), { kind: 'delivered' }],
  ])('%#: is news', async (body, news) => {
    expect(newsIn(await read(body, signed(body)))).toMatchObject([{ message: { id: ID }, ...news }]);
  });
  it.each([
    event('email.sent'),
    event('email.delivery_delayed'),
    '{"type":"domain.created","created_at":"x","data":{"id":"d"}}',
  ])('%#: is none', async (body) => {
    expect(newsIn(await read(body, signed(body)))).toEqual([]);
  });
  it('names nobody where the mail went to several', async () => {
    const body = event('email.bounced', {
      ...bounce('Permanent', 'General'),
      to: ['ana@example.test', 'bo@example.test'],
      tags: null,
    });
    const [news] = newsIn(await read(body, signed(body))) as readonly object[];
    expect(news).not.toHaveProperty('address');
    expect(news).toMatchObject({ message: { providerId: '56761188-7520-42d8-8898-ff6fc54ce618' } });
  });
  it.each([
    ['changed', (body: string) => [body.replace('bounced', 'delivered'), signed(body)] as const],
    [
      'signed by somebody else',
      (body: string) => [body, signed(body, `whsec_${Buffer.alloc(24, 4).toString('base64')}`)] as const,
    ],
    ['six minutes old', (body: string) => [body, signed(body, SECRET, new Date(Date.now() - 360_000))] as const],
    ['from the future', (body: string) => [body, signed(body, SECRET, new Date(Date.now() + 360_000))] as const],
    ['without a signature', (body: string) => [body, {}] as const],
  ])('is not believed when it is %s', async (_what, change) => {
    const [body, headers] = change(event('email.bounced', bounce('Permanent', 'General')));
    expect(await read(body, headers as Record<string, string>)).toMatchObject({ kind: 'refused', status: 401 });
  });
  it('nor where there is no secret to know', async () => {
    const body = event('email.delivered');
    expect(await read(body, signed(body), { apiKey: 're_x' })).toMatchObject({ kind: 'refused', status: 401 });
  });
  it.each(GARBAGE)('makes nothing of %j, signed or not', async (body) => {
    const answer = await read(body, signed(body));
    if (answer.kind === 'news') expect(answer.items).toEqual([]);
    expect(await read(body, {})).toMatchObject({ kind: 'refused' });
  });
});
