// The written form of a calendar, one schema for policies (inline), the HTTP API and project folders: each text in it is
// read here already, so that whoever uses the schema says what is wrong, where, and at which character. Making a calendar
// of it is calendar-reading.ts.
import { z } from 'zod';
import { parseAllDayEvents } from '../all-day-events.ts';
import { ICALENDAR_TEXT_MAX } from '../icalendar.ts';
import { isDate, isZone } from '../timing.ts';
import { parseHours, parseWeekdays, WEEKDAYS } from './hours.ts';
import { id, text } from './schema-text.ts';

const PLACES_MAX = 10;
const EXCEPTIONS_MAX = 1_000;
const HOURS_LENGTH_MAX = 200;
const PLACE = /^[A-Z]{2}(-[A-Za-z0-9]{1,20}){0,2}$/;
const CODE = /^[A-Za-z0-9]{1,20}$/;

type Wrong = { readonly at?: number; readonly message: string };
type Context = { addIssue(issue: { code: 'custom'; path?: PropertyKey[]; message: string; params?: object }): void };

/** `params.at` is the character of the value, for those who show it. */
function refuse(context: Context, path: readonly string[], { at, message }: Wrong): void {
  context.addIssue({
    code: 'custom',
    path: [...path],
    message: at === undefined || at === 0 ? message : `${message} (at character ${at + 1})`,
    ...(at === undefined ? {} : { params: { at } }),
  });
}

const hours = z
  .record(z.string(), z.string().max(HOURS_LENGTH_MAX))
  .superRefine((written, context) => {
    const taken = new Map<number, string>();
    let open = false;
    for (const [key, value] of Object.entries(written)) {
      const days = parseWeekdays(key);
      if (!days.ok) refuse(context, [key], { message: days.message });
      const read = parseHours(value);
      if (!read.ok) refuse(context, [key], read);
      open ||= !read.ok || read.value.length > 0;
      for (const day of days.ok ? days.value : []) {
        const earlier = taken.get(day);
        if (earlier !== undefined)
          refuse(context, [key], {
            message: `each day once is expected; "${WEEKDAYS[day - 1]}" is in "${earlier}" already`,
          });
        taken.set(day, key);
      }
    }
    if (!open)
      refuse(context, [], { message: 'at least one day with hours is expected, as in mon-fri: "09:00-18:00"' });
  })
  .describe('business hours by day: `{ mon-fri: "09:00-12:30, 14:00-18:00", sat: "10:00-12:00" }`');

const exceptions = z
  .record(z.string(), z.string().max(HOURS_LENGTH_MAX))
  .superRefine((written, context) => {
    const entries = Object.entries(written);
    if (entries.length > EXCEPTIONS_MAX)
      refuse(context, [], { message: `at most ${EXCEPTIONS_MAX} dates are expected` });
    for (const [date, value] of entries.slice(0, EXCEPTIONS_MAX)) {
      if (!isDate(date)) refuse(context, [date], { message: 'a date that exists is expected, as in "2026-12-24"' });
      const read = parseHours(value);
      if (!read.ok) refuse(context, [date], read);
    }
  })
  .describe('dates with other hours, holidays included: `{ 2026-12-24: "09:00-12:00", 2026-12-28: closed }`');

const code = (what: string) => z.string().regex(CODE, 'a code of letters and digits is expected').describe(what);
const place = z.union(
  [
    z
      .string()
      .regex(PLACE, 'a country is expected, with a state and region where it has them, as in FR, DE-BY or US-LA-NO')
      .describe('a country, or a state or region of it, as date-holidays has them: FR, DE-BY'),
    z.strictObject({
      country: z.string().regex(/^[A-Z]{2}$/, 'two letters are expected, as in FR'),
      state: code('as in BY').optional(),
      region: code('as in A').optional(),
    }),
    z.strictObject({
      icalendar: z
        .string()
        .max(ICALENDAR_TEXT_MAX)
        .superRefine((written, context) => {
          const read = parseAllDayEvents(written);
          if (!read.ok) refuse(context, [], read);
        })
        .describe('the text of an iCalendar file (RFC 5545), of which every all-day event is a holiday'),
    }),
  ],
  { error: 'a country such as FR or DE-BY, { country, state, region } or { icalendar } is expected' },
);

export const calendarSchema = z.strictObject({
  zone: text(64, 'an IANA time zone, as in `Europe/Paris`').refine(isZone, {
    error: (issue) => `"${String(issue.input)}" is not a time zone; an IANA name such as Europe/Paris is expected`,
  }),
  hours: hours.optional(),
  holidays: z.union([place, z.array(place).max(PLACES_MAX)]).optional(),
  exceptions: exceptions.optional(),
});

/** In a policy: by name, or inline. */
export const calendarOrName = z.union([id('a calendar by name'), calendarSchema]);

export type WrittenCalendar = z.output<typeof calendarSchema>;
export type WrittenPlace = z.output<typeof place>;
