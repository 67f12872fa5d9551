// Durations as people write them: `30 minutes`, `2 days`, `1 day 4 hours`, `3 business days`, `1 week`, and ISO 8601
// (`P1DT2H`, `PT30M`, `P2W`). Months and years are not durations: they have no fixed number of days.
// timing.ts adds them to instants.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../instant.ts';
import { expected, type Parsed, parseAll, parsed, type Scanner } from './scanner.ts';

/** A length of time. Minutes and shorter are exact; days and weeks keep the wall time across DST; business units need a calendar. */
export type Duration =
  | { readonly kind: 'exact'; readonly ms: number }
  | { readonly kind: 'days'; readonly days: number; readonly ms: number } // calendar days plus an exact rest
  | { readonly kind: 'businessHours'; readonly hours: number }
  | { readonly kind: 'businessDays'; readonly days: number };

/** Ten years: longer than that nobody waits, and a typing error shows. */
export const DURATION_DAYS_MAX = 3_660;
const WEEK_DAYS = 7;

const UNITS = new Map<string, 'second' | 'minute' | 'hour' | 'day' | 'week'>();
for (const [unit, names] of [
  ['second', ['s', 'sec', 'second', 'seconds']],
  ['minute', ['m', 'min', 'minute', 'minutes']],
  ['hour', ['h', 'hour', 'hours']],
  ['day', ['d', 'day', 'days']],
  ['week', ['w', 'week', 'weeks']],
] as const)
  for (const name of names) UNITS.set(name, unit);

const EXACT_MS = { second: SECOND_MS, minute: MINUTE_MS, hour: HOUR_MS } as const;
const UNIT_MESSAGE = 'a unit is expected: seconds, minutes, hours, days, weeks, business hours or business days';

export const parseDuration = (text: string): Parsed<Duration> => parseAll(text, readDuration);

/** Reads a duration where the scanner stands; offsets contain one. */
export function readDuration(scanner: Scanner): Parsed<Duration> {
  const start = scanner.at;
  const result = /[Pp]/.test(scanner.text[start] ?? '') ? readIso(scanner) : readWords(scanner);
  if (result.ok && isTooLong(result.value)) return expected(start, 'at most 10 years are expected');
  return result;
}

function isTooLong(duration: Duration): boolean {
  switch (duration.kind) {
    case 'exact':
      return duration.ms > DURATION_DAYS_MAX * DAY_MS;
    case 'days':
      return duration.days + duration.ms / DAY_MS > DURATION_DAYS_MAX;
    case 'businessDays':
      return duration.days > DURATION_DAYS_MAX;
    case 'businessHours':
      return duration.hours > DURATION_DAYS_MAX * 24;
  }
}

function readWords(scanner: Scanner): Parsed<Duration> {
  const seen = new Set<string>();
  let days = 0;
  let ms = 0;
  do {
    const numberAt = scanner.at;
    const digits = scanner.take(/\d{1,9}/);
    if (digits === null) return expected(numberAt, 'a number is expected, as in "30 minutes"');
    const count = Number(digits);
    scanner.skipSpace();
    const unitAt = scanner.at;
    const word = scanner.take(/[A-Za-z]+/)?.toLowerCase();
    if (word === undefined) return expected(unitAt, UNIT_MESSAGE);
    if (word === 'business')
      return seen.size > 0 ? expected(numberAt, 'a business duration stands alone') : readBusiness(scanner, count);
    const unit = UNITS.get(word);
    if (unit === undefined) return expected(unitAt, `${UNIT_MESSAGE}; not "${word}"`);
    if (seen.has(unit)) return expected(unitAt, `each unit once is expected; "${unit}" was there already`);
    seen.add(unit);
    if (unit === 'day') days += count;
    else if (unit === 'week') days += count * WEEK_DAYS;
    else ms += count * EXACT_MS[unit];
    scanner.skipSpace();
  } while (/\d/.test(scanner.text[scanner.at] ?? ''));
  return parsed(compose(seen.has('day') || seen.has('week'), days, ms));
}

function readBusiness(scanner: Scanner, count: number): Parsed<Duration> {
  scanner.skipSpace();
  const at = scanner.at;
  const word = scanner.take(/[A-Za-z]+/)?.toLowerCase() ?? '';
  const unit = UNITS.get(word);
  if (unit === 'hour') return parsed({ kind: 'businessHours', hours: count });
  if (unit === 'day') return parsed({ kind: 'businessDays', days: count });
  return expected(at, 'business hours or business days are expected');
}

const compose = (calendar: boolean, days: number, ms: number): Duration =>
  calendar ? { kind: 'days', days, ms } : { kind: 'exact', ms };

/** ISO 8601 with weeks, days, hours, minutes and seconds, each a whole number and at most once, in that order. */
function readIso(scanner: Scanner): Parsed<Duration> {
  scanner.at += 1;
  let days = 0;
  let ms = 0;
  let any = false;
  let calendar = false;
  const read = (letter: string): number | null => {
    const at = scanner.at;
    const digits = scanner.take(/\d{1,9}/);
    if (digits !== null && scanner.take(new RegExp(`[${letter}${letter.toLowerCase()}]`)) !== null) {
      any = true;
      return Number(digits);
    }
    scanner.at = at;
    return null;
  };
  for (const [letter, factor] of [
    ['W', WEEK_DAYS],
    ['D', 1],
  ] as const) {
    const count = read(letter);
    if (count !== null) calendar = true;
    days += (count ?? 0) * factor;
  }
  if (scanner.take(/[Tt]/) !== null) {
    any = false;
    for (const [letter, factor] of [
      ['H', HOUR_MS],
      ['M', MINUTE_MS],
      ['S', SECOND_MS],
    ] as const)
      ms += (read(letter) ?? 0) * factor;
  }
  if (!any)
    return expected(
      scanner.at,
      'an ISO 8601 duration in weeks, days, hours, minutes or seconds is expected, as in "P1DT2H"',
    );
  return parsed(compose(calendar, days, ms));
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** The duration in words; parsing them gives the same duration. */
export function formatDuration(duration: Duration): string {
  switch (duration.kind) {
    case 'businessHours':
      return plural(duration.hours, 'business hour');
    case 'businessDays':
      return plural(duration.days, 'business day');
    case 'exact':
      return formatExact(duration.ms) || '0 seconds';
    case 'days': {
      const days =
        duration.days > 0 && duration.days % WEEK_DAYS === 0
          ? plural(duration.days / WEEK_DAYS, 'week')
          : plural(duration.days, 'day');
      return [days, formatExact(duration.ms)].filter((part) => part !== '').join(' ');
    }
  }
}

function formatExact(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of [
    ['hour', HOUR_MS],
    ['minute', MINUTE_MS],
    ['second', SECOND_MS],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(plural(count, unit));
    rest -= count * size;
  }
  return parts.join(' ');
}
