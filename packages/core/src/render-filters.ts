// Liquid filters of our own: dates, numbers, money, lists and plural forms in the reader's language and zone, through Intl, and
// whether a moment is still to come. They read `locale`, `zone` and `now` from what is told of the message, which no template
// can assign over, so that `{{ followUp.dueAt | local_date }}` is what each reader expects. A time names its year only where
// that is not the year of `now`.
import { type FilterImplOptions, filters as STANDARD, toValue } from 'liquidjs';
import { dateFormat, supportedLocale } from './date-format.ts';
import { fromRfc3339, type Instant } from './instant.ts';
import type { Reading } from './recipient.ts';
import { DueDay } from './template/due-day.ts';
import { textOf, Written } from './template/escape.ts';
import { isZone } from './timing.ts';

type Style = 'date' | 'time' | 'timeOfAnotherYear' | 'year' | 'day';
const TIME: Intl.DateTimeFormatOptions = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
};
const OPTIONS: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  date: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  time: TIME,
  timeOfAnotherYear: { ...TIME, year: 'numeric' },
  year: { year: 'numeric', calendar: 'gregory' },
  day: { year: 'numeric', month: 'numeric', day: 'numeric', calendar: 'gregory' },
};

const formatOf = (locale: string, zone: string, style: Style): Intl.DateTimeFormat =>
  dateFormat(locale, zone, style, OPTIONS[style]);

type FilterHandler = Extract<FilterImplOptions, (...args: never[]) => unknown>;
type Self = ThisParameterType<FilterHandler>;
const read = (self: Self, name: string, otherwise: string): string => {
  const value = (self.context.globals as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : otherwise;
};
type Named = Readonly<Record<string, unknown>>;
/** `digits: 2` comes as a pair. */
const namedOf = (args: readonly unknown[]): Named =>
  Object.fromEntries(args.filter((one): one is [string, unknown] => Array.isArray(one) && one.length === 2));

const localeOf = (self: Self): string => supportedLocale(read(self, 'locale', 'en'));
/** The reader's, or `zone: followUp.zone`: a day that was agreed on is the same wherever it is read. */
function zoneOf(self: Self, named: Named = {}): string {
  const asked = textOf(named.zone);
  return asked !== '' && isZone(asked) ? asked : read(self, 'zone', 'UTC');
}
const nowOf = (self: Self): number => Date.parse(read(self, 'now', ''));

/** A date without a time is a day, the same wherever it is read. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** The day where that is all that was said. */
function dayIn(value: unknown): string | null {
  if (value instanceof DueDay) return value.day;
  const text = textOf(value);
  return DAY.test(text) ? text : null;
}
const DAY_MS = 86_400_000;

/** RFC 3339 alone: of other texts, `Order 5` too, JavaScript makes some time or other. */
function momentOf(value: unknown): Date | null {
  const plain: unknown = toValue(value);
  if (typeof plain === 'string') {
    const at = fromRfc3339(DAY.test(plain) ? `${plain}T00:00:00Z` : plain);
    return at === null ? null : new Date(at);
  }
  const at = new Date(typeof plain === 'number' ? plain : Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}

function dated(self: Self, value: unknown, style: 'date' | 'time', named: Named): string {
  const day = dayIn(value);
  const at = momentOf(day ?? value);
  if (at === null) return textOf(value);
  if (day !== null) return written(at, { locale: read(self, 'locale', 'en'), zone: 'UTC' }, at, 'date');
  return written(at, { locale: read(self, 'locale', 'en'), zone: zoneOf(self, named) }, new Date(nowOf(self)), style);
}

/** A moment as messages write it, with its zone: for pages that say the same as the message before them. */
export const localTime = (at: Instant, reading: Reading, now: Instant): string =>
  written(new Date(at), reading, new Date(now), 'time');

/** When it is due, as messages write it: a day without a time where that is all that was said. */
export const localDue = (
  { dueAt, dueDay }: { readonly dueAt: Instant; readonly dueDay: string | null },
  reading: Reading,
  now: Instant,
): string => {
  const day = dueDay === null ? null : momentOf(dueDay);
  return day === null ? localTime(dueAt, reading, now) : written(day, { ...reading, zone: 'UTC' }, day, 'date');
};

function written(at: Date, { locale, zone }: Reading, now: Date, style: 'date' | 'time'): string {
  const yearOf = (moment: Date): string => formatOf('en', zone, 'year').format(moment);
  const elsewhen = !Number.isNaN(now.getTime()) && yearOf(now) !== yearOf(at);
  // The narrow blank before "PM" would turn a text message into one of 70 characters, and some mail programs show a box.
  return formatOf(locale, zone, style === 'time' && elsewhen ? 'timeOfAnotherYear' : style)
    .format(at)
    .replaceAll('\u202f', ' ');
}

/** Which day it is there, counted from 1970. */
function dayOf(at: Date, zone: string): number {
  const parts = formatOf('en', zone, 'day').formatToParts(at);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(read('year'), read('month') - 1, read('day')) / DAY_MS;
}

/** How many days lie between now and then on a calendar on the wall there; null for what is no time. */
function daysUntil(self: Self, value: unknown, named: Named = {}): number | null {
  const agreed = dayIn(value);
  const at = momentOf(agreed ?? value);
  const now = nowOf(self);
  if (at === null || Number.isNaN(now)) return null;
  const day = agreed === null ? dayOf(at, zoneOf(self, named)) : at.getTime() / DAY_MS;
  return day - dayOf(new Date(now), zoneOf(self, named));
}

/** A day is over when it has ended where the reader is, a time when it has come; what is due on a day, when that ends. */
function isToCome(self: Self, value: unknown): boolean | null {
  const at = momentOf(value);
  if (at === null) return null;
  return DAY.test(textOf(value)) ? (daysUntil(self, value) ?? -1) >= 0 : at.getTime() > nowOf(self);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** "in 20 minutes", "tomorrow", "3 weeks ago": whole hours within a day, else days of the calendar and what they add up to. */
function relative(self: Self, value: unknown, named: Named): string {
  const at = momentOf(value);
  const days = daysUntil(self, value, named);
  if (at === null || days === null) return textOf(value);
  const say = (count: number, unit: Intl.RelativeTimeFormatUnit): string =>
    new Intl.RelativeTimeFormat(localeOf(self), { numeric: 'auto' }).format(count, unit);
  const ms = at.getTime() - nowOf(self);
  const size = Math.abs(ms);
  if (size < DAY_MS && dayIn(value) === null) {
    if (size < MINUTE_MS) return say(0, 'second');
    return size < HOUR_MS ? say(Math.trunc(ms / MINUTE_MS), 'minute') : say(Math.trunc(ms / HOUR_MS), 'hour');
  }
  const [count, unit] = (
    [
      [14, 1, 'day'],
      [60, 7, 'week'],
      [730, 30.44, 'month'],
      [Infinity, 365.25, 'year'],
    ] as const
  )
    .filter(([most]) => Math.abs(days) < most)
    .map(([, length, name]) => [Math.round(days / length), name] as const)[0] ?? [days, 'day'];
  return say(count, unit);
}

const numbers = new Map<string, Intl.NumberFormat>();
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const fresh = new Intl.NumberFormat(locale, options);
  if (numbers.size > 1_000) numbers.clear();
  numbers.set(key, fresh);
  return fresh;
}

/** What Intl writes behind the point of a number. */
export const DIGITS_MAX = 20;
function numberText(self: Self, value: unknown, named: Named): string {
  const plain = textOf(value).trim();
  const amount = Number(plain);
  if (plain === '' || !Number.isFinite(amount)) return plain;
  const digits = Math.min(Math.max(Math.trunc(Number(named.digits)), 0), DIGITS_MAX);
  const unit = textOf(named.unit);
  const options: Intl.NumberFormatOptions = {
    ...(Number.isNaN(digits) ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    ...(named.percent === true
      ? { style: 'percent' }
      : unit === ''
        ? {}
        : { style: 'unit', unit, unitDisplay: 'long' }),
  };
  try {
    return numberFormat(localeOf(self), options).format(amount);
  } catch {
    // A unit that Intl does not know is written as it is.
    return `${numberText(self, value, { digits: named.digits })} ${unit}`;
  }
}

/** `one: "# review", other: "# reviews"`: the form of the language for the number; `zero` also where the language has none. */
function pluralText(self: Self, value: unknown, named: Named): string {
  const count = Number(textOf(value));
  if (!Number.isFinite(count)) return '';
  const form = count === 0 && named.zero !== undefined ? 'zero' : new Intl.PluralRules(localeOf(self)).select(count);
  const text = textOf(named[form] ?? named.other ?? Object.values(named).at(-1));
  return text.replaceAll('#', numberText(self, count, {}));
}

function listText(self: Self, value: unknown, named: Named): string {
  const plain: unknown = toValue(value);
  if (!Array.isArray(plain)) return textOf(plain);
  const type = named.type === 'or' ? 'disjunction' : 'conjunction';
  return new Intl.ListFormat(localeOf(self), { type }).format(plain.map(textOf));
}

function moneyText(self: Self, value: unknown, currency: unknown): string {
  const plain = textOf(value).trim();
  const amount = Number(plain);
  const code = textOf(currency);
  if (plain === '' || Number.isNaN(amount) || code === '') return plain;
  try {
    return numberFormat(localeOf(self), { style: 'currency', currency: code }).format(amount);
  } catch {
    return `${amount} ${code}`;
  }
}

/** Where a day ends that something is due on. */
function agreedZone(self: Self): string {
  const { followUp } = self.context.globals as { readonly followUp?: { readonly zone?: unknown } };
  return zoneOf(self, { zone: followUp?.zone });
}

/** Liquid's own, in the reader's zone, `now` being the message's and not the machine's. */
const dateText: FilterHandler = function (value, format, zone) {
  const plain = textOf(value);
  const moment = plain === 'now' || plain === 'today' ? read(this, 'now', '') : toValue(value);
  const there = zone ?? (DAY.test(plain) ? 'UTC' : value instanceof DueDay ? agreedZone(this) : zoneOf(this));
  return (STANDARD.date as FilterHandler).call(this, moment, format, there);
};

/** As people reckon: 0.1 and 0.2 are 0.3, and what has no result (divided by nothing) is nothing. */
const reckoned = (name: 'plus' | 'minus' | 'times' | 'divided_by' | 'modulo'): FilterHandler =>
  function (value, ...args) {
    const result = Number((STANDARD[name] as FilterHandler).call(this, value, ...args));
    return Number.isFinite(result) ? Number(result.toPrecision(15)) : '';
  };

export const ownFilters = (): Record<string, FilterHandler> => ({
  plus: reckoned('plus'),
  minus: reckoned('minus'),
  times: reckoned('times'),
  divided_by: reckoned('divided_by'),
  modulo: reckoned('modulo'),
  date: dateText,
  local_date(value, ...args) {
    return dated(this, value, 'date', namedOf(args));
  },
  local_time(value, ...args) {
    return dated(this, value, 'time', namedOf(args));
  },
  relative_time(value, ...args) {
    return relative(this, value, namedOf(args));
  },
  days_until(value, ...args) {
    return daysUntil(this, value, namedOf(args));
  },
  in_future(value) {
    return isToCome(this, value) === true;
  },
  in_past(value) {
    return isToCome(this, value) === false;
  },
  money(value, currency) {
    return moneyText(this, value, currency);
  },
  number(value, ...args) {
    return numberText(this, value, namedOf(args));
  },
  plural(value, ...args) {
    return pluralText(this, value, namedOf(args));
  },
  list(value, ...args) {
    return listText(this, value, namedOf(args));
  },
});

/** Filters that escape, where everything is escaped in any case: what they answer is not escaped again. */
export const writingFilters = (write: (text: string) => string): Record<string, FilterHandler> => {
  const once: FilterHandler = (value) => (value instanceof Written ? value : new Written(write(textOf(value))));
  return {
    escape: once,
    escape_once: once,
    newline_to_br: (value) => new Written(write(textOf(value)).replace(/\r?\n/g, '<br />\n')),
  };
};
