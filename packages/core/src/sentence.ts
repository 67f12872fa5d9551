// One English sentence for each line of a timeline, made when it is read. If a line cannot be said here, the dashboard
// could not say why something was or was not sent. Exhaustive over TimelineKind; reasons come from reason.ts.
import type { TimelineEntry } from './input.ts';
import { type Instant, toRfc3339 } from './instant.ts';
import { REASONS } from './reason.ts';

const CHANNEL_WORDS: Readonly<Record<string, string>> = {
  sms: 'SMS',
  inbox: 'in-app inbox',
  email: 'email',
  push: 'push',
  chat: 'chat',
  webhook: 'webhook',
};

/** Turns a recipient id into a name; the id itself by default. */
export type Names = (recipient: string) => string;

/** Writes a moment; RFC 3339 by default. */
export type Moments = (at: Instant) => string;

export function sentence(entry: TimelineEntry, names: Names = (id) => id, moments: Moments = toRfc3339): string {
  const timeOf = (field: string, before: string): string => {
    const value = entry.data?.[field];
    return typeof value === 'number' ? `${before}${moments(value as Instant)}` : '';
  };
  const because = ` because ${REASONS[entry.reason]}.`;
  const who = entry.recipient === undefined ? 'nobody' : names(entry.recipient);
  const taker = entry.recipient === undefined ? '' : ` for ${who}`;
  const by = doneBy(entry, names);
  const stage = entry.stage === undefined ? 'The follow-up' : `Stage "${entry.stage}"`;
  const byEvent = textOf(entry, 'event') === '' ? '' : ` by event ${textOf(entry, 'event')}`;
  const detail = textOf(entry, 'detail');
  const { kind } = entry;
  if (isOfReply(kind)) return replySentence(kind, entry, who, names);
  if (isOfMessage(kind)) return messageSentence(kind, entry, { who, because, timeOf });
  switch (kind) {
    case 'opened':
      return `Opened${taker}${by}${because}${leftOutIn(entry)}`;
    case 'reopened':
      return `Opened again${taker}${by}${because}${leftOutIn(entry)}`;
    case 'updated':
      return `Updated${by}${byEvent}.`;
    case 'waiting':
      return `${waitedFor(entry, who)}${timeOf('until', ' until ')}${because}`;
    case 'looked_up':
      return `Resolver "${textOf(entry, 'resolver')}" named ${entry.reason === 'resolver_failed' ? `nobody: ${detail}` : listOf(entry, 'to', names)}${unknownIn(entry)}.`;
    case 'resumed':
      return `Going on${because}`;
    case 'stage_ran':
      return `${stage} ran${because}`;
    case 'stage_skipped':
      return `${stage} was skipped${because}${detail === '' ? '' : ` ${detail}.`}${seenBy(entry)}`;
    case 'stage_superseded':
      return `${stage} was not sent${entry.recipient === undefined ? '' : ` to ${who}`}${entry.data?.newer === 'news' ? ' because the newest of what events said is sent instead.' : because}`;
    case 'acknowledged':
      return `Acknowledged${by}${timeOf('until', '; reminders pause until ')}${entry.reason === 'acknowledgement_limit' ? ', which pauses nothing: the policy allows no more' : ''}.`;
    case 'unacknowledged':
      return `The acknowledgement was withdrawn${by}.`;
    case 'snoozed':
      return `Snoozed${by}${timeOf('until', ' until ')}.`;
    case 'committed':
      return `Committed${by}${timeOf('by', ' to ')}.`;
    case 'answered':
      return `Answered "${textOf(entry, 'action')}"${by}${typedAnswer(entry)}${textOf(entry, 'comment') === '' ? '.' : `: ${full(textOf(entry, 'comment'))}`}`;
    case 'claimed':
      return `Said to be done${by}${timeOf('until', '; waiting for it to be confirmed until ')}${entry.reason === 'acknowledgement_limit' ? ', which pauses nothing: the policy allows no more' : ''}.`;
    case 'delegated':
      return `Delegated to ${who}${by}.`;
    case 'declined':
      return `Passed on to ${who}${by}${because}`;
    case 'noted':
      return `${textOf(entry, 'comment') === '' ? `Noted${by}${because}` : `Note${by}: ${full(textOf(entry, 'comment'))}`}`;
    case 'escalated':
      return `Escalated to ${listOf(entry, 'to', names)}${because}`;
    case 'reassigned':
      return `Assigned to ${who}${by}${because}`;
    case 'rescheduled':
      return `The due date ${dueChange(entry, timeOf('to', ' to '))}${by}${byEvent}${textOf(entry, 'comment') === '' ? '.' : `: ${full(textOf(entry, 'comment'))}`}`;
    case 'replanned':
      return `What comes next moved${timeOf('from', ' from ')}${timeOf('to', ' to ')}${because}`;
    case 'resolved':
      return `Resolved${by}${textOf(entry, 'outcome') === '' ? '' : ` as "${textOf(entry, 'outcome')}"`}${byEvent}.`;
    case 'cancelled':
      return `Cancelled${by}${byEvent}.`;
    case 'expired':
      return `Expired${because}`;
    case 'alarm':
      return `Alarm: ${full(textOf(entry, 'text') === '' ? REASONS[entry.reason] : textOf(entry, 'text'))}`;
    case 'parked':
      return `Parked for an operator${because} ${full(textOf(entry, 'error'))}`.trim();
  }
}

type ReplyKind = 'replied' | 'reply_answered' | 'reply_closed' | 'marked_away';
const REPLY_KINDS: ReadonlySet<string> = new Set<ReplyKind>([
  'replied',
  'reply_answered',
  'reply_closed',
  'marked_away',
]);
const isOfReply = (kind: TimelineEntry['kind']): kind is ReplyKind => REPLY_KINDS.has(kind);

/** A program or somebody in the dashboard named nobody: what is known is that an API key was used. */
const NOBODY_NAMED = 'api';
function doneBy({ actor }: TimelineEntry, names: Names): string {
  if (actor === undefined) return '';
  const name = names(actor);
  return ` by ${name === NOBODY_NAMED ? 'an API key' : name}`;
}

/** What a sentence shows of what somebody wrote. */
const REPLY_SHOWN_MAX = 300;
const quotedIn = (entry: TimelineEntry): string => {
  const words = textOf(entry, 'text').replace(/\s+/g, ' ').trim();
  return words === ''
    ? 'without a word of their own'
    : `"${words.length > REPLY_SHOWN_MAX ? `${words.slice(0, REPLY_SHOWN_MAX).toWellFormed()}…` : words}"`;
};

function replySentence(kind: ReplyKind, entry: TimelineEntry, who: string, names: Names): string {
  const by = entry.channel === undefined ? '' : ` by ${channelsOf(entry.channel, entry)}`;
  const actor = doneBy(entry, names);
  const writer = entry.recipient === undefined ? 'somebody' : who;
  const sender = entry.recipient === undefined ? 'Somebody who is not known' : who;
  switch (kind) {
    case 'replied':
      if (entry.reason === 'automatic_reply')
        return `A program replied for ${who}${by} (${textOf(entry, 'why')}), which is no answer: ${quotedIn(entry)}.`;
      return entry.reason === 'reply'
        ? `${sender} replied${by}: ${quotedIn(entry)}, taken as ${textOf(entry, 'takenAs')}.`
        : `${sender} replied${by}: ${quotedIn(entry)}, which is for people to read (${textOf(entry, 'why')}).`;
    case 'reply_answered':
      return `What ${writer} replied was answered${actor}: ${quotedIn(entry)}.`;
    case 'reply_closed':
      return `What ${writer} replied was put away${actor}${textOf(entry, 'comment') === '' ? '.' : `: ${full(textOf(entry, 'comment'))}`}`;
    case 'marked_away':
      return `${who} is taken to be away from ${textOf(entry, 'first')} to ${textOf(entry, 'last')}, as their automatic reply says; \`away\` of the recipient takes it back.`;
  }
}

/** What the form asked for, as far as a sentence can bear it. */
const ANSWER_SHOWN_MAX = 200;
function typedAnswer({ data }: TimelineEntry): string {
  const { answer } = data ?? {};
  if (answer === undefined || answer === null) return '';
  const text = JSON.stringify(answer);
  return ` (${text.length > ANSWER_SHOWN_MAX ? `${text.slice(0, ANSWER_SHOWN_MAX)}…` : text})`;
}

function waitedFor(entry: TimelineEntry, who: string): string {
  if (entry.reason === 'throttled') return `Holding stage "${entry.stage}"`;
  return entry.reason === 'resolver_asked'
    ? `Waiting for resolver "${textOf(entry, 'resolver')}"`
    : `Waiting for ${who}`;
}

function unknownIn({ data }: TimelineEntry): string {
  const unknown = Array.isArray(data?.unknown) ? data.unknown.map(String) : [];
  return unknown.length === 0 ? '' : `; nobody knows ${unknown.map((id) => `"${id}"`).join(', ')}`;
}

/** All of those that a line speaks of: `push, SMS`. */
const channelsOf = (channel: string, { data }: TimelineEntry): string =>
  (Array.isArray(data?.channels) ? data.channels : [channel])
    .map((one) => CHANNEL_WORDS[String(one)] ?? String(one))
    .join(', ');

type MessageKind = Extract<TimelineEntry['kind'], `message_${string}`>;
const isOfMessage = (kind: TimelineEntry['kind']): kind is MessageKind => kind.startsWith('message_');

interface Phrases {
  readonly who: string;
  readonly because: string;
  readonly timeOf: (field: string, before: string) => string;
}

function messageSentence(kind: MessageKind, entry: TimelineEntry, { who, because, timeOf }: Phrases): string {
  const people = textOf(entry, 'people');
  const whom = entry.recipient === undefined && people !== '' ? `${people} of a group` : who;
  const by = entry.channel === undefined ? '' : ` by ${channelsOf(entry.channel, entry)}`;
  const message = `"${entry.stage ?? 'message'}" to ${whom}${by}`;
  const detail = textOf(entry, 'detail');
  switch (kind) {
    case 'message_deferred':
      return `Holding ${message}${timeOf('until', ' until ')}${because}`;
    case 'message_sent':
      return `${entry.data?.captured === true ? 'Captured in the mailbox: ' : 'Sent '}${message}${carried(entry)}${because}`;
    case 'message_merged':
      return `${entry.data?.captured === true ? 'Captured in the mailbox: ' : 'Sent '}${message}, in one message with others.`;
    case 'message_delivered':
      return `Delivered ${message}.`;
    case 'message_bounced':
      return `Came back: ${message}${detail === '' ? '.' : ` (${detail}).`}`;
    case 'message_opened':
      return `Opened: ${message}${entry.evidence === 'machine' ? ', by a program.' : '.'}`;
    case 'message_clicked':
      return `A link was followed in ${message}${entry.evidence === 'machine' ? ', by a program.' : '.'}`;
    case 'message_complained':
      return `Reported as unwanted: ${message}.`;
    case 'message_unsubscribed':
      return `Unsubscribed through the provider after ${message}.`;
    case 'message_failed':
      return `Could not send ${message}${because}${detail === '' ? '' : ` ${full(detail)}`}`;
    case 'message_uncertain':
      return `It is not certain whether ${message} arrived: ${full(detail === '' ? REASONS[entry.reason] : detail)}`;
    case 'message_retried':
      return `Trying ${message} again${timeOf('nextAt', ' at ')}${because}${detail === '' ? '' : ` ${full(detail)}`}`;
    case 'message_revoked':
      return `Took back ${message} before it left${because}`;
    case 'message_suppressed':
      return entry.channel === undefined && people === ''
        ? `Nothing of "${entry.stage ?? ''}" could be sent to ${who}${because}`
        : `Did not send ${message}${because}`;
  }
}

/** How many others went in it. */
function carried(entry: TimelineEntry): string {
  const others = Number(textOf(entry, 'carries'));
  return others === 0 ? '' : `, together with ${others} ${others === 1 ? 'other' : 'others'}`;
}

const textOf = (entry: TimelineEntry, field: string): string => {
  const value = entry.data?.[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** The values that a condition saw, where a simulation has written them down. */
function seenBy(entry: TimelineEntry): string {
  const seen = Object.entries((entry.data?.seen ?? {}) as Readonly<Record<string, unknown>>);
  return seen.length === 0
    ? ''
    : ` ${textOf(entry, 'when')}: ${seen.map(([name, value]) => `${name} is ${value}`).join(', ')}.`;
}

/** What was not taken of the people who were brought along, in sentences. */
function leftOutIn({ data }: TimelineEntry): string {
  const sentences = Array.isArray(data?.leftOut) ? data.leftOut : [];
  return sentences.map((one) => ` ${full(String(one))}`).join('');
}

function listOf(entry: TimelineEntry, field: string, names: Names): string {
  const value = entry.data?.[field];
  const ids = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  return ids.length === 0 ? 'nobody' : ids.map(names).join(', ');
}

const full = (text: string): string => (text === '' || /[.!?]$/.test(text) ? text : `${text}.`);

/** What became of a due date; `to` is the time it moved to, in words. */
function dueChange({ data = {} }: TimelineEntry, to: string): string {
  if (data.to == null) return 'was taken away';
  if (!('day' in data)) return `moved${to}`;
  return data.day === null ? `is now the time${to.slice(' to'.length)}` : `is now the day ${data.day}`;
}
