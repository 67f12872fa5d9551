// Wall-clock arithmetic: durations added to instants in a time zone, and what a clock on the wall shows there.
// DST rules come from Temporal, never by hand, but asking Temporal each time costs 14 µs. So the transitions of a zone
// are read from it once and kept as a table of offsets; days are then added with plain numbers.
// Business days and hours need a calendar: business-time.ts.
import { Temporal } from 'temporal-polyfill';
import { dayAt, yearOf } from './day.ts';
import { DAY_MS, HOUR_MS, type Instant, instant, later } from './instant.ts';
import type { Duration } from './policy/duration.ts';

/** Local time minus UTC, in force from `from` until the next span begins. */
interface Span {
  readonly from: number; // epoch ms; -Infinity for the first of a list
  readonly offsetMs: number;
}

/** The years a follow-up really lives in. Others (a due date in the year 9999) are read one by one. */
const TABLE_FROM = Date.UTC(2000, 0, 1);
const TABLE_TO = Date.UTC(2060, 0, 1);
/** No zone has ever been further from UTC than 16 hours, nor moved its clock by more than 24 (Apia, Kwajalein). */
const NEARBY_MS = 2 * DAY_MS;
/** There are some 600 zone names; spelling variants cannot fill the memory further than this. */
const ZONES_MAX = 1_000;
const FAR_YEARS_MAX = 2_000;
const ZONE_NAME_LENGTH_MAX = 64;
/** 17:00: when a due date without a time is over. */
const END_OF_DAY_MS = 17 * HOUR_MS;

const tables = new Map<string, readonly Span[]>();
const farYears = new Map<string, readonly Span[]>();

function readSpans(zone: string, from: number, to: number): readonly Span[] {
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  const spans: Span[] = [{ from: Number.NEGATIVE_INFINITY, offsetMs: at.offsetNanoseconds / 1e6 }];
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds >= to) return spans;
    spans.push({ from: next.epochMilliseconds, offsetMs: next.offsetNanoseconds / 1e6 });
    at = next;
  }
}

/** The offsets around a moment, given as UTC or local milliseconds: at least a day to each side. */
function spansAround(ms: number, zone: string): readonly Span[] {
  if (ms < TABLE_FROM + NEARBY_MS || ms >= TABLE_TO - NEARBY_MS) return spansOfYear(yearOf(ms / DAY_MS), zone);
  const known = tables.get(zone);
  if (known !== undefined) return known;
  const table = readSpans(zone, TABLE_FROM, TABLE_TO);
  if (tables.size >= ZONES_MAX) tables.clear();
  tables.set(zone, table);
  return table;
}

/** Calendars walk over whole years of days, so a year is read once. */
function spansOfYear(year: number, zone: string): readonly Span[] {
  const key = `${zone}/${year}`;
  const known = farYears.get(key);
  if (known !== undefined) return known;
  const spans = readSpans(zone, dayAt(year, 1, 1) * DAY_MS - NEARBY_MS, dayAt(year + 1, 1, 1) * DAY_MS + NEARBY_MS);
  if (farYears.size >= FAR_YEARS_MAX) farYears.clear();
  farYears.set(key, spans);
  return spans;
}

/** The index of the span in force at an instant. */
function spanIndex(spans: readonly Span[], at: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((spans[middle]?.from ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What a clock in the zone shows at an instant: milliseconds as if it were UTC. */
export const toLocal = (at: Instant, zone: string): number => at + offsetAt(at, zone);

const offsetAt = (at: number, zone: string): number => {
  const spans = spansAround(at, zone);
  return spans[spanIndex(spans, at)]?.offsetMs ?? 0;
};

/**
 * The instant at which a clock in the zone shows a local time (milliseconds as if it were UTC). A time shown twice is
 * the first of the two; one that is never shown is the first instant after the gap (POLICY.md, *Durations*).
 */
export function fromLocal(local: number, zone: string): Instant {
  const spans = spansAround(local, zone);
  const first = spanIndex(spans, local - DAY_MS);
  for (let index = first; index < spans.length; index++) {
    const span = spans[index] as Span;
    // The clock has already jumped past it: the time fell into the gap before this span.
    if (span.from + span.offsetMs > local) return instant(span.from);
    const next = spans[index + 1];
    if (next === undefined || local - span.offsetMs < next.from) return instant(local - span.offsetMs);
  }
  return instant(local);
}

/**
 * `at` plus (sign 1) or minus (sign -1) a duration. Exact durations are milliseconds; days keep the wall time of `zone`
 * across DST and the exact rest is added after them. Throws for business durations, which publication refuses.
 */
export function addDuration(at: Instant, sign: 1 | -1, duration: Duration, zone: string): Instant {
  switch (duration.kind) {
    case 'exact':
      return later(at, sign * duration.ms);
    case 'days': {
      // Zero days must not move the second of two equal wall times to the first.
      const day = duration.days === 0 ? at : fromLocal(at + offsetAt(at, zone) + sign * duration.days * DAY_MS, zone);
      return later(day, sign * duration.ms);
    }
    case 'businessHours':
    case 'businessDays':
      throw new Error(`A duration in ${duration.kind} was let through publication, but needs a calendar.`);
  }
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** 17:00 of a date (`YYYY-MM-DD`) in the zone; null when there is no such date. */
export function endOfDayDue(date: string, zone: string): Instant | null {
  if (!isDate(date)) return null;
  return fromLocal(Date.parse(`${date}T00:00:00Z`) + END_OF_DAY_MS, zone);
}

/** Whether the text is a date that exists, as `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  return midnight.getUTCFullYear() === year && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
}

/** Whether this is an IANA time zone name, such as `Europe/Paris` or `UTC`. A bare offset is not. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name) || name.length > ZONE_NAME_LENGTH_MAX) return false;
  if (tables.has(name)) return true;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** What a clock and a calendar on the wall show. */
export interface WallTime {
  readonly date: string; // YYYY-MM-DD
  readonly time: string; // HH:MM
  readonly weekday: number; // ISO 8601: 1 is Monday, 7 is Sunday
  readonly offsetMinutes: number; // local time minus UTC
}

/** A moment as a person reads it: `2026-11-02 18:00 Europe/Paris`. */
export function wallText(at: Instant, zone: string): string {
  const { date, time } = wallTime(at, zone);
  return `${date} ${time} ${zone}`;
}

export function wallTime(at: Instant, zone: string): WallTime {
  const offsetMs = offsetAt(at, zone);
  const local = new Date(at + offsetMs);
  const [date = '', rest = ''] = local.toISOString().split('T');
  return {
    date,
    time: rest.slice(0, 5),
    weekday: local.getUTCDay() === 0 ? 7 : local.getUTCDay(),
    offsetMinutes: offsetMs / 60_000,
  };
}
