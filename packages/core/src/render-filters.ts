// Liquid filters of our own: dates and money in the reader's locale and zone, through Intl. They read `locale` and `zone`
// from the scope, so a template says `{{ followUp.dueAt | local_date }}` and each reader sees their own.
import type { FilterImplOptions } from 'liquidjs';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, zone: string, style: 'date' | 'datetime'): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${style}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const options: Intl.DateTimeFormatOptions =
    style === 'date'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: zone }
      : {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          hour: '2-digit',
          minute: '2-digit',
          timeZoneName: 'short',
          timeZone: zone,
        };
  const fresh = new Intl.DateTimeFormat(supported(locale), options);
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

function dated(self: unknown, value: unknown, style: 'date' | 'datetime'): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return String(value);
  return formatOf(read(self, 'locale', 'en'), read(self, 'zone', 'UTC'), style).format(at);
}

export const filtersFor = (): Record<string, FilterImplOptions> => ({
  local_date(value: unknown) {
    return dated(this, value, 'date');
  },
  local_time(value: unknown) {
    return dated(this, value, 'datetime');
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
