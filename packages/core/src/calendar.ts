// A calendar: the days and hours on which somebody works, in one time zone. Plain data, with its holidays worked out as
// dates beforehand (calendar-reading.ts), and the questions one can ask of it. Adding business days and hours to an
// instant is business-time.ts; holding messages until a calendar opens is send-window.ts.
import { dateOf, dayOf, weekdayOf } from './day.ts';
import { DAY_MS, type Instant, MINUTE_MS } from './instant.ts';
import { MINUTES_A_DAY, type OpenHours } from './policy/hours.ts';
import { fromLocal, isDate, toLocal } from './timing.ts';

export interface SpecialDay {
  /** Instead of the hours of its weekday; none on a holiday. */
  readonly hours: readonly OpenHours[];
  /** The holiday, where it has a name. */
  readonly name: string | null;
}

export interface Calendar {
  /** Null for one that is written in a policy. */
  readonly id: string | null;
  readonly zone: string; // IANA
  /** The seven days of a week, Monday first. */
  readonly week: readonly (readonly OpenHours[])[];
  /** By date: holidays, and days with other hours. */
  readonly special: ReadonlyMap<string, SpecialDay>;
  /** The years whose recurring holidays are worked out, both included; in others only weekends and exceptions count. */
  readonly years: { readonly from: number; readonly to: number };
}

/** A calendar that is closed for longer than this does not open again as far as anybody who waits is concerned. */
export const CLOSED_DAYS_MAX = 366;
/** However long a walk over a calendar is, it ends after a century: ten years of Mondays are seventy. */
export const WALK_DAYS_MAX = 36_600;

const OFFICE: readonly OpenHours[] = [{ fromMinute: 9 * 60, toMinute: 17 * 60 }];
/** When a date is over on which the calendar has no hours. */
const END_OF_DAY_MINUTE = 17 * 60;

/**
 * What a calendar without `hours` means: business days are Monday to Friday, business hours 09:00 to 17:00 on them, and
 * a date without a time ends at 17:00 (POLICY.md, `due`).
 */
export const OFFICE_WEEK: Calendar['week'] = [OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, [], []];

/** The calendar of a policy that names none: office hours in a zone, without holidays. */
export const officeCalendar = (zone: string): Calendar => ({
  id: null,
  zone,
  week: OFFICE_WEEK,
  special: new Map(),
  years: { from: 1, to: 9_999 },
});

/** The open hours of a date (`YYYY-MM-DD`), in order; none when it is closed. */
export const hoursOf = (calendar: Calendar, date: string): readonly OpenHours[] =>
  calendar.special.get(date)?.hours ?? calendar.week[weekdayOf(dayOf(date)) - 1] ?? [];

/** A business day has open hours, however short. */
export const isBusinessDay = (calendar: Calendar, date: string): boolean => hoursOf(calendar, date).length > 0;

/**
 * The date `count` business days after a date, or before it when `count` is negative; 0 is the date itself, whatever it
 * is. From a day that is no business day, 1 is the next business day and -1 the last one. Null when the calendar is closed
 * for more than CLOSED_DAYS_MAX days on the way.
 */
export function businessDaysAfter(calendar: Calendar, date: string, count: number): string | null {
  const step = count < 0 ? -1 : 1;
  let day = dayOf(date);
  let left = Math.abs(count);
  let closed = 0;
  for (let walked = 0; left > 0; walked++) {
    day += step;
    const open = isBusinessDay(calendar, dateOf(day));
    closed = open ? 0 : closed + 1;
    if (open) left -= 1;
    if (closed > CLOSED_DAYS_MAX || walked > WALK_DAYS_MAX) return null;
  }
  return dateOf(day);
}

/** Open from an instant until before another. */
export interface OpenSpan {
  readonly from: Instant;
  readonly to: Instant;
}

/** The instants between which a day (number of day.ts) is open. What falls into a gap of DST is not there. */
export const openSpans = (calendar: Calendar, day: number): readonly OpenSpan[] =>
  hoursOf(calendar, dateOf(day))
    .map(({ fromMinute, toMinute }) => ({
      from: fromLocal(day * DAY_MS + fromMinute * MINUTE_MS, calendar.zone),
      to: fromLocal(day * DAY_MS + toMinute * MINUTE_MS, calendar.zone),
    }))
    .filter(({ from, to }) => from < to);

/** The local day of an instant. */
export const localDay = (at: Instant, zone: string): number => Math.floor(toLocal(at, zone) / DAY_MS);

export const isOpen = (calendar: Calendar, at: Instant): boolean => openSpanAt(calendar, at)?.open === true;

/** The instant itself when the calendar is open, else when it next opens; null when that is beyond CLOSED_DAYS_MAX days. */
export function nextOpen(calendar: Calendar, at: Instant): Instant | null {
  const found = openSpanAt(calendar, at);
  return found === null ? null : found.open ? at : found.span.from;
}

/** The span an instant lies in, or the next one. */
function openSpanAt(calendar: Calendar, at: Instant): { readonly span: OpenSpan; readonly open: boolean } | null {
  const today = localDay(at, calendar.zone);
  // A clock set back over midnight shows the day before once more, so one begins a day early.
  for (let day = today - 1; day <= today + CLOSED_DAYS_MAX; day++) {
    const span = openSpans(calendar, day).find(({ to }) => at < to);
    if (span !== undefined) return { span, open: span.from <= at };
  }
  return null;
}

/**
 * When a date without a time is over: the end of its hours, or 17:00 on a day without any, in the calendar's zone. Hours
 * until 24:00 end at 23:59, so that what is due on a day is shown on that day. Null when there is no such date.
 */
export function endOfDay(calendar: Calendar, date: string): Instant | null {
  if (!isDate(date)) return null;
  const minute = hoursOf(calendar, date).at(-1)?.toMinute ?? END_OF_DAY_MINUTE;
  return fromLocal(dayOf(date) * DAY_MS + Math.min(minute, MINUTES_A_DAY - 1) * MINUTE_MS, calendar.zone);
}

export interface WorkingDay {
  readonly date: string;
  readonly weekday: number; // 1 is Monday
  readonly hours: readonly OpenHours[];
  /** From and to of the day as instants, for previews that show them in another zone. */
  readonly opensAt: Instant;
  readonly closesAt: Instant;
}

/** The next business days from a date on, that date included; fewer when the calendar does not open so often. */
export function nextWorkingDays(calendar: Calendar, from: string, count: number): readonly WorkingDay[] {
  const found: WorkingDay[] = [];
  let date = isBusinessDay(calendar, from) ? from : businessDaysAfter(calendar, from, 1);
  while (date !== null && found.length < count) {
    const hours = hoursOf(calendar, date);
    const at = (minute: number): Instant =>
      fromLocal(dayOf(date as string) * DAY_MS + minute * MINUTE_MS, calendar.zone);
    found.push({
      date,
      weekday: weekdayOf(dayOf(date)),
      hours,
      opensAt: at(hours[0]?.fromMinute ?? 0),
      closesAt: at(hours.at(-1)?.toMinute ?? 0),
    });
    date = businessDaysAfter(calendar, date, 1);
  }
  return found;
}
