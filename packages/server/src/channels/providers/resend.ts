// Email through Resend, by its own SDK, told to fetch through us. Its Idempotency-Key is the message id, which it knows for 24 hours:
// within them a second hand-over is recognised (honoursIds). Its webhooks are signed as Standard Webhooks 1.0 says, under the
// names of Svix, and hand our id back as a tag.
import type { Outcome } from '@relance/core';
import { Resend } from 'resend';
import { Webhook as Signature } from 'standardwebhooks';
import { z } from 'zod';
import type { BrandCall } from '../brand-http.ts';
import { wordsOf } from '../http-judge.ts';
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

const resendSettings = z.strictObject({
  from: senderField,
  replyTo: mailboxField.optional().describe('The mailbox that replies go to, one address a message.'),
  endpoint: endpointField,
});
const resendSecrets = z.strictObject({
  apiKey: keyField.describe('The API key: re_…'),
  webhookSecret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]{20,200}$/, 'must be the signing secret of its webhook, which begins with whsec_')
    .optional()
    .describe('The signing secret of its webhook: whsec_…'),
});
export type ResendSettings = z.infer<typeof resendSettings>;
export type ResendSecrets = z.infer<typeof resendSecrets>;

/** Its default limit is five requests a second and team. */
const CONCURRENCY = 5;
const TAG = 'relance_message';

/** The SDK with its requests sent by us, one hand-over each: through the guard, on kept connections, and watched. */
class CalledResend extends Resend {
  readonly #call: BrandCall;
  readonly #endpoint: string;

  constructor(key: string, endpoint: string, call: BrandCall) {
    super(key, { baseUrl: endpoint });
    this.#call = call;
    this.#endpoint = endpoint;
  }

  override async fetchRequest<T>(path: string, options: RequestInit = {}): Promise<T> {
    const { method, headers, body } = options;
    const init = { ...(method === undefined ? {} : { method }), ...(headers === undefined ? {} : { headers }), body };
    const response = await this.#call.fetch(`${this.#endpoint}${path}`, init);
    const answer = parsed(Buffer.from(await response.arrayBuffer()));
    return (response.ok ? { data: answer, error: null } : { data: null, error: answer ?? {} }) as T;
  }
}

export const resendProvider: Provider<ResendSettings, ResendSecrets> = {
  id: 'resend',
  channel: 'email',
  title: 'Resend',
  settings: resendSettings,
  secrets: resendSecrets,
  destination: ['endpoint'],
  concurrency: CONCURRENCY,
  open: (opening) => {
    const { settings, secrets } = opening;
    const endpoint = (settings.endpoint ?? 'https://api.resend.com').replace(/\/$/, '');
    return brandConnection(opening, () => ({
      provider: 'resend',
      honoursIds: true,
      async hand(mail, envelope, http, signal): Promise<Outcome> {
        const call = http.call(signal);
        const client = new CalledResend(secrets.apiKey, endpoint, call);
        try {
          const { data, error } = await client.emails.send(messageOf(mail, envelope.id), {
            idempotencyKey: envelope.id,
          });
          if (error === null && typeof data?.id === 'string')
            return { kind: 'accepted', providerId: data.id, detail: `HTTP ${call.status}` };
          return judged(call, error?.name ?? '', error?.message ?? '');
        } catch (error) {
          call.error ??= error;
          return judgeCall(call, '', true);
        }
      },
    }));
  },
  receipts: async (call) => readReceipts(call),
};

/** Its names of errors (https://resend.com/docs/api-reference/errors). */
const OURS = new Set([
  'invalid_from_address',
  'restricted_api_key',
  'missing_api_key',
  'invalid_access',
  'invalid_region',
  'not_found',
]);
function judged(call: BrandCall, name: string, message: string): Outcome {
  if (name === 'concurrent_idempotent_requests')
    return { kind: 'retry', detail: 'Resend is taking this very message', retryAfterMs: null, about: 'message' };
  if (name === 'invalid_idempotent_request')
    return { kind: 'uncertain', detail: 'Resend has had this message before, with other words' };
  if (OURS.has(name)) return ours(`Resend ${name}: our account or settings are refused`);
  const detail = wordsOf(`${name} ${message}`);
  return judgeCall(call, detail, true);
}

const messageOf = (mail: Mail, id: string) => ({
  from: mail.from,
  to: [quoted(mail.to)],
  ...(mail.cc.length === 0 ? {} : { cc: [...mail.cc] }),
  ...(mail.bcc.length === 0 ? {} : { bcc: [...mail.bcc] }),
  ...(mail.replyTo === null ? {} : { replyTo: mail.replyTo }),
  subject: mail.subject,
  text: mail.text,
  ...(mail.html === null ? {} : { html: mail.html }),
  headers: {
    ...mail.headers,
    ...listHeaders(mail),
    'Message-ID': mail.messageId,
    References: mail.thread,
    'In-Reply-To': mail.thread,
  },
  tags: [{ name: TAG, value: id }],
  attachments: mail.files.map(({ filename, contentType, content }) => ({
    filename,
    contentType,
    content: content.toString('base64'),
  })),
});

const text = toldText;
const webhook = z.object({
  type: text,
  created_at: text,
  data: z.object({
    email_id: text,
    tags: z.union([z.record(z.string(), z.unknown()), z.array(z.object({ name: text, value: text }))]).nullish(),
    to: z.array(text).nullish(),
    bounce: z.object({ type: text.nullish(), subType: text.nullish(), message: text.nullish() }).nullish(),
    failed: z.object({ reason: text.nullish() }).nullish(),
  }),
});

/** `standardwebhooks` allows five minutes, and does not say so in a setting. */
function readReceipts({ secrets, headers, body }: ReceiptCall<ResendSettings, ResendSecrets>): ReceiptAnswer {
  if (secrets.webhookSecret === undefined)
    return { kind: 'refused', status: 401, detail: 'this connection has no webhookSecret to prove webhooks with' };
  try {
    new Signature(secrets.webhookSecret).verify(body.toString('utf8'), {
      'webhook-id': headers['svix-id'] ?? '',
      'webhook-timestamp': headers['svix-timestamp'] ?? '',
      'webhook-signature': headers['svix-signature'] ?? '',
    });
  } catch {
    return { kind: 'refused', status: 401, detail: 'its signature is missing, wrong, or older than five minutes' };
  }
  const read = webhook.safeParse(parsed(body));
  if (!read.success) return { kind: 'news', items: [] }; // proven, and about something else: domains, contacts
  const news = newsOf(read.data);
  return { kind: 'news', items: news === null ? [] : [news] };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function newsOf({ type, created_at, data }: z.infer<typeof webhook>): ReceiptNews | null {
  const tag = Array.isArray(data.tags) ? data.tags.find(({ name }) => name === TAG)?.value : data.tags?.[TAG];
  const message = messageNamed(tag, data.email_id);
  const at = instantOf(created_at);
  // It names all recipients of the mail; whose news it is can be said only where there is one.
  const [only, ...others] = data.to ?? [];
  const whose = only !== undefined && others.length === 0 ? { address: only } : {};
  switch (type) {
    case 'email.delivered':
      return { message, kind: 'delivered', at, detail: null, ...whose };
    case 'email.opened':
      return { message, kind: 'opened', at, detail: null };
    case 'email.clicked':
      return { message, kind: 'clicked', at, detail: null };
    case 'email.complained':
      return { message, kind: 'complained', at, detail: null, ...whose };
    case 'email.failed':
    case 'email.suppressed':
      return {
        message,
        kind: 'failed',
        at,
        detail: wordsOf(data.failed?.reason ?? type),
        permanent: type === 'email.suppressed',
        ...whose,
      };
    case 'email.bounced': {
      const { type: bounce, subType, message: words } = data.bounce ?? {};
      const detail = wordsOf([bounce, subType, words].filter((part) => part != null).join(' ')) || null;
      const permanent = bounce === 'Permanent' && subType !== 'MailboxFull' && subType !== 'ContentRejected';
      return { message, kind: 'bounced', at, detail, permanent, ...whose };
    }
    default:
      return null; // sent, delayed, scheduled: still under way
  }
}
