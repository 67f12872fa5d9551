// What Amazon SES tells through SNS: event publishing and the older feedback notifications, in one reading. A notification is believed
// when SNS has signed it, with a certificate that is SNS's own, for the topic of this connection, and not too long ago. A new
// topic is confirmed by calling it back, at an address of SNS only.
import type { Instant } from '@relance/core';
import SnsPayloadValidator from 'sns-payload-validator';
import { z } from 'zod';
import type { EgressRules } from './egress-guard.ts';
import { wordsOf } from './http-judge.ts';
import { instantOf, messageNamed, toldText } from './mail-brand.ts';
import { type Got, pinnedGet } from './pinned-get.ts';
import type { ReceiptAnswer, ReceiptCall, ReceiptNews } from './provider.ts';

/** The name of the tag that carries our message id. */
export const SES_TAG = 'relance-message';

/** SNS tries again for up to an hour with the moment of the first time, so five minutes would lose what we missed. */
const AGE_MAX_MS = 3_600_000;
const AHEAD_MAX_MS = 300_000;
const CERTIFICATE_BYTES_MAX = 20_000;
const TIMEOUT_MS = 10_000;
const CERTIFICATES_MAX = 20;

const CERTIFICATE = /^\/SimpleNotificationService-[a-zA-Z0-9]{32}\.pem$/;
const CONFIRMATION = /^\/\?Action=ConfirmSubscription&[!-~]{1,2000}$/;

/** What follows the name of SNS in the region of a topic; null where the address is another one. */
function pathAtSns(address: string, topicArn: string): string | null {
  const [, partition, , region] = topicArn.split(':');
  const origin = `https://sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/`;
  return address.startsWith(origin) ? address.slice(origin.length - 1) : null;
}

const envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().max(200),
  TopicArn: z.string().max(500),
  Timestamp: z.string().max(50),
  Message: z.string(),
  SigningCertURL: z.string().max(500),
  SubscribeURL: z.string().max(3_000).optional(),
});

/** Fetches a certificate, or confirms; a test gives its own. */
export type SnsFetch = (url: string, egress: EgressRules) => Promise<Got>;
const fetchOf: SnsFetch = (url, egress) =>
  pinnedGet({
    url,
    egress,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    timeoutMs: TIMEOUT_MS,
    bytesMax: CERTIFICATE_BYTES_MAX,
  });

const refused = (status: 400 | 401 | 403, detail: string): ReceiptAnswer => ({ kind: 'refused', status, detail });
const certificates = new Map<string, string>();

interface SnsSettings {
  readonly topicArn?: string | undefined;
  readonly inboundTopicArn?: string | undefined;
  readonly replyTo?: string | undefined;
}

export async function readSnsReceipts(
  { settings, body, wallNow, egress }: ReceiptCall<SnsSettings, unknown>,
  fetchIt: SnsFetch = fetchOf,
): Promise<ReceiptAnswer> {
  const payload = parsed(body.toString('utf8'));
  const read = envelope.safeParse(payload);
  if (!read.success) return refused(400, 'it is no notification of SNS');
  const { TopicArn, Timestamp, SigningCertURL, Type, SubscribeURL, Message } = read.data;
  if (![settings.topicArn, settings.inboundTopicArn].includes(TopicArn))
    return refused(403, 'it is not from the topic of this connection');
  if (!CERTIFICATE.test(pathAtSns(SigningCertURL, TopicArn) ?? ''))
    return refused(401, 'its certificate is not from SNS in the region of the topic');
  const age = wallNow() - (instantOf(Timestamp) ?? Number.NaN);
  if (!(age <= AGE_MAX_MS && age >= -AHEAD_MAX_MS)) return refused(401, 'it is too old, or from the future');
  const certificate = await certificateOf(SigningCertURL, egress, fetchIt);
  if (certificate === null) return refused(401, 'its certificate cannot be fetched');
  if (!(await signed(payload, SigningCertURL, certificate))) return refused(401, 'its signature is wrong');
  if (Type === 'SubscriptionConfirmation')
    return confirm(pathAtSns(SubscribeURL ?? '', TopicArn), SubscribeURL ?? '', egress, fetchIt);
  if (Type !== 'Notification') return { kind: 'news', items: [] };
  const told = parsed(Message);
  const mail = received.safeParse(told);
  return mail.success ? mailOf(mail.data, settings.replyTo ?? null) : { kind: 'news', items: newsOf(told) };
}

function mailOf({ mail, receipt, content }: Received, replyTo: string | null): ReceiptAnswer {
  if (content == null)
    return refused(400, 'it has no mail in it: let the receipt rule publish the mail to SNS, with the encoding Base64');
  const raw = Buffer.from(content, receipt?.action?.encoding === 'UTF8' ? 'utf8' : 'base64');
  const to = [...(receipt?.recipients ?? []), ...(mail.destination ?? [])];
  return { kind: 'news', items: [], mails: [{ raw, to, nullSender: isNull(mail.source ?? ''), replyTo }] };
}
const isNull = (source: string): boolean => source === '' || source === '<>';

async function confirm(
  path: string | null,
  url: string,
  egress: EgressRules,
  fetchIt: SnsFetch,
): Promise<ReceiptAnswer> {
  if (!CONFIRMATION.test(path ?? '')) return refused(403, 'it would be confirmed somewhere else than at SNS');
  const got = await fetchIt(url, egress);
  return got.kind === 'got' ? { kind: 'news', items: [] } : refused(400, `it could not be confirmed: ${got.detail}`);
}

async function certificateOf(url: string, egress: EgressRules, fetchIt: SnsFetch): Promise<string | null> {
  const known = certificates.get(url);
  if (known !== undefined) return known;
  const got = await fetchIt(url, egress);
  if (got.kind !== 'got') return null;
  if (certificates.size >= CERTIFICATES_MAX) certificates.clear();
  const certificate = got.body.toString('latin1');
  certificates.set(url, certificate);
  return certificate;
}

/** The validator of the package, with the certificate already in its cache: it is to fetch nothing by itself. */
async function signed(payload: unknown, url: string, certificate: string): Promise<boolean> {
  const validator = new SnsPayloadValidator({ useCache: true, maxCerts: 1 });
  (validator as unknown as { certCache: { set(url: string, pem: string): void } }).certCache.set(url, certificate);
  return validator.validate(payload as never).then(
    () => true,
    () => false,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const text = toldText;
/** A mail that came in: the notification of the SNS action of a receipt rule, with the mail as its content. */
const received = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({ source: text.nullish(), destination: z.array(text).max(100).nullish() }),
  receipt: z
    .object({
      recipients: z.array(text).max(100).nullish(),
      action: z.object({ encoding: text.nullish() }).nullish(),
    })
    .nullish(),
  content: z.string().nullish(),
});
type Received = z.infer<typeof received>;
const whom = z.array(z.object({ emailAddress: text, status: text.nullish(), diagnosticCode: text.nullish() })).max(100);
const event = z.object({
  eventType: text.optional(),
  notificationType: text.optional(),
  mail: z.object({ messageId: text, timestamp: text.nullish(), tags: z.record(z.string(), z.array(text)).nullish() }),
  bounce: z
    .object({ bounceType: text, bounceSubType: text.nullish(), bouncedRecipients: whom, timestamp: text.nullish() })
    .nullish(),
  complaint: z
    .object({ complainedRecipients: whom, complaintFeedbackType: text.nullish(), timestamp: text.nullish() })
    .nullish(),
  delivery: z
    .object({ recipients: z.array(text).max(100).nullish(), timestamp: text.nullish(), smtpResponse: text.nullish() })
    .nullish(),
  open: z.object({ timestamp: text.nullish() }).nullish(),
  click: z.object({ timestamp: text.nullish() }).nullish(),
  reject: z.object({ reason: text.nullish() }).nullish(),
  failure: z.object({ errorMessage: text.nullish() }).nullish(),
  subscription: z
    .object({
      timestamp: text.nullish(),
      newTopicPreferences: z.object({ unsubscribeAll: z.boolean().nullish() }).nullish(),
    })
    .nullish(),
});
type SesEvent = z.infer<typeof event>;

/** The mailbox is there: full, or this mail is not liked. */
const NOT_GONE = new Set(['MailboxFull', 'MessageTooLarge', 'ContentRejected', 'AttachmentRejected']);

function newsOf(message: unknown): readonly ReceiptNews[] {
  const read = event.safeParse(message);
  if (!read.success) return [];
  const { mail, bounce, complaint, delivery } = read.data;
  const named = messageNamed(mail.tags?.[SES_TAG]?.[0], mail.messageId);
  const news = (kind: ReceiptNews['kind'], at: Instant | null, detail: string | null = null): ReceiptNews => ({
    message: named,
    kind,
    at,
    detail,
  });
  switch (read.data.eventType ?? read.data.notificationType) {
    case 'Bounce':
      return (bounce?.bouncedRecipients ?? []).map(({ emailAddress, status, diagnosticCode }) => ({
        ...news(
          'bounced',
          instantOf(bounce?.timestamp),
          wordsOf(
            [bounce?.bounceType, bounce?.bounceSubType, status, diagnosticCode]
              .filter((part) => part != null)
              .join(' '),
          ),
        ),
        permanent: bounce?.bounceType === 'Permanent' && !NOT_GONE.has(bounce.bounceSubType ?? ''),
        address: emailAddress,
      }));
    case 'Complaint':
      return (complaint?.complainedRecipients ?? []).map(({ emailAddress }) => ({
        ...news('complained', instantOf(complaint?.timestamp), complaint?.complaintFeedbackType ?? null),
        address: emailAddress,
      }));
    case 'Delivery':
      return (delivery?.recipients ?? []).map((address) => ({
        ...news('delivered', instantOf(delivery?.timestamp), wordsOf(delivery?.smtpResponse ?? '') || null),
        address,
      }));
    default:
      return aboutAll(read.data, news);
  }
}

/** What SES tells of a mail as a whole. */
function aboutAll(
  { eventType, open, click, reject, failure, subscription, mail }: SesEvent,
  news: (kind: ReceiptNews['kind'], at: Instant | null, detail?: string | null) => ReceiptNews,
): readonly ReceiptNews[] {
  switch (eventType) {
    case 'Open':
      return [news('opened', instantOf(open?.timestamp))];
    case 'Click':
      return [news('clicked', instantOf(click?.timestamp))];
    case 'Reject':
      return [
        { ...news('failed', instantOf(mail.timestamp), wordsOf(reject?.reason ?? 'rejected')), permanent: false },
      ];
    case 'Rendering Failure':
      return [
        {
          ...news('failed', instantOf(mail.timestamp), wordsOf(failure?.errorMessage ?? 'rendering failed')),
          permanent: false,
        },
      ];
    case 'Subscription':
      return subscription?.newTopicPreferences?.unsubscribeAll === true
        ? [news('unsubscribed', instantOf(subscription.timestamp))]
        : [];
    default:
      return []; // sent, delayed: still under way
  }
}
