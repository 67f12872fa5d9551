// How long things took, as counts that can be added and taken away, and as few bytes as can be: for each of three distributions how many
// ended and how many were given up at each duration, and since which minutes how many still wait. Pure. Its partners are
// generation-figures.ts, which makes them one by one, and survival.ts, which asks for nothing else.
import { countedSeconds, RANKS, rankOf, SECONDS_OF_RANK } from './duration-scale.ts';
import { RESPONSE_MAX_MS, type Wait } from './generation-figures.ts';
import { type Instant, MINUTE_MS } from './instant.ts';
import type { DurationColumns } from './survival.ts';

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
      const ended = times[nameOf(kind)]?.ended;
      const [e, c] = ended?.get(rank) ?? [0, 0];
      ended?.set(rank, [e + events, c + censored]);
    },
    waiting(kind, minute, count) {
      const waiting = times[nameOf(kind)]?.waiting;
      if (waiting !== undefined) addTo(waiting, minute, count);
    },
  });
}
const nameOf = (kind: number): WaitKind => WAITS[kind] ?? 'response';

/** Empty where nothing is counted. A count below zero is a bug of whoever added it up. */
export const packTimes = (times: Times): Uint8Array =>
  packed(
    WAITS.map((kind) => ({
      ended: sorted(times[kind]?.ended ?? [], ([events, censored]) => events !== 0 || censored !== 0),
      waiting: sorted(times[kind]?.waiting ?? [], (count) => count !== 0),
    })),
  );

interface Sorted {
  readonly ended: readonly (readonly [rank: number, counts: readonly [events: number, censored: number]])[];
  readonly waiting: readonly (readonly [minute: number, count: number])[];
}
const sorted = <Count>(counts: Iterable<readonly [number, Count]>, isAny: (count: Count) => boolean) =>
  [...counts].filter(([, count]) => isAny(count)).sort(([a], [b]) => a - b);

function packed(kinds: readonly Sorted[]): Uint8Array {
  if (kinds.every(({ ended, waiting }) => ended.length + waiting.length === 0)) return new Uint8Array();
  const out: number[] = [];
  for (const { ended, waiting } of kinds) {
    write(out, ended.length);
    let before = 0;
    for (const [rank, [events, censored]] of ended) {
      write(out, rank - before);
      write(out, events);
      write(out, censored);
      before = rank;
    }
    write(out, waiting.length);
    before = 0;
    for (const [minute, count] of waiting) {
      write(out, minute - before);
      write(out, count);
      before = minute;
    }
  }
  return Uint8Array.from(out);
}

/** Seven bits a byte, the lowest first, as LEB128 has it. */
function write(out: number[], value: number): void {
  if (value < 0) throw new RangeError(`a count of ${value}`);
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  out.push(rest);
}

/** `kind`: its place in `WAITS`. */
export interface TimesVisitor {
  ended(kind: number, rank: number, events: number, censored: number): void;
  waiting(kind: number, minute: number, count: number): void;
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
    for (let kind = 0; kind < WAITS.length; kind++) {
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
  if (bytes.length < MANY_BYTES) {
    const times = noTimes();
    addPacked(times, bytes);
    return packTimes(times);
  }
  const waiting = WAITS.map(() => new Map<number, number>());
  unpackTimes(bytes, {
    ended: SUMS.add,
    waiting: (kind, minute, count) => addTo(waiting[kind] ?? new Map(), minute, count),
  });
  return packed(
    waiting.map((own, kind) => ({ ended: placesOf(SUMS.take(kind)), waiting: sorted(own, (count) => count !== 0) })),
  );
}

/** From here on a place for every duration that there is costs less than finding each. */
const MANY_BYTES = 2_048;

function placesOf({ events, censored }: DurationColumns): Sorted['ended'] {
  const places: [number, [number, number]][] = [];
  for (let rank = 0; rank < events.length; rank++) {
    const counts: [number, number] = [events[rank] ?? 0, censored[rank] ?? 0];
    if (counts[0] !== 0 || counts[1] !== 0) places.push([rank, counts]);
  }
  return places;
}

/** What many have ended at, with a place for every duration. Empty again once it is taken. */
class Sums {
  readonly #events = WAITS.map(() => new Float64Array(RANKS));
  readonly #censored = WAITS.map(() => new Float64Array(RANKS));
  /** Ranks from here on are of nothing. */
  readonly #ends = WAITS.map(() => 0);

  readonly add: TimesVisitor['ended'] = (kind, rank, ended, left) => {
    const events = this.#events[kind];
    const censored = this.#censored[kind];
    if (events === undefined || censored === undefined) return;
    if (rank >= RANKS) {
      for (const each of WAITS.keys()) this.take(each); // nothing is left for whoever reads next
      throw new RangeError(`there is no duration at place ${rank}`);
    }
    events[rank] = (events[rank] ?? 0) + ended;
    censored[rank] = (censored[rank] ?? 0) + left;
    if (rank >= (this.#ends[kind] ?? 0)) this.#ends[kind] = rank + 1;
  };

  take(kind: number): DurationColumns {
    const end = this.#ends[kind] ?? 0;
    this.#ends[kind] = 0;
    const taken = [this.#events[kind], this.#censored[kind]].map((own) => {
      const copy = own?.slice(0, end) ?? new Float64Array();
      own?.fill(0, 0, end);
      return copy;
    });
    const [events = new Float64Array(), censored = new Float64Array()] = taken;
    return { durations: SECONDS_OF_RANK.subarray(0, end), events, censored };
  }
}

/** One for all: making it costs more than what is read of one row. */
const SUMS = new Sums();

/**
 * What is packed as survival.ts takes it, by rising duration. What still waits at `now` has waited until then; a response is given up
 * after as long as generation-figures.ts says, whenever it is asked for.
 */
export function durationsOf(bytes: Uint8Array, now: Instant): Readonly<Record<WaitKind, DurationColumns>> {
  unpackTimes(bytes, {
    ended: SUMS.add,
    waiting(kind, minute, count) {
      const waited = now - minute * MINUTE_MS;
      const seconds = countedSeconds(kind === RESPONSE ? Math.min(waited, RESPONSE_MAX_MS) : waited);
      SUMS.add(kind, rankOf(seconds), 0, count);
    },
  });
  return Object.fromEntries(WAITS.map((name, kind) => [name, SUMS.take(kind)])) as Record<WaitKind, DurationColumns>;
}
const RESPONSE = WAITS.indexOf('response');
