// Calls of the brands that tell us things, as each signs its own: real ones, and mutants of them that are signed as well, so that they
// reach what reads them. Unproven: the same with a signature that is not right.
import { createHmac, type KeyObject, sign } from 'node:crypto';
import { ACCOUNT, signed, TOKEN } from '../doubles/twilio.ts';
import type { Random } from '../random.ts';
import { mangled, mutant, naughtyText } from './mutant.ts';

const SIGNING = '8f742231b10e8888abcd99yyyzzz85a5';
const PASSWORD = 'a-long-secret-of-ours';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events';
const CERTIFICATE = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'f'.repeat(32)}.pem`;
const OURS = '+15005550006';

/** What is written into the connection of each. */
export const CONNECTIONS: Readonly<Record<string, object>> = {
  twilio: {
    provider: 'twilio',
    settings: { accountSid: ACCOUNT, from: OURS, replies: true },
    secrets: { authToken: TOKEN },
  },
  slack: { provider: 'slack', settings: {}, secrets: { botToken: 'xoxb-000-of-a-test', signingSecret: SIGNING } },
  postmark: {
    provider: 'postmark',
    settings: { from: 'hello@example.test', replyTo: 'reply@in.example.test' },
    secrets: { serverToken: 'token', webhookSecret: PASSWORD },
  },
  ses: {
    provider: 'ses',
    settings: { region: 'eu-west-1', from: 'hello@example.test', topicArn: TOPIC, replyTo: 'reply@in.example.test' },
    secrets: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  },
};

export interface Facts {
  readonly message: string;
  /** An address that proves a reply to it. */
  readonly replyTo: string;
  /** A mail that came there. */
  readonly mail: Buffer;
}
export interface ProviderCall {
  readonly brand: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function callOf(
  random: Random,
  facts: Facts,
  paths: Readonly<Record<string, string>>,
  signing: KeyObject,
  proven: boolean,
): ProviderCall {
  const brand = random.pick(Object.keys(CALLS));
  const call = CALLS[brand]?.(random, facts, paths[brand] ?? '', signing);
  if (call === undefined) throw new Error(`no calls of ${brand}`);
  if (proven) return { brand, ...call };
  const { [SIGNATURES[brand] ?? '']: _signature, ...others } = call.headers;
  const wrong = random.chance(0.5) ? { [SIGNATURES[brand] ?? 'x']: random.pick(['x', '', 'v0=00', 'Basic eDp5']) } : {};
  const body = brand === 'ses' ? String(call.body).replace(/"Signature":"[^"]{4}/, '"Signature":"AAAA') : call.body;
  return { brand, headers: { ...others, ...wrong }, body };
}
const SIGNATURES: Readonly<Record<string, string>> = {
  twilio: 'x-twilio-signature',
  slack: 'x-slack-signature',
  postmark: 'authorization',
};

type Making = (random: Random, facts: Facts, path: string, signing: KeyObject) => Omit<ProviderCall, 'brand'>;

const TEXTS = ['1', '2', 'done', 'STOP', 'START', 'HELP', 'later', '1 done', 'arrêt', 'I will do it by Friday'];
const twilioCall: Making = (random, { message }, path) => {
  const sid = `SM${random.below(1_000_000)}`;
  const text = {
    AccountSid: ACCOUNT,
    MessageSid: sid,
    From: '+34600000001',
    To: OURS,
    Body: random.pick(TEXTS),
    NumMedia: '0',
  };
  const news = {
    AccountSid: ACCOUNT,
    MessageSid: sid,
    MessageStatus: random.pick(['delivered', 'failed', 'sent']),
    ErrorCode: '30003',
  };
  const chosen: Record<string, string> = { ...(random.chance(0.6) ? text : news) };
  for (let left = random.below(3); left > 0; left--) {
    const name = random.chance(0.8) ? random.pick(Object.keys(chosen)) : naughtyText(random).slice(0, 50);
    if (name !== '__proto__') chosen[name.toWellFormed()] = naughtyText(random).toWellFormed();
  }
  const url = `${path}?message=${message}`;
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed(`http://relance.test${random.chance(0.5) ? path : url}`, chosen),
    },
    body: new URLSearchParams(chosen).toString(),
  };
};

const slackCall: Making = (random, { message }) => {
  const press = {
    type: 'block_actions',
    user: { id: 'U0ANA', team_id: 'T0' },
    container: { type: 'message', channel_id: 'C0', message_ts: '1790000001.5' },
    response_url: 'http://127.0.0.1:1/answer',
    actions: [{ type: 'button', action_id: '0 resolve', value: `press ${message}`, action_ts: '1790000001.5' }],
  };
  const said = mutant(random.chance(0.8) ? press : { type: 'url_verification', challenge: 'abc' }, random) as
    | object
    | null;
  const text = JSON.stringify(said ?? null);
  const body = random.chance(0.8) ? `payload=${encodeURIComponent(text.toWellFormed())}` : text;
  const bytes = random.chance(0.1) ? mangled(Buffer.from(body), random) : Buffer.from(body);
  const at = String(Math.floor(Date.now() / 1_000));
  return {
    headers: {
      'content-type': body === text ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${createHmac('sha256', SIGNING).update(`v0:${at}:`).update(bytes).digest('hex')}`,
    },
    body: bytes,
  };
};

const postmarkCall: Making = (random, { message, replyTo, mail }) => {
  const inbound = {
    FromFull: { Email: 'p1@example.test' },
    OriginalRecipient: replyTo,
    ToFull: [{ Email: replyTo }],
    Headers: [],
    RawEmail: mail.toString('utf8'),
  };
  const bounce = {
    RecordType: 'Bounce',
    Type: 'HardBounce',
    MessageID: 'x',
    Metadata: { 'relance-message': message },
    Email: 'p1@example.test',
    BouncedAt: '2026-11-02T09:00:00Z',
    Description: 'gone',
  };
  const text = JSON.stringify(mutant(random.chance(0.6) ? inbound : bounce, random) ?? null);
  return {
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`any:${PASSWORD}`).toString('base64')}`,
    },
    body: random.chance(0.1) ? mangled(Buffer.from(text), random) : text,
  };
};

const sesCall: Making = (random, { message, replyTo, mail }, _path, signing) => {
  const about = {
    timestamp: '2026-11-02T08:58:00.000Z',
    messageId: 'm',
    source: 'p1@example.test',
    destination: [replyTo],
    tags: { 'relance-message': [message] },
  };
  const received = {
    notificationType: 'Received',
    mail: about,
    receipt: { recipients: [replyTo], action: { encoding: 'BASE64' } },
    content: mail.toString('base64'),
  };
  const bounced = {
    eventType: 'Bounce',
    mail: about,
    bounce: {
      bounceType: 'Permanent',
      bouncedRecipients: [{ emailAddress: 'p1@example.test', status: '5.1.1' }],
      timestamp: '2026-11-02T08:59:00.000Z',
    },
  };
  const Message = JSON.stringify(mutant(random.chance(0.6) ? received : bounced, random) ?? null);
  const said: Record<string, string> = {
    Type: 'Notification',
    MessageId: String(random.below(1_000_000)),
    TopicArn: TOPIC,
    Message: random.chance(0.9) ? Message : naughtyText(random).toWellFormed(),
    Timestamp: new Date(Date.now() - 1_000).toISOString(),
  };
  const fields = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
  const text = fields.flatMap((field) => (said[field] === undefined ? [] : [`${field}\n${said[field]}\n`])).join('');
  const Signature = sign('sha256', Buffer.from(text), signing).toString('base64');
  const whole = { SignatureVersion: '2', Signature, SigningCertURL: CERTIFICATE, ...said };
  return {
    headers: { 'content-type': 'text/plain; charset=UTF-8' },
    body: JSON.stringify(random.chance(0.1) ? mutant(whole, random, 1) : whole),
  };
};

const CALLS: Readonly<Record<string, Making>> = {
  twilio: twilioCall,
  slack: slackCall,
  postmark: postmarkCall,
  ses: sesCall,
};
