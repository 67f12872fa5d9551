// A person who watches a clock on the wall: when it first shows a time, or has jumped past it. Around transitions of the
// oracle the clock is looked at minute by minute; elsewhere it only needs its offset.
import type { Transitions } from './oracle.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1_440;
/** Looked at minute by minute. A time this close to a transition may be shown twice, or not at all. */
const AROUND_DAYS = 4;

export interface Watch {
  /** The first instant at which the clock shows this, or later; in milliseconds as if it were UTC. */
  firstShown(local: number): number;
  /** What the clock shows at an instant. */
  shows(at: number): number;
  readonly transitions: readonly number[];
}

export function watch(spans: Transitions): Watch {
  const transitions = spans.slice(1).map(({ from }) => from);
  const shows = (at: number): number => at + (spans.findLast(({ from }) => from <= at)?.offsetMs ?? 0);
  const looked = new Map<number, { readonly from: number; readonly furthest: readonly number[] }>();

  function lookAround(transition: number) {
    const known = looked.get(transition);
    if (known !== undefined) return known;
    const from = Math.floor(transition / MINUTE_MS) - AROUND_DAYS * DAY_MINUTES;
    // Near one transition there is rarely another; the list is short then.
    const near = spans.filter(
      (span, index) =>
        (spans[index + 1]?.from ?? Number.POSITIVE_INFINITY) > from * MINUTE_MS &&
        span.from < transition + AROUND_DAYS * DAY_MS,
    );
    const furthest: number[] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (let minute = from; minute < from + 2 * AROUND_DAYS * DAY_MINUTES; minute++) {
      const at = minute * MINUTE_MS;
      let index = near.length - 1;
      while (index > 0 && (near[index]?.from ?? 0) > at) index -= 1;
      last = Math.max(last, at + (near[index]?.offsetMs ?? 0));
      furthest.push(last);
    }
    const look = { from, furthest };
    looked.set(transition, look);
    return look;
  }

  function nearest(local: number): number | undefined {
    let low = 0;
    let high = transitions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((transitions[middle] ?? 0) < local - (AROUND_DAYS - 1) * DAY_MS) low = middle + 1;
      else high = middle;
    }
    const found = transitions[low];
    return found !== undefined && found < local + (AROUND_DAYS - 1) * DAY_MS ? found : undefined;
  }

  return {
    shows,
    transitions,
    firstShown(local) {
      const near = nearest(local);
      // Far from any transition the clock stands where its offset says.
      if (near === undefined) return local - (shows(local) - local);
      const { from, furthest } = lookAround(near);
      let low = 0;
      let high = furthest.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((furthest[middle] ?? 0) >= local) high = middle;
        else low = middle + 1;
      }
      return (from + low) * MINUTE_MS;
    },
  };
}
