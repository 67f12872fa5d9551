// Where the stages that count from a date may lie when a follow-up opens after some of them should have run (late.ts): what is
// past moves to the opening, as `late.atOpening` says, and comes closer to what is still ahead. For run-tree.ts, which asks
// how close; nothing runs here.
import { DAY_MS, HOUR_MS } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import type { Policy, Stage } from './policy/policy.ts';

/** In milliseconds; infinite where nothing bounds it. */
export type Bounds = readonly [least: number, most: number];
export const NOW: Bounds = [0, 0];

/** How long a duration is, as days of 24 hours: business time is at least itself. */
export function boundsOf(duration: Duration): Bounds {
  switch (duration.kind) {
    case 'exact':
      return [duration.ms, duration.ms];
    case 'days':
      return [duration.days * DAY_MS + duration.ms, duration.days * DAY_MS + duration.ms];
    case 'businessHours':
      return [duration.hours * HOUR_MS, Number.POSITIVE_INFINITY];
    case 'businessDays':
      return [duration.days * DAY_MS, Number.POSITIVE_INFINITY];
  }
}
export function offsetOf({ at: { sign, duration } }: Stage): Bounds {
  const [least, most] = boundsOf(duration);
  return sign === 1 ? [least, most] : [-most, -least];
}

/** Where the stages that count from a date are put when a follow-up opens: all others are where the date says. */
export interface Start {
  /** From the opening. */
  readonly placed: ReadonlyMap<Stage, Bounds>;
  /** Their time is over without a word; what counts from them does so all the same. */
  readonly silent: ReadonlySet<Stage>;
  /** Whatever counts from what is past may be put at the opening as well. */
  readonly allAtOnce: boolean;
  /** The first of those that are still ahead, and so long after the opening at the least; the date lies as it does to that. */
  readonly next: { readonly stage: Stage; readonly leastMs: number } | null;
}
export const ON_TIME: Start = { placed: new Map(), silent: new Set(), allAtOnce: false, next: null };

/** Of more stages that count from one date any may come late by any time: there are too many ways to look at each. */
const DATED_MAX = 8;

/** One for each place that the opening may have among the times that count from the date (late.ts). */
export function lateStarts(policy: Policy, stages: readonly Stage[]): readonly Start[] {
  if (stages.length > DATED_MAX) {
    const placed = new Map(stages.map((stage): [Stage, Bounds] => [stage, [0, Number.POSITIVE_INFINITY]]));
    return [{ placed, silent: new Set(), allAtOnce: true, next: null }];
  }
  const ordered = stages.toSorted((a, b) => nominal(a) - nominal(b));
  return ordered.flatMap((_last, index) => {
    const past = ordered.slice(0, index + 1);
    const plain = past.filter(({ escalate }) => escalate === null);
    const ahead = ordered.slice(index + 1).filter(({ escalate }) => plain.length === 0 || escalate === null);
    const escalations = (plain.length === 0 ? past : ordered).filter(({ escalate }) => escalate !== null);
    const [first] = plain;
    const placedAll = new Map(
      [...plain, ...escalations].map((stage): [Stage, Bounds] => [
        stage,
        first === undefined ? NOW : apart(first, stage),
      ]),
    );
    const [next = null] = ahead;
    return startsOf(policy, plain, placedAll).map(({ placed, silent, needsMs }) => ({
      placed,
      silent,
      allAtOnce: policy.late.atOpening !== 'first' || plain.length === 0,
      next: next === null ? null : { stage: next, leastMs: needsMs },
    }));
  });
}

const nominal = (stage: Stage): number => {
  const bounds = offsetOf(stage);
  return stage.at.sign === 1 ? bounds[0] : bounds[1];
};
/** How long after the first of them the other one comes. */
function apart(first: Stage, other: Stage): Bounds {
  if (first === other) return NOW;
  const [from, until] = [offsetOf(first), offsetOf(other)];
  return [Math.max(0, until[0] - from[1]), Math.max(0, until[1] - from[0])];
}

/** `needsMs`: so long before the next one the opening must lie for all that is not silent to come before it. */
function startsOf(
  { late }: Policy,
  plain: readonly Stage[],
  placed: ReadonlyMap<Stage, Bounds>,
): readonly { placed: ReadonlyMap<Stage, Bounds>; silent: ReadonlySet<Stage>; needsMs: number }[] {
  const atOnce = new Map([...placed].map(([stage, bounds]) => [stage, plain.includes(stage) ? NOW : bounds]));
  switch (late.atOpening) {
    case 'all':
      return [{ placed: atOnce, silent: new Set(), needsMs: 0 }];
    case 'skip':
      return [{ placed: atOnce, silent: new Set(plain), needsMs: 0 }];
    case 'newest':
      return [{ placed: atOnce, silent: new Set(plain.slice(0, -1)), needsMs: 0 }];
    case 'first':
      return Array.from({ length: Math.max(1, plain.length) }, (_, index) => {
        const last = plain[index];
        return { placed, silent: new Set(plain.slice(index + 1)), needsMs: placed.get(last as Stage)?.[0] ?? 0 };
      });
  }
}
