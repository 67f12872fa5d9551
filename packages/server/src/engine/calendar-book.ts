// Calendars read with their holidays, for whoever asks them: the engine, and previews over HTTP. What is written the same
// is read once a span of years and forgotten past a limit, those first that were asked for longest ago. The book of
// holidays of all countries takes half a second to load: once a process, when a calendar first names a country.
import { createHash } from 'node:crypto';
import {
  type Calendar,
  type CalendarReading,
  type HolidayBook,
  loadHolidays,
  needsHolidayBook,
  readCalendar,
  type WrittenCalendar,
  type Years,
} from '@relance/core';

/** Far more calendars than a node decides about at a time; each is some hundred dates. */
const CALENDARS_MAX = 500;

/** In the order they were last asked for. */
const known = new Map<string, Calendar>();
let book: Promise<HolidayBook> | null = null;

/** Should it not load, whoever asks next tries again. */
function holidayBook(): Promise<HolidayBook> {
  book ??= loadHolidays().catch((error: unknown) => {
    book = null;
    throw error;
  });
  return book;
}

/**
 * The calendar for these years. `written` has passed its schema; what may still be refused is a place whose holidays
 * nobody knows, whatever the years.
 */
export async function compileCalendar(
  id: string | null,
  written: WrittenCalendar,
  years: Years,
): Promise<CalendarReading> {
  const key = createHash('sha256')
    .update(`${years.from} ${years.to} ${JSON.stringify(written)}`)
    .digest('base64');
  const found = known.get(key);
  if (found !== undefined) {
    keep(key, found);
    return { ok: true, calendar: found.id === id ? found : { ...found, id } };
  }
  const reading = readCalendar(written, {
    id,
    years,
    book: needsHolidayBook(written) ? await holidayBook() : null,
  });
  if (reading.ok) keep(key, reading.calendar);
  return reading;
}

function keep(key: string, calendar: Calendar): void {
  known.delete(key);
  known.set(key, calendar);
  for (const oldest of known.keys()) {
    if (known.size <= CALENDARS_MAX) break;
    known.delete(oldest);
  }
}
