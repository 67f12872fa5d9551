// Public holidays by country, state and region, from date-holidays. The library has 1.5 MB of rules and the motion of sun
// and moon in it, so it is loaded when first asked for, by the edge that reads calendars; what goes into a calendar is
// plain dates (calendar-reading.ts), and no decision ever needs the library.
import { dateOf } from './day.ts';
import { DAY_MS } from './instant.ts';

/** ISO 3166-1 country, ISO 3166-2 state and the library's own regions, as in `DE`, `BY`, `A`. */
export interface HolidayPlace {
  readonly country: string;
  readonly state: string | null;
  readonly region: string | null;
}

export interface Holiday {
  readonly date: string; // YYYY-MM-DD
  readonly name: string; // English where there is one, else in the language of the country
}

export interface HolidayBook {
  /** The public holidays of one year, in order; null when the place is not known. */
  holidaysOf(place: HolidayPlace, year: number): readonly Holiday[] | null;
  /** The codes that are known one level below: countries, states of a country, or regions of a state. */
  codesIn(country: string | null, state: string | null): readonly string[];
}

const PLACES_MAX = 1_000;

/** Takes half a second and 30 MB the first time. */
export async function loadHolidays(): Promise<HolidayBook> {
  const { default: Holidays } = await import('date-holidays');
  const index = new Holidays();
  const codesIn = (country: string | null, state: string | null): readonly string[] =>
    Object.keys(
      (country === null
        ? index.getCountries()
        : state === null
          ? index.getStates(country)
          : index.getRegions(country, state)) ?? {},
    );
  /** The library gives the holidays of the country for a state that it does not know, so every code is looked up. */
  const isKnown = ({ country, state, region }: HolidayPlace): boolean =>
    codesIn(null, null).includes(country) &&
    (state === null || codesIn(country, null).includes(state)) &&
    (region === null || (state !== null && codesIn(country, state).includes(region)));

  // In the zone UTC the library's dates are wall times.
  const open = ({ country, state, region }: HolidayPlace) => ({
    rules: new Holidays(
      { country, ...(state === null ? {} : { state }), ...(region === null ? {} : { region }) },
      { types: ['public'], timezone: 'UTC' },
    ),
    years: new Map<number, readonly Holiday[]>(),
  });
  const places = new Map<string, ReturnType<typeof open>>();

  function holidaysOf(place: HolidayPlace, year: number): readonly Holiday[] | null {
    const key = [place.country, place.state, place.region].join('-');
    const known = places.get(key) ?? (isKnown(place) ? open(place) : null);
    if (known === null) return null;
    if (places.size >= PLACES_MAX) places.clear();
    places.set(key, known);
    const found = known.years.get(year) ?? known.rules.getHolidays(year, 'en').flatMap(daysOf);
    known.years.set(year, found);
    return found;
  }
  return { holidaysOf, codesIn };
}

/**
 * The days that a holiday takes: those it has begun on before noon and does not end on by noon. One that begins at sunset
 * takes the day after, and half a day off is no holiday; write it as an exception with its hours.
 */
function daysOf({
  start,
  end,
  name,
}: {
  readonly start: Date;
  readonly end: Date;
  readonly name: string;
}): readonly Holiday[] {
  const days: Holiday[] = [];
  for (let day = Math.floor(start.getTime() / DAY_MS); day * DAY_MS < end.getTime(); day++) {
    const noon = (day + 0.5) * DAY_MS;
    if (start.getTime() < noon && noon < end.getTime()) days.push({ date: dateOf(day), name });
  }
  return days;
}
