// Liquid filters of our own: dates and money in the reader's locale and zone, through Intl. They read `locale` and `zone`
// from the scope, so a template says `{{ followUp.dueAt | local_date }}` and each reader sees their own. A time names its
// year only where that is not the year of `now`.
import type { FilterImplOptions } from 'liquidjs';
import type { Instant } from './instant.ts';
import type { Reading } from './recipient.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

type Style = 'date' | 'time' | 'timeOfAnotherYear' | 'year';
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
};

function formatOf(locale: string, zone: string, style: Style): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${style}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat(supported(locale), { ...OPTIONS[style], timeZone: zone });
  if (formats.size > 1_000) formats.clear();
  formats.set(key, fresh);
  return fresh;
}

function supported(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

interface Scope {
  readonly context: { getSync(path: string[]): unknown };
}
const read = (self: unknown, name: string, otherwise: string): string => {
  const value = (self as Scope).context.getSync([name]);
  return typeof value === 'string' ? value : otherwise;
};

function dated(self: unknown, value: unknown, style: 'date' | 'time'): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return String(value);
  const reading = { locale: read(self, 'locale', 'en'), zone: read(self, 'zone', 'UTC') };
  return written(at, reading, new Date(read(self, 'now', '')), style);
}

/** A moment as messages write it, with its zone: for pages that say the same as the message before them. */
export const localTime = (at: Instant, reading: Reading, now: Instant): string =>
  written(new Date(at), reading, new Date(now), 'time');

function written(at: Date, { locale, zone }: Reading, now: Date, style: 'date' | 'time'): string {
  const yearOf = (moment: Date): string => formatOf('en', zone, 'year').format(moment);
  const elsewhen = !Number.isNaN(now.getTime()) && yearOf(now) !== yearOf(at);
  // The narrow blank before "PM" would turn a text message into one of 70 characters, and some mail programs show a box.
  return formatOf(locale, zone, style === 'time' && elsewhen ? 'timeOfAnotherYear' : style)
    .format(at)
    .replaceAll('\u202f', ' ');
}

export const filtersFor = (): Record<string, FilterImplOptions> => ({
  local_date(value: unknown) {
    return dated(this, value, 'date');
  },
  local_time(value: unknown) {
    return dated(this, value, 'time');
  },
  money(value: unknown, currency: unknown) {
    const amount = Number(value);
    if (Number.isNaN(amount) || typeof currency !== 'string') return String(value ?? '');
    try {
      return new Intl.NumberFormat(supported(read(this, 'locale', 'en')), { style: 'currency', currency }).format(
        amount,
      );
    } catch {
      return `${amount} ${currency}`;
    }
  },
});
