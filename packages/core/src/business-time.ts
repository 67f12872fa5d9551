// Business days and business hours added to an instant, and one function for every kind of duration. Days are counted on
// the calendar (calendar.ts) and keep the wall time; hours pass only while the calendar is open. Durations that need no
// calendar are timing.ts.
import {
  businessDaysAfter,
  type Calendar,
  CLOSED_DAYS_MAX,
  localDay,
  officeCalendar,
  openSpans,
  WALK_DAYS_MAX,
} from './calendar.ts';
import { dateOf, dayOf } from './day.ts';
import { DAY_MS, HOUR_MS, type Instant, later, MINUTE_MS } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import { addDuration, fromLocal, toLocal } from './timing.ts';

/**
 * The same wall time `count` business days later, or earlier when `count` is negative; 0 is the instant itself. The wall
 * time is kept where it lies outside the hours of that day: a window holds it then, the calendar does not. Null when the
 * calendar is closed for more than CLOSED_DAYS_MAX days on the way.
 */
export function addBusinessDays(calendar: Calendar, at: Instant, count: number): Instant | null {
  if (count === 0) return at;
  const local = toLocal(at, calendar.zone);
  const day = Math.floor(local / DAY_MS);
  const date = businessDaysAfter(calendar, dateOf(day), count);
  return date === null ? null : fromLocal(dayOf(date) * DAY_MS + (local - day * DAY_MS), calendar.zone);
}

/**
 * The first instant by which the calendar has been open for so many minutes since `at`; when negative, the last one since
 * which it is open for so many until `at`. An hour is a real hour, on days of DST too. So four hours before closing time
 * plus four is closing time, not the next morning. 0 is the instant itself. Null when the calendar is closed for more
 * than CLOSED_DAYS_MAX days on the way.
 */
export function addBusinessMinutes(calendar: Calendar, at: Instant, minutes: number): Instant | null {
  if (minutes === 0) return at;
  return minutes > 0 ? walkOn(calendar, at, minutes * MINUTE_MS) : walkBack(calendar, at, -minutes * MINUTE_MS);
}

function walkOn(calendar: Calendar, at: Instant, ms: number): Instant | null {
  // A clock set back over midnight shows the day before once more, so one begins a day early.
  const first = localDay(at, calendar.zone) - 1;
  let left = ms;
  let closed = 0;
  for (let day = first; day <= first + WALK_DAYS_MAX && closed <= CLOSED_DAYS_MAX; day++) {
    closed += 1;
    for (const span of openSpans(calendar, day)) {
      const from = Math.max(span.from, at) as Instant;
      if (span.to <= from) continue;
      if (left <= span.to - from) return later(from, left);
      left -= span.to - from;
      closed = 0;
    }
  }
  return null;
}

function walkBack(calendar: Calendar, at: Instant, ms: number): Instant | null {
  const first = localDay(at, calendar.zone) + 1;
  let left = ms;
  let closed = 0;
  for (let day = first; day >= first - WALK_DAYS_MAX && closed <= CLOSED_DAYS_MAX; day--) {
    closed += 1;
    for (const span of openSpans(calendar, day).toReversed()) {
      const to = Math.min(span.to, at) as Instant;
      if (to <= span.from) continue;
      if (left <= to - span.from) return later(to, -left);
      left -= to - span.from;
      closed = 0;
    }
  }
  return null;
}

/** What durations are counted in: a calendar has its own zone; without one, business time is that of office hours. */
export interface Frame {
  readonly zone: string; // IANA
  readonly calendar: Calendar | null;
}

/**
 * `at` plus (sign 1) or minus (sign -1) a duration of any kind. Days keep the wall time of the calendar's zone, or of
 * `zone` when there is no calendar (POLICY.md, *Durations*); business time without a calendar is that of office hours in
 * `zone` (officeCalendar). Null when the calendar does not open often enough.
 */
export function addCalendarDuration(
  at: Instant,
  sign: 1 | -1,
  duration: Duration,
  { zone, calendar }: Frame,
): Instant | null {
  switch (duration.kind) {
    case 'exact':
    case 'days':
      return addDuration(at, sign, duration, calendar?.zone ?? zone);
    case 'businessDays':
      return addBusinessDays(calendar ?? officeCalendar(zone), at, sign * duration.days);
    case 'businessHours':
      return addBusinessMinutes(calendar ?? officeCalendar(zone), at, sign * duration.hours * 60);
  }
}

/**
 * As addCalendarDuration, but always an instant: a calendar that stays closed for more than a year must not make anybody
 * wait for ever, so its business time then counts as plain time.
 */
export function addIn(frame: Frame, at: Instant, sign: 1 | -1, duration: Duration): Instant {
  const found = addCalendarDuration(at, sign, duration, frame);
  return found ?? addDuration(at, sign, plainOf(duration), frame.calendar?.zone ?? frame.zone);
}

function plainOf(duration: Duration): Duration {
  if (duration.kind === 'businessDays') return { kind: 'days', days: duration.days, ms: 0 };
  return duration.kind === 'businessHours' ? { kind: 'exact', ms: duration.hours * HOUR_MS } : duration;
}
