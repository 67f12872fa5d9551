// How long things took, as counts that can be added and taken away, and as few bytes as can be: for each of three distributions how many
// ended and how many were given up at each duration, and since which minutes how many still wait. Pure. Its partners are
// generation-figures.ts, which makes them one by one, and survival.ts, which asks for nothing else.
import { RESPONSE_MAX_MS, type Wait } from './generation-figures.ts';
import { type Instant, MINUTE_MS } from './instant.ts';
import { countedSeconds } from './metrics.ts';
import type { DurationCount } from './survival.ts';

export const WAITS = ['response', 'resolve', 'acknowledge'] as const;
export type WaitKind = (typeof WAITS)[number];

/** Counts by what they are of; none is 0. */
export interface Times {
  readonly [kind: string]: {
    /** By the rank of a duration: how many came, and how many could come no more. */
    readonly ended: Map<number, readonly [events: number, censored: number]>;
    /** By minutes since 1970. */
    readonly waiting: Map<number, number>;
  };
}

export const noTimes = (): Times =>
  Object.fromEntries(WAITS.map((kind) => [kind, { ended: new Map(), waiting: new Map() }]));

const STEPS = 512;
/** The place of a counted duration among all that there are. */
export function rankOf(seconds: number): number {
  if (seconds < 2 * STEPS) return seconds;
  const doubling = Math.floor(Math.log2(seconds)) - 9;
  return doubling * STEPS + Math.floor(seconds / 2 ** doubling);
}
export function secondsOf(rank: number): number {
  if (rank < 2 * STEPS) return rank;
  const doubling = Math.floor(rank / STEPS) - 1;
  return (rank - doubling * STEPS) * 2 ** doubling;
}

/** `sign` -1 takes it away again. */
export function addWait(times: Times, kind: WaitKind, { since, seconds, ended }: Wait, sign: 1 | -1): void {
  const own = times[kind];
  if (own === undefined) return;
  if (seconds === null) addTo(own.waiting, since, sign);
  else {
    const rank = rankOf(seconds);
    const [events, censored] = own.ended.get(rank) ?? [0, 0];
    own.ended.set(rank, ended ? [events + sign, censored] : [events, censored + sign]);
  }
}
const addTo = (counts: Map<number, number>, at: number, count: number): void => {
  counts.set(at, (counts.get(at) ?? 0) + count);
};

/** Adds what is packed. */
export function addPacked(times: Times, bytes: Uint8Array): void {
  unpackTimes(bytes, {
    ended(kind, rank, events, censored) {
      const ended = times[kind]?.ended;
      const [e, c] = ended?.get(rank) ?? [0, 0];
      ended?.set(rank, [e + events, c + censored]);
    },
    waiting(kind, minute, count) {
      const waiting = times[kind]?.waiting;
      if (waiting !== undefined) addTo(waiting, minute, count);
    },
  });
}

/** Empty where nothing is counted. A count below zero is a bug of whoever added it up. */
export function packTimes(times: Times): Uint8Array {
  const out: number[] = [];
  let any = false;
  for (const kind of WAITS) {
    const { ended, waiting } = times[kind] ?? { ended: new Map(), waiting: new Map() };
    const places = [...ended].filter(([, [events, censored]]) => events !== 0 || censored !== 0).sort(byPlace);
    const minutes = [...waiting].filter(([, count]) => count !== 0).sort(byPlace);
    any ||= places.length + minutes.length > 0;
    write(out, places.length);
    let before = 0;
    for (const [rank, [events, censored]] of places) {
      write(out, rank - before);
      write(out, events);
      write(out, censored);
      before = rank;
    }
    write(out, minutes.length);
    before = 0;
    for (const [minute, count] of minutes) {
      write(out, minute - before);
      write(out, count);
      before = minute;
    }
  }
  return any ? Uint8Array.from(out) : new Uint8Array();
}
const byPlace = (a: readonly [number, unknown], b: readonly [number, unknown]): number => a[0] - b[0];

/** Seven bits a byte, the lowest first, as LEB128 has it. */
function write(out: number[], value: number): void {
  if (value < 0) throw new RangeError(`a count of ${value}`);
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  out.push(rest);
}

export interface TimesVisitor {
  ended(kind: WaitKind, rank: number, events: number, censored: number): void;
  waiting(kind: WaitKind, minute: number, count: number): void;
}

/** Several that were packed apart may stand one after the other, as a database adds them up. */
export function unpackTimes(bytes: Uint8Array, visitor: TimesVisitor): void {
  let at = 0;
  const read = (): number => {
    let byte = bytes[at++] ?? 0;
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
    }
    return value;
  };
  while (at < bytes.length)
    for (const kind of WAITS) {
      let [left, place] = [read(), 0];
      for (; left > 0; left--) {
        place += read();
        visitor.ended(kind, place, read(), read());
      }
      [left, place] = [read(), 0];
      for (; left > 0; left--) {
        place += read();
        visitor.waiting(kind, place, read());
      }
    }
}

/** Several packs as one. */
export function mergedTimes(bytes: Uint8Array): Uint8Array {
  const times = noTimes();
  if (bytes.length < MANY_BYTES) addPacked(times, bytes);
  else addMany(times, bytes);
  return packTimes(times);
}

/** From here on a place for every duration that there is costs less than finding each. */
const MANY_BYTES = 16_384;
function addMany(times: Times, bytes: Uint8Array): void {
  const sums = new Sums();
  unpackTimes(bytes, {
    ended: sums.add,
    waiting(kind, minute, count) {
      const waiting = times[kind]?.waiting;
      if (waiting !== undefined) addTo(waiting, minute, count);
    },
  });
  for (const kind of WAITS)
    for (const [rank, events, censored] of sums.of(kind)) times[kind]?.ended.set(rank, [events, censored]);
}

/** As many as there are durations to be counted. */
const RANKS = rankOf(countedSeconds(Number.MAX_SAFE_INTEGER)) + 1;

/** What many have ended at, with a place for every duration. */
class Sums {
  readonly #kinds = new Map(WAITS.map((kind) => [kind, new Float64Array(2 * RANKS)]));

  readonly add: TimesVisitor['ended'] = (kind, rank, events, censored) => {
    const own = this.#kinds.get(kind) as Float64Array;
    own[2 * rank] = (own[2 * rank] ?? 0) + events;
    own[2 * rank + 1] = (own[2 * rank + 1] ?? 0) + censored;
  };

  /** By rising rank, those at which any ended. */
  of(kind: WaitKind): (readonly [rank: number, events: number, censored: number])[] {
    const own = this.#kinds.get(kind) as Float64Array;
    const all: (readonly [number, number, number])[] = [];
    for (let rank = 0; rank < RANKS; rank++) {
      const [events = 0, censored = 0] = [own[2 * rank], own[2 * rank + 1]];
      if (events > 0 || censored > 0) all.push([rank, events, censored]);
    }
    return all;
  }
}

/**
 * What is packed as survival.ts takes it, by rising duration. What still waits at `now` has waited until then; a response is given up
 * after as long as generation-figures.ts says, whenever it is asked for.
 */
export function durationCounts(bytes: Uint8Array, now: Instant): Readonly<Record<WaitKind, readonly DurationCount[]>> {
  const sums = new Sums();
  unpackTimes(bytes, {
    ended: sums.add,
    waiting(kind, minute, count) {
      const waited = now - minute * MINUTE_MS;
      const seconds = countedSeconds(kind === 'response' ? Math.min(waited, RESPONSE_MAX_MS) : waited);
      sums.add(kind, rankOf(seconds), 0, count);
    },
  });
  return Object.fromEntries(WAITS.map((kind) => [kind, sums.of(kind).map(countAt)])) as Record<
    WaitKind,
    DurationCount[]
  >;
}

const countAt = ([rank, events, censored]: readonly [number, number, number]): DurationCount => ({
  duration: secondsOf(rank),
  events,
  censored,
});
