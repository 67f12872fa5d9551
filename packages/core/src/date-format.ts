// Intl's formats of dates, made once for each language, zone and style: making one costs far more than using it. Pure.

const formats = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 1_000;

/** `style`: the name of the options, which are always the same for it. */
export function dateFormat(
  locale: string,
  zone: string,
  style: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${style}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat(supportedLocale(locale), { ...options, timeZone: zone });
  if (formats.size > FORMATS_MAX) formats.clear();
  formats.set(key, fresh);
  return fresh;
}

/** What is no language tag is read as English. */
export function supportedLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
