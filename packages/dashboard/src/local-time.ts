// Instants as a field of the browser for a local time holds them, by the clocks here.

/** What such a field holds at most: browsers take more digits for a year, the server does not. */
export const LOCAL_MAX = '9999-12-31T23:59';
/** A year that is being typed begins with noughts. */
const YEAR_MIN = 1_000;

/** What the field holds, as RFC 3339; null while it is incomplete. */
export function localToRfc3339(local: string): string | null {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) || at.getFullYear() < YEAR_MIN ? null : at.toISOString();
}

const digits = (value: number, count = 2): string => String(value).padStart(count, '0');

/** The other way round: by the clock of that day, whose distance from UTC is no whole number of minutes everywhere. */
export function rfc3339ToLocal(text: string): string {
  const at = new Date(text);
  const day = [digits(at.getFullYear(), 4), digits(at.getMonth() + 1), digits(at.getDate())].join('-');
  return `${day}T${digits(at.getHours())}:${digits(at.getMinutes())}`;
}
