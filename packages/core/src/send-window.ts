// When a message may leave: send windows (allowed) and quiet hours (forbidden), by a daily span in the recipient's zone or
// by a calendar. It only says until when something is held, and by what; which rules apply, and that urgent messages pass
// them, is decided by its caller.
import { type Calendar, CLOSED_DAYS_MAX, localDay, nextOpen, type OpenSpan, officeCalendar } from './calendar.ts';
import { DAY_MS, type Instant, later, MINUTE_MS } from './instant.ts';
import { type DailySpan, MINUTES_A_DAY, parseDailySpan } from './policy/hours.ts';
import { expected, type Parsed, parsed } from './policy/scanner.ts';
import { fromLocal, toLocal } from './timing.ts';

/**
 * `09:00-18:00`, `22:00-07:00` over midnight, or `calendar`: a window is open while the calendar is, and quiet hours are
 * those in which the calendar is closed.
 */
export type SendSpan = DailySpan | 'calendar';

/** A window, quiet hours, or both. */
export interface SendHours {
  readonly window: SendSpan | null;
  readonly quietHours: SendSpan | null;
}

export interface SendRules extends SendHours {
  /** What `calendar` means; office hours of `zone` when there is none. */
  readonly calendar: Calendar | null;
  /** The zone that daily spans are read in; a calendar has its own. */
  readonly zone: string;
}

export const HELD_BY = ['window', 'quiet_hours', 'calendar', 'paused', 'digest', 'budget'] as const;
/** Hours of a stage or of a reader, their own pause, what they want together, and how much of it. */
export type HeldBy = (typeof HELD_BY)[number];
export interface SendTime {
  readonly at: Instant;
  /** What holds it to the last; null when it may go at once. */
  readonly heldBy: HeldBy | null;
}

export function parseSendSpan(text: string): Parsed<SendSpan> {
  if (text.trim() === 'calendar') return parsed('calendar');
  const span = parseDailySpan(text);
  return span.ok || /^\s*\d/.test(text) ? span : expected(span.at, '"HH:MM-HH:MM" or "calendar" is expected');
}

/**
 * The first instant, not before `at`, that lies in the window and outside quiet hours; `never` when there is none within
 * CLOSED_DAYS_MAX days. A span begins and ends when a clock on the wall first shows (or jumps past) its times: one that
 * falls into a gap of DST is not there on that day. Where a minute comes twice, quiet hours hold again what the clock shows to
 * be in them, and a window lets nothing out that it does not show to be in it.
 */
export function nextAllowed(rules: SendRules, at: Instant): SendTime | 'never' {
  const horizon = later(at, CLOSED_DAYS_MAX * DAY_MS);
  let time = at;
  let heldBy: HeldBy | null = null;
  while (time <= horizon) {
    const opensAt = windowFrom(rules, time);
    if (opensAt === null) return 'never';
    if (opensAt > time) heldBy = rules.window === 'calendar' ? 'calendar' : 'window';
    const quietTo = quietUntil(rules, opensAt);
    if (quietTo === null) return 'never';
    if (quietTo === opensAt) return { at: opensAt, heldBy };
    heldBy = 'quiet_hours';
    time = quietTo;
  }
  return 'never';
}

function windowFrom({ window, calendar, zone }: SendRules, at: Instant): Instant | null {
  if (window === null) return at;
  if (window === 'calendar') return nextOpen(calendar ?? officeCalendar(zone), at);
  const span = spanFrom(window, zone, at);
  if (span === null || at < span.from) return span?.from ?? null;
  const shown = shownAt(at, zone);
  return isWithin(window, shown / MINUTE_MS) ? at : later(at, untilShown(window.fromMinute, shown));
}

function quietUntil({ quietHours, calendar, zone }: SendRules, at: Instant): Instant | null {
  if (quietHours === null) return at;
  if (quietHours === 'calendar') return nextOpen(calendar ?? officeCalendar(zone), at);
  const span = spanFrom(quietHours, zone, at);
  if (span === null || at >= span.from) return span?.to ?? at;
  const shown = shownAt(at, zone);
  return isWithin(quietHours, shown / MINUTE_MS) ? later(at, untilShown(quietHours.toMinute, shown)) : at;
}

/** What the clock on the wall shows, in milliseconds since midnight. */
const shownAt = (at: Instant, zone: string): number => modulo(toLocal(at, zone), DAY_MS);
/** How long it takes to show a minute of the day, while nobody sets it. */
const untilShown = (minute: number, shown: number): number => modulo(minute * MINUTE_MS - shown, DAY_MS);
const modulo = (a: number, b: number): number => ((a % b) + b) % b;

/** The daily span that an instant lies in; null where it lies in none. */
export function spanAround(span: DailySpan, zone: string, at: Instant): OpenSpan | null {
  const found = spanFrom(span, zone, at);
  return found !== null && found.from <= at ? found : null;
}

/** The daily span that an instant lies in, or the next one. */
function spanFrom({ fromMinute, toMinute }: DailySpan, zone: string, at: Instant): OpenSpan | null {
  const length = toMinute > fromMinute ? 0 : MINUTES_A_DAY;
  const today = localDay(at, zone);
  // One that began yesterday may go on, and a clock set back over midnight shows yesterday once more. A gap takes away
  // a span, or (Apia, 2011) a whole day, so more than tomorrow is looked at.
  for (let day = today - 2; day <= today + 3; day++) {
    const from = fromLocal(day * DAY_MS + fromMinute * MINUTE_MS, zone);
    const to = fromLocal(day * DAY_MS + (toMinute + length) * MINUTE_MS, zone);
    if (from < to && at < to) return { from, to };
  }
  return null;
}

/**
 * Whether a window never opens under quiet hours, as far as that can be said without a recipient: daily spans are both in
 * one zone; a daily span and a calendar are compared when the calendar has the zone that is given. For publication.
 */
export function neverOpens({ window, quietHours, calendar, zone }: SendRules): boolean {
  const byCalendar = window === 'calendar' || quietHours === 'calendar';
  if (byCalendar && (calendar === null || (calendar.zone !== zone && window !== quietHours)))
    return [quietHours].some((span) => span !== null && span !== 'calendar' && isWholeDay(span));
  const days = byCalendar && calendar !== null ? [...calendar.week, ...specialHours(calendar)] : [[]];
  return !days.some((hours) => {
    const isIn = (span: SendSpan, minute: number): boolean =>
      span === 'calendar'
        ? hours.some(({ fromMinute, toMinute }) => fromMinute <= minute && minute < toMinute)
        : isWithin(span, minute);
    const isAllowed = (minute: number): boolean =>
      (window === null || isIn(window, minute)) &&
      (quietHours === null || (quietHours === 'calendar' ? isIn(quietHours, minute) : !isIn(quietHours, minute)));
    // What is allowed begins at midnight, where hours or a window begin, or where quiet hours end.
    const begins = [window, quietHours].flatMap((span) =>
      span === null || span === 'calendar' ? [] : [span.fromMinute, span.toMinute % MINUTES_A_DAY],
    );
    return [0, ...begins, ...hours.map(({ fromMinute }) => fromMinute)].some(isAllowed);
  });
}

const specialHours = ({ special }: Calendar) => [...special.values()].map(({ hours }) => hours);
const isWholeDay = ({ fromMinute, toMinute }: DailySpan): boolean => fromMinute === 0 && toMinute === MINUTES_A_DAY;
const isWithin = ({ fromMinute, toMinute }: DailySpan, minute: number): boolean =>
  fromMinute < toMinute ? fromMinute <= minute && minute < toMinute : minute >= fromMinute || minute < toMinute;
