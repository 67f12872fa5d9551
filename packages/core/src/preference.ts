// What a recipient has chosen about when and how often they are told: a pause, quiet hours of their own, and a digest instead of
// each message, by category, and whether their opens and clicks may be told. What they do not want at all is consent
// (consent.ts). allowed-at.ts holds messages by it; changing it is preference-change.ts.
import { localDay } from './calendar.ts';
import { weekdayOf } from './day.ts';
import { DAY_MS, fromRfc3339, HOUR_MS, type Instant } from './instant.ts';
import { type DailySpan, parseDailySpan } from './policy/hours.ts';
import type { Channel } from './policy/policy.ts';
import { fromLocal } from './timing.ts';

export const FREQUENCIES = ['each', 'daily', 'weekly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export interface Preferences {
  /** Nothing that is not essential is sent before then. */
  readonly pausedUntil: Instant | null;
  /** In their own zone, beside those of stages. */
  readonly quietHours: DailySpan | null;
  /** By category; `each` where none is named. */
  readonly frequency: Readonly<Record<string, Frequency>>;
  /** False: nothing tells whether they open a message or follow its links, whatever the tenant has switched on. */
  readonly tracking: boolean;
}
export const NO_PREFERENCES: Preferences = { pausedUntil: null, quietHours: null, frequency: {}, tracking: true };

/** As stored and as the HTTP interface tells them. */
export interface WirePreferences {
  readonly pausedUntil?: string | null; // RFC 3339
  readonly quietHours?: string | null; // `22:00-07:00`
  readonly frequency?: Readonly<Record<string, Frequency>>;
  readonly tracking?: boolean;
  /** Their own word, which goes before what the application says of them. */
  readonly timeZone?: string | null; // IANA
  readonly locale?: string | null; // BCP 47
}

/** What was checked when it was stored; what cannot be read is no choice. */
export function readPreferences(wire: WirePreferences | null): Preferences {
  if (wire === null) return NO_PREFERENCES;
  const span = wire.quietHours == null ? null : parseDailySpan(wire.quietHours);
  return {
    pausedUntil: wire.pausedUntil == null ? null : fromRfc3339(wire.pausedUntil),
    quietHours: span?.ok === true ? span.value : null,
    frequency: wire.frequency ?? {},
    tracking: wire.tracking ?? true,
  };
}

/** The inbox is looked at when its reader wants to, and systems have no evening. */
export const interrupts = (channel: Channel): boolean => channel !== 'inbox' && channel !== 'webhook';

export const frequencyOf = ({ frequency }: Preferences, category: string): Frequency =>
  Object.hasOwn(frequency, category) ? (frequency[category] ?? 'each') : 'each';

/** On the wall of its reader: early enough to act on that day. */
const DIGEST_MS = 9 * HOUR_MS;
const MONDAY = 1;

/** When the next digest leaves, later than `at`: nine in the morning of its reader, on Mondays where it is weekly. */
export function digestAfter(frequency: 'daily' | 'weekly', at: Instant, zone: string): Instant {
  for (let day = localDay(at, zone); ; day++) {
    if (frequency === 'weekly' && weekdayOf(day) !== MONDAY) continue;
    const time = fromLocal(day * DAY_MS + DIGEST_MS, zone);
    if (time > at) return time;
  }
}
