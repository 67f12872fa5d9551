// Chat through Slack (official SDK, its retries off): one message of Block Kit a follow-up's message, with a button for each
// action, which acts where Slack can tell us of it and is a link where it cannot, rewritten in place as the status changes.
// Slack does not know our ids. Words and escaping are chat-text.ts, what Slack calls us about is slack-receipts.ts.
// https://docs.slack.dev/reference/methods/chat.postMessage and …/block-kit give the fields, limits and error codes.
import type { Outcome } from '@relance/core';
import type { ActionsBlock, Button, KnownBlock, MrkdwnElement } from '@slack/types';
import {
  type ChatUpdateArguments,
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import { z } from 'zod';
import type { Connection, Envelope } from '../channel.ts';
import { cutChat, escapeChat, partsOfChat, whyOf, wordsOfChat } from '../chat-text.ts';
import { calledOffBefore, judgeHttp, judgeNoAnswer, wordsOf } from '../http-judge.ts';
import type { Opening, Provider } from '../provider.ts';
import { actionIdOf, pressValue, slackReceipts } from './slack-receipts.ts';

const SLACK_API = 'https://slack.com/api/';
/** Slack's own limits. */
const TEXT_MAX = 3_000;
const LABEL_MAX = 75;
const URL_MAX = 3_000;
const BUTTONS_MAX = 25;
/** Ours: five sections are a long message already. */
const SECTIONS_MAX = 5;
const TITLE_MAX = 250;
const FALLBACK_MAX = 3_000;
const ANSWER_MAX = 64 * 1_024;

export const slackSettings = z.strictObject({
  defaultChannel: z
    .string()
    .regex(/^[CDG][A-Z0-9]{2,30}$/, 'must be the id of a channel, such as C0123456789')
    .optional()
    .describe('where messages to the address "default" go: the id of a channel'),
});
export const slackSecrets = z.strictObject({
  botToken: z
    .string()
    .regex(/^xox[a-z]?[.-][A-Za-z0-9.-]{10,500}$/, 'must be a bot token, which begins with xoxb-')
    .describe('the bot token of the app (xoxb-…), with the scope chat:write'),
  signingSecret: z
    .string()
    .min(16)
    .max(200)
    .optional()
    .describe('the signing secret of the app, by which calls of Slack are known; with it, buttons act by themselves'),
});
export type SlackSettings = z.infer<typeof slackSettings>;
export type SlackSecrets = z.infer<typeof slackSecrets>;

export const slackProvider: Provider<SlackSettings, SlackSecrets> = {
  id: 'slack',
  channel: 'chat',
  title: 'Slack',
  settings: slackSettings,
  secrets: slackSecrets,
  concurrency: 5,
  open: (opening) => slackConnection(opening),
  receipts: slackReceipts,
};

type SlackOpening = Pick<Opening<SlackSettings, SlackSecrets>, 'id' | 'settings' | 'secrets' | 'concurrencyMax'>;

/** `api`: another address only for tests; a tenant cannot set it. */
export function slackConnection(opening: SlackOpening, api = SLACK_API): Connection {
  const { settings, secrets } = opening;
  const client = (signal: AbortSignal): WebClient => clientOf(secrets.botToken, api, signal);
  const acting = secrets.signingSecret !== undefined;
  return {
    id: opening.id,
    channel: 'chat',
    provider: 'slack',
    honoursIds: false,
    concurrencyMax: opening.concurrencyMax,
    async send(envelope, signal) {
      const channel = channelOf(envelope.address, settings);
      if (signal.aborted) return calledOffBefore;
      if (channel === null)
        return { kind: 'rejected', detail: 'the address is not the id of a Slack channel (C…) or member (U…)' };
      return asked(async () => {
        const { channel: at, ts } = await client(signal).chat.postMessage({
          channel,
          ...messageOf(envelope, acting),
          parse: 'none',
          unfurl_links: false,
          unfurl_media: false,
        });
        return { kind: 'accepted', providerId: at === undefined || ts === undefined ? null : `${at}:${ts}` };
      });
    },
    async rewrite(envelope, providerId, signal) {
      const [, channel, ts] = /^([A-Z0-9]+):(\d+\.\d+)$/.exec(providerId) ?? [];
      if (signal.aborted) return calledOffBefore;
      if (channel === undefined || ts === undefined)
        return { kind: 'rejected', detail: 'the id is not one that Slack gave' };
      return asked(async () => {
        const words = { channel, ts, ...messageOf(envelope, acting), parse: 'none' } satisfies ChatUpdateArguments;
        await client(signal).chat.update(words);
        return { kind: 'accepted', providerId };
      });
    },
    async close() {},
  };
}

const ADDRESS = /^[UWCDG][A-Z0-9]{2,30}$/;
function channelOf(address: string | null, settings: SlackSettings): string | null {
  if (address === null || address === 'default') return settings.defaultChannel ?? null;
  return ADDRESS.test(address) ? address : null;
}

const SILENT: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/** One a call, because the SDK takes the way to stop a call only here. */
const clientOf = (token: string, api: string, signal: AbortSignal): WebClient =>
  new WebClient(token, {
    slackApiUrl: api,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
    fetch: async (url, init) => {
      const response = await fetch(url as string, { ...(init as RequestInit), signal });
      const body = await firstOf(response);
      const headers = new Headers(response.headers);
      // Without it the SDK tells a plain error, as if nobody knew what became of the message.
      if (response.status === 429 && !/^\d/.test(headers.get('retry-after') ?? '')) headers.set('retry-after', '1');
      return new Response(body, { status: response.status, headers });
    },
  });

/** As much of an answer as is of use; the rest is left where it is. */
async function firstOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let seen = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    seen += part.length;
    if (seen > ANSWER_MAX) break;
  }
  return new Uint8Array(Buffer.concat(parts).subarray(0, ANSWER_MAX));
}

interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
  readonly metadata: { readonly event_type: string; readonly event_payload: { readonly [name: string]: string } };
}

function messageOf(envelope: Envelope, acting: boolean): Message {
  const { content } = envelope;
  const { title, body } = wordsOfChat(envelope);
  const heading = cutChat(title, TITLE_MAX) || '…';
  const linked = content.url !== undefined && linkable(content.url);
  const said = envelope.standing === undefined ? [] : [escapeChat(envelope.standing)];
  const buttons = buttonsOf(envelope, acting);
  return {
    text: cutChat([...said, escapeChat(heading), body].filter(Boolean).join('\n'), FALLBACK_MAX),
    blocks: [
      section(linked ? `*<${escapeChat(content.url ?? '')}|${within(heading)}>*` : `*${within(heading)}*`),
      ...said.map((line) => section(cutChat(line, TEXT_MAX))),
      ...partsOfChat(body, TEXT_MAX, SECTIONS_MAX).map(section),
      { type: 'context', elements: [mrkdwn(cutChat(escapeChat(whyOf(envelope)), TEXT_MAX))] },
      ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons } satisfies ActionsBlock]),
    ],
    metadata: {
      event_type: 'relance_message',
      event_payload: { message: envelope.id, follow_up: envelope.followUp },
    },
  };
}

/** `verbatim`: names of channels and people, and bare addresses, that stand in the text are left as text. */
const mrkdwn = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true });
const section = (text: string): KnownBlock => ({ type: 'section', text: mrkdwn(text) });
/** Within a link or bold text nothing of the markup may stand. */
const within = (text: string): string => escapeChat(text.replace(/[*|]/g, ' ')).trim() || '…';
const linkable = (url: string): boolean => /^https?:\/\//.test(url) && escapeChat(url).length <= URL_MAX / 2;

/**
 * The first ends it, or else is the one thing to do: it stands out. `acting`: a press is told to us (slack-receipts.ts) and needs no
 * page; what asks for more than a press leads to one all the same.
 */
const buttonsOf = ({ id, content }: Envelope, acting: boolean): Button[] =>
  (content.actions ?? [])
    .filter(({ url }) => linkable(url))
    .slice(0, BUTTONS_MAX)
    .map(({ name, label, url, asks }, index) => ({
      type: 'button',
      text: { type: 'plain_text', text: cutChat(plainText(label), LABEL_MAX), emoji: true },
      action_id: actionIdOf(index, name),
      ...(acting && asks !== true ? { value: pressValue(id) } : { value: id, url }),
      ...(index === 0 ? { style: 'primary' as const } : {}),
    }));
const plainText = (text: string): string => text.toWellFormed().replace(/\s+/g, ' ').trim() || '…';

/** About our app or its token: whoever looks after the connection mends it, and then it may go out. */
const OURS = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'missing_scope',
  'no_permission',
  'access_denied',
  'accesslimited',
  'org_login_required',
  'ekm_access_denied',
  'team_access_not_granted',
  'not_allowed_token_type',
]);
/** Nobody is there any more. */
const GONE = new Set(['channel_not_found', 'user_not_found', 'user_disabled', 'is_archived', 'channel_is_archived']);
const BUSY = new Set(['ratelimited', 'rate_limited', 'service_unavailable', 'team_added_to_org', 'request_timeout']);
/** Slack: "it's possible some aspect of the operation succeeded". */
const UNKNOWN = new Set(['internal_error', 'fatal_error']);

async function asked(call: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await call();
  } catch (error) {
    return judgeSlack(error);
  }
}

function judgeSlack(error: unknown): Outcome {
  if (error instanceof WebAPIRateLimitedError)
    return { kind: 'retry', detail: 'Slack: too many messages', retryAfterMs: error.retryAfter * 1_000 };
  if (error instanceof WebAPIPlatformError) {
    const code = wordsOf(String(error.data.error));
    const detail = `Slack: ${code}`;
    const after = error.data.response_metadata?.retryAfter;
    if (BUSY.has(code)) return { kind: 'retry', detail, retryAfterMs: after === undefined ? null : after * 1_000 };
    if (OURS.has(code))
      return { kind: 'retry', detail: `${detail} (our credentials were refused)`, retryAfterMs: null };
    if (UNKNOWN.has(code)) return { kind: 'uncertain', detail };
    // A page instead of JSON: some proxy on the way, and nobody knows what became of it.
    if (!/^[a-z0-9_]{1,60}$/.test(code)) return { kind: 'uncertain', detail: 'Slack answered something unreadable' };
    return { kind: 'rejected', detail, ...(GONE.has(code) ? { endpoint: 'gone' as const } : {}) };
  }
  if (error instanceof WebAPIHTTPError) {
    const { 'retry-after': retryAfter, date } = error.headers;
    return judgeHttp({ status: error.statusCode, retryAfter, date, honoursIds: false });
  }
  const { cause } = (error instanceof WebAPIRequestError ? error.original : error) as Error;
  return judgeNoAnswer(cause ?? (error instanceof WebAPIRequestError ? error.original : error), {
    sent: true,
    honoursIds: false,
  });
}
