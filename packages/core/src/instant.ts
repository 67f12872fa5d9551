// A moment on the time line, as whole milliseconds since 1970-01-01T00:00:00Z.
// The core passes instants around as plain numbers because comparing and adding them is most of what it does;
// the wire and the database speak RFC 3339. Wall-clock arithmetic (days, zones) is in timing.ts.

declare const instantBrand: unique symbol;
/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number & { readonly [instantBrand]: 'Instant' };

export const instant = (epochMs: number): Instant => Math.round(epochMs) as Instant;
export const later = (at: Instant, byMs: number): Instant => instant(at + byMs);
export const earliest = (...all: readonly (Instant | null | undefined)[]): Instant | null => {
  let least: Instant | null = null;
  for (const at of all) if (at !== null && at !== undefined && (least === null || at < least)) least = at;
  return least;
};

/** RFC 3339 in UTC, e.g. `2026-12-01T09:00:00.000Z`. */
export const toRfc3339 = (at: Instant): string => new Date(at).toISOString();

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2}|\d{2}\.\d{1,9})([Zz]|[+-]\d{2}:\d{2})$/;

const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Reads RFC 3339 (with offset; nanoseconds are cut to milliseconds). Null when the text is not a real date and time. */
export function fromRfc3339(text: string): Instant | null {
  const parts = RFC_3339.exec(text);
  if (parts === null) return null;
  const day = Number(parts[3]);
  const month = Number(parts[2]);
  const daysInMonth = new Date(Date.UTC(Number(parts[1]), month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth) return null;
  const epochMs = Date.parse(text.replace(' ', 'T').toUpperCase());
  // An offset may carry the first or last hours of the calendar into a year that RFC 3339 cannot write.
  return epochMs >= FIRST_MS && epochMs <= LAST_MS ? instant(Math.floor(epochMs)) : null;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
