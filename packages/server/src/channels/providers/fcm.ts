// Pushes to apps by Firebase Cloud Messaging, HTTP v1: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages.
// A service account signs for a token that lasts an hour (RFC 7523); it is fetched once and renewed before it ends. Firebase
// passes a message on to Android, Apple and browsers, so each finds its own collapse key and time to live.
import type { Device, Outcome } from '@relance/core';
import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import type { Connection, Envelope } from '../channel.ts';
import { fetchPost, readJson } from '../fetch-post.ts';
import { judgeHttp, judgeNoAnswer, wordsOf } from '../http-judge.ts';
import type { Opening, Provider } from '../provider.ts';
import { DEVICE_GONE, toDevices } from '../push-devices.ts';
import { fitted, type PushWords, pushWords, usefulSeconds, withdrawWords } from '../push-words.ts';

const settings = z.strictObject({
  projectId: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be a project id of Firebase')
    .describe('the project of the app'),
});
/** What of Google's key file is used; its `token_uri` is not, because it could lead anywhere. */
const accountSchema = z.object({
  client_email: z.string().min(3).max(300),
  private_key: z.string().min(100).max(10_000),
});
const secrets = z.strictObject({
  serviceAccount: z
    .string()
    .max(20_000)
    .refine(
      (text) => accountSchema.safeParse(readJson(text)).success,
      'must be the key file of a service account (JSON)',
    )
    .describe('the key file of a service account, as JSON text'),
});
type Settings = z.infer<typeof settings>;
type Secrets = z.infer<typeof secrets>;
type App = Extract<Device, { kind: 'fcm' }>;

export interface FcmOrigins {
  readonly send: string;
  readonly token: string;
}
const GOOGLE: FcmOrigins = { send: 'https://fcm.googleapis.com', token: 'https://oauth2.googleapis.com' };
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const ANSWER_MAX = 16_384;
/** 4,096 bytes for the words (message concepts, *payload*), less the names around them. */
const BYTES_MAX = 3_500;
/** Four weeks: the longest that it keeps a message. */
const TTL_MAX_SECONDS = 2_419_200;
const TOKEN_SECONDS = 3_600;
/** Renewed before it ends, for clocks differ. */
const TOKEN_SPARE_MS = 300_000;

/** `origins`: tests lead it to a double; no setting does. */
export const fcmAt = (origins: FcmOrigins): Provider<Settings, Secrets> => ({
  id: 'fcm',
  channel: 'push',
  title: 'Firebase Cloud Messaging',
  settings,
  secrets,
  concurrency: 50,
  open(opening): Connection {
    const token = new AccessToken(opening, origins.token);
    const post = (message: object, signal: AbortSignal) => deliver(opening, origins.send, token, { message, signal });
    return {
      id: opening.id,
      channel: 'push',
      provider: 'fcm',
      honoursIds: false,
      concurrencyMax: opening.concurrencyMax,
      send: (envelope, signal) =>
        toDevices(envelope, 'fcm', signal, async (app) => {
          const message = messageFor(envelope, app, opening.wallNow());
          return message === null
            ? { kind: 'rejected', detail: 'its title alone is longer than a push can be' }
            : post(message, signal);
        }),
      rewrite: (envelope, _providerId, signal) =>
        toDevices(envelope, 'fcm', signal, (app) => post(withdrawal(envelope, app), signal)),
      async close() {},
    };
  },
});
export const fcmProvider = fcmAt(GOOGLE);

/** Data is texts only. */
const dataOf = ({ title, body, ...words }: PushWords) => ({
  relance: '1',
  url: words.url ?? '',
  actions: JSON.stringify(words.actions),
  tag: words.tag,
  urgency: words.urgency,
  message: words.message,
  followUp: words.followUp,
});

function messageFor(envelope: Envelope, { token }: App, wallMs: number): object | null {
  const written = fitted(pushWords(envelope), BYTES_MAX, (words) =>
    JSON.stringify({ notification: { title: words.title, body: words.body }, data: dataOf(words) }),
  );
  if (written === null) return null;
  const words = JSON.parse(written) as { notification: object; data: ReturnType<typeof dataOf> };
  const seconds = usefulSeconds(envelope, TTL_MAX_SECONDS);
  const { tag } = words.data;
  const soon = envelope.urgency !== 'low';
  return {
    token,
    ...words,
    android: {
      collapse_key: tag,
      ttl: `${seconds}s`,
      priority: soon ? 'HIGH' : 'NORMAL',
      notification: { tag },
    },
    apns: {
      headers: {
        'apns-collapse-id': tag,
        // Nought: now, or never.
        'apns-expiration': seconds === 0 ? '0' : String(Math.floor(wallMs / 1_000) + seconds),
        'apns-priority': soon ? '10' : '5',
      },
      payload: { aps: { 'thread-id': tag, sound: 'default' } },
    },
    webpush: { headers: { TTL: String(seconds), Topic: tag, Urgency: soon ? 'high' : 'low' }, notification: { tag } },
  };
}

/** No notification, only data: the app takes away what it has shown under the tag. */
function withdrawal(envelope: Envelope, { token }: App): object {
  const { tag } = withdrawWords(envelope);
  return {
    token,
    data: { relance: '1', withdraw: 'true', tag },
    android: { collapse_key: tag, priority: 'NORMAL' },
    apns: {
      headers: { 'apns-collapse-id': tag, 'apns-push-type': 'background', 'apns-priority': '5' },
      payload: { aps: { 'content-available': 1 } },
    },
    webpush: { headers: { Topic: tag, Urgency: 'low' } },
  };
}

async function deliver(
  { settings: { projectId } }: Opening<Settings, Secrets>,
  origin: string,
  access: AccessToken,
  { message, signal }: { readonly message: object; readonly signal: AbortSignal },
): Promise<Outcome> {
  const bearer = await access.get(signal);
  if (bearer.kind !== 'token') return bearer;
  try {
    const answer = await fetchPost({
      url: `${origin}/v1/projects/${projectId}/messages:send`,
      headers: { authorization: `Bearer ${bearer.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
      signal,
      answerMax: ANSWER_MAX,
    });
    if (answer.status === 401) access.forget();
    const body = readJson(answer.body);
    const { code, words, ofToken } = refusalIn(body);
    if (code === 'UNREGISTERED' || ofToken) return DEVICE_GONE(`${code ?? 'HTTP 400'}: the app is not there any more`);
    const name = typeof body?.name === 'string' ? body.name : null;
    // A device of another project is wrong for this connection, but its credentials are not.
    const refusal = code === 'SENDER_ID_MISMATCH' ? 'address' : 'connection';
    return judgeHttp({ ...answer, detail: words, providerId: name, honoursIds: false, refusal });
  } catch (error) {
    return judgeNoAnswer(error, { sent: true, honoursIds: false });
  }
}

interface Refused {
  readonly status?: string;
  readonly message?: string;
  readonly details?: readonly {
    readonly errorCode?: string;
    readonly fieldViolations?: readonly { readonly field?: string }[];
  }[];
}

/** google.rpc.Status with an FcmError in its details. */
function refusalIn(body: Readonly<Record<string, unknown>> | null) {
  const { status, message, details } = (body?.error ?? {}) as Refused;
  const all: NonNullable<Refused['details']> = Array.isArray(details) ? details : [];
  const code = all.find(({ errorCode }) => errorCode !== undefined)?.errorCode ?? status;
  const ofToken = all.some(({ fieldViolations }) => fieldViolations?.some(({ field }) => field === 'message.token'));
  return { code, ofToken, words: code === undefined ? '' : `${code}: ${wordsOf(message ?? '')}` };
}

/** The hour's token of a service account; asked for once, however many messages wait for it. */
class AccessToken {
  readonly #opening: Opening<Settings, Secrets>;
  readonly #origin: string;
  #held: { readonly token: string; readonly untilMs: number } | null = null;
  #asked: Promise<Bearer> | null = null;

  constructor(opening: Opening<Settings, Secrets>, origin: string) {
    this.#opening = opening;
    this.#origin = origin;
  }

  forget(): void {
    this.#held = null;
  }

  async get(signal: AbortSignal): Promise<Bearer> {
    const held = this.#held;
    if (held !== null && this.#opening.wallNow() < held.untilMs) return { kind: 'token', token: held.token };
    this.#asked ??= this.#ask(signal).finally(() => {
      this.#asked = null;
    });
    return this.#asked;
  }

  /** Nothing has been sent yet, so whatever goes wrong is worth another try; and it is about the connection. */
  async #ask(signal: AbortSignal): Promise<Bearer> {
    const nowMs = this.#opening.wallNow();
    try {
      const answer = await fetchPost({
        url: `${this.#origin}/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: await this.#assertion(nowMs),
        }).toString(),
        signal,
        answerMax: ANSWER_MAX,
      });
      const { access_token: token, expires_in: seconds, error } = readJson(answer.body) ?? {};
      if (typeof token !== 'string' || answer.status !== 200)
        return again(`no token for the service account: HTTP ${answer.status} ${wordsOf(String(error ?? ''))}`);
      const lastsMs = Math.min(Number(seconds) || 0, TOKEN_SECONDS) * 1_000;
      this.#held = { token, untilMs: nowMs + lastsMs - TOKEN_SPARE_MS };
      return { kind: 'token', token };
    } catch (error) {
      return again(
        `no token for the service account: ${(error as { code?: string }).code ?? 'its key cannot be used'}`,
      );
    }
  }

  async #assertion(nowMs: number): Promise<string> {
    const account = accountSchema.parse(readJson(this.#opening.secrets.serviceAccount));
    const at = Math.floor(nowMs / 1_000);
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(account.client_email)
      .setAudience(`${this.#origin}/token`)
      .setIssuedAt(at)
      .setExpirationTime(at + TOKEN_SECONDS)
      .sign(await importPKCS8(account.private_key, 'RS256'));
  }
}

type Bearer = { readonly kind: 'token'; readonly token: string } | Extract<Outcome, { kind: 'retry' }>;
const again = (detail: string): Bearer => ({ kind: 'retry', detail, retryAfterMs: null });
