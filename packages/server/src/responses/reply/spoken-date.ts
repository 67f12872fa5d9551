// Dates as people write them in an answer: "by Friday", "am 3. März", "d'ici la fin de la semaine", "in two days at 5pm", in the zone of
// who wrote them. Read off the pieces of lexeme.ts. Pure; who reads them decides what they are for (meaning.ts, away-dates.ts).
import {
  DAY_MS,
  dayAt,
  dayOf,
  fromLocal,
  HOUR_MS,
  type Instant,
  isDate,
  MINUTE_MS,
  toLocal,
  weekdayOf,
} from '@relance/core';
import type { Kind } from './language.ts';
import type { Lexeme } from './lexeme.ts';

export interface Reading {
  readonly now: Instant;
  /** IANA. */
  readonly zone: string;
  /** Whether 3/4 is the fourth of March; null where nobody can tell. */
  readonly monthFirst: boolean | null;
  /** Dates without a year: the nearest, which may be past, or the next one. */
  readonly nearest?: boolean;
}

export interface SpokenDate {
  /** Which piece comes after it. */
  readonly next: number;
  /** "by Friday"; "on Friday" and "Friday" are not. */
  readonly by: boolean;
  /** Days since 1970-01-01 on the calendar of the zone. */
  readonly day: number;
  /** Of a week or a month the first day; else the same. */
  readonly first: number;
  /** Into the day; null where nothing is said. */
  readonly minutes: number | null;
  /** "in two hours": the moment itself. */
  readonly at: Instant | null;
  /** False where it may be another day as well. */
  readonly sure: boolean;
  /** "today" and "this morning" may be about what has been. */
  readonly maybePast: boolean;
}

type Core = Omit<SpokenDate, 'by' | 'next' | 'maybePast'> & { readonly next: number };
const PREPOSITIONS_MAX = 3;
/** A date that was a month ago is not one of next year. */
const YEAR_AHEAD_DAYS_MAX = 300;
const AHEAD_DAYS_MAX = 400;
const PART_MINUTES = [
  ['morning', 12 * 60],
  ['noon', 12 * 60],
  ['afternoon', 17 * 60],
  ['evening', 20 * 60],
] as const;

const has = (lexeme: Lexeme | undefined, kind: Kind | 'numeral'): boolean => lexeme?.kinds.has(kind) ?? false;
const todayOf = ({ now, zone }: Reading): number => Math.floor(toLocal(now, zone) / DAY_MS);

/** The date that begins at a piece, its prepositions included; null where none does. */
export function dateAt(lexemes: readonly Lexeme[], from: number, reading: Reading): SpokenDate | null {
  let by = false;
  let within = false;
  for (let at = from; at <= from + PREPOSITIONS_MAX; at++) {
    const core = coreAt(lexemes, at, within, by, reading);
    if (core !== null) {
      const whole = core.at !== null ? core : withTime(lexemes, core, by);
      if (whole.day > todayOf(reading) + AHEAD_DAYS_MAX) return null;
      return { ...whole, by, maybePast: at === from && has(lexemes[at], 'past') };
    }
    const lexeme = lexemes[at];
    if (has(lexeme, 'by')) by = true;
    else if (!has(lexeme, 'within') && !has(lexeme, 'on')) return null;
    within ||= has(lexeme, 'within');
  }
  return null;
}

function coreAt(lexemes: readonly Lexeme[], at: number, within: boolean, by: boolean, reading: Reading): Core | null {
  return (
    relative(lexemes, at, reading) ??
    weekday(lexemes, at, reading) ??
    explicit(lexemes, at, reading) ??
    (within ? after(lexemes, at, reading) : null) ??
    (by ? timeToday(lexemes, at, reading) : null)
  );
}

const core = (next: number, day: number, sure = true): Core => ({
  next,
  day,
  first: day,
  minutes: null,
  at: null,
  sure,
});

/** Today, tomorrow, the end of the week: of weeks that begin on Monday and end, for work, on Friday. */
function relative(lexemes: readonly Lexeme[], at: number, reading: Reading): Core | null {
  const lexeme = lexemes[at];
  const today = todayOf(reading);
  const friday = today - weekdayOf(today) + 5;
  const is = (kind: Kind): boolean => has(lexeme, kind);
  if (is('tonight')) return { ...core(at + 1, today), minutes: 20 * 60 };
  if (is('today') || is('endOfDay')) return core(at + 1, today);
  if (is('tomorrow')) return core(at + 1, today + 1);
  if (is('dayAfterTomorrow')) return core(at + 1, today + 2);
  if (is('endOfNextWeek')) return core(at + 1, friday + 7);
  if (is('nextWeek')) return { ...core(at + 1, friday + 7), first: friday + 3 };
  if (is('endOfWeek') || is('thisWeek')) return friday < today ? core(at + 1, friday + 7, false) : core(at + 1, friday);
  const [year = 0, month = 0] = calendarOf(today);
  if (is('endOfMonth')) return core(at + 1, dayAt(year, month + 1, 1) - 1);
  if (is('nextMonth')) return { ...core(at + 1, dayAt(year, month + 2, 1) - 1), first: dayAt(year, month + 1, 1) };
  return null;
}

const calendarOf = (day: number): readonly [year: number, month: number] => {
  const date = new Date(day * DAY_MS);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1];
};

/** "Friday", "next Friday", "vendredi prochain", and "Friday, 3 March" where both agree. */
function weekday(lexemes: readonly Lexeme[], start: number, reading: Reading): Core | null {
  let at = start;
  let following = has(lexemes[at], 'next');
  if (following) at += 1;
  const named = numbered(lexemes[at], 'weekday');
  if (named === null) return null;
  at += 1;
  if (has(lexemes[at], 'next')) {
    following = true;
    at += 1;
  }
  const today = todayOf(reading);
  const date = explicit(lexemes, has(lexemes[at], 'on') ? at + 1 : at, reading);
  if (date !== null) return weekdayOf(date.day) === named ? date : null;
  // On a Monday, next Friday is in four days to some and in eleven to others.
  if (following) return core(at, today - weekdayOf(today) + 7 + named, named <= weekdayOf(today));
  const ahead = (named - weekdayOf(today) + 7) % 7;
  return ahead === 0 ? core(at, today + 7, false) : core(at, today + ahead);
}

/** Which of the days, months or numbers a piece names; null where it is none. */
function numbered(lexeme: Lexeme | undefined, of: 'weekday' | 'month' | 'number'): number | null {
  for (const kind of lexeme?.kinds ?? []) if (kind.startsWith(`${of} `)) return Number(kind.slice(of.length + 1));
  return null;
}

function numberAt(lexeme: Lexeme | undefined): number | null {
  const [word = ''] = lexeme?.words ?? [];
  if (has(lexeme, 'numeral')) return /^\d{1,4}$/.test(word) ? Number(word) : null;
  return numbered(lexeme, 'number');
}

/** "3 March", "le 1er mars 2027", "March 3rd", "3.11.", "2026-11-03". */
function explicit(lexemes: readonly Lexeme[], at: number, reading: Reading): Core | null {
  const digits = numeric(lexemes[at], reading);
  if (digits !== null) return dated(at + 1, digits, reading);
  const monthFirst = numbered(lexemes[at], 'month');
  if (monthFirst !== null) {
    const day = numberAt(lexemes[at + 1]);
    if (day === null || !has(lexemes[at + 1], 'numeral')) return null;
    return withYear(lexemes, has(lexemes[at + 2], 'ordinal') ? at + 3 : at + 2, monthFirst, day, reading);
  }
  const day = has(lexemes[at], 'numeral') ? numberAt(lexemes[at]) : null;
  if (day === null) return null;
  let next = at + 1;
  if (has(lexemes[next], 'ordinal')) next += 1;
  if (has(lexemes[next], 'of')) next += 1;
  const month = numbered(lexemes[next], 'month');
  return month === null ? null : withYear(lexemes, next + 1, month, day, reading);
}

function withYear(lexemes: readonly Lexeme[], at: number, month: number, day: number, reading: Reading): Core | null {
  const place = has(lexemes[at], 'of') ? at + 1 : at;
  const year = /^20\d\d$/.test(lexemes[place]?.words[0] ?? '') ? Number(lexemes[place]?.words[0]) : null;
  return dated(year === null ? at : place + 1, { year, month, day, sure: true }, reading);
}

interface Digits {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
  readonly sure: boolean;
}

function numeric(lexeme: Lexeme | undefined, { monthFirst }: Reading): Digits | null {
  const [word = ''] = has(lexeme, 'numeral') ? (lexeme?.words ?? []) : [];
  const iso = /^(20\d\d)-(\d\d)-(\d\d)$/.exec(word);
  if (iso !== null) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]), sure: true };
  const parts = /^(\d{1,2})([./-])(\d{1,2})(?:[./-](\d{4}|\d\d))?$/.exec(word);
  if (parts === null) return null;
  const [first, second] = [Number(parts[1]), Number(parts[3])];
  const written = parts[4];
  if (parts[2] === '-' && written === undefined) return null; // two to three
  const year = written === undefined ? null : written.length === 2 ? 2_000 + Number(written) : Number(written);
  const month = parts[2] === '.' ? false : second > 12 ? true : first > 12 ? false : monthFirst;
  const unsure = month === null && first !== second;
  return { year, month: month === true ? first : second, day: month === true ? second : first, sure: !unsure };
}

/** Without a year, the next such day, or the nearest. Null for a day that there is not. */
function dated(next: number, { year, month, day, sure }: Digits, reading: Reading): Core | null {
  const today = todayOf(reading);
  const [thisYear] = calendarOf(today);
  const in_ = (one: number): number | null => {
    const date = `${one}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    return isDate(date) ? dayOf(date) : null;
  };
  if (year !== null) {
    const at = in_(year);
    return at === null ? null : core(next, at, sure);
  }
  const years = reading.nearest === true ? [thisYear - 1, thisYear, thisYear + 1] : [thisYear, thisYear + 1];
  const days = years.map(in_).filter((one) => one !== null);
  if (reading.nearest === true) {
    const [near] = days.toSorted((a, b) => Math.abs(a - today) - Math.abs(b - today));
    return near === undefined ? null : core(next, near, sure);
  }
  const found = days.find((one) => one >= today);
  return found === undefined || found > today + YEAR_AHEAD_DAYS_MAX ? null : core(next, found, sure);
}

/** "in two days", "within 3 hours", "in a week". */
function after(lexemes: readonly Lexeme[], at: number, reading: Reading): Core | null {
  const count = numberAt(lexemes[at]);
  const unit = lexemes[at + 1];
  if (count === null || count < 1 || count > 366) return null;
  const today = todayOf(reading);
  const moment = (ms: number): Core => {
    const then = (reading.now + count * ms) as Instant;
    return { ...core(at + 2, Math.floor(toLocal(then, reading.zone) / DAY_MS)), at: then };
  };
  if (has(unit, 'hours')) return moment(HOUR_MS);
  if (has(unit, 'minutes')) return moment(MINUTE_MS);
  if (has(unit, 'days')) return core(at + 2, today + count);
  if (has(unit, 'weeks')) return core(at + 2, today + 7 * count);
  return has(unit, 'months') && count <= 12 ? core(at + 2, today + 30 * count) : null;
}

/** "by 5pm" is today. */
function timeToday(lexemes: readonly Lexeme[], at: number, reading: Reading): Core | null {
  const time = timeAt(lexemes, at, false);
  return time === null ? null : { ...core(time.next, todayOf(reading)), minutes: time.minutes };
}

function withTime(lexemes: readonly Lexeme[], found: Core, by: boolean): Core {
  let whole = found;
  const part = PART_MINUTES.find(([kind]) => has(lexemes[whole.next], kind));
  if (part !== undefined) whole = { ...whole, next: whole.next + 1, minutes: part[1] };
  const marked = has(lexemes[whole.next], 'at') || (by && has(lexemes[whole.next], 'by'));
  const time = timeAt(lexemes, marked ? whole.next + 1 : whole.next, has(lexemes[whole.next], 'at'));
  return time === null ? whole : { ...whole, next: time.next, minutes: time.minutes };
}

/** "5pm", "17:00", "17 h 30", "um 15 Uhr"; a number alone only where "at" stands before it. */
function timeAt(
  lexemes: readonly Lexeme[],
  at: number,
  marked: boolean,
): { readonly next: number; readonly minutes: number } | null {
  const lexeme = lexemes[at];
  if (!has(lexeme, 'numeral')) return null;
  const [word = ''] = lexeme?.words ?? [];
  const clock = /^(\d{1,2})[:.](\d\d)$/.exec(word);
  if (clock !== null && !(marked || word.includes(':'))) return null;
  if (clock === null && !/^\d{1,2}$/.test(word)) return null;
  let hours = Number(clock?.[1] ?? word);
  let minutes = Number(clock?.[2] ?? 0);
  let next = at + 1;
  let said = marked || clock !== null;
  if (has(lexemes[next], 'am') || has(lexemes[next], 'pm')) {
    if (hours < 1 || hours > 12) return null;
    hours = (hours % 12) + (has(lexemes[next], 'pm') ? 12 : 0);
    next += 1;
    said = true;
  } else if (has(lexemes[next], 'oclock')) {
    next += 1;
    said = true;
    const rest = clock === null && has(lexemes[next], 'numeral') ? numberAt(lexemes[next]) : null;
    if (rest !== null && rest < 60) {
      minutes = rest;
      next += 1;
    }
  }
  return said && hours < 24 && minutes < 60 ? { next, minutes: hours * 60 + minutes } : null;
}

/** The moment on the wall of the zone. */
export const momentOf = (day: number, minutes: number, zone: string): Instant =>
  fromLocal(day * DAY_MS + minutes * MINUTE_MS, zone);
