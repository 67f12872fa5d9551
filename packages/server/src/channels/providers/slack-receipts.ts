// What Slack calls us about: the address being tried out (url_verification), presses of buttons, and clicks on links. Every call
// is signed with the app's signing secret (v0, HMAC-SHA256 over the time and the body as it came) and five minutes old at
// most: https://docs.slack.dev/authentication/verifying-requests-from-slack. Partner: slack.ts.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Instant, isId } from '@relance/core';
import type { ButtonPress } from '../../engine/ports.ts';
import { escapeChat } from '../chat-text.ts';
import { checkEgress, type EgressRules, isAllowedHost } from '../egress-guard.ts';
import { pinnedPost } from '../pinned-post.ts';
import type { ReceiptAnswer, ReceiptCall, ReceiptNews } from '../provider.ts';

const AGE_MAX_S = 5 * 60;
const ITEMS_MAX = 25;
const TELL_MS = 10_000;
const TOLD_MAX = 1_024;
/** Where Slack lets us answer a press: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const ANSWER_HOSTS = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

/** A button that acts, told from a link, whose value is the message alone. */
export const pressValue = (message: string): string => `press ${message}`;
export const actionIdOf = (index: number, name: string): string => `${index} ${name}`.slice(0, 255);
const refused = (status: 400 | 401 | 403, detail: string): ReceiptAnswer => ({ kind: 'refused', status, detail });

type SlackCall = ReceiptCall<unknown, { readonly signingSecret?: string | undefined }>;

export async function slackReceipts(call: SlackCall): Promise<ReceiptAnswer> {
  const { signingSecret } = call.secrets;
  if (signingSecret === undefined) return refused(403, 'this connection has no signing secret of Slack');
  const trouble = mistrust(call, signingSecret);
  if (trouble !== null) return refused(401, trouble);
  const said = payloadOf(call);
  if (said === null) return refused(400, 'the body is not what Slack sends');
  if (said.type === 'url_verification' && typeof said.challenge === 'string')
    return { kind: 'news', items: [], reply: { contentType: 'text/plain', body: said.challenge } };
  if (said.type !== 'block_actions') return { kind: 'news', items: [] };
  return { kind: 'news', items: clicksOf(said), presses: pressesOf(said, call.egress) };
}

/** Why the call is not believed; null when it is Slack's. */
function mistrust({ headers, body, wallNow }: ReceiptCall, secret: string): string | null {
  const at = headers['x-slack-request-timestamp'] ?? '';
  if (!/^\d{1,12}$/.test(at)) return 'it carries no time';
  if (Math.abs(wallNow() / 1_000 - Number(at)) > AGE_MAX_S) return 'it is more than five minutes old';
  const wanted = createHmac('sha256', secret).update(`v0:${at}:`).update(body).digest();
  const [, hex = ''] = /^v0=([0-9a-f]{64})$/.exec(headers['x-slack-signature'] ?? '') ?? [];
  const given = Buffer.from(hex, 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? null : 'its signature is not right';
}

type Said = Readonly<Record<string, unknown>>;
const isSaid = (value: unknown): value is Said => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Interactions come as a form with one field of JSON, events as JSON. */
function payloadOf({ headers, body }: ReceiptCall): Said | null {
  const text = body.toString('utf8');
  const form = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  try {
    const said: unknown = JSON.parse(form ? (new URLSearchParams(text).get('payload') ?? '') : text);
    return isSaid(said) ? said : null;
  } catch {
    return null;
  }
}

function clicksOf(said: Said): ReceiptNews[] {
  const actions = Array.isArray(said.actions) ? said.actions.filter(isSaid) : [];
  const where = isSaid(said.container) ? said.container : {};
  return actions.slice(0, ITEMS_MAX).flatMap((action): ReceiptNews[] => {
    const message = messageOf(action.value, where);
    if (message === null || action.type !== 'button' || String(action.value).startsWith('press ')) return [];
    const at = Number(action.action_ts);
    return [
      {
        message,
        kind: 'clicked',
        at: Number.isFinite(at) && at > 0 ? (Math.floor(at * 1_000) as Instant) : null,
        detail: null,
        machine: false,
      },
    ];
  });
}

/** By whom, where it stood, and how to tell them. */
function pressesOf(said: Said, egress: EgressRules): ButtonPress[] {
  const actions = Array.isArray(said.actions) ? said.actions.filter(isSaid) : [];
  const where = isSaid(said.container) ? said.container : {};
  const user = isSaid(said.user) ? said.user.id : undefined;
  const { channel_id: channel, message_ts: ts } = where;
  if (typeof user !== 'string' || typeof channel !== 'string' || typeof ts !== 'string') return [];
  return actions.slice(0, ITEMS_MAX).flatMap((one): ButtonPress[] => {
    const [, message = ''] = /^press ([0-9a-f-]{36})$/.exec(String(one.value)) ?? [];
    const [, action = ''] = /^\d+ (.+)$/.exec(String(one.action_id)) ?? [];
    if (one.type !== 'button' || !isId(message) || action === '') return [];
    return [
      {
        message,
        action,
        by: user,
        providerId: `${channel}:${ts}`,
        direct: channel.startsWith('D'),
        tell: (words) => tell(said.response_url, words, egress),
      },
    ];
  });
}

/** To whoever pressed it alone. What Slack says to that changes nothing: what was done is done. */
async function tell(address: unknown, words: string, egress: EgressRules): Promise<void> {
  if (typeof address !== 'string' || !URL.canParse(address)) return;
  const url = new URL(address);
  const isSlack = url.protocol === 'https:' && ANSWER_HOSTS.has(url.hostname);
  if (!isSlack && !isAllowedHost(url.hostname, egress)) return;
  const signal = AbortSignal.timeout(TELL_MS);
  try {
    const passage = await checkEgress(url, egress, signal);
    if (passage.kind !== 'allowed') return;
    const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text: escapeChat(words) });
    const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    await pinnedPost({ url, passage, headers, body, signal, answerMax: TOLD_MAX });
  } catch {
    // Called off, or nobody is there.
  }
}

/** Our buttons carry our id; without it, the message is known by where it stands. */
function messageOf(value: unknown, { channel_id, message_ts }: Said): ReceiptNews['message'] | null {
  if (typeof value === 'string' && isId(value)) return { id: value };
  if (typeof channel_id !== 'string' || typeof message_ts !== 'string') return null;
  return { providerId: `${channel_id}:${message_ts}`.slice(0, 100) };
}
