// From a written calendar (policy/schema-calendar.ts) to the one that is asked (calendar.ts): hours read, holidays worked
// out as dates for some years. Done where calendars are read and kept, not in decisions. The holidays of a country come
// from a book (holidays.ts) that is loaded only when a calendar names one.
import { daysOfEvents, parseAllDayEvents } from './all-day-events.ts';
import { type Calendar, OFFICE_WEEK, type SpecialDay } from './calendar.ts';
import { yearOf } from './day.ts';
import type { HolidayBook, HolidayPlace } from './holidays.ts';
import { DAY_MS, type Instant } from './instant.ts';
import { type OpenHours, parseHours, parseWeekdays } from './policy/hours.ts';
import type { Path } from './policy/problem.ts';
import type { WrittenCalendar, WrittenPlace } from './policy/schema-calendar.ts';

/** A year back, for what is counted backwards; five ahead, which is further than follow-ups look but for a few. */
const YEARS_BEFORE = 1;
const YEARS_AFTER = 5;

export interface Years {
  readonly from: number;
  readonly to: number;
}

/** The years of which a calendar read now knows the holidays; it is read again in the course of the next. */
export const calendarYears = (now: Instant): Years => {
  const year = yearOf(Math.floor(now / DAY_MS));
  return { from: year - YEARS_BEFORE, to: year + YEARS_AFTER };
};

/** Whether a book of holidays must be loaded to read it. */
export const needsHolidayBook = (written: WrittenCalendar): boolean =>
  placesOf(written).some(({ place }) => toPlace(place) !== null);

export interface CalendarProblem {
  readonly path: Path; // within the calendar
  readonly message: string;
}
export type CalendarReading =
  | { readonly ok: true; readonly calendar: Calendar }
  | { readonly ok: false; readonly problems: readonly CalendarProblem[] };

/**
 * Reads a calendar that the schema has accepted. What may still be wrong is a place the book does not know. Exceptions
 * stand above holidays, and holidays above the hours of the week.
 */
export function readCalendar(
  written: WrittenCalendar,
  given: { readonly id: string | null; readonly years: Years; readonly book: HolidayBook | null },
): CalendarReading {
  const special = new Map<string, SpecialDay>();
  const problems: CalendarProblem[] = [];
  for (const { place, path } of placesOf(written)) {
    const found = holidaysOf(place, given);
    if (found === null) problems.push({ path, message: unknownPlace(place, given.book) });
    for (const [date, name] of found ?? [])
      special.set(date, { hours: [], name: special.get(date)?.name || name || null });
  }
  for (const [date, text] of Object.entries(written.exceptions ?? {})) {
    const hours = hoursIn(text);
    special.set(date, { hours, name: hours.length > 0 ? null : (special.get(date)?.name ?? null) });
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    calendar: { id: given.id, zone: written.zone, week: weekOf(written), special, years: given.years },
  };
}

function weekOf({ hours }: WrittenCalendar): Calendar['week'] {
  if (hours === undefined) return OFFICE_WEEK;
  const week: (readonly OpenHours[])[] = [[], [], [], [], [], [], []];
  for (const [key, text] of Object.entries(hours)) {
    const days = parseWeekdays(key);
    for (const day of days.ok ? days.value : []) week[day - 1] = hoursIn(text);
  }
  return week;
}

function hoursIn(text: string): readonly OpenHours[] {
  const read = parseHours(text);
  return read.ok ? read.value : [];
}

function placesOf({ holidays }: WrittenCalendar): readonly { readonly place: WrittenPlace; readonly path: Path }[] {
  if (holidays === undefined) return [];
  return Array.isArray(holidays)
    ? holidays.map((place, index) => ({ place, path: ['holidays', index] }))
    : [{ place: holidays, path: ['holidays'] }];
}

/** Null for iCalendar text. */
function toPlace(written: WrittenPlace): HolidayPlace | null {
  if (typeof written === 'string') {
    const [country = '', state = null, region = null] = written.split('-');
    return { country, state, region };
  }
  if ('icalendar' in written) return null;
  return { country: written.country, state: written.state ?? null, region: written.region ?? null };
}

function holidaysOf(
  written: WrittenPlace,
  { years, book }: { readonly years: Years; readonly book: HolidayBook | null },
): Iterable<readonly [date: string, name: string]> | null {
  if (typeof written === 'object' && 'icalendar' in written) {
    const events = parseAllDayEvents(written.icalendar);
    return events.ok ? daysOfEvents(events.value, years) : [];
  }
  const place = toPlace(written) as HolidayPlace;
  if (book === null) throw new Error('A calendar with holidays of a country is read without a book of holidays.');
  const found: [string, string][] = [];
  for (let year = years.from; year <= years.to; year++) {
    const holidays = book.holidaysOf(place, year);
    if (holidays === null) return null;
    for (const { date, name } of holidays) found.push([date, name]);
  }
  return found;
}

function unknownPlace(written: WrittenPlace, book: HolidayBook | null): string {
  const { country, state, region } = toPlace(written) as HolidayPlace;
  const states = book?.codesIn(country, null) ?? [];
  const countries = book?.codesIn(null, null) ?? [];
  if (!countries.includes(country))
    return `There are no holidays for the country "${country}"; write one of ${countries.join(', ')}, or give its holidays as icalendar.`;
  if (state === null) return `"${region}" needs a state, since a region stands in a state; ${offer(states, country)}`;
  if (!states.includes(state)) return `"${state}" is not a state of ${country}; ${offer(states, country)}`;
  return `"${region}" is not a region of ${country}-${state}; ${offer(book?.codesIn(country, state) ?? [], `${country}-${state}`)}`;
}

const offer = (codes: readonly string[], whole: string): string =>
  codes.length === 0 ? `write ${whole} alone.` : `write one of ${codes.join(', ')}, or ${whole} alone.`;
