// What a push says, whatever brand carries it: a title, a body that is cut to what the brand can carry, the actions, and one
// key per follow-up, so that its newer message takes the place of the older one; what is about several has its own. The worker
// of a browser reads exactly this (responses/service-worker.ts); apps find the same names in the data of their notification.
import { createHash } from 'node:crypto';
import type { Urgency } from '@relance/core';
import type { Envelope } from './channel.ts';

export interface PushWords {
  /** The version of this shape. */
  readonly relance: 1;
  readonly title: string;
  readonly body: string;
  readonly url: string | null;
  /** `url`: a POST to it does it, and answers in JSON what came of it; `asks`: its page asks for more first. */
  readonly actions: readonly {
    readonly action: string;
    readonly title: string;
    readonly url: string;
    readonly asks?: true;
  }[];
  readonly tag: string;
  readonly urgency: Urgency;
  /** The message id. */
  readonly message: string;
  readonly followUp: string;
}

const TITLE_MAX = 200;
/** What it is worth where nobody says until when. */
const USEFUL_DEFAULT_SECONDS = 86_400;

/** 32 characters of base64url: as long as a Topic may be (RFC 8030 §5.4), and an apns-collapse-id has room for 64 bytes. */
export const collapseKey = ({ id, followUp, carries = 0 }: Pick<Envelope, 'id' | 'followUp' | 'carries'>): string =>
  createHash('sha256')
    .update(carries > 0 ? `digest ${id}` : followUp)
    .digest('base64url')
    .slice(0, 32);

export function pushWords(envelope: Envelope): PushWords {
  const { content, subject } = envelope;
  return {
    relance: 1,
    title: oneLine(content.subject ?? subject.title)
      .slice(0, TITLE_MAX)
      .toWellFormed(),
    body: content.text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g, ' ').toWellFormed(),
    url: content.url ?? subject.url,
    actions: (content.actions ?? []).map(({ name, label, url, asks }) => {
      return { action: name, title: oneLine(label), url, ...(asks === undefined ? {} : { asks }) };
    }),
    tag: collapseKey(envelope),
    urgency: envelope.urgency,
    message: envelope.id,
    followUp: envelope.followUp,
  };
}

const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();

/** What is left when it is taken away again. */
export const withdrawWords = (envelope: Envelope) =>
  ({ relance: 1, withdraw: true, tag: collapseKey(envelope) }) as const;

/** Whole seconds for which it is worth delivering, by story time; none when its time is over: now, or never. */
export function usefulSeconds({ at, usefulUntil }: Envelope, max: number): number {
  if (usefulUntil === null) return Math.min(USEFUL_DEFAULT_SECONDS, max);
  return Math.max(0, Math.min(Math.floor((usefulUntil - at) / 1000), max));
}

/**
 * Words within a number of bytes, as `write` puts them down. The body gives way first, then the actions from the last one
 * on, then the address: a title alone still says what it is about. Null: not even that fits.
 */
export function fitted(words: PushWords, bytesMax: number, write: (words: PushWords) => string): string | null {
  const { actions } = words;
  const smaller = [
    ...Array.from(actions, (_one, index) => ({ ...words, actions: actions.slice(0, actions.length - index) })),
    { ...words, actions: [] },
    { ...words, actions: [], url: null },
  ];
  for (const candidate of smaller) {
    const text = withBody(candidate, bytesMax, write);
    if (text !== null) return text;
  }
  return null;
}

const ELLIPSIS = '…';

/** As much of the body as there is room for; null when there is none even without. */
function withBody(words: PushWords, bytesMax: number, write: (words: PushWords) => string): string | null {
  // A character takes a byte at least.
  const characters = [...words.body.slice(0, bytesMax + 1)];
  const cut = (count: number): string =>
    write({ ...words, body: `${characters.slice(0, count).join('').trimEnd()}${ELLIPSIS}` });
  const fits = (text: string): boolean => Buffer.byteLength(text) <= bytesMax;
  if (fits(write(words))) return write(words);
  let low = 0;
  let high = characters.length - 1;
  if (!fits(cut(0))) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(cut(middle))) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}
