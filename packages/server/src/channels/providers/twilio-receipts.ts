// What Twilio calls us about, verified by the SDK's own validator: what became of a message (status callbacks), and what people
// write to a number of the connection (https://www.twilio.com/docs/messaging/guides/webhook-request). An answer to that goes back
// as TwiML, by the number it came to. Partner: twilio.ts.
import type { IncomingText } from '../../engine/ports.ts';
import type { ReceiptAnswer, ReceiptCall, ReceiptNews } from '../provider.ts';

/** Read when it is first needed: it takes longer to load than most of the server. */
export const twilioSdk = async () => (await import('twilio')).default;

export const OPTED_OUT = 21_610;
/** The number itself is no good. A handset that is only unreachable (30003) may be switched on again tomorrow. */
const FOR_GOOD = new Set([21_211, 21_217, 21_614, 30_005, 30_006]);

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status */
const MEANING: Readonly<Record<string, ReceiptNews['kind'] | undefined>> = {
  sent: 'accepted',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};
const OUR_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NUMBER = /^\+[1-9]\d{6,14}$/;
const TEXT_MAX = 1_600;
/**
 * What Twilio answers by itself where nobody has changed that (https://help.twilio.com/articles/223134027): whoever writes one of
 * them has heard from it already.
 */
const ANSWERED_BY_TWILIO = new Set(
  'stop stopall unsubscribe cancel end quit optout revoke start yes unstop help info'.split(' '),
);

interface Settings {
  readonly accountSid: string;
  readonly messagingServiceSid?: string | undefined;
  readonly keywords?: 'twilio' | 'relance' | undefined;
}
type TwilioCall = ReceiptCall<Settings, { readonly authToken?: string | undefined }>;

const refused = (status: 400 | 401 | 403, detail: string): ReceiptAnswer => ({ kind: 'refused', status, detail });

export async function twilioReceipts(call: TwilioCall): Promise<ReceiptAnswer> {
  const { authToken } = call.secrets;
  if (authToken === undefined) return refused(403, 'without `authToken` of the connection nothing can be verified');
  if (call.method !== 'POST') return refused(400, 'status callbacks and texts are POSTs');
  const fields = new URLSearchParams(call.body.toString('utf8'));
  const given = Object.fromEntries([...new Set(fields.keys())].map((name) => [name, values(fields, name)]));
  const twilio = await twilioSdk();
  if (!twilio.validateRequest(authToken, call.headers['x-twilio-signature'] ?? '', call.url, given))
    return refused(401, 'the signature is not one of this account');
  if (fields.get('AccountSid') !== call.settings.accountSid) return refused(403, 'it is about another account');
  const sid = fields.get('MessageSid') ?? '';
  const status = fields.get('MessageStatus');
  if (sid !== '' && status === null && fields.has('Body')) return textIn(call.settings, fields, sid);
  if (status === null || sid === '') return refused(400, 'it names no message and status, and is no text');
  return newsIn(call, fields, { status, sid });
}

/** Of a message that went by a service, the service is what a STOP is said to; else the number. */
const senderIn = ({ messagingServiceSid }: Settings, fields: URLSearchParams, number: 'From' | 'To'): string =>
  messagingServiceSid !== undefined && fields.get('MessagingServiceSid') === messagingServiceSid
    ? messagingServiceSid
    : (fields.get(number) ?? '');

function newsIn(
  call: TwilioCall,
  fields: URLSearchParams,
  { status, sid }: { readonly status: string; readonly sid: string },
): ReceiptAnswer {
  const kind = MEANING[status];
  if (kind === undefined) return { kind: 'news', items: [] };
  const own = new URL(call.url).searchParams.get('message') ?? '';
  const message = OUR_ID.test(own) ? { id: own } : { providerId: sid };
  const code = Number(fields.get('ErrorCode') ?? '0');
  const news: ReceiptNews = { message, kind, at: null, detail: code > 0 ? `${status}: error ${code}` : status };
  if (kind !== 'failed') return { kind: 'news', items: [news] };
  const failed = { ...news, permanent: FOR_GOOD.has(code) };
  if (code !== OPTED_OUT) return { kind: 'news', items: [failed] };
  const sender = senderIn(call.settings, fields, 'From');
  return {
    kind: 'news',
    items: [failed, { ...news, kind: 'unsubscribed', ...(sender === '' ? {} : { sender }) }],
  };
}

const KEYWORDS: Readonly<Record<string, IncomingText['keyword'] | undefined>> = {
  STOP: 'stop',
  START: 'start',
  HELP: 'help',
};

/** What is no text of a telephone (WhatsApp, a short code) is heard, and nothing comes of it. */
function textIn(settings: Settings, fields: URLSearchParams, id: string): ReceiptAnswer {
  const from = fields.get('From') ?? '';
  if (!NUMBER.test(from)) return { kind: 'news', items: [], reply: twiml(null) };
  const text = (fields.get('Body') ?? '').slice(0, TEXT_MAX).toWellFormed();
  // Set where a service has Advanced Opt-Out: it has answered, in its own words.
  const keyword = KEYWORDS[fields.get('OptOutType') ?? ''] ?? null;
  const byItself = settings.keywords !== 'relance' && ANSWERED_BY_TWILIO.has(text.trim().toLowerCase());
  return {
    kind: 'text',
    text: {
      id,
      sender: senderIn(settings, fields, 'To'),
      from,
      text,
      keyword,
      keywordAnswered: keyword !== null || byItself,
    },
    reply: twiml,
  };
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** https://www.twilio.com/docs/messaging/twiml */
const twiml = (words: string | null) => ({
  contentType: 'text/xml; charset=utf-8',
  body: `<?xml version="1.0" encoding="UTF-8"?><Response>${words === null ? '' : `<Message>${words.replace(/[&<>]/g, (one) => ESCAPED[one] ?? one)}</Message>`}</Response>`,
});

/** As the validator wants them: one value, or all of a name that comes again. */
function values(fields: URLSearchParams, name: string): string | string[] {
  const all = fields.getAll(name);
  return all.length === 1 ? (all[0] ?? '') : all;
}
