// How fast story time runs in the demo, as pure arithmetic. While only the stories of the demo are under way, time leaps
// from due moment to due moment. As soon as the newcomer has something under way it runs, slowly enough to watch and to
// act, with a rest after everything that happens; with nothing under way it stands still. demo.ts keeps the real time.
import { HOUR_MS, type Instant, instant } from '@relance/core';

/** Real time between two leaps: slow enough to read, fast enough for three stories in a minute. */
export const LEAP_EVERY_MS = 900;
/** Real time that time rests after something happened, so that it can be read and answered. */
export const READING_MS = 3_000;
/** Story time that passes in a real second… */
const RUNS_BY_MS = HOUR_MS;
/** …but nobody waits longer than this real time for what comes next. */
const WAIT_MAX_MS = 30_000;

/** One stretch of running time: towards what, and how much story time passes in a real millisecond. */
export interface Stretch {
  readonly to: Instant;
  readonly rate: number;
}

export interface Moment {
  readonly now: Instant;
  /** The next due moment; null when there is none. */
  readonly nextAt: Instant | null;
  /** The newcomer has a follow-up open, or acted on one of the stories. */
  readonly theirs: boolean;
  /** Real time since the last turn, since time leapt, and since anything happened. */
  readonly turnMs: number;
  readonly sinceLeapMs: number;
  readonly sinceNewsMs: number;
}

export interface Move {
  /** What the clock is set to; null leaves it where it is. */
  readonly to: Instant | null;
  readonly stretch: Stretch | null;
}

export function pace(moment: Moment, stretch: Stretch | null): Move {
  const { now, nextAt } = moment;
  if (nextAt === null) return { to: null, stretch: null };
  if (!moment.theirs) return { to: moment.sinceLeapMs >= LEAP_EVERY_MS ? nextAt : null, stretch: null };
  if (moment.sinceNewsMs < READING_MS) return { to: null, stretch: null };
  // A date that moves begins a new stretch; the rate within one stays, so that time does not slow down before it arrives.
  const { rate } =
    stretch?.to === nextAt ? stretch : { rate: Math.max(RUNS_BY_MS / 1_000, (nextAt - now) / WAIT_MAX_MS) };
  return { to: instant(Math.min(nextAt, now + rate * moment.turnMs)), stretch: { to: nextAt, rate } };
}
