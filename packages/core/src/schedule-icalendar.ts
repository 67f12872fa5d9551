// Shifts as an iCalendar text that calendar programs subscribe to, and events of such a text as spans with the people they
// name (RFC 5545: content lines, folding, escaping; RFC 6868 for names in parameters). Times go out in UTC; they are read
// in UTC, in a named zone, or without one in the schedule's. Events that come back (RRULE) are told of, not guessed.
// schedule-import.ts makes overrides of what is read here.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { unescapeText } from './icalendar.ts';
import { type Instant, instant, toRfc3339 } from './instant.ts';
import { parseDuration } from './policy/duration.ts';
import type { Shift } from './schedule.ts';
import { localTime } from './schedule-schema.ts';
import { addDuration, fromLocal, isDate, isZone } from './timing.ts';

/** Octets of a line without its break (RFC 5545 §3.1). */
const LINE_OCTETS_MAX = 75;

const escapeText = (text: string): string =>
  text
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');

/** RFC 6868: what a parameter in quotes cannot hold. */
const escapeParameter = (text: string): string =>
  text
    .replaceAll('^', '^^')
    .replace(/[\r\n]+/g, '^n')
    .replaceAll('"', "^'")
    .replace(/[\u0000-\u001f\u007f]/g, ' ');
const unescapeParameter = (text: string): string =>
  text.replace(/\^([n^'])/g, (_all, mark: string) => (mark === 'n' ? '\n' : mark === '^' ? '^' : '"'));

/** Broken between characters, never inside one: each following line begins with a space. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = utf8ToBytes(character).length;
    if (octets + size > LINE_OCTETS_MAX) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}

const stamp = (at: Instant): string => toRfc3339(at).replace(/\.\d+/, '').replace(/[-:]/g, '');

export interface NamedPerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

export interface CalendarOfShifts {
  readonly tenant: string;
  readonly id: string;
  readonly name: string | null;
  readonly shifts: readonly Shift[];
  /** Those who are not here are called by their id. */
  readonly people: ReadonlyMap<string, NamedPerson>;
  /** When the schedule was last changed. */
  readonly changedAt: Instant;
}

/** One event a shift. A shift keeps its UID as long as it begins at the same instant of the same level. */
export function scheduleToICalendar(calendar: CalendarOfShifts): string {
  const { tenant, id, name, shifts, people, changedAt } = calendar;
  const own = bytesToHex(sha256(utf8ToBytes(`${tenant}\u0000${id}`))).slice(0, 16);
  const nameOf = (recipient: string): string => people.get(recipient)?.name ?? recipient;
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Relance//Schedules//EN', 'CALSCALE:GREGORIAN'];
  lines.push(`X-WR-CALNAME:${escapeText(name ?? id)}`);
  for (const { level, from, until, recipients, sourceId } of shifts) {
    const title = level === 1 ? 'On call' : `On call (level ${level})`;
    lines.push(
      'BEGIN:VEVENT',
      `UID:${stamp(from)}-${level}-${own}@relance`,
      `DTSTAMP:${stamp(changedAt)}`,
      `DTSTART:${stamp(from)}`,
      `DTEND:${stamp(until)}`,
      `SUMMARY:${escapeText(`${title}: ${recipients.map(nameOf).join(', ')}`)}`,
      `DESCRIPTION:${escapeText(`${name ?? id}: ${sourceId}`)}`,
      'TRANSP:TRANSPARENT',
    );
    for (const recipient of recipients) {
      const email = people.get(recipient)?.email;
      if (email !== undefined && email !== null)
        lines.push(`ATTENDEE;CN="${escapeParameter(nameOf(recipient))}":mailto:${email}`);
      lines.push(`X-RELANCE-RECIPIENT:${escapeText(recipient)}`);
    }
    lines.push('END:VEVENT');
  }
  lines.push('END:VCALENDAR');
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

export interface ContentLine {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly value: string;
}

const NAME = /^[A-Za-z0-9-]+/;
const PARAMETER = /;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/;

/** RFC 5545 has some twenty; a line with more than this is left out. */
const PARAMETERS_MAX = 100;

/** Unfolded content lines; what is none is left out, as calendar programs do. */
export function readContentLines(text: string): readonly ContentLine[] {
  const lines: ContentLine[] = [];
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const name = NAME.exec(line)?.[0];
    if (name === undefined) continue;
    const next = new RegExp(PARAMETER, 'y');
    let at = name.length;
    const parameters: Record<string, string> = Object.create(null);
    for (let count = 0; count < PARAMETERS_MAX; count++) {
      next.lastIndex = at;
      const [all, key = '', value = ''] = next.exec(line) ?? [];
      if (all === undefined) break;
      parameters[key.toUpperCase()] = unescapeParameter(value.replace(/^"([^"]*)"$/, '$1'));
      at += all.length;
    }
    if (line[at] === ':') lines.push({ name: name.toUpperCase(), parameters, value: line.slice(at + 1) });
  }
  return lines;
}

export interface CalendarEvent {
  readonly uid: string | null;
  readonly summary: string;
  readonly span: { readonly from: Instant; readonly until: Instant } | null;
  /** Why it has no span, as the end of a sentence. */
  readonly problem: string | null;
  readonly cancelled: boolean;
  /** Addresses of the people who take part. */
  readonly emails: readonly string[];
  /** Recipient ids, in a text of our own. */
  readonly recipients: readonly string[];
}

/** The events of a calendar, times without a zone read in `zone`; null when the text is no calendar. */
export function readCalendarEvents(text: string, zone: string): readonly CalendarEvent[] | null {
  const lines = readContentLines(text.replace(/^\ufeff/, ''));
  const is = (line: ContentLine | undefined, name: string, value: string): boolean =>
    line?.name === name && line.value.trim().toUpperCase() === value;
  if (!is(lines[0], 'BEGIN', 'VCALENDAR') || !is(lines.at(-1), 'END', 'VCALENDAR')) return null;
  const cancelsAll = lines.some((line) => is(line, 'METHOD', 'CANCEL'));
  const events: CalendarEvent[] = [];
  let open: ContentLine[] | null = null;
  let depth = 0; // of what stands inside an event: alarms
  for (const line of lines) {
    if (is(line, 'BEGIN', 'VEVENT')) open = [];
    else if (open === null) continue;
    else if (is(line, 'END', 'VEVENT')) {
      events.push(readEvent(open, zone, cancelsAll));
      open = null;
      depth = 0;
    } else if (line.name === 'BEGIN') depth += 1;
    else if (line.name === 'END') depth -= 1;
    else if (depth === 0) open.push(line);
  }
  return events;
}

function readEvent(lines: readonly ContentLine[], zone: string, cancelled: boolean): CalendarEvent {
  const find = (name: string): ContentLine | undefined => lines.find((line) => line.name === name);
  const read = readSpan(find, zone);
  return {
    uid: find('UID')?.value.trim() || null,
    summary: unescapeText(find('SUMMARY')?.value ?? '').trim(),
    span: typeof read === 'string' ? null : read,
    problem: typeof read === 'string' ? read : null,
    cancelled: cancelled || find('STATUS')?.value.trim().toUpperCase() === 'CANCELLED',
    emails: lines.filter(takesPart).map(({ value }) => value.trim().slice('mailto:'.length)),
    recipients: lines.filter(({ name }) => name === 'X-RELANCE-RECIPIENT').map(({ value }) => unescapeText(value)),
  };
}

/** A person who has not declined; rooms and projectors are not on call. */
const takesPart = ({ name, value, parameters }: ContentLine): boolean =>
  name === 'ATTENDEE' &&
  /^mailto:./i.test(value.trim()) &&
  !/^(ROOM|RESOURCE)$/i.test(parameters.CUTYPE ?? '') &&
  !/^DECLINED$/i.test(parameters.PARTSTAT ?? '');

type Find = (name: string) => ContentLine | undefined;

function readSpan(find: Find, zone: string): { from: Instant; until: Instant } | string {
  if (['RRULE', 'RDATE', 'RECURRENCE-ID'].some((name) => find(name) !== undefined))
    return 'comes back: write it as a rotation, or export single events';
  const [start, end, length] = [find('DTSTART'), find('DTEND'), find('DURATION')];
  if (start === undefined) return 'has no DTSTART';
  const from = readTime(start, zone);
  if (typeof from === 'string') return from;
  const until = end === undefined ? readEnd(from, start, length?.value.trim(), zone) : readTime(end, zone);
  if (typeof until === 'string') return until;
  return until > from ? { from, until } : 'does not end after it begins';
}

const DAY = { kind: 'days', days: 1, ms: 0 } as const;

/** Without DTEND: after its DURATION, or on the next day when it begins on a date (RFC 5545 §3.6.1). */
function readEnd(from: Instant, start: ContentLine, length: string | undefined, zone: string): Instant | string {
  if (length === undefined)
    return /^\d{8}$/.test(start.value.trim()) ? addDuration(from, 1, DAY, zone) : 'has no DTEND and no DURATION';
  const duration = parseDuration(length.replace(/^\+/, ''));
  if (!duration.ok || !/^\+?P/i.test(length)) return `has a DURATION that is none: ${length.slice(0, 40)}`;
  const named = start.parameters.TZID;
  return addDuration(from, 1, duration.value, named !== undefined && isZone(named) ? named : zone);
}

const TIME = /^(\d{4})(\d{2})(\d{2})(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(Z?))?$/i;

/** UTC, a local time of a named zone, or a local time or date of the schedule's zone. */
function readTime({ name, value, parameters }: ContentLine, zone: string): Instant | string {
  const [all, year, month, day, hours = '00', minutes = '00', seconds = '00', utc] = TIME.exec(value.trim()) ?? [];
  const date = `${year}-${month}-${day}`;
  if (all === undefined || !isDate(date)) return `has a ${name} that is no time: ${value.slice(0, 40)}`;
  const named = parameters.TZID?.replace(/^\//, '');
  if (!utc && named !== undefined && !isZone(named))
    return `has a ${name} in "${named.slice(0, 64)}", which is not an IANA time zone`;
  const minute = fromLocal(localTime(date, `${hours}:${minutes}`), utc ? 'UTC' : (named ?? zone));
  return instant(minute + Math.min(Number(seconds), 59) * 1_000);
}
