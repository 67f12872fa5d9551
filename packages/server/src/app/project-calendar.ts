// The holidays of a calendar in a project folder may be iCalendar files beside it: `{ icalendar: holidays.ics }`, by a path
// from the file that names it and never out of the folder. Becomes the shape that PUT /v1/calendars takes, with the text.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { checkText } from '../http/json.ts';

export interface CalendarFiles {
  /** As written, with texts where there were files; not checked yet. */
  readonly value: unknown;
  readonly problems: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** What the HTTP interface takes at once. */
const FILE_BYTES_MAX = 1_048_576;
/** A text has lines; what ends like this has none. */
const FILE_NAME = /^[^\r\n]+\.ics$/i;

/** `folder` is the project's, `file` the one the calendar stands in. */
export function readCalendarFiles(written: unknown, folder: string, file: string): CalendarFiles {
  const problems: { path: readonly PropertyKey[]; message: string }[] = [];
  const textOf = (place: unknown, path: readonly PropertyKey[]): unknown => {
    if (!isRecord(place) || typeof place.icalendar !== 'string' || !FILE_NAME.test(place.icalendar)) return place;
    try {
      return { ...place, icalendar: readText(folder, join(dirname(file), place.icalendar)) };
    } catch (error) {
      problems.push({
        path: [...path, 'icalendar'],
        message: describe(error as NodeJS.ErrnoException, place.icalendar),
      });
      return place;
    }
  };
  if (!isRecord(written)) return { value: written, problems };
  const { holidays } = written;
  const read = Array.isArray(holidays)
    ? holidays.map((place, index) => textOf(place, ['holidays', index]))
    : textOf(holidays, ['holidays']);
  return { value: holidays === undefined ? written : { ...written, holidays: read }, problems };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Neither by its path nor behind a link. */
function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return isAbsolute(way) || way.split(sep)[0] === '..';
}

function readText(folder: string, path: string): string {
  const outside = new Error('is outside of the project folder; copy it into `directory/`');
  if (isOutside(folder, path)) throw outside;
  const place = realpathSync(path);
  if (isOutside(realpathSync(folder), place)) throw outside;
  const { size } = statSync(place);
  if (size > FILE_BYTES_MAX) throw new Error('is larger than 1 MiB; write calendars of fewer years');
  const text = readFileSync(place, 'utf8');
  checkText(text, '');
  return text;
}

function describe(error: NodeJS.ErrnoException, name: string): string {
  if (error.code === 'ENOENT') return `There is no file "${name}" beside this one; write its path from here.`;
  return `"${name}" ${error.code === undefined ? error.message : `cannot be read (${error.code})`}.`;
}
