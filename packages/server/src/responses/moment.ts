// A moment as the mailbox and the demo write it: short, UTC, with the year where it is another one than now.
import type { Instant } from '@relance/core';

const optionsOf = (year: boolean): Intl.DateTimeFormatOptions => ({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  ...(year ? { year: 'numeric' } : {}),
  hour: '2-digit',
  minute: '2-digit',
});
const formatOf = (year: boolean): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { ...optionsOf(year), timeZone: 'UTC' });
const WITHOUT_YEAR = formatOf(false);
const WITH_YEAR = formatOf(true);
const yearOf = (at: Instant): number => new Date(at).getUTCFullYear();

const written = (format: Intl.DateTimeFormat, at: Instant): string => format.format(at).replaceAll(',', '');

export const momentWithYear = (at: Instant): string => written(WITH_YEAR, at);
export const momentText = (at: Instant, now: Instant): string =>
  written(yearOf(at) === yearOf(now) ? WITHOUT_YEAR : WITH_YEAR, at);

const zoned = new Map<string, Intl.DateTimeFormat>();
const ZONES_MAX = 1_000;

/** The same in a reader's own zone, which it names: `Fri 27 Nov 10:00 CET`. */
export function momentIn(zone: string, at: Instant, now: Instant): string {
  const year = yearOf(at) !== yearOf(now);
  const key = `${zone} ${year}`;
  let format = zoned.get(key);
  if (format === undefined) {
    if (zoned.size >= ZONES_MAX) zoned.clear();
    format = new Intl.DateTimeFormat('en-GB', { ...optionsOf(year), timeZone: zone, timeZoneName: 'short' });
    zoned.set(key, format);
  }
  return written(format, at);
}
