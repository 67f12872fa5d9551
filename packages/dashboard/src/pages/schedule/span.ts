// Which weeks are drawn, and what is on call in them: days of the schedule's own zone, and for each level the time between two
// instants cut into pieces. Who is on call is asked of the core, which the server asks as well, so that they cannot disagree.

import type { Schedule } from '@relance/client';
import {
  compileSchedule,
  gapsBetween,
  type Instant,
  instant,
  issueWords,
  levelsOf,
  peopleNamedIn,
  readMoment,
  scheduleSchema,
  shiftsBetween,
} from '@relance/core';

const DAY_MS = 86_400_000;
export const WEEK_DAYS = 7;
export type View = 'week' | 'month';

/** A date as text, such as `2026-11-27`, counted on: dates know no clocks. */
export const daysLater = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The Monday of its week. */
export const mondayOf = (date: string): string =>
  daysLater(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % WEEK_DAYS));

export const dateIn = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);

/** Mondays of the weeks that are drawn: one, or every one that has a day of the month. */
export function weeksOf(view: View, date: string): readonly string[] {
  if (view === 'week') return [mondayOf(date)];
  const weeks: string[] = [];
  const month = date.slice(0, 7);
  for (let monday = mondayOf(`${month}-01`); monday.slice(0, 7) <= month; monday = daysLater(monday, WEEK_DAYS))
    weeks.push(monday);
  return weeks;
}

/** The same day a view further: a week, or the first of the next month. */
export function stepped(view: View, date: string, by: 1 | -1): string {
  if (view === 'week') return daysLater(date, by * WEEK_DAYS);
  const [year = 0, month = 0] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10);
}

export interface Day {
  readonly date: string;
  readonly begins: Instant;
  readonly ends: Instant;
}

/** Each as long as it really is: with 23 or 25 hours where clocks change. */
export function daysOf(monday: string, zone: string): readonly Day[] {
  const midnight = (date: string): Instant => readMoment(date, zone) ?? instant(Date.parse(`${date}T00:00:00Z`));
  return Array.from({ length: WEEK_DAYS }, (_, index) => {
    const date = daysLater(monday, index);
    return { date, begins: midnight(date), ends: midnight(daysLater(date, 1)) };
  });
}

export interface Piece {
  readonly level: number;
  readonly from: Instant;
  readonly until: Instant;
  /** Where the shift really begins and ends; those of a gap are what is drawn of it. */
  readonly shift: { readonly from: Instant; readonly until: Instant };
  readonly recipients: readonly string[];
  readonly kind: 'layer' | 'override' | 'gap';
  /** The layer or override that says so. */
  readonly sourceId: string | null;
}

export type Compiled = ReturnType<typeof compileSchedule>;

export type ReadSchedule =
  | { readonly ok: true; readonly compiled: Compiled; readonly people: readonly string[] }
  | { readonly ok: false; readonly problems: ReadonlyMap<string, string> };

/** As the server reads it, with the same words for what is wrong, by the path of the field. */
export function readSchedule({ version: _version, ...written }: Schedule): ReadSchedule {
  const read = scheduleSchema.safeParse(written, { error: issueWords });
  if (read.success)
    return { ok: true, compiled: compileSchedule(read.data), people: [...peopleNamedIn(read.data).keys()] };
  const problems = new Map<string, string>();
  for (const { path, message } of read.error.issues) {
    const at = path.map(String).join('.');
    if (!problems.has(at)) problems.set(at, message);
  }
  return { ok: false, problems };
}

/** By level, in order, without a hole: where nobody who is known is on call there is a gap. */
export function piecesBetween(
  schedule: Compiled,
  from: Instant,
  to: Instant,
  isKnown: (recipient: string) => boolean,
): ReadonlyMap<number, readonly Piece[]> {
  const cut = (at: Instant): Instant => (at < from ? from : at > to ? to : at);
  return new Map(
    levelsOf(schedule).map((level) => {
      const shifts = shiftsBetween(schedule, from, to, level)
        .filter(({ recipients }) => recipients.some(isKnown))
        .map(
          (one): Piece => ({
            level,
            from: cut(one.from),
            until: cut(one.until),
            shift: { from: one.from, until: one.until },
            recipients: one.recipients.filter(isKnown),
            kind: one.source,
            sourceId: one.sourceId,
          }),
        );
      const gaps = gapsBetween(schedule, from, to, level, undefined, isKnown).map(
        (gap): Piece => ({ ...gap, shift: gap, recipients: [], kind: 'gap', sourceId: null }),
      );
      return [level, [...shifts, ...gaps].sort((a, b) => a.from - b.from)];
    }),
  );
}

/** Whether an override has run out. */
export const isOver = (to: string, zone: string, now: number): boolean => {
  const at = readMoment(to, zone);
  return at !== null && at <= now;
};
