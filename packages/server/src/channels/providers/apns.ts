// Pushes to Apple's devices: HTTP/2 with a signed token (https://developer.apple.com/documentation/usernotifications/
// sending-notification-requests-to-apns). One connection is kept and used for many; apns-link.ts keeps it. Apple wants the token
// renewed no more often than every 20 minutes and no less than every hour.
import type { Device, Outcome } from '@relance/core';
import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { ApnsLink, type LinkFailure } from '../apns-link.ts';
import type { Connection, Envelope } from '../channel.ts';
import { readJson } from '../fetch-post.ts';
import { judgeHttp, judgeNoAnswer, wordsOf } from '../http-judge.ts';
import type { Opening, Provider } from '../provider.ts';
import { DEVICE_GONE, toDevices } from '../push-devices.ts';
import { collapseKey, fitted, type PushWords, pushWords, usefulSeconds, withdrawWords } from '../push-words.ts';

const tenCharacters = z.string().regex(/^[A-Z0-9]{10}$/, 'must be ten capital letters and digits');
const settings = z.strictObject({
  teamId: tenCharacters.describe('the team of the developer account'),
  keyId: tenCharacters.describe('the id of the key'),
  topic: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,200}$/, 'must be a bundle id')
    .describe('the bundle id of the app, for devices that name no other'),
  environment: z.enum(['production', 'sandbox']).default('production').describe('sandbox: apps that run from Xcode'),
});
const secrets = z.strictObject({
  key: z
    .string()
    .max(2_000)
    .regex(/^-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----\s*$/, 'must be the text of a .p8 file')
    .describe('the key as Apple gave it: the text of the .p8 file'),
});
type Settings = z.infer<typeof settings>;
type Secrets = z.infer<typeof secrets>;
type Apple = Extract<Device, { kind: 'apns' }>;

export type ApnsOrigins = Readonly<Record<Settings['environment'], string>>;
const APPLE: ApnsOrigins = {
  production: 'https://api.push.apple.com',
  sandbox: 'https://api.sandbox.push.apple.com',
};
/** The largest payload that it takes. */
const BYTES_MAX = 4_096;
/** Thirty days: the longest that it keeps a message. */
const USEFUL_MAX_SECONDS = 2_592_000;
const TOKEN_MS = 40 * 60_000;

/** `origins`: tests lead it to a double; no setting does. */
export const apnsAt = (origins: ApnsOrigins): Provider<Settings, Secrets> => ({
  id: 'apns',
  channel: 'push',
  title: 'Apple Push Notification service',
  settings: settings as z.ZodType<Settings>,
  secrets,
  concurrency: 50,
  open(opening): Connection {
    const link = new ApnsLink(origins[opening.settings.environment]);
    const token = new SignedToken(opening);
    const post = (push: Push, apple: Apple, signal: AbortSignal) => deliver(opening, link, token, push, apple, signal);
    return {
      id: opening.id,
      channel: 'push',
      provider: 'apns',
      honoursIds: false,
      concurrencyMax: opening.concurrencyMax,
      send: (envelope, signal) =>
        toDevices(envelope, 'apns', signal, async (apple) => {
          const push = pushFor(envelope, opening.wallNow());
          return push === null
            ? { kind: 'rejected', detail: 'its title alone is longer than a push can be' }
            : post(push, apple, signal);
        }),
      rewrite: (envelope, _providerId, signal) =>
        toDevices(envelope, 'apns', signal, (apple) => post(withdrawal(envelope), apple, signal)),
      close: () => link.close(),
    };
  },
});
export const apnsProvider = apnsAt(APPLE);

interface Push {
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

const payloadOf = ({ title, body, ...words }: PushWords): string =>
  JSON.stringify({
    aps: {
      alert: { title, body },
      sound: 'default',
      category: 'relance',
      'thread-id': words.tag,
      ...(words.urgency === 'urgent' ? { 'interruption-level': 'time-sensitive' } : {}),
    },
    ...words,
  });

function pushFor(envelope: Envelope, wallMs: number): Push | null {
  const payload = fitted(pushWords(envelope), BYTES_MAX, payloadOf);
  if (payload === null) return null;
  const seconds = usefulSeconds(envelope, USEFUL_MAX_SECONDS);
  return {
    payload,
    headers: {
      'apns-push-type': 'alert',
      'apns-id': envelope.id,
      'apns-collapse-id': collapseKey(envelope),
      // Nought: now, or never.
      'apns-expiration': seconds === 0 ? '0' : String(Math.floor(wallMs / 1_000) + seconds),
      'apns-priority': envelope.urgency === 'low' ? '5' : '10',
    },
  };
}

/** Shows nothing: the app is woken and takes away what it has shown under the tag. */
const withdrawal = (envelope: Envelope): Push => ({
  payload: JSON.stringify({ aps: { 'content-available': 1 }, ...withdrawWords(envelope) }),
  headers: {
    'apns-push-type': 'background',
    'apns-collapse-id': collapseKey(envelope),
    'apns-priority': '5',
  },
});

async function deliver(
  { settings: { topic } }: Opening<Settings, Secrets>,
  link: ApnsLink,
  token: SignedToken,
  { payload, headers }: Push,
  apple: Apple,
  signal: AbortSignal,
): Promise<Outcome> {
  let bearer: string;
  try {
    bearer = await token.get();
  } catch {
    return { kind: 'retry', detail: 'the key of the connection cannot be used to sign', retryAfterMs: null };
  }
  try {
    const answer = await link.post(
      `/3/device/${apple.token}`,
      { ...headers, authorization: `bearer ${bearer}`, 'apns-topic': apple.topic ?? topic },
      payload,
      signal,
    );
    const reason = String(readJson(answer.body)?.reason ?? '');
    if (reason === 'ExpiredProviderToken') token.forget();
    return judge(answer, reason);
  } catch (error) {
    return judgeNoAnswer(error, { sent: (error as LinkFailure).sent, honoursIds: false });
  }
}

/** https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns */
const NO_DEVICE = new Set(['Unregistered', 'ExpiredToken']);
/** True of every device where the connection has the wrong environment or topic: no device is forgotten for it. */
const NOT_HERE = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic']);
/** Too much for this one device; the others go on. */
const TOO_MANY_FOR_ONE = 'TooManyRequests';
const CLOSING = 'Shutdown';

function judge(answer: { readonly status: number; readonly id: string | null }, reason: string): Outcome {
  const detail = wordsOf(reason);
  if (answer.status === 410 || NO_DEVICE.has(reason))
    return DEVICE_GONE(`${detail || 'HTTP 410'}: the app is not there any more`);
  if (NOT_HERE.has(reason))
    return { kind: 'rejected', detail: `${detail}: the token is not of this connection's environment and topic` };
  const status = reason === CLOSING ? 503 : answer.status;
  const outcome = judgeHttp({ status, detail, providerId: answer.id, honoursIds: false });
  return reason === TOO_MANY_FOR_ONE && outcome.kind === 'retry' ? { ...outcome, about: 'message' } : outcome;
}

class SignedToken {
  readonly #opening: Opening<Settings, Secrets>;
  #held: { readonly token: string; readonly untilMs: number } | null = null;

  constructor(opening: Opening<Settings, Secrets>) {
    this.#opening = opening;
  }

  forget(): void {
    this.#held = null;
  }

  async get(): Promise<string> {
    const nowMs = this.#opening.wallNow();
    if (this.#held !== null && nowMs < this.#held.untilMs) return this.#held.token;
    const { teamId, keyId } = this.#opening.settings;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(Math.floor(nowMs / 1_000))
      .sign(await importPKCS8(this.#opening.secrets.key, 'ES256'));
    this.#held = { token, untilMs: nowMs + TOKEN_MS };
    return token;
  }
}
