// Email through Postmark, by its own SDK, told to fetch through us. It hands back our message id (Metadata) in its webhooks, but does not
// recognise a second hand-over of it (honoursIds: false). Its webhooks carry no signature: whoever knows the secret in their
// address (HTTP Basic) or in a header is Postmark, and nothing tells a replay, which is harmless because news only moves forward.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Outcome } from '@relance/core';
import { ServerClient } from 'postmark';
import { z } from 'zod';
import { listHeaders, type Mail } from '../mail.ts';
import {
  brandConnection,
  endpointField,
  instantOf,
  judgeCall,
  keyField,
  mailboxField,
  messageNamed,
  ours,
  quoted,
  senderField,
  toldText,
} from '../mail-brand.ts';
import type { Provider, ReceiptAnswer, ReceiptCall, ReceiptNews } from '../provider.ts';

const postmarkSettings = z.strictObject({
  from: senderField,
  messageStream: z
    .string()
    .regex(/^[a-z0-9_-]{1,50}$/i, 'must be the id of a message stream, such as outbound')
    .default('outbound')
    .describe('The message stream to send through.'),
  replyTo: mailboxField.optional().describe('The mailbox that replies go to, one address a message.'),
  endpoint: endpointField,
});
const postmarkSecrets = z.strictObject({
  serverToken: keyField.describe('The token of the server.'),
  webhookSecret: z
    .string()
    .min(16)
    .max(200)
    .optional()
    .describe('What its webhooks prove themselves with: the password of HTTP Basic, or the header X-Webhook-Secret.'),
});
export type PostmarkSettings = z.infer<typeof postmarkSettings>;
export type PostmarkSecrets = z.infer<typeof postmarkSecrets>;

const CONCURRENCY = 20;
const METADATA_KEY = 'relance-message';
/** Codes of its interface (https://postmarkapp.com/developer/api/overview#error-codes). */
const INACTIVE_RECIPIENT = 406;
/** Signatures not found or not confirmed, no credit, not approved, no such stream: ours to mend. */
const OURS = new Set([10, 400, 401, 402, 403, 405, 412, 413, 1226, 1227, 1235]);

export const postmarkProvider: Provider<PostmarkSettings, PostmarkSecrets> = {
  id: 'postmark',
  channel: 'email',
  title: 'Postmark',
  settings: postmarkSettings,
  secrets: postmarkSecrets,
  destination: ['endpoint'],
  concurrency: CONCURRENCY,
  open: (opening) => {
    const { settings, secrets } = opening;
    const endpoint = settings.endpoint === undefined ? null : new URL(settings.endpoint);
    return brandConnection(opening, () => ({
      provider: 'postmark',
      honoursIds: false,
      async hand(mail, envelope, http, signal): Promise<Outcome> {
        const call = http.call(signal);
        const client = new ServerClient(secrets.serverToken, {
          fetch: call.fetch as never,
          ...(endpoint === null ? {} : { requestHost: endpoint.host, useHttps: endpoint.protocol === 'https:' }),
        });
        try {
          const answer = await client.sendEmail(messageOf(mail, envelope.id, settings.messageStream));
          if (answer.ErrorCode !== 0) return judged(answer.ErrorCode) ?? judgeCall(call, answer.Message ?? '', false);
          return { kind: 'accepted', providerId: answer.MessageID, detail: 'HTTP 200' };
        } catch (error) {
          const { code, message } = error as { code?: number; message?: string };
          if (code === undefined) call.error ??= error;
          return judged(code ?? 0) ?? judgeCall(call, message ?? '', false);
        }
      },
    }));
  },
  receipts: async (call) => readReceipts(call),
};

/** Null where the code says nothing, and the status has to. */
function judged(code: number): Outcome | null {
  if (code === INACTIVE_RECIPIENT)
    return { kind: 'rejected', detail: 'Postmark 406: the address is inactive there', endpoint: 'gone' };
  return OURS.has(code) ? ours(`Postmark ${code}: our account or settings are refused`) : null;
}

const messageOf = (mail: Mail, id: string, stream: string) => ({
  From: mail.from,
  To: quoted(mail.to),
  ...(mail.cc.length === 0 ? {} : { Cc: mail.cc.join(',') }),
  ...(mail.bcc.length === 0 ? {} : { Bcc: mail.bcc.join(',') }),
  ...(mail.replyTo === null ? {} : { ReplyTo: mail.replyTo }),
  Subject: mail.subject,
  TextBody: mail.text,
  ...(mail.html === null ? {} : { HtmlBody: mail.html }),
  MessageStream: stream,
  Metadata: { [METADATA_KEY]: id },
  Headers: Object.entries({
    ...mail.headers,
    ...listHeaders(mail),
    'Message-ID': mail.messageId,
    'X-PM-KeepID': 'true', // or it puts its own in the place of ours
    References: mail.thread,
    'In-Reply-To': mail.thread,
  }).map(([Name, Value]) => ({ Name, Value })),
  Attachments: mail.files.map(({ filename, contentType, content }) => ({
    Name: filename,
    ContentType: contentType,
    Content: content.toString('base64'),
    ContentID: null,
  })),
});

const text = toldText;
const webhook = z.object({
  RecordType: text,
  MessageID: text,
  Metadata: z.record(z.string(), z.unknown()).nullish(),
  Recipient: text.nullish(),
  Email: text.nullish(),
  Type: text.nullish(),
  Description: text.nullish(),
  Details: text.nullish(),
  DeliveredAt: text.nullish(),
  BouncedAt: text.nullish(),
  ReceivedAt: text.nullish(),
  ChangedAt: text.nullish(),
  SuppressSending: z.boolean().nullish(),
  SuppressionReason: text.nullish(),
});
type Webhook = z.infer<typeof webhook>;

/** A mail that came in (https://postmarkapp.com/developer/user-guide/inbound/parse-an-email); the rest stands in the mail itself. */
const inbound = z.object({
  RecordType: z.undefined().optional(),
  OriginalRecipient: text,
  ToFull: z
    .array(z.object({ Email: text }))
    .max(100)
    .nullish(),
  CcFull: z
    .array(z.object({ Email: text }))
    .max(100)
    .nullish(),
  Headers: z
    .array(z.object({ Name: text, Value: text }))
    .max(1_000)
    .nullish(),
  RawEmail: z.string().nullish(),
});

function inboundOf(read: z.infer<typeof inbound>, replyTo: string | null): ReceiptAnswer {
  const { OriginalRecipient, ToFull, CcFull, Headers, RawEmail } = read;
  if (RawEmail == null || RawEmail === '')
    return {
      kind: 'refused',
      status: 400,
      detail:
        'the inbound stream has to send the raw mail: tick "Include raw email content in JSON payload" in its settings',
    };
  const returnPath = Headers?.find(({ Name }) => /^return-path$/i.test(Name))?.Value.trim();
  const others = [...(ToFull ?? []), ...(CcFull ?? [])].map(({ Email }) => Email);
  const mail = {
    raw: Buffer.from(RawEmail, 'utf8'),
    to: [OriginalRecipient, ...others],
    nullSender: returnPath === '<>',
    replyTo,
  };
  return { kind: 'news', items: [], mails: [mail] };
}

function readReceipts({
  settings,
  secrets,
  headers,
  body,
}: ReceiptCall<PostmarkSettings, PostmarkSecrets>): ReceiptAnswer {
  if (secrets.webhookSecret === undefined || !proven(secrets.webhookSecret, headers))
    return { kind: 'refused', status: 401, detail: 'the webhook does not carry the secret of this connection' };
  const told = parsed(body);
  const mail = inbound.safeParse(told);
  if (mail.success) return inboundOf(mail.data, settings.replyTo ?? null);
  const read = webhook.safeParse(told);
  if (!read.success) return { kind: 'refused', status: 400, detail: 'it is no webhook of Postmark' };
  const news = newsOf(read.data);
  return { kind: 'news', items: news === null ? [] : [news] };
}

function proven(secret: string, headers: ReceiptCall['headers']): boolean {
  const basic = /^Basic (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const password =
    basic === undefined ? null : /^[^:]*:([^]*)$/.exec(Buffer.from(basic, 'base64').toString('utf8'))?.[1];
  const given = password ?? headers['x-webhook-secret'];
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

/** Its types of bounces (https://postmarkapp.com/developer/api/bounce-api#bounce-types): gone for good, or news that is none. */
const GONE = new Set(['HardBounce', 'BadEmailAddress', 'AddressChange']);
const NO_NEWS = new Set([
  'AutoResponder',
  'Subscribe',
  'ChallengeVerification',
  'OpenRelayTest',
  'Transient',
  'SMTPApiError',
]);

function newsOf(hook: Webhook): ReceiptNews | null {
  const message = messageNamed(hook.Metadata?.[METADATA_KEY], hook.MessageID);
  const address = hook.Email ?? hook.Recipient;
  const whose = address == null || address === '' ? {} : { address };
  const news = (kind: ReceiptNews['kind'], at: unknown, detail: string | null = null): ReceiptNews => ({
    message,
    kind,
    at: instantOf(at),
    detail,
  });
  switch (hook.RecordType) {
    case 'Delivery':
      return { ...news('delivered', hook.DeliveredAt, hook.Details?.slice(0, 300).toWellFormed() ?? null), ...whose };
    case 'Open':
      return { ...news('opened', hook.ReceivedAt), ...whose };
    case 'Click':
      return { ...news('clicked', hook.ReceivedAt), ...whose };
    case 'SpamComplaint':
      return { ...news('complained', hook.BouncedAt, hook.Type ?? null), ...whose };
    case 'Bounce': {
      const type = hook.Type ?? 'Unknown';
      if (NO_NEWS.has(type)) return null;
      if (type === 'SpamComplaint' || type === 'SpamNotification')
        return { ...news('complained', hook.BouncedAt, type), ...whose };
      if (type === 'Unsubscribe') return { ...news('unsubscribed', hook.BouncedAt, type), ...whose };
      return { ...news('bounced', hook.BouncedAt, type), permanent: GONE.has(type), ...whose };
    }
    case 'SubscriptionChange':
      // It tells of its own suppressions as well, which bounces and complaints have told before.
      return hook.SuppressSending === true && hook.SuppressionReason === 'ManualSuppression'
        ? { ...news('unsubscribed', hook.ChangedAt, hook.SuppressionReason), ...whose }
        : null;
    default:
      return null;
  }
}
