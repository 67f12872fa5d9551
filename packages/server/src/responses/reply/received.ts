// What came in to the address of a message, as one of three: a program's answer, a report of the mail system, or what a person newly
// wrote. And what of the last may be acted on. Pure; who matched the address, and what reports say, is the
// caller's to know: the channel reads those first (bounce.ts there) and says here what it found.
import type { Instant } from '@relance/core';
import { judged, mentionsAway, type Through, type Why } from './automatic.ts';
import { awayDates } from './away-dates.ts';
import { htmlText } from './html-text.ts';
import type { MailSeen } from './mail-seen.ts';
import { type Asking, type Meaning, meaningOf, UNCLEAR } from './meaning.ts';
import { type NewText, newText } from './new-text.ts';
import { wordsIn } from './plain-words.ts';

export interface Arrival {
  /** As mail-seen.ts parses it; null where nobody can. */
  readonly mail: MailSeen | null;
  /** It came with `MAIL FROM:<>`. */
  readonly nullSender: boolean;
  /** The channel found news in it: of delivery, of a bounce or a complaint. */
  readonly reported: boolean;
  readonly now: Instant;
  /** IANA, of the recipient. */
  readonly zone: string;
  /** BCP 47, of the recipient. */
  readonly locale: string | null;
}

export type Received =
  | {
      readonly kind: 'automatic';
      readonly why: Why;
      /** `YYYY-MM-DD`, both included; null where none can be read. */
      readonly awayFrom: string | null;
      readonly awayUntil: string | null;
      /** For people to read. */
      readonly text: string;
    }
  | { readonly kind: 'report' }
  | {
      readonly kind: 'human';
      readonly through: Through;
      readonly from: MailSeen['from'];
      readonly subject: string;
      /** What they newly wrote; empty where they wrote nothing, or only quoted or passed on. */
      readonly text: string;
      readonly quoted: boolean;
      readonly forwarded: boolean;
      /** Whether a quoted line may be in the text: then it is to be read, not acted on. */
      readonly doubtful: boolean;
    };

/** Kept for people to read; nobody types more in an answer. */
const TEXT_MAX = 20_000;
const REPORTS = new Set(['delivery-status', 'feedback-report', 'disposition-notification']);

/**
 * Sources: RFC 3834 (automatic answers), RFC 3464 and RFC 5965 (reports, read by the channel), RFC 5546 (calendars), RFC 8098
 * (receipts), RFC 2369 and RFC 2919 (lists), RFC 3676 §4.3 (signatures). Never throws.
 */
export function received({ mail, nullSender, reported, now, zone, locale }: Arrival): Received {
  if (reported) return { kind: 'report' };
  const nothing = {
    quoted: false,
    forwarded: false,
    doubtful: true,
    through: 'mailbox' as const,
    from: { name: '', address: '' },
  };
  if (mail === null) return { kind: 'human', ...nothing, subject: '', text: '' };
  if (mail.type === 'multipart/report' && REPORTS.has(mail.reportType ?? ''))
    return mail.reportType === 'disposition-notification' ? automatic('receipt', '') : { kind: 'report' };
  const written = writtenIn(mail);
  const verdict = judged(mail, written.text, nullSender);
  const text = written.text.slice(0, TEXT_MAX);
  if (verdict.automatic === null) {
    const { quoted, forwarded, doubtful } = written;
    return {
      kind: 'human',
      through: verdict.through,
      from: mail.from,
      subject: mail.subject,
      text,
      quoted,
      forwarded,
      doubtful,
    };
  }
  if (verdict.automatic !== 'away') return automatic(verdict.automatic, text);
  // Exchange says it in the subject alone, some; and the day in the text.
  const dates = awayDates(text, { now, zone, locale });
  return { ...automatic('away', text), awayFrom: dates?.awayFrom ?? null, awayUntil: dates?.awayUntil ?? null };
}

const automatic = (why: Why, text: string): Extract<Received, { kind: 'automatic' }> => ({
  kind: 'automatic',
  why,
  awayFrom: null,
  awayUntil: null,
  text,
});

/**
 * A mail says the same twice, as text and as HTML, and marks what is quoted better in the one or in the other. So what only one of
 * them calls new is not; where they say different things, it is for people to read.
 */
function writtenIn(mail: MailSeen): NewText {
  const senders = [...wordsIn(mail.from.name), ...wordsIn(mail.from.address.split('@')[0] ?? '')];
  const page = mail.html === '' ? null : htmlText(mail.html);
  const ofHtml = page === null ? null : newText(page.text, senders);
  const ofText = mail.text.trim() === '' ? null : newText(mail.text, senders);
  const whole = mail.whole && page?.whole !== false;
  const empty: NewText = { text: '', quoted: false, forwarded: false, doubtful: false };
  if (ofText === null || ofHtml === null) {
    const only = ofText ?? ofHtml ?? empty;
    return { ...only, quoted: only.quoted || (page?.quoted ?? false), doubtful: only.doubtful || !whole };
  }
  const [shorter, longer] = ofText.text.length <= ofHtml.text.length ? [ofText, ofHtml] : [ofHtml, ofText];
  const agree = beginsWith(longer.text, shorter.text);
  return {
    text: shorter.text === '' ? longer.text : shorter.text,
    quoted: ofText.quoted || ofHtml.quoted || (page?.quoted ?? false),
    forwarded: ofText.forwarded || ofHtml.forwarded,
    doubtful: !whole || ofText.doubtful || ofHtml.doubtful || !agree || (shorter.text === '' && longer.text !== ''),
  };
}

/** Word by word, and up to the end of a line: what follows may be a signature that the other one knew. */
function beginsWith(text: string, start: string): boolean {
  const wanted = wordsIn(start);
  let seen = 0;
  for (const line of text.split('\n')) {
    if (seen === wanted.length) return true;
    for (const word of wordsIn(line)) if (word !== wanted[seen++]) return false;
  }
  return seen === wanted.length;
}

/** Whether a person has written something of their own, which no program could have: that they answered is sure, if not what. */
export const isSurelyHuman = (reply: Received): boolean =>
  reply.kind === 'human' &&
  reply.through === 'mailbox' &&
  !reply.forwarded &&
  reply.text.trim() !== '' &&
  !mentionsAway(reply.text);

/** What may be acted on of what a person wrote: nothing that a program or an older mail may have said. */
export function meaningOfReceived(reply: Received, asking: Asking): Meaning {
  if (reply.kind !== 'human' || !isSurelyHuman(reply) || reply.doubtful) return UNCLEAR;
  return meaningOf(reply.text, asking);
}
