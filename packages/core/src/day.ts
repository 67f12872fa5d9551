// Dates as text (`YYYY-MM-DD`) and as whole days since 1970-01-01, so that calendars count days with plain numbers.
// Zones, and the instants at which a day begins and ends, are timing.ts.
import { DAY_MS } from './instant.ts';

/** The number of a date that exists; isDate (timing.ts) says whether it does. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().split('T')[0] ?? '';

/** ISO 8601: 1 is Monday, 7 is Sunday. Day 0 was a Thursday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

export const yearOf = (day: number): number => new Date(day * DAY_MS).getUTCFullYear();

/** The day of a year and month (1 to 12); a day of the month past its end runs on into the next. */
export function dayAt(year: number, month: number, dayOfMonth: number): number {
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, dayOfMonth);
  return at.getTime() / DAY_MS;
}
