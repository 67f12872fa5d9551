// A double of Slack's Web API, written from its published document (docs.slack.dev): chat.postMessage and chat.update, with the
// token, the channel and every limit of Block Kit checked as Slack checks them, typed by the official @slack/types. It keeps
// what each message shows at the moment. Whoever tests may say otherwise for a call.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { KnownBlock } from '@slack/types';

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly metadata: unknown;
}
export interface SlackCall {
  readonly method: string;
  readonly form: Readonly<Record<string, string>>;
}
/** What it answers instead: a status and headers, an error code, a hang-up, silence; null for the usual. */
export type SlackTwist =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly error: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang up'
  | 'silence';

export interface SlackDouble {
  /** As `slackApiUrl`. */
  readonly url: string;
  /** Where a press is answered, and what whoever pressed was told. */
  readonly responseUrl: string;
  readonly told: { readonly response_type: string; readonly replace_original: boolean; readonly text: string }[];
  readonly calls: SlackCall[];
  /** By `channel:ts`, as they are shown now. */
  readonly messages: Map<string, SlackMessage>;
  twist: (call: SlackCall) => SlackTwist | null;
  stop(): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

export async function slackDouble(token: string): Promise<SlackDouble> {
  const calls: SlackCall[] = [];
  const messages = new Map<string, SlackMessage>();
  const told: SlackDouble['told'] = [];
  let count = 0;
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/actions/') === true) {
      told.push(JSON.parse(await textOf(request)));
      response.writeHead(200).end('ok');
      return;
    }
    const call = { method: request.url?.replace('/api/', '') ?? '', form: await formOf(request) };
    calls.push(call);
    const twist = double.twist(call);
    if (twist === 'silence') return;
    if (twist === 'hang up') {
      request.socket.destroy();
      return;
    }
    if (twist !== null && 'status' in twist) {
      response.writeHead(twist.status, { ...JSON_TYPE, ...twist.headers }).end(twist.body ?? '{}');
      return;
    }
    const authorized = request.headers.authorization === `Bearer ${token}`;
    const answer =
      twist !== null
        ? { ok: false, error: twist.error }
        : authorized
          ? act(call, messages, () => `1790000000.${String(++count).padStart(6, '0')}`)
          : { ok: false, error: 'invalid_auth' };
    response.writeHead(200, { ...JSON_TYPE, ...twist?.headers }).end(JSON.stringify(answer));
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  const double: SlackDouble = {
    url: `${origin}/api/`,
    responseUrl: `${origin}/actions/T0/1/abc`,
    told,
    calls,
    messages,
    twist: () => null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
const formOf = async (request: IncomingMessage): Promise<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(await textOf(request)));

type Answer = { readonly ok: boolean; readonly [name: string]: unknown };

function act({ method, form }: SlackCall, messages: Map<string, SlackMessage>, nextTs: () => string): Answer {
  const text = form.text ?? '';
  const blocks = JSON.parse(form.blocks ?? '[]') as KnownBlock[];
  const trouble = troubleWith(blocks);
  if (text.length > 40_000) return { ok: false, error: 'msg_too_long' };
  if (text === '' && blocks.length === 0) return { ok: false, error: 'no_text' };
  if (trouble !== null)
    return { ok: false, error: 'invalid_blocks', response_metadata: { messages: [`[ERROR] ${trouble}`] } };
  const metadata: unknown = form.metadata === undefined ? null : JSON.parse(form.metadata);
  if (method === 'chat.update') {
    const known = messages.get(`${form.channel}:${form.ts}`);
    if (known === undefined) return { ok: false, error: 'message_not_found' };
    messages.set(`${known.channel}:${known.ts}`, { ...known, text, blocks, metadata });
    return { ok: true, channel: known.channel, ts: known.ts, text };
  }
  if (method !== 'chat.postMessage') return { ok: false, error: 'unknown_method' };
  const given = form.channel ?? '';
  if (!/^[UCDG][A-Z0-9]+$/.test(given) || given.endsWith('GONE')) return { ok: false, error: 'channel_not_found' };
  // Written to a member, it stands in the conversation with them, which has an id of its own.
  const channel = given.startsWith('U') ? `D${given.slice(1)}` : given;
  const message = { channel, ts: nextTs(), text, blocks, metadata };
  messages.set(`${channel}:${message.ts}`, message);
  return { ok: true, channel, ts: message.ts, message: { text } };
}

/** What Slack would not take; null where it would. */
export function troubleWith(blocks: readonly KnownBlock[]): string | null {
  if (blocks.length > 50) return 'more than 50 blocks';
  for (const [index, block] of blocks.entries()) {
    const at = `block ${index}`;
    if (block.type === 'section') {
      const length = block.text?.text.length ?? 0;
      if (length < 1 || length > 3_000) return `${at}: a text of ${length} characters`;
    } else if (block.type === 'context') {
      if (block.elements.length < 1 || block.elements.length > 10) return `${at}: ${block.elements.length} elements`;
      for (const one of block.elements)
        if ('text' in one && (one.text.length < 1 || one.text.length > 3_000)) return `${at}: a text too long`;
    } else if (block.type === 'actions') {
      const trouble = troubleWithButtons(block.elements as readonly unknown[]);
      if (trouble !== null) return `${at}: ${trouble}`;
    } else return `${at}: ${block.type} is not expected here`;
  }
  return null;
}

interface Element {
  readonly type: string;
  readonly text?: { readonly type: string; readonly text: string };
  readonly action_id?: string;
  readonly url?: string;
  readonly value?: string;
  readonly style?: string;
}

function troubleWithButtons(elements: readonly unknown[]): string | null {
  if (elements.length < 1 || elements.length > 25) return `${elements.length} elements`;
  const ids = new Set<string>();
  for (const { type, text, action_id, url, value, style } of elements as readonly Element[]) {
    if (type !== 'button' || text?.type !== 'plain_text') return 'not a button with plain text';
    if (text.text.length < 1 || text.text.length > 75) return `a label of ${text.text.length} characters`;
    if (action_id === undefined || action_id.length > 255 || ids.has(action_id))
      return 'an action_id that is not its own';
    ids.add(action_id);
    if (url === undefined && value === undefined) return 'a button that neither leads anywhere nor says anything';
    if (url !== undefined && (url.length > 3_000 || !/^https?:\/\//.test(url))) return 'an address that is none';
    if ((value?.length ?? 0) > 2_000) return 'a value too long';
    if (style !== undefined && style !== 'primary' && style !== 'danger') return `a style ${style}`;
  }
  return (elements as readonly Element[]).filter(({ style }) => style === 'primary').length > 1
    ? 'two primaries'
    : null;
}
