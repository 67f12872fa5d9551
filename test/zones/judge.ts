// Judges wall-clock arithmetic in one zone against a person who watches the clock of zdump (watch.ts), from 2020 to 2037: a
// daily 02:30, a weekly hand-over and quiet hours from 22 to 7 happen exactly once for each local day, week and night, and
// at the minute that the person says.
import type { Instant } from '../../packages/core/src/instant.ts';
import { nextAllowed, type SendRules } from '../../packages/core/src/send-window.ts';
import { addDuration } from '../../packages/core/src/timing.ts';
import { FROM_YEAR, TO_YEAR, type Transitions } from './oracle.ts';
import { watch } from './watch.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const HALF_PAST_TWO = 2.5 * HOUR_MS;
const QUIET = { fromMinute: 22 * 60, toMinute: 7 * 60 };
/** Quiet hours are asked this often on the days around a transition. */
const STEP_MS = 15 * MINUTE_MS;
const COMPLAINTS_MAX = 5;

export interface Verdict {
  readonly complaints: readonly string[];
  readonly transitions: number;
  readonly firings: number;
}

/** Until a year, not included. */
export function judge(zone: string, all: Transitions, toYear = TO_YEAR): Verdict {
  const spans = all.filter(({ from }) => from < Date.UTC(toYear, 0, 1));
  const person = watch(spans);
  const complaints: string[] = [];
  const complain = (what: string, at: number, got: number | string): void => {
    const shown = typeof got === 'number' ? new Date(got).toISOString() : got;
    if (complaints.length < COMPLAINTS_MAX)
      complaints.push(`${zone}: ${what} of ${new Date(at).toISOString()}: ${shown}`);
  };
  const firstDay = Date.UTC(FROM_YEAR, 0, 1);
  const days = (Date.UTC(toYear, 0, 1) - firstDay) / DAY_MS;
  const rules: SendRules = { window: null, quietHours: QUIET, calendar: null, zone };
  const allowed = (at: number): number | string => {
    const found = nextAllowed(rules, at as Instant);
    return found === 'never' ? 'never' : found.at;
  };
  let firings = 0;

  const anchor = person.firstShown(firstDay + HALF_PAST_TWO) as Instant;
  const dates = new Set<number>();
  const mornings = new Set<number | string>();
  for (let day = 0; day < days; day++) {
    const local = firstDay + day * DAY_MS;
    const fired = addDuration(anchor, 1, { kind: 'days', days: day, ms: 0 }, zone);
    if (fired !== person.firstShown(local + HALF_PAST_TWO)) complain('daily 02:30', local, fired);
    dates.add(Math.floor(person.shows(fired) / DAY_MS));
    const night = allowed(person.firstShown(local + 23 * HOUR_MS));
    if (night !== person.firstShown(local + DAY_MS + 7 * HOUR_MS)) complain('end of the quiet hours', local, night);
    mornings.add(night);
    firings += 2;
  }
  if (dates.size !== days) complain(`${dates.size} daily firings on ${days} days`, firstDay, 'not once a day');
  if (mornings.size !== days) complain(`${mornings.size} mornings on ${days} days`, firstDay, 'not once a day');

  // The first Sunday: nights of DST are Sundays for most of the world.
  const sunday = firstDay + ((7 - new Date(firstDay).getUTCDay()) % 7) * DAY_MS + HALF_PAST_TWO;
  const handedOver = person.firstShown(sunday) as Instant;
  const weeks = new Set<number>();
  for (let week = 0; week < Math.floor(days / 7); week++) {
    const at = addDuration(handedOver, 1, { kind: 'days', days: 7 * week, ms: 0 }, zone);
    if (at !== person.firstShown(sunday + 7 * week * DAY_MS))
      complain('weekly hand-over', sunday + 7 * week * DAY_MS, at);
    weeks.add(Math.floor((person.shows(at) - sunday) / (7 * DAY_MS) + 0.5));
    firings += 1;
  }
  if (weeks.size !== Math.floor(days / 7)) complain('weekly hand-overs', sunday, 'not once a week');

  for (const transition of person.transitions) {
    const from = Math.floor((transition - 1.5 * DAY_MS) / STEP_MS) * STEP_MS;
    for (let at = from; at < from + 3 * DAY_MS; at += STEP_MS) {
      if (allowed(at) !== quietUntil(person, at)) complain('quiet hours', at, allowed(at));
    }
  }
  return { complaints, transitions: person.transitions.length, firings };
}

/** The person's own quiet hours: they begin when the clock first shows 22:00, and end when it first shows 07:00. */
function quietUntil(person: ReturnType<typeof watch>, at: number): number {
  const today = Math.floor(person.shows(at) / DAY_MS) * DAY_MS;
  for (const day of [today - 2 * DAY_MS, today - DAY_MS, today, today + DAY_MS]) {
    const begins = person.firstShown(day + QUIET.fromMinute * MINUTE_MS);
    const ends = person.firstShown(day + DAY_MS + QUIET.toMinute * MINUTE_MS);
    if (begins <= at && at < ends) return ends;
  }
  return at;
}
