// The places that the calendar of a policy takes its holidays from, at publication: whether anybody knows them. Its hours
// and dates were read with the policy; whether a named calendar exists is core's checkReferences.
import { type Policy, type Problem, Problems } from '@relance/core';
import type { Calendars } from '../engine/ports.ts';

/** A place is known or not, whatever the year. */
const ANY_YEAR = { from: 2026, to: 2026 };

export async function placeProblems({ calendarSource }: Policy, calendars: Calendars): Promise<readonly Problem[]> {
  if (calendarSource?.kind !== 'written') return [];
  const reading = await calendars.compile(null, calendarSource.written, ANY_YEAR);
  if (reading.ok) return [];
  const problems = new Problems();
  for (const { path, message } of reading.problems)
    problems.error('policy_calendar_unknown', ['calendar', ...path], message);
  return problems.all;
}
