// Calendars as they are typed: a line for each span of days, and for each date that is an exception. What the server says of them is
// said by the same names.
import type { Calendar, HolidayPlace } from '@relance/client';

export interface TypedCalendar {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly hours: string;
  readonly holidays: string;
  readonly exceptions: string;
}

/** `mon-fri: 09:00-17:00`, line by line. */
export const linesOf = (map: Readonly<Record<string, string>> = {}): string =>
  Object.entries(map)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');

export function mapOf(lines: string): Readonly<Record<string, string>> {
  const said = lines.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    said.map((line) => {
      const [key = '', ...rest] = line.split(':');
      return [key.trim(), rest.join(':').trim()];
    }),
  );
}

const placesOf = (holidays: Calendar['holidays']): readonly HolidayPlace[] =>
  holidays === undefined
    ? []
    : Array.isArray(holidays)
      ? (holidays as readonly HolidayPlace[])
      : [holidays as HolidayPlace];

/** Places by their names; others (files of holidays) are not typed here and stay. */
export const typedOf = (calendar: Calendar | null, zone: string): TypedCalendar => ({
  id: calendar?.id ?? '',
  name: calendar?.name ?? '',
  zone: calendar?.zone ?? zone,
  hours: linesOf(calendar?.hours),
  holidays: placesOf(calendar?.holidays)
    .filter((place) => typeof place === 'string')
    .join(', '),
  exceptions: linesOf(calendar?.exceptions),
});

export function bodyOf(typed: TypedCalendar, before: Calendar | null): Omit<Calendar, 'id' | 'version'> {
  const named = typed.holidays.split(',').map((place) => place.trim());
  const kept = placesOf(before?.holidays).filter((place) => typeof place !== 'string');
  const holidays = [...named.filter((place) => place !== ''), ...kept];
  const [hours, exceptions] = [mapOf(typed.hours), mapOf(typed.exceptions)];
  return {
    name: typed.name.trim() === '' ? null : typed.name.trim(),
    zone: typed.zone.trim(),
    ...(Object.keys(hours).length === 0 ? {} : { hours }),
    ...(holidays.length === 0 ? {} : { holidays }),
    ...(Object.keys(exceptions).length === 0 ? {} : { exceptions }),
  };
}
