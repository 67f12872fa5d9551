// The grammar of hours: `09:00-12:30, 14:00-18:00` of one day, the days they stand for (`mon-fri`, `mon, wed`), and the
// daily span of a send window or of quiet hours (`22:00-07:00`). calendar.ts and send-window.ts give them their meaning.
import { expected, type Parsed, parseAll, parsed, type Scanner } from './scanner.ts';

/** Open from `fromMinute` until before `toMinute`, in minutes of the local day; never over midnight. */
export interface OpenHours {
  readonly fromMinute: number;
  readonly toMinute: number; // at most 1440
}
/** The same every day. When it ends no later than it begins, it ends on the next day. */
export interface DailySpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export const MINUTES_A_DAY = 1_440;
/** ISO 8601: the first is weekday 1. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Nobody opens and closes more often in a day. */
const INTERVALS_MAX = 10;

/** The hours of one day: none (`closed`), or in order and apart from each other. */
export const parseHours = (text: string): Parsed<readonly OpenHours[]> => parseAll(text, readHours);
/** The weekdays (1 to 7) that a key stands for, in their order. */
export const parseWeekdays = (text: string): Parsed<readonly number[]> => parseAll(text, readWeekdays);
/** A daily span, over midnight or not. */
export const parseDailySpan = (text: string): Parsed<DailySpan> => parseAll(text, readDailySpan);

function readHours(scanner: Scanner): Parsed<readonly OpenHours[]> {
  if (scanner.take(/closed\b/i) !== null) return parsed([]);
  const found: OpenHours[] = [];
  do {
    scanner.skipSpace();
    const start = scanner.at;
    const span = readSpan(scanner);
    if (!span.ok) return span;
    const { fromMinute, toMinute, toAt } = span.value;
    if (toMinute <= fromMinute)
      return expected(
        toAt,
        `a time after ${formatTime(fromMinute)} is expected; hours over midnight are written on both days, up to 24:00 and from 00:00`,
      );
    const met = found.find((one) => fromMinute < one.toMinute && one.fromMinute < toMinute);
    if (met !== undefined) return expected(start, `hours apart from ${formatHours([met])} are expected`);
    found.push({ fromMinute, toMinute });
    if (found.length > INTERVALS_MAX) return expected(start, `at most ${INTERVALS_MAX} intervals a day are expected`);
    scanner.skipSpace();
  } while (scanner.takeText(','));
  return parsed(joined(found));
}

/** In order; intervals that touch are one, since nothing is closed between them. */
function joined(hours: readonly OpenHours[]): readonly OpenHours[] {
  const all: OpenHours[] = [];
  for (const next of hours.toSorted((a, b) => a.fromMinute - b.fromMinute)) {
    const last = all.at(-1);
    if (last?.toMinute === next.fromMinute) all[all.length - 1] = { ...last, toMinute: next.toMinute };
    else all.push(next);
  }
  return all;
}

function readDailySpan(scanner: Scanner): Parsed<DailySpan> {
  const span = readSpan(scanner);
  if (!span.ok) return span;
  const { fromMinute, toMinute, toAt } = span.value;
  if (fromMinute === toMinute)
    return expected(toAt, 'another time than the first is expected; the whole day is 00:00-24:00');
  return parsed({ fromMinute, toMinute });
}

function readSpan(scanner: Scanner): Parsed<DailySpan & { readonly toAt: number }> {
  const from = readTime(scanner, false);
  if (!from.ok) return from;
  scanner.skipSpace();
  if (scanner.take(/[-–]/) === null) return expected(scanner.at, '"-" and a second time are expected');
  scanner.skipSpace();
  const toAt = scanner.at;
  const to = readTime(scanner, true);
  return to.ok ? parsed({ fromMinute: from.value, toMinute: to.value, toAt }) : to;
}

function readTime(scanner: Scanner, last: boolean): Parsed<number> {
  const start = scanner.at;
  const written = scanner.take(/\d{2}:\d{2}(?!\d)/);
  if (written === null) return expected(start, 'a time is expected, as in "09:00"');
  const minute = Number(written.slice(0, 2)) * 60 + Number(written.slice(3));
  const real = Number(written.slice(3)) < 60 && (minute < MINUTES_A_DAY || (last && minute === MINUTES_A_DAY));
  return real
    ? parsed(minute)
    : expected(start, `a time from 00:00 to ${last ? '24:00' : '23:59'} is expected, not "${written}"`);
}

function readWeekdays(scanner: Scanner): Parsed<readonly number[]> {
  const found = new Set<number>();
  do {
    scanner.skipSpace();
    const start = scanner.at;
    const from = readWeekday(scanner);
    if (!from.ok) return from;
    scanner.skipSpace();
    let last = from.value;
    if (scanner.take(/[-–]/) !== null) {
      scanner.skipSpace();
      const to = readWeekday(scanner);
      if (!to.ok) return to;
      last = to.value;
      scanner.skipSpace();
    }
    // A week has no end: `sat-mon` is three days.
    for (let day = from.value; ; day = (day % 7) + 1) {
      if (found.has(day)) return expected(start, `each day once is expected; "${WEEKDAYS[day - 1]}" was there already`);
      found.add(day);
      if (day === last) break;
    }
  } while (scanner.takeText(','));
  return parsed([...found].toSorted((a, b) => a - b));
}

function readWeekday(scanner: Scanner): Parsed<number> {
  const start = scanner.at;
  const word = scanner.take(/[A-Za-z]+/)?.toLowerCase() ?? '';
  const index = (WEEKDAYS as readonly string[]).indexOf(word);
  return index >= 0
    ? parsed(index + 1)
    : expected(start, `a day is expected (${WEEKDAYS.join(', ')})${word === '' ? '' : `, not "${word}"`}`);
}

/** `09:00`. */
export const formatTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The hours as text; parsing it gives the same hours. */
export const formatHours = (hours: readonly OpenHours[]): string =>
  hours.length === 0
    ? 'closed'
    : hours.map(({ fromMinute, toMinute }) => `${formatTime(fromMinute)}-${formatTime(toMinute)}`).join(', ');
