// What SES tells of a mail through SNS, in the shapes of its documents: believed when it is proven, whole, of this connection and
// of now; anything else is refused, and says nothing.
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Got } from './pinned-get.ts';
import { callOf, GARBAGE, ID, NOW, newsIn } from './receipt-call.test-kit.ts';
import { readSnsReceipts } from './sns-receipt.ts';

describe('SES through SNS', () => {
  const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events';
  const CERTIFICATE = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'a'.repeat(32)}.pem`;
  const CONFIRM = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const fetched: string[] = [];
  const fetchIt = async (url: string): Promise<Got> => {
    fetched.push(url);
    return { kind: 'got', contentType: 'text/plain', body: Buffer.from(pem) };
  };
  /** As the SNS developer guide says: these fields, in this order, one a line. */
  const payload = (more: Record<string, string> = {}, version = '2') => {
    const said: Record<string, string> & { Message: string } = {
      Type: 'Notification',
      MessageId: '22b80b92',
      TopicArn: TOPIC,
      Message: 'm',
      Timestamp: new Date(NOW - 1_000).toISOString(),
      ...more,
    };
    const fields =
      said.Type === 'Notification'
        ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
        : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
    const text = fields.flatMap((field) => (said[field] === undefined ? [] : [`${field}\n${said[field]}\n`])).join('');
    const Signature = sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), privateKey).toString('base64');
    return {
      SignatureVersion: version,
      Signature,
      SigningCertURL: CERTIFICATE,
      UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
      ...said,
    };
  };
  const read = (
    body: object | string,
    settings: Parameters<typeof readSnsReceipts>[0]['settings'] = { topicArn: TOPIC },
  ) => readSnsReceipts(callOf(settings, {}, typeof body === 'string' ? body : JSON.stringify(body)), fetchIt);
  const mail = {
    timestamp: '2026-11-02T08:58:00.000Z',
    messageId: '0102-000000',
    source: 'acme@example.test',
    destination: ['ana@example.test'],
    tags: { 'relance-message': [ID], 'ses:configuration-set': ['relance'] },
  };
  const event = (more: object) => payload({ Message: JSON.stringify({ mail, ...more }) });
  const bounce = (bounceType: string, bounceSubType: string) => ({
    bounceType,
    bounceSubType,
    bouncedRecipients: [
      {
        emailAddress: 'ana@example.test',
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 ana@example.test unknown',
      },
    ],
    timestamp: '2026-11-02T08:59:00.000Z',
    feedbackId: 'f-000000',
  });
  const at = Date.parse('2026-11-02T08:59:00Z');
  it.each([
    [
      { eventType: 'Bounce', bounce: bounce('Permanent', 'General') },
      {
        kind: 'bounced',
        permanent: true,
        address: 'ana@example.test',
        at,
        detail: expect.not.stringContaining('ana@'),
      },
    ],
    [
      { eventType: 'Bounce', bounce: bounce('Permanent', 'OnAccountSuppressionList') },
      { kind: 'bounced', permanent: true },
    ],
    [
      { eventType: 'Bounce', bounce: bounce('Transient', 'MailboxFull') },
      { kind: 'bounced', permanent: false },
    ],
    [
      { eventType: 'Bounce', bounce: bounce('Undetermined', 'Undetermined') },
      { kind: 'bounced', permanent: false },
    ],
    [
      { notificationType: 'Bounce', bounce: bounce('Permanent', 'General') },
      { kind: 'bounced', permanent: true },
    ],
    [
      {
        eventType: 'Complaint',
        complaint: {
          complainedRecipients: [{ emailAddress: 'ana@example.test' }],
          complaintFeedbackType: 'abuse',
          timestamp: '2026-11-02T08:59:00Z',
        },
      },
      { kind: 'complained', detail: 'abuse', at },
    ],
    [
      {
        notificationType: 'Delivery',
        delivery: { recipients: ['ana@example.test'], timestamp: '2026-11-02T08:59:00Z', smtpResponse: '250 ok' },
      },
      { kind: 'delivered', address: 'ana@example.test' },
    ],
    [
      { eventType: 'Open', open: { ipAddress: '192.0.2.1', timestamp: '2026-11-02T08:59:00Z', userAgent: 'x' } },
      { kind: 'opened', at },
    ],
    [{ eventType: 'Click', click: { link: 'https://x.test', timestamp: '2026-11-02T08:59:00Z' } }, { kind: 'clicked' }],
    [
      { eventType: 'Reject', reject: { reason: 'Bad content' } },
      { kind: 'failed', permanent: false, detail: 'Bad content' },
    ],
    [
      {
        eventType: 'Subscription',
        subscription: { timestamp: '2026-11-02T08:59:00Z', newTopicPreferences: { unsubscribeAll: true } },
      },
      { kind: 'unsubscribed' },
    ],
  ])('%#: is news', async (more, news) => {
    expect(newsIn(await read(event(more)))).toMatchObject([{ message: { id: ID }, ...news }]);
  });
  it.each([
    { eventType: 'Send', send: {} },
    { eventType: 'DeliveryDelay', deliveryDelay: {} },
    { eventType: 'Subscription', subscription: { newTopicPreferences: { unsubscribeAll: false } } },
  ])('%#: is none', async (more) => {
    expect(newsIn(await read(event(more)))).toEqual([]);
  });
  it('is found by its own id in feedback notifications, which carry no tags', async () => {
    const { tags: _, ...untagged } = mail;
    const body = payload(
      {
        Message: JSON.stringify({ notificationType: 'Bounce', mail: untagged, bounce: bounce('Permanent', 'General') }),
      },
      '1',
    );
    expect(newsIn(await read(body))).toMatchObject([{ message: { providerId: '0102-000000' } }]);
  });
  it('is heard however much the mail server has said', async () => {
    const said = bounce('Permanent', 'General');
    const diagnosticCode = `${'x'.repeat(290)} ${'😀'.repeat(9_000)}`;
    const bouncedRecipients = said.bouncedRecipients.map((one) => ({ ...one, diagnosticCode }));
    const answer = newsIn(await read(event({ eventType: 'Bounce', bounce: { ...said, bouncedRecipients } })));
    const [news] = Array.isArray(answer) ? answer : [];
    expect(news).toMatchObject({ kind: 'bounced', permanent: true });
    expect(news?.detail?.isWellFormed()).toBe(true);
  });
  it('makes nothing of a message that is none of SES', async () => {
    expect(
      newsIn(await read(payload({ Message: 'Successfully validated SNS topic for Amazon SES event publishing.' }))),
    ).toEqual([]);
  });
  it('confirms its own topic, at SNS only', async () => {
    fetched.length = 0;
    const confirmation = {
      Type: 'SubscriptionConfirmation',
      Token: '2336412f37',
      Message: 'You have chosen to subscribe',
      SubscribeURL: CONFIRM,
    };
    expect(await read(payload(confirmation))).toEqual({ kind: 'news', items: [] });
    expect(fetched).toContain(CONFIRM);
    fetched.length = 0;
    for (const SubscribeURL of [
      'https://evil.example/?Action=ConfirmSubscription&x',
      'http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&x',
      'https://sns.eu-west-1.amazonaws.com@evil.example/?Action=ConfirmSubscription&x',
      'https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&x',
      'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&x',
    ])
      expect(await read(payload({ ...confirmation, SubscribeURL }))).toMatchObject({ kind: 'refused', status: 403 });
    expect(fetched.filter((url) => url !== CERTIFICATE)).toEqual([]);
  });
  const good = event({ eventType: 'Bounce', bounce: bounce('Permanent', 'General') });
  const other = 'arn:aws:sns:eu-west-1:999999999999:ses-events';
  it.each([
    ['changed', { ...good, Message: good.Message.replace('Permanent', 'Transient') }, 401],
    ['signed by somebody else', { ...good, Signature: Buffer.alloc(256).toString('base64') }, 401],
    ['of another account', payload({ TopicArn: other, Message: good.Message }), 403],
    ['said to be of another topic', { ...good, TopicArn: other }, 403],
    ['two hours old', payload({ Message: good.Message, Timestamp: new Date(NOW - 7_200_000).toISOString() }), 401],
    ['of tomorrow', payload({ Message: good.Message, Timestamp: new Date(NOW + 86_400_000).toISOString() }), 401],
    ['dated by nothing', payload({ Message: good.Message, Timestamp: 'x' }), 401],
    [
      'proven by a certificate from elsewhere',
      { ...good, SigningCertURL: `https://evil.example/SimpleNotificationService-${'a'.repeat(32)}.pem` },
      401,
    ],
    [
      'proven by a host that looks right',
      { ...good, SigningCertURL: CERTIFICATE.replace('.com/', '.com.evil.example/') },
      401,
    ],
    ['proven by another region', { ...good, SigningCertURL: CERTIFICATE.replace('eu-west-1', 'us-east-1') }, 401],
    ['proven by another partition', { ...good, SigningCertURL: CERTIFICATE.replace('.com/', '.com.cn/') }, 401],
    ['proven over http', { ...good, SigningCertURL: CERTIFICATE.replace('https', 'http') }, 401],
    ['of an odd version', { ...good, SignatureVersion: '3' }, 401],
  ])('is not believed when it is %s', async (_what, body, status) => {
    fetched.length = 0;
    expect(await read(body)).toMatchObject({ kind: 'refused', status });
    expect(fetched.filter((url) => url !== CERTIFICATE)).toEqual([]);
  });
  it('nor where no topic is configured', async () => {
    expect(await read(good, {})).toMatchObject({ kind: 'refused', status: 403 });
  });
  it('nor when its certificate cannot be fetched', async () => {
    const SigningCertURL = CERTIFICATE.replace('aaaa', 'bbbb');
    const answer = await readSnsReceipts(
      callOf({ topicArn: TOPIC }, {}, JSON.stringify({ ...good, SigningCertURL })),
      async () => ({ kind: 'failed', detail: 'HTTP 404' }),
    );
    expect(answer).toMatchObject({ kind: 'refused', status: 401 });
  });
  it.each(GARBAGE)('refuses %j', async (body) => {
    expect(await read(body)).toMatchObject({ kind: 'refused', status: 400 });
  });

  describe('a mail that came in', () => {
    const RAW = 'From: ana@example.test\r\nSubject: Re: Hello\r\n\r\nDone, café.\r\n';
    const INBOUND = `${TOPIC}-inbound`;
    const settings = { topicArn: TOPIC, inboundTopicArn: INBOUND, replyTo: 'reply@in.example.test' };
    const came = (content: string | null, encoding: string, source = 'ana@example.test') =>
      payload({
        TopicArn: INBOUND,
        Subject: 'Amazon SES Email Receipt Notification',
        Message: JSON.stringify({
          notificationType: 'Received',
          mail: { ...mail, source, destination: ['reply+x@in.example.test'] },
          receipt: { recipients: ['reply+x@in.example.test'], action: { type: 'SNS', topicArn: INBOUND, encoding } },
          ...(content === null ? {} : { content }),
        }),
      });
    it.each([
      ['BASE64', Buffer.from(RAW).toString('base64')],
      ['UTF8', RAW],
    ])('is handed on whole, written as %s', async (encoding, content) => {
      const answer = await read(came(content, encoding), settings);
      const to = ['reply+x@in.example.test', 'reply+x@in.example.test'];
      const handed = { to, nullSender: false, replyTo: 'reply@in.example.test' };
      expect(answer).toMatchObject({ kind: 'news', items: [], mails: [handed] });
      expect(answer.kind === 'news' && answer.mails?.[0]?.raw.toString()).toBe(RAW);
      expect(await read(came(content, encoding, '<>'), settings)).toMatchObject({ mails: [{ nullSender: true }] });
    });
    it('is asked for with the mail in it', async () => {
      expect(await read(came(null, 'BASE64'), settings)).toMatchObject({
        kind: 'refused',
        status: 400,
        detail: expect.stringContaining('Base64'),
      });
    });
    it('is believed of no topic that is not this connection’s', async () => {
      expect(await read(came(RAW, 'UTF8'))).toMatchObject({ kind: 'refused', status: 403 });
    });
  });
});
