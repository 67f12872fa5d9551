// The calendar of a policy outside the engine. At publication: whether anybody knows the places it takes its holidays from;
// its hours and dates were read with the policy, and whether a named calendar exists is core's checkReferences. For
// simulations: the policy with its calendar.
import {
  calendarYears,
  type Instant,
  type Policy,
  type Problem,
  Problems,
  type WrittenCalendar,
  withCalendar,
} from '@relance/core';
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

/** Counting in its calendar, with the holidays around an instant; as it is where that cannot be read. */
export async function countingIn(
  policy: Policy,
  calendars: Calendars,
  at: Instant,
  named: (id: string) => Promise<WrittenCalendar | null> | WrittenCalendar | null,
): Promise<Policy> {
  const source = policy.calendarSource;
  if (source === null) return policy;
  const written = source.kind === 'written' ? source.written : await named(source.id);
  if (written === null) return policy;
  const id = source.kind === 'named' ? source.id : null;
  const reading = await calendars.compile(id, written, calendarYears(at));
  return reading.ok ? withCalendar(policy, reading.calendar) : policy;
}
