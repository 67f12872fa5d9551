// Text messages by Twilio, through its own SDK (its tries switched off: the engine does that). Twilio does not know a message
// of ours again, so silence after the request is `uncertain`. A message stays within its parts and its countries, each of
// them paid for. What Twilio calls us about is twilio-receipts.ts.
import { endedWith, type Outcome, phoneOf, SMS_SEGMENTS_DEFAULT, SMS_SEGMENTS_MAX, segmentsOf } from '@relance/core';
import { z } from 'zod';
import type { Connection, Envelope, Sender } from '../channel.ts';
import { type Fetched, fetchPost } from '../fetch-post.ts';
import { calledOffBefore, judgeHttp, judgeNoAnswer, wordsOf } from '../http-judge.ts';
import type { Opening, Provider } from '../provider.ts';
import { usefulSeconds } from '../push-words.ts';
import { OPTED_OUT, twilioReceipts, twilioSdk } from './twilio-receipts.ts';

const country = z.string().regex(/^[A-Z]{2}$/, 'must be two letters, such as ES (ISO 3166-1)');
const sender = z
  .string()
  .regex(/^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11})$/, 'must be E.164, a short code, or a name');

const settings = z
  .strictObject({
    accountSid: z
      .string()
      .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits')
      .describe('the account that pays'),
    from: sender.optional().describe('number, short code or name it comes from'),
    messagingServiceSid: z
      .string()
      .regex(/^MG[0-9a-f]{32}$/, 'must be MG and 32 hexadecimal digits')
      .optional()
      .describe('a messaging service that chooses the number, in place of `from`'),
    senders: z.record(country, sender).optional().describe('other senders, by the country of the recipient'),
    countries: z.array(country).min(1).max(250).optional().describe('the only countries that are written to'),
    maxSegments: z
      .int()
      .min(1)
      .max(SMS_SEGMENTS_MAX)
      .optional()
      .describe('parts a message may have; longer ones are cut, links stay whole'),
    replies: z
      .boolean()
      .optional()
      .describe('messages say how to answer them: only where texts to its numbers are sent on to `receiptsUrl`'),
    keywords: z
      .enum(['twilio', 'relance'])
      .optional()
      .describe('who answers STOP, START and HELP: Twilio, unless it was asked to leave them to you'),
  })
  .refine(({ from, messagingServiceSid }) => (from === undefined) !== (messagingServiceSid === undefined), {
    path: ['from'],
    message: 'give either `from` or `messagingServiceSid`',
  });
const token = z.string().min(1).max(200);
const secrets = z
  .strictObject({
    authToken: token.optional().describe('of the account: to send with, and to verify delivery reports'),
    apiKeySid: z
      .string()
      .regex(/^SK[0-9a-f]{32}$/, 'must be SK and 32 hexadecimal digits')
      .optional()
      .describe('an API key to send with, in place of the token'),
    apiKeySecret: token.optional(),
  })
  .refine(({ apiKeySid, apiKeySecret }) => (apiKeySid === undefined) === (apiKeySecret === undefined), {
    path: ['apiKeySecret'],
    message: 'give both `apiKeySid` and `apiKeySecret`, or neither',
  })
  .refine(({ authToken, apiKeySid }) => authToken !== undefined || apiKeySid !== undefined, {
    path: ['authToken'],
    message: 'give `authToken`, or `apiKeySid` with `apiKeySecret`',
  });
type Settings = z.infer<typeof settings>;
type Secrets = z.infer<typeof secrets>;

const TWILIO = 'https://api.twilio.com';
const ANSWER_MAX = 16_384;
/** Ten hours, as its reference says; and more than the five seconds it recommends. */
const VALIDITY_MAX_SECONDS = 36_000;
const VALIDITY_MIN_SECONDS = 10;

/** `origin`: tests point the SDK at a double; no setting does. */
export const twilioAt = (origin: string): Provider<Settings, Secrets> => ({
  id: 'twilio',
  channel: 'sms',
  title: 'Twilio',
  settings,
  secrets,
  concurrency: 20,
  open: (opening): Connection => ({
    id: opening.id,
    channel: 'sms',
    provider: 'twilio',
    honoursIds: false,
    concurrencyMax: opening.concurrencyMax,
    senderTo: (address) => senderTo(opening.settings, address),
    send: (envelope, signal) => send(opening, origin, envelope, signal),
    async close() {},
  }),
  receipts: twilioReceipts,
});
export const twilioProvider = twilioAt(TWILIO);

async function send(
  { settings: own, secrets: keys, receiptsUrl }: Opening<Settings, Secrets>,
  origin: string,
  envelope: Envelope,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  const number = phoneOf(envelope.address ?? '');
  // Stored numbers are E.164 and of a kind that can be written to; what was stored before that was checked may not be.
  if (!number.ok || number.e164 !== envelope.address)
    return { kind: 'rejected', detail: 'the address is no E.164 number that can be written to' };
  if (own.countries !== undefined && !own.countries.includes(number.country ?? ''))
    return {
      kind: 'rejected',
      detail: `numbers of ${number.country ?? 'no known country'} are not in \`countries\` of this connection`,
    };
  const from = number.country === null ? undefined : own.senders?.[number.country];
  const { text, codeLines = [] } = envelope.content;
  const body = endedWith(readable(text), codeLines, own.maxSegments ?? SMS_SEGMENTS_DEFAULT);
  let answer: Fetched | null = null;
  const httpClient = {
    async request(asked: { uri: string; headers?: Record<string, string>; data?: object } & Record<string, unknown>) {
      const { pathname } = new URL(asked.uri);
      const basic = Buffer.from(`${asked.username}:${asked.password}`).toString('base64');
      answer = await fetchPost({
        url: `${origin}${pathname}`,
        headers: { ...asked.headers, authorization: `Basic ${basic}` },
        body: new URLSearchParams(asked.data as Record<string, string>).toString(),
        signal,
        answerMax: ANSWER_MAX,
      });
      return { statusCode: answer.status, body: answer.body, headers: {} };
    },
  };
  const twilio = await twilioSdk();
  const client = twilio(keys.apiKeySid ?? own.accountSid, keys.apiKeySecret ?? keys.authToken, {
    accountSid: own.accountSid,
    autoRetry: false,
    httpClient: httpClient as never,
  });
  try {
    const message = await client.messages.create({
      to: number.e164,
      body,
      ...(from === undefined && own.messagingServiceSid !== undefined
        ? { messagingServiceSid: own.messagingServiceSid }
        : { from: from ?? own.from ?? '' }),
      validityPeriod: Math.max(VALIDITY_MIN_SECONDS, usefulSeconds(envelope, VALIDITY_MAX_SECONDS)),
      ...(receiptsUrl === null ? {} : { statusCallback: callbackFor(receiptsUrl, envelope.id) }),
    });
    const { segments, encoding } = segmentsOf(body);
    return { kind: 'accepted', providerId: message.sid ?? null, detail: `${segments} × ${encoding}` };
  } catch (error) {
    return answer === null ? judgeNoAnswer(error, { sent: true, honoursIds: false }) : judge(answer, error as Refusal);
  }
}

/** A name is no number to write back to. */
const isName = (sender: string): boolean => /[A-Za-z]/.test(sender);

function senderTo({ from, senders, messagingServiceSid, replies = false }: Settings, address: string): Sender {
  const number = phoneOf(address);
  const ofCountry = number.ok && number.country !== null ? senders?.[number.country] : undefined;
  const sender = ofCountry ?? from;
  return sender === undefined
    ? { id: messagingServiceSid ?? '', takesAnswers: replies }
    : { id: sender, takesAnswers: replies && !isName(sender) };
}

/** What no telephone shows is left out; lines stay. */
const readable = (text: string): string =>
  text
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g, ' ')
    .toWellFormed()
    .trim() || ' ';

function callbackFor(receiptsUrl: string, message: string): string {
  const url = new URL(receiptsUrl);
  url.searchParams.set('message', message);
  return url.href;
}

/** The SDK's RestException. */
interface Refusal {
  readonly code?: number;
  readonly message?: string;
}

/** Not a number, or none that takes text messages: https://www.twilio.com/docs/api/errors. */
const NO_SUCH_NUMBER = new Set([21_211, 21_217, 21_614]);
const TOO_MANY = 20_429;
const COUNTRY_OFF = 21_408;

function judge(answer: Fetched, { code, message }: Refusal): Outcome {
  const detail = code === undefined ? '' : `error ${code}: ${wordsOf(message ?? '')}`;
  // Accepted, yet its answer cannot be read.
  if (answer.status >= 200 && answer.status < 300) return { kind: 'uncertain', detail: 'its answer cannot be read' };
  if (code === OPTED_OUT)
    return { kind: 'rejected', detail: 'whoever has the number has opted out by STOP', endpoint: 'opted_out' };
  if (code !== undefined && NO_SUCH_NUMBER.has(code)) return { kind: 'rejected', detail, endpoint: 'gone' };
  if (code === COUNTRY_OFF)
    return { kind: 'rejected', detail: `${detail}; switch the country on in Twilio's geographic permissions` };
  const status = code === TOO_MANY ? 429 : answer.status;
  return judgeHttp({ ...answer, status, detail, honoursIds: false });
}
