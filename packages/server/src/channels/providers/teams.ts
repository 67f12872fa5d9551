// Chat through Microsoft Teams: an Adaptive Card posted to the address of a workflow ("When a Teams webhook request is
// received") or an incoming webhook. That address is a secret, and goes through the guard like any a tenant names. Teams does
// not know our ids and hands none back, so nothing can be rewritten. Words and escaping are chat-text.ts.
// https://learn.microsoft.com/power-automate/teams and …/adaptive-cards (schema 1.5) give the shape and the limit of size.
import { type FollowUpStatus, localDue, type Outcome } from '@relance/core';
import { z } from 'zod';
import type { Connection, Envelope } from '../channel.ts';
import { cutChat, partsOfChat, plainChat, safeChat, whyOf, wordsOfChat } from '../chat-text.ts';
import { checkEgress } from '../egress-guard.ts';
import { calledOffBefore, judgeHttp, judgeNoAnswer } from '../http-judge.ts';
import { pinnedPost } from '../pinned-post.ts';
import type { Opening, Provider } from '../provider.ts';

/** Teams takes 28 KB; what is left over is for what stands around the words. */
const CARD_BYTES_MAX = 27_000;
const TITLE_MAX = 250;
const TEXT_MAX = 4_000;
const PARTS_MAX = 3;
const LABEL_MAX = 75;
/** More are hidden behind a menu, and from seven on refused. */
const ACTIONS_MAX = 6;
const ANSWER_MAX = 4_096;
const CHANNELS_MAX = 200;

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,79}$/, 'must be a short name, such as "operations"');
const address = z.url({ protocol: /^https?$/ }).max(2_000);
export const teamsSettings = z.strictObject({
  defaultChannel: name
    .optional()
    .describe('where messages to the address "default" go; with one channel only, that one does'),
});
export const teamsSecrets = z.strictObject({
  urls: z
    .record(name, address)
    .refine((urls) => Object.keys(urls).length >= 1 && Object.keys(urls).length <= CHANNELS_MAX, {
      message: `must name 1 to ${CHANNELS_MAX} channels`,
    })
    .describe(
      'the address of the workflow or incoming webhook of each channel, by a name that recipients have as address',
    ),
});
export type TeamsSettings = z.infer<typeof teamsSettings>;
export type TeamsSecrets = z.infer<typeof teamsSecrets>;

export const teamsProvider: Provider<TeamsSettings, TeamsSecrets> = {
  id: 'teams',
  channel: 'chat',
  title: 'Microsoft Teams',
  settings: teamsSettings,
  secrets: teamsSecrets,
  concurrency: 4, // four requests a second is what an incoming webhook takes
  open: (opening) => teamsConnection(opening),
};

type TeamsOpening = Pick<
  Opening<TeamsSettings, TeamsSecrets>,
  'id' | 'settings' | 'secrets' | 'concurrencyMax' | 'egress'
>;

export const teamsConnection = (opening: TeamsOpening): Connection => ({
  id: opening.id,
  channel: 'chat',
  provider: 'teams',
  honoursIds: false,
  concurrencyMax: opening.concurrencyMax,
  send: (envelope, signal) => send(opening, envelope, signal),
  async close() {},
});

/** By its name; "default" is the one that is named so, or the only one. */
function urlOf({ settings, secrets }: TeamsOpening, wanted: string | null): string | null {
  const named = wanted === null || wanted === 'default' ? (settings.defaultChannel ?? wanted ?? 'default') : wanted;
  if (Object.hasOwn(secrets.urls, named)) return secrets.urls[named] ?? null;
  const all = Object.values(secrets.urls);
  return named === 'default' && all.length === 1 ? (all[0] ?? null) : null;
}

async function send(opening: TeamsOpening, envelope: Envelope, signal: AbortSignal): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  const address = urlOf(opening, envelope.address);
  if (address === null)
    return { kind: 'rejected', detail: 'the address is not the name of a channel of this connection' };
  const url = new URL(address);
  const passage = await checkEgress(url, opening.egress, signal);
  if (passage.kind === 'refused') return { kind: 'rejected', detail: passage.detail };
  if (passage.kind === 'unresolved') return { kind: 'retry', detail: passage.detail, retryAfterMs: null };
  const body = JSON.stringify(messageOf(envelope));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Relance',
  };
  try {
    const posted = await pinnedPost({ url, passage, headers, body, signal, answerMax: ANSWER_MAX });
    return judgeTeams(posted);
  } catch (error) {
    return judgeNoAnswer(withoutWords(error), { sent: true, honoursIds: false });
  }
}

/** An incoming webhook says 200 also where Teams behind it did not take the card, and tells the status in words. */
function judgeTeams(posted: Awaited<ReturnType<typeof pinnedPost>>): Outcome {
  const { retryAfter, date } = posted;
  const [, behind] = /HTTP error (\d{3})/.exec(posted.body) ?? [];
  const status = posted.status === 200 && behind !== undefined ? Number(behind) : posted.status;
  const outcome = judgeHttp({ status, retryAfter, date, honoursIds: false });
  return outcome.kind === 'rejected' && (status === 404 || status === 410) ? { ...outcome, endpoint: 'gone' } : outcome;
}

/** What goes wrong is told by its code: its words may have the address in them, which is the secret. */
const withoutWords = (error: unknown): { readonly code: string } => ({
  code: String((error as { code?: unknown }).code ?? 'unknown error').slice(0, 60),
});

interface Element {
  readonly type: string;
  readonly [field: string]: unknown;
}
interface Card {
  readonly $schema: string;
  readonly type: 'AdaptiveCard';
  readonly version: '1.5';
  readonly fallbackText: string;
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly Element[];
  readonly actions?: readonly Element[];
}

function messageOf(envelope: Envelope): object {
  let textMax = TEXT_MAX;
  let card = cardOf(envelope, textMax);
  for (; textMax > 100 && Buffer.byteLength(JSON.stringify(card)) > CARD_BYTES_MAX; card = cardOf(envelope, textMax))
    textMax = Math.floor(textMax / 2);
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  };
}

function cardOf(envelope: Envelope, textMax: number): Card {
  const { content, urgency } = envelope;
  const { title, body } = wordsOfChat(envelope);
  const heading = cutChat(title, TITLE_MAX) || '…';
  const named = plainMarkdown(heading);
  const linked = content.url !== undefined && isLink(content.url);
  const color = urgency === 'urgent' ? { color: 'Attention' } : urgency === 'high' ? { color: 'Warning' } : {};
  const actions = (content.actions ?? []).filter(({ url }) => isLink(url)).slice(0, ACTIONS_MAX);
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: heading,
    msteams: { width: 'Full' },
    body: [
      block(linked ? `[${named}](${linkOf(content.url ?? '')})` : named, {
        size: 'Large',
        weight: 'Bolder',
        style: 'heading',
        ...color,
      }),
      ...partsOfChat(body, textMax, PARTS_MAX).map((part) => block(markdownOf(part), {})),
      { type: 'FactSet', facts: factsOf(envelope) },
      block(plainMarkdown(cutChat(whyOf(envelope), TITLE_MAX)), { isSubtle: true, size: 'Small' }),
    ],
    ...(actions.length === 0
      ? {}
      : {
          actions: actions.map(({ label, url }, index) => ({
            type: 'Action.OpenUrl',
            title: cutChat(label.toWellFormed().replace(/\s+/g, ' ').trim() || '…', LABEL_MAX),
            url,
            ...(index === 0 ? { style: 'positive' } : {}),
          })),
        }),
  };
}

const block = (text: string, more: Readonly<Record<string, string | boolean>>): Element => ({
  type: 'TextBlock',
  text,
  wrap: true,
  ...more,
});

interface Labels {
  readonly due: string;
  readonly asked: string;
  readonly status: string;
  readonly statuses: Readonly<Record<FollowUpStatus, string>>;
}
const LABELS: Readonly<Record<string, Labels>> = {
  en: {
    due: 'Due',
    asked: 'Asked',
    status: 'Status',
    statuses: {
      open: 'Open',
      acknowledged: 'Somebody has it',
      resolved: 'Done',
      cancelled: 'Cancelled',
      expired: 'Closed',
    },
  },
  fr: {
    due: 'Échéance',
    asked: 'Demandé à',
    status: 'État',
    statuses: {
      open: 'En attente',
      acknowledged: 'Pris en charge',
      resolved: 'Terminé',
      cancelled: 'Annulé',
      expired: 'Clos',
    },
  },
};

function factsOf(envelope: Envelope): readonly { readonly title: string; readonly value: string }[] {
  const { locale, zone, at, dueAt, dueDay, status, recipient } = envelope;
  const labels = LABELS[locale.slice(0, 2).toLowerCase()] ?? (LABELS.en as Labels);
  const { assignee } = (envelope.payload.followUp ?? {}) as { readonly assignee?: string | null };
  const asked = assignee === undefined || assignee === recipient.id ? (recipient.name ?? recipient.id) : assignee;
  return [
    ...(dueAt === null ? [] : [{ title: labels.due, value: localDue({ dueAt, dueDay }, { locale, zone }, at) }]),
    ...(asked === null ? [] : [{ title: labels.asked, value: plainMarkdown(cutChat(asked, TITLE_MAX)) }]),
    { title: labels.status, value: labels.statuses[status] },
  ];
}

const isLink = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url) && url.length <= 2_000;
/** Within the brackets of a link neither may stand. */
const linkOf = (url: string): string =>
  new URL(url).href.replace(/[()\s<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** Data in the markup of cards (a part of Markdown): every sign of it is shown as it is. `<at>` mentions somebody. */
const plainMarkdown = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(/[\\`*_[\](){}#~|!]/g, '\\$&')
    .replace(/^( {0,9})([-+>]|\d{1,9}\.)(?=\s)/gm, '$1\\$2')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** Slack's markup, in which the words come, in that of cards. A single line break is none there. */
function markdownOf(text: string): string {
  const parts: string[] = [];
  let from = 0;
  const source = safeChat(text);
  for (const mark of source.matchAll(
    /<(https?:\/\/[^<>|\s]+)(?:\|([^<>]*))?>|([*_])(\S(?:[^\n*_]*?\S)?)\3(?![\w*_])/g,
  )) {
    const [whole, url, label, sign, inside = ''] = mark;
    if (sign === '_' && /\w/.test(source[mark.index - 1] ?? '')) continue; // within_a_word
    parts.push(plainLines(source.slice(from, mark.index)));
    const bold = sign === '*' ? '**' : '_';
    parts.push(
      url === undefined
        ? `${bold}${plainMarkdown(plainChat(inside))}${bold}`
        : `[${plainMarkdown(plainChat(label ?? url))}](${linkOf(url.replaceAll('&amp;', '&'))})`,
    );
    from = mark.index + whole.length;
  }
  return [...parts, plainLines(source.slice(from))].join('');
}

const plainLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => plainMarkdown(unescaped(line)))
    .join('\n\n');
const unescaped = (line: string): string =>
  line.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
