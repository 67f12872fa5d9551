// Pushes to browsers (RFC 8030), encrypted for each (RFC 8291) and signed with our key (VAPID, RFC 8292), by the `web-push`
// package; sent through the egress guard, because a subscription's address is whatever its browser says. A newer message of
// a follow-up takes the place of an older one that waits (Topic), and none waits longer than it is of use (TTL).
import type { Device, Outcome } from '@relance/core';
import webPush from 'web-push';
import { z } from 'zod';
import type { Connection, Envelope } from '../channel.ts';
import { checkEgress, type EgressRules } from '../egress-guard.ts';
import { judgeHttp, judgeNoAnswer } from '../http-judge.ts';
import { pinnedPost } from '../pinned-post.ts';
import type { Opening, Provider } from '../provider.ts';
import { DEVICE_GONE, toDevices } from '../push-devices.ts';
import { collapseKey, fitted, pushWords, usefulSeconds, withdrawWords } from '../push-words.ts';

const settings = z.strictObject({
  subject: z
    .string()
    .max(300)
    .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'must be mailto: or https://, for push services to reach you')
    .describe('whom push services write to when something is wrong'),
  publicKey: z
    .string()
    .regex(/^B[A-Za-z0-9_-]{86}$/, 'must be a VAPID public key, base64url')
    .describe('VAPID public key: browsers subscribe with it'),
});
const secrets = z.strictObject({
  privateKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'must be a VAPID private key, base64url')
    .describe('VAPID private key'),
});
type WebPush = Opening<z.infer<typeof settings>, z.infer<typeof secrets>>;
type Browser = Extract<Device, { kind: 'web' }>;

/** 4,096 bytes that every push service takes, less the header and padding of aes128gcm (RFC 8291 §4). */
export const WEB_PUSH_BYTES_MAX = 3_993;
/** What is left to say where a push service takes less than it should. */
const SMALL_BYTES = 1_000;
/** Four weeks: none keeps a message longer. */
const TTL_MAX_SECONDS = 2_419_200;
const ANSWER_MAX = 1_024;
const SIGNED_SECONDS = 43_200;
const USED_MS = 3_600_000;
const SERVICES_MAX = 100;
const URGENCY = { low: 'low', normal: 'normal', high: 'high', urgent: 'high' } as const;

export const webPushProvider: Provider<z.infer<typeof settings>, z.infer<typeof secrets>> = {
  id: 'web-push',
  channel: 'push',
  title: 'Web push',
  settings,
  secrets,
  concurrency: 20,
  open(opening): Connection {
    const sender: Sender = { egress: opening.egress, authorization: signer(opening) };
    return {
      id: opening.id,
      channel: 'push',
      provider: 'web-push',
      honoursIds: false,
      concurrencyMax: opening.concurrencyMax,
      send: (envelope, signal) =>
        toDevices(envelope, 'web', signal, (browser) => send(sender, envelope, browser, signal)),
      rewrite: (envelope, _providerId, signal) =>
        toDevices(envelope, 'web', signal, (browser) =>
          push(sender, envelope, browser, { payload: JSON.stringify(withdrawWords(envelope)), signal }),
        ),
      async close() {},
    };
  },
};

interface Sender {
  readonly egress: EgressRules;
  /** The header that proves to a push service who we are. */
  readonly authorization: (origin: string) => string;
}

/** A signature holds for a whole service, up to a day (RFC 8292 §2); to sign every message takes most of its time. */
function signer({ settings: own, secrets: keys, wallNow }: WebPush): Sender['authorization'] {
  const held = new Map<string, { readonly header: string; readonly untilMs: number }>();
  return (origin) => {
    const known = held.get(origin);
    if (known !== undefined && wallNow() < known.untilMs) return known.header;
    const expiresAt = Math.floor(wallNow() / 1_000) + SIGNED_SECONDS;
    const { Authorization: header } = webPush.getVapidHeaders(
      origin,
      own.subject,
      own.publicKey,
      keys.privateKey,
      'aes128gcm',
      expiresAt,
    );
    // Recipients name the services, so there may be as many as somebody likes.
    if (held.size >= SERVICES_MAX) held.clear();
    held.set(origin, { header, untilMs: wallNow() + USED_MS });
    return header;
  };
}

async function send(sender: Sender, envelope: Envelope, browser: Browser, signal: AbortSignal): Promise<Outcome> {
  const words = pushWords(envelope);
  const within = (bytes: number) => fitted(words, bytes, JSON.stringify);
  const payload = within(WEB_PUSH_BYTES_MAX);
  if (payload === null) return { kind: 'rejected', detail: 'its title alone is longer than a push can be' };
  const outcome = await push(sender, envelope, browser, { payload, signal });
  // Refused for its size, so nothing has arrived: shorter, it may.
  const short = within(SMALL_BYTES);
  return outcome.kind === 'rejected' && outcome.detail.startsWith('HTTP 413') && short !== null && short !== payload
    ? push(sender, envelope, browser, { payload: short, signal })
    : outcome;
}

/** Null where the browser's key is of no use: the package throws at a point that is not on the curve. */
function encrypted(
  envelope: Envelope,
  { endpoint, p256dh, auth }: Pick<Browser, 'endpoint' | 'p256dh' | 'auth'>,
  payload: string,
  signature: string,
): ReturnType<typeof webPush.generateRequestDetails> | null {
  try {
    return webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
      vapidDetails: null as never, // ours is signed once for many
      headers: { Authorization: signature },
      TTL: usefulSeconds(envelope, TTL_MAX_SECONDS),
      urgency: URGENCY[envelope.urgency],
      topic: collapseKey(envelope),
      contentEncoding: 'aes128gcm',
    });
  } catch {
    return null;
  }
}

async function push(
  { egress, authorization }: Sender,
  envelope: Envelope,
  { endpoint, p256dh, auth }: Browser,
  { payload, signal }: { readonly payload: string; readonly signal: AbortSignal },
): Promise<Outcome> {
  const url = new URL(endpoint);
  // In the clear only where an operator has allowed it by name.
  if (url.protocol !== 'https:' && !egress.allowHosts.includes(url.hostname))
    return { kind: 'rejected', detail: 'push services are reached by https:// only' };
  const passage = await checkEgress(url, egress, signal);
  if (passage.kind === 'refused') return { kind: 'rejected', detail: passage.detail };
  if (passage.kind === 'unresolved')
    return { kind: 'retry', detail: passage.detail, retryAfterMs: null, about: 'message' };
  let signature: string;
  try {
    signature = authorization(url.origin);
  } catch {
    return { kind: 'retry', detail: 'the key of the connection cannot be used to sign', retryAfterMs: null };
  }
  const details = encrypted(envelope, { endpoint, p256dh, auth }, payload, signature);
  if (details === null) return DEVICE_GONE('its key is no point of the curve, so nothing can be encrypted for it');
  const headers = Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)]));
  let sent = false;
  try {
    const posted = await pinnedPost({
      url,
      passage,
      headers,
      body: details.body ?? '',
      signal,
      answerMax: ANSWER_MAX,
      onSent: () => {
        sent = true;
      },
    });
    return judge(posted);
  } catch (error) {
    return oneOfMany(judgeNoAnswer(error, { sent, honoursIds: false }));
  }
}

function judge(posted: Awaited<ReturnType<typeof pinnedPost>>): Outcome {
  const { status, location } = posted;
  if (status === 404 || status === 410) return DEVICE_GONE(`HTTP ${status}: the subscription has ended`);
  // 401 and 403: the subscription was made with another key, so it is not ours to send to.
  return oneOfMany(
    judgeHttp({ ...posted, detail: '', providerId: location ?? null, honoursIds: false, refusal: 'address' }),
  );
}

/** Each browser has a push service of its own: what goes wrong with one says nothing of the others. */
const oneOfMany = (outcome: Outcome): Outcome =>
  outcome.kind === 'retry' ? { ...outcome, about: 'message' } : outcome;
