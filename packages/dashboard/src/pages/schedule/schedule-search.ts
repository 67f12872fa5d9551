// What of a schedule's calendar is looked at, as it stands in the address.
import type { View } from './span.ts';

export interface ScheduleSearch {
  /** A week where nothing is said. */
  readonly view?: View | undefined;
  /** A date in what is drawn; today where nothing is said. */
  readonly date?: string | undefined;
}

export const readScheduleSearch = (search: Record<string, unknown>): ScheduleSearch => ({
  view: search.view === 'month' ? 'month' : undefined,
  date: typeof search.date === 'string' && isDate(search.date) ? search.date : undefined,
});

const isDate = (text: string): boolean =>
  /^(19[7-9]\d|2\d{3})-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
