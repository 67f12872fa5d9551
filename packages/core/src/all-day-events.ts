// The days of a holiday calendar written as iCalendar text: its all-day events, with what recurs, what is left out and
// what moved. Events at a time of day are meetings, not holidays, and are passed over. Lines are read by icalendar.ts,
// recurrence rules by recurrence.ts; the days become part of a calendar in calendar-reading.ts.
import { dateOf, dayAt } from './day.ts';
import { type Component, type ContentLine, parseIcalendar, unescapeText, wrongLine } from './icalendar.ts';
import { expected, type Parsed, parsed } from './policy/scanner.ts';
import { parseDay, parseRecurrence, type Recurrence, recurrenceDays } from './recurrence-rule.ts';

export interface AllDayEvent {
  readonly name: string;
  readonly first: number; // day of day.ts
  readonly length: number; // in days
  readonly recurrence: Recurrence | null;
  readonly extra: readonly number[]; // RDATE
  readonly without: ReadonlySet<number>; // EXDATE, and days of which an event of its own tells
}
export interface AllDayEvents {
  readonly events: readonly AllDayEvent[];
  /** Events at a time of day, which close nothing. */
  readonly timed: number;
}

const EVENTS_MAX = 5_000;
/** Each is looked through day by day. */
const RECURRING_MAX = 200;
const LENGTH_DAYS_MAX = 366;
const RECURRING_LENGTH_DAYS_MAX = 31;
const NAME_MAX = 200;
/** With a count, the days since the beginning are gone through. */
const COUNTED_FROM = dayAt(1900, 1, 1);

interface ReadEvent extends AllDayEvent {
  readonly uid: string | null;
  readonly replaces: number | null; // RECURRENCE-ID
  readonly cancelled: boolean;
}

export function parseAllDayEvents(text: string): Parsed<AllDayEvents> {
  const calendar = parseIcalendar(text);
  if (!calendar.ok) return calendar;
  const parts = calendar.value.parts.filter(({ name }) => name === 'VEVENT');
  if (parts.length > EVENTS_MAX) return expected(0, `at most ${EVENTS_MAX} events are expected`);
  const found: ReadEvent[] = [];
  for (const part of parts) {
    const event = readEvent(part);
    if (!event.ok) return event;
    if (event.value !== null) found.push(event.value);
  }
  if (found.filter((one) => one.recurrence !== null).length > RECURRING_MAX)
    return expected(0, `at most ${RECURRING_MAX} recurring events are expected`);
  return parsed({ events: settle(found), timed: parts.length - found.length });
}

/** What was cancelled is gone, and a day that an event of its own tells of is not told by its series. */
function settle(found: readonly ReadEvent[]): readonly AllDayEvent[] {
  const replaced = new Map<string, number[]>();
  for (const { uid, replaces } of found)
    if (uid !== null && replaces !== null) replaced.set(uid, [...(replaced.get(uid) ?? []), replaces]);
  return found
    .filter(({ cancelled }) => !cancelled)
    .map(({ uid, replaces, name, first, length, recurrence, extra, without }) => {
      const elsewhere = uid === null || replaces !== null ? [] : (replaced.get(uid) ?? []);
      return { name, first, length, recurrence, extra, without: new Set([...without, ...elsewhere]) };
    });
}

/** Null for an event at a time of day. */
function readEvent(event: Component): Parsed<ReadEvent | null> {
  const line = (name: string): ContentLine | undefined => event.lines.find((one) => one.name === name);
  const start = line('DTSTART');
  if (start === undefined) return wrongLine(event, 'the event has no DTSTART');
  if (!isAllDay(event, start)) return parsed(null);
  const first = parseDay(start.value);
  if (first === null) return wrongLine(start, `"${start.value}" is no date`);
  const recurrence = readRule(event, first);
  if (!recurrence.ok) return recurrence;
  const length = readLength(
    event,
    start,
    first,
    recurrence.value === null ? LENGTH_DAYS_MAX : RECURRING_LENGTH_DAYS_MAX,
  );
  if (!length.ok) return length;
  const lists: Record<'RDATE' | 'EXDATE', number[]> = { RDATE: [], EXDATE: [] };
  for (const one of event.lines) {
    if (one.name !== 'RDATE' && one.name !== 'EXDATE') continue;
    for (const text of one.value.split(',')) {
      const day = parseDay(text.split('/')[0] ?? '');
      if (day === null) return wrongLine(one, `"${text}" is no date`);
      lists[one.name].push(day);
    }
  }
  const moved = line('RECURRENCE-ID');
  const replaces = moved === undefined ? null : parseDay(moved.value);
  if (moved !== undefined && replaces === null) return wrongLine(moved, `"${moved.value}" is no date`);
  return parsed({
    uid: line('UID')?.value ?? null,
    name: unescapeText(line('SUMMARY')?.value ?? '')
      .trim()
      .slice(0, NAME_MAX),
    first,
    length: length.value,
    recurrence: recurrence.value,
    extra: lists.RDATE,
    without: new Set(lists.EXDATE),
    replaces,
    cancelled: line('STATUS')?.value.trim().toUpperCase() === 'CANCELLED',
  });
}

/** A date without a time, or from midnight to midnight, as Exchange writes whole days. */
function isAllDay(event: Component, start: ContentLine): boolean {
  if (start.params.get('VALUE')?.toUpperCase() === 'DATE' || !start.value.includes('T')) return true;
  const says = event.lines
    .find(({ name }) => name === 'X-MICROSOFT-CDO-ALLDAYEVENT')
    ?.value.trim()
    .toUpperCase();
  if (says !== undefined) return says === 'TRUE';
  const end = event.lines.find(({ name }) => name === 'DTEND');
  return /T000000$/.test(start.value.trim()) && /T000000$/.test(end?.value.trim() ?? '');
}

function readLength(event: Component, start: ContentLine, first: number, max: number): Parsed<number> {
  const end = event.lines.find(({ name }) => name === 'DTEND');
  const duration = event.lines.find(({ name }) => name === 'DURATION');
  let length = 1;
  if (end !== undefined) {
    const last = parseDay(end.value);
    if (last === null) return wrongLine(end, `"${end.value}" is no date`);
    // Some write the same day as its end; the RFC means the day after.
    length = Math.max(last - first, last === first ? 1 : 0);
    if (length < 1) return wrongLine(end, 'an end after the start is expected');
  } else if (duration !== undefined) {
    const match = /^\+?P(\d{1,3})([DW])(?:T0[HMS])?$/i.exec(duration.value.trim());
    if (match === null || Number(match[1]) < 1)
      return wrongLine(duration, 'whole days or weeks are expected, as in "P1D"');
    length = Number(match[1]) * (match[2]?.toUpperCase() === 'W' ? 7 : 1);
  }
  return length <= max
    ? parsed(length)
    : wrongLine(end ?? duration ?? start, `an event of at most ${max} days is expected`);
}

function readRule(event: Component, first: number): Parsed<Recurrence | null> {
  const rules = event.lines.filter(({ name }) => name === 'RRULE' || name === 'EXRULE');
  const [line, second] = rules;
  if (line === undefined) return parsed(null);
  if (second !== undefined || line.name === 'EXRULE')
    return wrongLine(second ?? line, 'one RRULE is expected, and exceptions as EXDATE');
  const rule = parseRecurrence(line.value);
  if (!rule.ok) return wrongLine(line, `in the rule "${line.value}" ${rule.message}`);
  if (rule.value.count !== null && first < COUNTED_FROM)
    return wrongLine(line, 'a start after 1900 is expected where COUNT is given');
  return rule;
}

/** Every date of the events in these years, both included, with the name of its event. */
export function daysOfEvents(
  { events }: AllDayEvents,
  years: { readonly from: number; readonly to: number },
): ReadonlyMap<string, string> {
  const begin = dayAt(years.from, 1, 1);
  const end = dayAt(years.to + 1, 1, 1) - 1;
  const found = new Map<string, string>();
  for (const { name, first, length, recurrence, extra, without } of events) {
    const starts = recurrence === null ? [first] : recurrenceDays(recurrence, first, begin - length, end);
    for (const start of [...starts, ...extra]) {
      if (without.has(start)) continue;
      for (let day = Math.max(start, begin); day < start + length && day <= end; day++) found.set(dateOf(day), name);
    }
  }
  return found;
}
