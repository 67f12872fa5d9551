// What a recipient has chosen about when and how often they are told: a pause, quiet hours of their own, and a digest instead of
// each message, by category. What they do not want at all is consent (consent.ts). route.ts holds messages by it.
import { fromRfc3339, type Instant } from './instant.ts';
import { type DailySpan, parseDailySpan } from './policy/hours.ts';

export const FREQUENCIES = ['each', 'daily', 'weekly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export interface Preferences {
  /** Nothing that is not essential is sent before then. */
  readonly pausedUntil: Instant | null;
  /** In their own zone, beside those of stages. */
  readonly quietHours: DailySpan | null;
  /** By category; `each` where none is named. */
  readonly frequency: Readonly<Record<string, Frequency>>;
}
export const NO_PREFERENCES: Preferences = { pausedUntil: null, quietHours: null, frequency: {} };

/** As stored and as the HTTP interface tells them. */
export interface WirePreferences {
  readonly pausedUntil?: string | null; // RFC 3339
  readonly quietHours?: string | null; // `22:00-07:00`
  readonly frequency?: Readonly<Record<string, Frequency>>;
}

/** What was checked when it was stored; what cannot be read is no choice. */
export function readPreferences(wire: WirePreferences | null): Preferences {
  if (wire === null) return NO_PREFERENCES;
  const span = wire.quietHours == null ? null : parseDailySpan(wire.quietHours);
  return {
    pausedUntil: wire.pausedUntil == null ? null : fromRfc3339(wire.pausedUntil),
    quietHours: span?.ok === true ? span.value : null,
    frequency: wire.frequency ?? {},
  };
}
