// The axis of a picture: every instant of the example has a place between 0 and 1. Hours and months are both to be seen, so a gap takes
// the room of its logarithm; labels stand where there is room for them.
import type { PolicyPicture } from '@relance/client';

export interface Axis {
  /** Ascending. */
  readonly stops: readonly { readonly ms: number; readonly at: number }[];
  readonly labels: readonly { readonly at: number; readonly text: string }[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first mark is seen whole, and the last has room for its name. */
const BEGIN = 0.015;
const END = 0.9;
const LABEL_GAP = 0.11;

/** Null where nothing runs in the example. */
export function axisOf({ example, stages }: PolicyPicture): Axis | null {
  if (example === null) return null;
  const runs = stages.flatMap((one) => one.runs);
  if (runs.length === 0) return null;
  const times = [
    example.openedAt,
    ...(example.dueAt === null ? [] : [example.dueAt]),
    ...runs.flatMap((run) => [run.at, ...run.sent.map(({ at }) => at)]),
  ];
  const moments = [...new Set(times.map((time) => Date.parse(time)))].sort((a, b) => a - b);
  let room = 0;
  const rooms = moments.map((ms, index) => {
    const before = moments[index - 1];
    if (before !== undefined) room += 1 + Math.log2(1 + (ms - before) / HOUR_MS);
    return { ms, room };
  });
  const stops = rooms.map((one) => ({ ms: one.ms, at: BEGIN + (room === 0 ? 0 : (one.room / room) * (END - BEGIN)) }));
  return { stops, labels: labelsOf(stops, Date.parse(example.openedAt)) };
}

function labelsOf(stops: Axis['stops'], openedMs: number): Axis['labels'] {
  const labels: { at: number; text: string }[] = [];
  for (const { ms, at } of stops)
    if (labels.every((one) => at - one.at >= LABEL_GAP)) labels.push({ at, text: distanceText(ms - openedMs) });
  return labels;
}

/** `+3 d`, `+2 h`; `0` at the opening. */
export function distanceText(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  if (size < 60_000) return '0';
  if (size < HOUR_MS) return `${sign}${Math.round(size / 60_000)} min`;
  return size < DAY_MS ? `${sign}${Math.round(size / HOUR_MS)} h` : `${sign}${Math.round(size / DAY_MS)} d`;
}

/** Between two stops it is as far as the time is. */
export function placeOn({ stops }: Axis, time: string): number {
  const ms = Date.parse(time);
  const after = stops.findIndex((one) => one.ms >= ms);
  const [next, before] = [stops[after], stops[after - 1]];
  if (next === undefined) return stops.at(-1)?.at ?? 0;
  if (before === undefined || next.ms === ms) return next.at;
  return before.at + ((ms - before.ms) / (next.ms - before.ms)) * (next.at - before.at);
}
