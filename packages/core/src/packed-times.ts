// How long things took, as counts that can be added and taken away, and as few bytes as can be: for each of three distributions how many
// ended and how many were given up at each duration, and since which minutes how many still wait. Pure. Its partners are
// generation-figures.ts, which makes them one by one, and survival.ts, which asks for nothing else.
import { RANKS, rankOf, SECONDS_OF_RANK } from './duration-scale.ts';
import { RESPONSE_MAX_MS, type Wait } from './generation-figures.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from './instant.ts';
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

/**
 * What is counted, on top of what was packed before: any number of packs, one after the other, as a database adds them up. Empty where
 * nothing is counted. A count below zero is a bug of whoever added it up, and a RangeError.
 */
export function packTimes(times: Times, before: Uint8Array = NOTHING): Uint8Array {
  const waiting = WAITS.map((kind) => new Map(times[kind]?.waiting));
  SUMS.read(before, (kind, minute, count) => addTo(waiting[kind] ?? new Map(), minute, count));
  for (const [kind, name] of WAITS.entries())
    for (const [rank, [events, censored]] of times[name]?.ended ?? []) SUMS.add(kind, rank, events, censored);
  const kinds = waiting.map((own, kind) => ({ places: SUMS.placesOf(kind), since: sorted(own) }));
  if (kinds.every(({ places, since }) => places.length + since.length === 0)) return NOTHING;
  const out: number[] = [];
  for (const { places, since } of kinds) {
    write(out, places.length);
    let before = -1;
    for (const { rank, came, left } of places) {
      writePlace(out, rank - before, came, left);
      before = rank;
    }
    write(out, since.length);
    before = 0;
    for (const [minute, count] of since) {
      write(out, minute - before);
      write(out, count);
      before = minute;
    }
  }
  return Uint8Array.from(out);
}
const NOTHING = new Uint8Array();

const sorted = (counts: ReadonlyMap<number, number>): readonly (readonly [minute: number, count: number])[] =>
  [...counts].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b);

/**
 * How many came and how many were given up so many places after the one before, in as few bytes as they need, told apart by the highest
 * bits of the first: 0 and 1 byte, 10 and 2 bytes, 11 and the distance after it, behind which counts follow that are too many for it.
 */
function writePlace(out: number[], distance: number, events: number, censored: number): void {
  if (events < 0 || censored < 0) throw new RangeError(`a count of ${Math.min(events, censored)}`);
  if (distance <= 4 && events <= 3 && censored <= 7) out.push(((distance - 1) << 5) | (events << 3) | censored);
  else if (distance <= 4 && events <= 31 && censored <= 127)
    out.push(128 | ((distance - 1) << 4) | (events >> 1), ((events & 1) << 7) | censored);
  else {
    const few = events <= 7 && censored <= 7 && events + censored < 14;
    out.push(few ? 192 | (events << 3) | censored : 255);
    write(out, distance);
    if (few) return;
    write(out, events);
    write(out, censored);
  }
}

/** Seven bits a byte, the lowest first, as LEB128 has it. */
function write(out: number[], value: number): void {
  if (value < 0) throw new RangeError(`a count of ${value}`);
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  out.push(rest);
}

/** Those of a kind, its place in `WAITS`, that wait since a minute. */
type Waiting = (kind: number, minute: number, count: number) => void;

interface Place {
  readonly rank: number;
  readonly came: number;
  readonly left: number;
}
/** Ranks whose bits are in one word. */
const WORD_BITS = 5;

const newTold = (): DurationColumns => ({
  durations: new Float64Array(RANKS),
  events: new Float64Array(RANKS),
  censored: new Float64Array(RANKS),
});

/** What many have ended at, with a place for every duration. Begins anew with each that is read. */
class Sums {
  readonly #events = WAITS.map(() => new Float64Array(RANKS));
  readonly #censored = WAITS.map(() => new Float64Array(RANKS));
  /** Ranks from here on are of nothing. */
  readonly #ends = WAITS.map(() => 0);
  /** A bit for each rank at which there may be anything: most packs are of a few, here and there. */
  readonly #used = WAITS.map(() => new Int32Array((RANKS >> WORD_BITS) + 1));
  /** Those of one kind, in their order. */
  readonly #ranks = new Int32Array(RANKS);
  readonly #told = WAITS.map(newTold);
  #bytes: Uint8Array = NOTHING;
  #at = 0;

  /** Any number of packs. What waits has ended at no duration yet. */
  read(bytes: Uint8Array, waiting: Waiting): void {
    // One that was refused has left what nobody knows where.
    const unfinished = this.#bytes !== NOTHING;
    for (const kind of WAITS.keys()) {
      for (const column of this.#columns(kind)) column.fill(0, 0, unfinished ? RANKS : this.#ends[kind]);
      this.#used[kind]?.fill(0);
      this.#ends[kind] = 0;
    }
    this.#bytes = bytes;
    this.#at = 0;
    while (this.#at < bytes.length)
      for (let kind = 0; kind < WAITS.length; kind++) {
        this.#readEnded(kind);
        let minute = 0;
        for (let left = this.#next(); left > 0; left--) {
          minute += this.#next();
          waiting(kind, minute, this.#next());
        }
      }
    this.#bytes = NOTHING;
  }

  #readEnded(kind: number): void {
    const [events, censored] = this.#columns(kind);
    const used = this.#used[kind] ?? NO_BITS;
    let rank = -1;
    const count = this.#next();
    for (let left = count; left > 0; left--) {
      const first = this.#bytes[this.#at++] ?? 0;
      let came = (first >> 3) & 3;
      let gone = first & 7;
      if (first < 128) rank += (first >> 5) + 1;
      else if (first < 192) {
        const second = this.#bytes[this.#at++] ?? 0;
        rank += ((first >> 4) & 3) + 1;
        came = ((first & 15) << 1) | (second >> 7);
        gone = second & 127;
      } else {
        rank = (rank + this.#next()) | 0; // whole numbers of a word are several times faster
        came = (first >> 3) & 7;
        if (first === 255) {
          events[rank] = (events[rank] ?? 0) + this.#next() - came;
          censored[rank] = (censored[rank] ?? 0) + this.#next() - gone;
        }
      }
      events[rank] = (events[rank] ?? 0) + came;
      censored[rank] = (censored[rank] ?? 0) + gone;
      used[rank >> WORD_BITS] = (used[rank >> WORD_BITS] ?? 0) | (1 << rank); // of a shift its lowest five bits count
    }
    if (count > 0) this.#reaches(kind, rank);
  }

  /** A number as `write` leaves it. */
  #next(): number {
    let byte = this.#bytes[this.#at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 127) * scale;
    }
    return value;
  }

  add(kind: number, rank: number, came: number, left: number): void {
    const [events, censored] = this.#columns(kind);
    events[rank] = (events[rank] ?? 0) + came;
    censored[rank] = (censored[rank] ?? 0) + left;
    const used = this.#used[kind] ?? NO_BITS;
    used[rank >> WORD_BITS] = (used[rank >> WORD_BITS] ?? 0) | (1 << rank);
    this.#reaches(kind, rank);
  }

  #columns(kind: number): readonly [events: Float64Array, censored: Float64Array] {
    return [this.#events[kind] ?? new Float64Array(), this.#censored[kind] ?? new Float64Array()];
  }

  #reaches(kind: number, rank: number): void {
    if (rank >= RANKS) throw new RangeError(`there is no duration at place ${rank}`);
    if (rank >= (this.#ends[kind] ?? 0)) this.#ends[kind] = rank + 1;
  }

  /** At which there may be anything, in their order; until the next are asked for. */
  #ranksOf(kind: number): Int32Array {
    const used = this.#used[kind] ?? NO_BITS;
    const ranks = this.#ranks;
    let count = 0;
    for (let word = 0; word < used.length; word++)
      for (let bits = used[word] ?? 0; bits !== 0; bits &= bits - 1)
        ranks[count++] = (word << WORD_BITS) + 31 - Math.clz32(bits & -bits);
    return ranks.subarray(0, count);
  }

  /** In their order, those at which there is anything. */
  placesOf(kind: number): readonly Place[] {
    const [events, censored] = this.#columns(kind);
    const places: Place[] = [];
    for (const rank of this.#ranksOf(kind)) {
      const came = events[rank] ?? 0;
      const left = censored[rank] ?? 0;
      if (came !== 0 || left !== 0) places.push({ rank, came, left });
    }
    return places;
  }

  /** As they are until the next is read. */
  of(kind: number): DurationColumns {
    const [events, censored] = this.#columns(kind);
    const ranks = this.#ranksOf(kind);
    const told = this.#told[kind] ?? newTold();
    const { durations, events: came, censored: left } = told;
    for (let place = 0; place < ranks.length; place++) {
      const rank = ranks[place] ?? 0;
      durations[place] = SECONDS_OF_RANK[rank] ?? 0;
      came[place] = events[rank] ?? 0;
      left[place] = censored[rank] ?? 0;
    }
    return {
      durations: durations.subarray(0, ranks.length),
      events: came.subarray(0, ranks.length),
      censored: left.subarray(0, ranks.length),
    };
  }
}
const NO_BITS = new Int32Array();

/** One for all. */
const SUMS = new Sums();

/**
 * What is packed as survival.ts takes it, by rising duration. What still waits at `now` has waited until then; a response is given up
 * after as long as generation-figures.ts says, whenever it is asked for. It holds until the next is asked for: a copy of each would
 * take longer than what is made of it.
 */
export function durationsOf(bytes: Uint8Array, now: Instant): Readonly<Record<WaitKind, DurationColumns>> {
  const nowS = Math.floor(now / SECOND_MS);
  SUMS.read(bytes, (kind, minute, count) => {
    const seconds = Math.max(0, nowS - minute * MINUTE_S);
    SUMS.add(kind, rankOf(kind === RESPONSE ? Math.min(seconds, RESPONSE_MAX_S) : seconds), 0, count);
  });
  return Object.fromEntries(WAITS.map((name, kind) => [name, SUMS.of(kind)])) as Record<WaitKind, DurationColumns>;
}
const RESPONSE = WAITS.indexOf('response');
const RESPONSE_MAX_S = RESPONSE_MAX_MS / SECOND_MS;
const MINUTE_S = MINUTE_MS / SECOND_MS;
