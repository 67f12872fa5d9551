// RRULE of RFC 5545 for whole days: which days an all-day event recurs on. Days of a period are looked through and those
// that fit are kept, which is slower than jumping and right by being plain. Rules of hours, and BYWEEKNO and BYYEARDAY,
// which no holiday calendar has, are refused by name.
import { dayAt, dayOf, weekdayOf, yearOf } from './day.ts';
import { DAY_MS } from './instant.ts';
import { expected, type Parsed, parsed } from './policy/scanner.ts';
import { isDate } from './timing.ts';

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const BY_CODE = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const INTERVAL_MAX = 1_000;
const COUNT_MAX = 10_000;

export interface Recurrence {
  readonly frequency: (typeof FREQUENCIES)[number];
  readonly interval: number;
  readonly count: number | null;
  readonly until: number | null; // the last day it may fall on
  readonly months: readonly number[] | null;
  readonly monthDays: readonly number[] | null; // negative: from the end
  readonly weekdays: readonly { readonly weekday: number; readonly ordinal: number | null }[] | null;
  readonly positions: readonly number[] | null;
  readonly weekStart: number;
}

/** Reads `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`. */
export function parseRecurrence(text: string): Parsed<Recurrence> {
  const parts = new Map<string, string>();
  let at = 0;
  for (const part of text.trim().split(';')) {
    const [name = '', value] = part.split('=');
    if (value === undefined || value === '') return expected(at, `NAME=VALUE is expected, not "${part}"`);
    const key = name.toUpperCase();
    if (!Object.hasOwn(READERS, key) && key !== 'FREQ') return expected(at, `"${name}" is not read here; remove it`);
    if (parts.has(key)) return expected(at, `"${name}" once is expected`);
    const known =
      key === 'FREQ' ? (FREQUENCIES as readonly string[]).includes(value.toUpperCase()) : READERS[key]?.(value);
    if (known === false || known === null) return expected(at, `"${name}" cannot be "${value}"`);
    parts.set(key, value.toUpperCase());
    at += part.length + 1;
  }
  return compose(parts);
}

const integer = (text: string, min: number, max: number): number | null =>
  /^[+-]?\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null;
function integers(text: string, max: number, signed: boolean): readonly number[] | null {
  const all = text.split(',').map((one) => integer(one, signed ? -max : 1, max));
  return all.every((one) => one !== null && one !== 0) ? (all as number[]) : null;
}

const READERS: Readonly<Record<string, (value: string) => unknown>> = {
  INTERVAL: (value) => integer(value, 1, INTERVAL_MAX),
  COUNT: (value) => integer(value, 1, COUNT_MAX),
  UNTIL: (value) => parseDay(value),
  BYMONTH: (value) => integers(value, 12, false),
  BYMONTHDAY: (value) => integers(value, 31, true),
  BYDAY: (value) => readWeekdays(value),
  BYSETPOS: (value) => integers(value, 366, true),
  WKST: (value) => BY_CODE.includes(value.toUpperCase()),
};

function readWeekdays(value: string): Recurrence['weekdays'] {
  const all = value.split(',').map((one) => {
    const match = /^([+-]?\d{1,2})?([A-Z]{2})$/i.exec(one.trim());
    const index = BY_CODE.indexOf(match?.[2]?.toUpperCase() ?? '');
    const ordinal = match?.[1] === undefined ? null : Number(match[1]);
    return index < 0 || ordinal === 0 || Math.abs(ordinal ?? 1) > 53 ? null : { weekday: index + 1, ordinal };
  });
  return all.every((one) => one !== null) ? all : null;
}

/** `20261225`, or the date of a date and time. */
export function parseDay(text: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?$/.exec(text.trim());
  const date = match === null ? '' : `${match[1]}-${match[2]}-${match[3]}`;
  return isDate(date) ? dayOf(date) : null;
}

function compose(parts: ReadonlyMap<string, string>): Parsed<Recurrence> {
  const frequency = parts.get('FREQ') as Recurrence['frequency'] | undefined;
  if (frequency === undefined) return expected(0, `FREQ is expected: ${FREQUENCIES.join(', ')}`);
  const value = <T>(name: string): T | null => {
    const text = parts.get(name);
    return text === undefined ? null : ((READERS[name]?.(text) ?? null) as T | null);
  };
  const rule: Recurrence = {
    frequency,
    interval: value<number>('INTERVAL') ?? 1,
    count: value('COUNT'),
    until: value('UNTIL'),
    months: value('BYMONTH'),
    monthDays: value('BYMONTHDAY'),
    weekdays: value('BYDAY'),
    positions: value('BYSETPOS'),
    weekStart: BY_CODE.indexOf(parts.get('WKST') ?? 'MO') + 1,
  };
  if (rule.count !== null && rule.until !== null) return expected(0, 'COUNT or UNTIL is expected, not both');
  if (rule.monthDays !== null && frequency === 'WEEKLY') return expected(0, 'BYMONTHDAY is not for FREQ=WEEKLY');
  const ordinal = rule.weekdays?.some((one) => one.ordinal !== null) === true;
  if (ordinal && frequency !== 'MONTHLY' && frequency !== 'YEARLY')
    return expected(0, `BYDAY with a number is not for FREQ=${frequency}`);
  return parsed(rule);
}

/**
 * The days of a recurrence from `from` to `to`, both included. The first day counts as one of them even where the rule
 * does not name it (RFC 5545, 3.8.5.3).
 */
export function recurrenceDays(rule: Recurrence, first: number, from: number, to: number): readonly number[] {
  const last = Math.min(to, rule.until ?? to);
  const found: number[] = first >= from && first <= last ? [first] : [];
  let counted = 1;
  // A count is counted from the beginning; otherwise the periods before `from` are jumped over.
  const skip =
    rule.count === null
      ? Math.max(0, Math.floor((periodOf(rule, from) - periodOf(rule, first)) / rule.interval) - 1)
      : 0;
  for (let period = periodOf(rule, first) + skip * rule.interval; ; period += rule.interval) {
    const [begin, end] = daysOfPeriod(rule, period);
    if (begin > last) return found;
    for (const day of pick(rule, first, begin, end)) {
      if (day <= first || day > last) continue;
      counted += 1;
      if (rule.count !== null && counted > rule.count) return found;
      if (day >= from) found.push(day);
    }
  }
}

const monthOf = (day: number): number => new Date(day * DAY_MS).getUTCMonth() + 1;
const dayOfMonth = (day: number): number => new Date(day * DAY_MS).getUTCDate();

/** Years, months, weeks or days, numbered without a gap. */
function periodOf({ frequency, weekStart }: Recurrence, day: number): number {
  switch (frequency) {
    case 'YEARLY':
      return yearOf(day);
    case 'MONTHLY':
      return yearOf(day) * 12 + monthOf(day) - 1;
    case 'WEEKLY':
      // Day 0 was a Thursday, the fourth of its week.
      return Math.floor((day + 4 - weekStart) / 7);
    case 'DAILY':
      return day;
  }
}

/** First day, and the one after the last. */
function daysOfPeriod({ frequency, weekStart }: Recurrence, period: number): readonly [number, number] {
  switch (frequency) {
    case 'YEARLY':
      return [dayAt(period, 1, 1), dayAt(period + 1, 1, 1)];
    case 'MONTHLY':
      return [dayAt(0, period + 1, 1), dayAt(0, period + 2, 1)];
    case 'WEEKLY':
      return [period * 7 - 4 + weekStart, period * 7 + 3 + weekStart];
    case 'DAILY':
      return [period, period + 1];
  }
}

/** The days of a period that fit the rule, in order. */
function pick(rule: Recurrence, first: number, begin: number, end: number): readonly number[] {
  const days: number[] = [];
  for (let day = begin; day < end; day++) if (fits(rule, first, day)) days.push(day);
  if (rule.positions === null) return days;
  const chosen = rule.positions.map((position) => days.at(position > 0 ? position - 1 : position));
  return [...new Set(chosen.filter((day) => day !== undefined))].toSorted((a, b) => a - b);
}

function fits({ frequency, months, monthDays, weekdays }: Recurrence, first: number, day: number): boolean {
  const plain = monthDays === null && weekdays === null;
  if (months !== null && !months.includes(monthOf(day))) return false;
  if (frequency === 'YEARLY' && plain && months === null && monthOf(day) !== monthOf(first)) return false;
  if (monthDays !== null && !monthDays.some((one) => one === dayOfMonth(day) || one === fromEnd(day))) return false;
  if (plain && (frequency === 'YEARLY' || frequency === 'MONTHLY') && dayOfMonth(day) !== dayOfMonth(first))
    return false;
  if (weekdays === null) return frequency !== 'WEEKLY' || weekdayOf(day) === weekdayOf(first);
  const within = frequency === 'YEARLY' && months === null ? 'year' : 'month';
  return weekdays.some(
    ({ weekday, ordinal }) => weekday === weekdayOf(day) && (ordinal === null || isNth(day, ordinal, within)),
  );
}

/** -1 is the last day of its month. */
const fromEnd = (day: number): number => day - dayAt(yearOf(day), monthOf(day) + 1, 1);

function isNth(day: number, ordinal: number, within: 'month' | 'year'): boolean {
  const year = yearOf(day);
  const begin = within === 'year' ? dayAt(year, 1, 1) : dayAt(year, monthOf(day), 1);
  const end = within === 'year' ? dayAt(year + 1, 1, 1) : dayAt(year, monthOf(day) + 1, 1);
  return ordinal > 0
    ? Math.floor((day - begin) / 7) + 1 === ordinal
    : -(Math.floor((end - 1 - day) / 7) + 1) === ordinal;
}
