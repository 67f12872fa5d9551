// What is allowed in a schedule but likely a mistake: people who are not known, hours without anybody. Answered where one is
// written over HTTP (routes/schedule.ts), and where a project folder brings it (app/directory-warning.ts).
import {
  compileSchedule,
  DAY_MS,
  gapsBetween,
  type Instant,
  later,
  peopleNamedIn,
  toRfc3339,
  type WrittenSchedule,
} from '@relance/core';

/** Looked through for hours without anybody. */
const WATCHED_DAYS = 28;
/** More than these nobody reads. */
const WARNINGS_MAX = 50;

export interface ScheduleWarning {
  readonly path: string;
  readonly message: string;
}

export const scheduleWarnings = (
  body: WrittenSchedule,
  known: ReadonlySet<string>,
  now: Instant,
): readonly ScheduleWarning[] => [...unknownPeople(body, known), ...hoursWithoutAnybody(body, now)];

const unknownPeople = (body: WrittenSchedule, known: ReadonlySet<string>): readonly ScheduleWarning[] =>
  [...peopleNamedIn(body)]
    .filter(([id]) => !known.has(id))
    .slice(0, WARNINGS_MAX)
    .map(([id, path]) => ({
      path,
      message: `There is no recipient "${id}" yet; until there is, nobody is told in their place.`,
    }));

function hoursWithoutAnybody(body: WrittenSchedule, now: Instant): readonly ScheduleWarning[] {
  const gaps = gapsBetween(compileSchedule(body), now, later(now, WATCHED_DAYS * DAY_MS));
  const [first] = gaps;
  if (first === undefined) return [];
  const more = gaps.length === 1 ? '' : `, and ${gaps.length - 1} more times`;
  const when = `from ${toRfc3339(first.from)} to ${toRfc3339(first.until)}`;
  return [{ path: 'layers', message: `Within ${WATCHED_DAYS} days nobody is on call ${when}${more}.` }];
}
