// What a calendar means in the days to come, for people who look at it: the next business days, and the holidays and
// exceptions from the first date to the last. Counting for follow-ups is business-time.ts.
import {
  type Calendar,
  CLOSED_DAYS_MAX,
  localDay,
  nextWorkingDays,
  type SpecialDay,
  type WorkingDay,
} from './calendar.ts';
import { dateOf, dayOf, yearOf } from './day.ts';
import type { Instant } from './instant.ts';

export interface CalendarPreview {
  /** What was looked at, both included. Beyond `to`, nothing is known of the calendar, or nothing was asked. */
  readonly from: string;
  readonly to: string;
  readonly days: readonly WorkingDay[];
  readonly special: readonly (SpecialDay & { readonly date: string })[];
}

/**
 * From a date, or the one it is now in the calendar's zone. Fewer days than `count` when the calendar is closed for more
 * than CLOSED_DAYS_MAX days, or the years end whose holidays are worked out.
 */
export function previewCalendar(
  calendar: Calendar,
  asked: { readonly from: string | null; readonly count: number; readonly now: Instant },
): CalendarPreview {
  const from = asked.from ?? dateOf(localDay(asked.now, calendar.zone));
  const days = nextWorkingDays(calendar, from, asked.count).filter(
    ({ date }) => yearOf(dayOf(date)) <= calendar.years.to,
  );
  const last = days.at(-1)?.date ?? from;
  const to = days.length === asked.count ? last : closedUntil(calendar, last);
  return {
    from,
    to,
    days,
    special: [...calendar.special]
      .filter(([date]) => from <= date && date <= to)
      .map(([date, day]) => ({ date, ...day }))
      .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  };
}

function closedUntil({ years }: Calendar, after: string): string {
  const until = dateOf(dayOf(after) + CLOSED_DAYS_MAX);
  const known = `${years.to}-12-31`;
  return until < known ? until : known;
}
