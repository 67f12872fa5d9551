// What goes with a mail besides its words: attachments, fetched by their URL when it is sent, and the due date as a calendar entry
// (RFC 5545) that a later mail of the same follow-up updates. What never can be fetched ends the message; what could not be fetched
// now is another try, and when the engine has tried often enough, the message has failed.
import { type Attachment, type Outcome, withoutAtEnd } from '@relance/core';
import { ICalCalendar, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import type { Envelope } from './channel.ts';
import type { EgressRules } from './egress-guard.ts';
import type { MailFile } from './mail.ts';
import { pinnedGet } from './pinned-get.ts';

/** Mailboxes refuse mails of 20 MB and more, and base64 adds a third. */
const FILES_MAX = 10;
const FILE_BYTES_MAX = 5 * 1024 * 1024;
const ALL_BYTES_MAX = 10 * 1024 * 1024;
/** Of one file; all of them together have the time of the hand-over. */
const FILE_TIMEOUT_MS = 15_000;
const FILENAME_MAX = 100;

export type Files =
  | { readonly kind: 'files'; readonly files: readonly MailFile[] }
  | { readonly kind: 'not sent'; readonly outcome: Outcome };

const refused = (detail: string): Files => ({ kind: 'not sent', outcome: { kind: 'rejected', detail } });

export async function filesOf(envelope: Envelope, egress: EgressRules, signal: AbortSignal): Promise<Files> {
  const attachments = envelope.content.attachments ?? [];
  if (attachments.length > FILES_MAX) return refused(`it has more than ${FILES_MAX} attachments`);
  const fetched: MailFile[] = [];
  let left = ALL_BYTES_MAX;
  // One after the other: together they must not be more than a mail may carry.
  for (const [index, attachment] of attachments.entries()) {
    const got = await pinnedGet({
      url: attachment.url,
      egress,
      signal,
      timeoutMs: FILE_TIMEOUT_MS,
      bytesMax: Math.min(FILE_BYTES_MAX, left),
    });
    if (got.kind === 'got') {
      left -= got.body.length;
      fetched.push(fileOf(attachment, index, got.contentType, got.body));
      continue;
    }
    const detail = `attachment ${index + 1} cannot be fetched: ${got.detail}`;
    if (got.kind === 'refused') return refused(detail);
    return { kind: 'not sent', outcome: { kind: 'retry', detail, retryAfterMs: null, about: 'message' } };
  }
  const entry = calendarEntry(envelope);
  return { kind: 'files', files: entry === null ? fetched : [...fetched, entry] };
}

const fileOf = ({ filename }: Attachment, index: number, contentType: string, content: Buffer): MailFile => ({
  filename: safeFilename(filename, index),
  contentType: safeType(contentType),
  content,
});

/** No path, nothing that hides the end of the name (bidirectional marks), nothing that is hidden itself. */
export function safeFilename(filename: string, index: number): string {
  const shown = (filename.toWellFormed().split(/[/\\]/).pop() ?? '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"<>|?*:]+/g, ' ')
    .replace(/^[\s.]+/, '');
  const name = withoutAtEnd(shown, ' .');
  if (name === '') return `attachment-${index + 1}`;
  const end = /\.[^.]{1,10}$/.exec(name)?.[0] ?? '';
  return name.length <= FILENAME_MAX
    ? name
    : `${[...name]
        .slice(0, FILENAME_MAX - 11)
        .join('')
        .trim()}${end}`;
}

/** What the server said, without its parameters; parts that are mails of their own are carried as bytes. */
function safeType(contentType: string): string {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  return /^(?!message\/|multipart\/)[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/.test(type)
    ? type
    : 'application/octet-stream';
}

const CALLED_OFF = new Set(['cancelled', 'expired', 'resolved']);
/** Minutes since then are the SEQUENCE: every later mail has a higher one, and it stays within 31 bits. */
const SEQUENCE_FROM = Date.UTC(2020, 0, 1);

/** The due date as an entry that takes no time of the day; null where the content asks for none. */
export function calendarEntry(envelope: Envelope): MailFile | null {
  const { dueAt, dueDay, content, subject, followUp, at, status } = envelope;
  if (content.calendar !== true || dueAt === null) return null;
  const calendar = new ICalCalendar({ prodId: '//Relance//Relance//EN', method: ICalCalendarMethod.PUBLISH });
  const url = content.url ?? subject.url ?? '';
  calendar.createEvent({
    id: `${followUp}@relance`,
    sequence: Math.max(0, Math.floor((at - SEQUENCE_FROM) / 60_000)),
    stamp: new Date(at),
    ...(dueDay === null ? { start: new Date(dueAt) } : { start: new Date(`${dueDay}T00:00:00Z`), allDay: true }),
    summary: plain(subject.title ?? content.subject ?? envelope.policyTitle),
    url: /^https?:/.test(url) && URL.canParse(url) ? unescapedUrl(new URL(url).href) : null,
    transparency: ICalEventTransparency.TRANSPARENT,
    status: CALLED_OFF.has(status) ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  return {
    filename: 'due.ics',
    contentType: 'text/calendar; method=PUBLISH; charset=utf-8',
    content: Buffer.from(calendar.toString()),
  };
}

/** A URI is no TEXT (RFC 5545, 3.3.13): what the calendar would escape as one does not stand in it. */
const unescapedUrl = (url: string): string => url.replaceAll(',', '%2C').replaceAll(';', '%3B').replaceAll('\\', '%5C');

const SUMMARY_MAX = 200;
const plain = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .slice(0, SUMMARY_MAX)
    .toWellFormed();
