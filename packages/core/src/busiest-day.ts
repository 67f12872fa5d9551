// How many messages may fall into one window of time at the most, where the runs of a policy are joined by distances: each
// comes a fixed time after another, or anything between a least and a most. An exact answer by dynamic programming over
// the tree of runs, with the moments that reach it. It knows nothing of policies: run-tree.ts makes the tree.

export interface Run {
  /** What happens there, for whoever tells of it; null for a moment at which nothing is sent. */
  readonly label: { readonly stage: string; readonly run: number } | null;
  readonly weight: number;
  readonly next: Distance[];
}

/** From one run to another, in milliseconds; negative where the other comes first, infinite where nothing bounds it. */
export interface Distance {
  readonly least: number;
  readonly most: number;
  readonly to: Run;
}

export interface Counted {
  readonly run: Run;
  /** After the root of the tree. */
  readonly afterMs: number;
}

export interface Busiest {
  readonly count: number;
  /** The runs that are in the window, in their order; none where all of the tree was too much to place. */
  readonly counted: readonly Counted[];
}

/** So many placings are tried; a tree that asks for more counts as if all of it came at once, which is never too little. */
const PLACED_MAX = 100_000;
/** More places than that no run is tried at. */
const POINTS_MAX = 2_000;

/** The fullest window [t, t + windowMs) that the distances of the tree allow. */
export function busiest(root: Run, windowMs: number): Busiest {
  const search = new Search(windowMs);
  let best: Best = { value: -1, at: 0, picks: [] };
  for (const at of search.turningPoints(root)) {
    const one = search.best(root, at);
    if (one.value > best.value) best = one;
    if (search.isTooMuch) return { count: weightOf(root), counted: [] };
  }
  const counted: Counted[] = [];
  search.collect(root, best, (run, at) => counted.push({ run, afterMs: at - best.at }));
  return { count: best.value, counted: counted.sort((a, b) => a.afterMs - b.afterMs) };
}

const weightOf = ({ weight, next }: Run): number => next.reduce((sum, { to }) => sum + weightOf(to), weight);

interface Best {
  readonly value: number;
  readonly at: number;
  /** For each distance of the run, where the other one is put. */
  readonly picks: readonly Best[];
}

/** Times are told from the beginning of the window. */
class Search {
  readonly #windowMs: number;
  readonly #known = new Map<Run, Map<number, Best>>();
  readonly #points = new Map<Run, readonly number[]>();
  readonly #reach = new Map<Run, readonly [least: number, most: number]>();

  #placed = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get isTooMuch(): boolean {
    return this.#placed > PLACED_MAX;
  }

  /** The most that this run and what hangs on it bring into the window, when it is at `at`. */
  best(run: Run, at: number): Best {
    const [least, most] = this.#reachOf(run);
    if (at + most < 0 || at + least >= this.#windowMs || this.isTooMuch) return { value: 0, at, picks: [] };
    this.#placed += 1;
    const known = this.#known.get(run) ?? new Map<number, Best>();
    this.#known.set(run, known);
    const before = known.get(at);
    if (before !== undefined) return before;
    const picks = run.next.map((distance) => this.#place(distance, at));
    const own = at >= 0 && at < this.#windowMs ? run.weight : 0;
    const best = { value: picks.reduce((sum, { value }) => sum + value, own), at, picks };
    known.set(at, best);
    return best;
  }

  #place({ least, most, to }: Distance, at: number): Best {
    const ends = [at + least, at + most].filter(Number.isFinite);
    if (least === most) return this.best(to, at + least);
    const within = this.turningPoints(to).filter((point) => point > at + least && point < at + most);
    let best: Best | null = null;
    for (const one of [...ends, ...within]) {
      const placed = this.best(to, one);
      if (best === null || placed.value > best.value) best = placed;
    }
    return best ?? this.best(to, 0);
  }

  /** Where a run must be put for something that hangs on it to just come into the window: nothing is gained in between. */
  turningPoints(run: Run): readonly number[] {
    const before = this.#points.get(run);
    if (before !== undefined) return before;
    const points = new Set([0]);
    for (const { least, most, to } of run.next)
      for (const point of this.turningPoints(to)) {
        if (points.size > POINTS_MAX) this.#placed = PLACED_MAX + 1;
        if (this.isTooMuch) break;
        for (const by of [least, most]) if (Number.isFinite(by)) points.add(point - by);
      }
    const sorted = [...points].sort((a, b) => a - b);
    this.#points.set(run, sorted);
    return sorted;
  }

  /** How far from the run anything that hangs on it may be. */
  #reachOf(run: Run): readonly [number, number] {
    const before = this.#reach.get(run);
    if (before !== undefined) return before;
    let [from, until] = [0, 0];
    for (const { least, most, to } of run.next) {
      const [first, last] = this.#reachOf(to);
      from = Math.min(from, least + first);
      until = Math.max(until, most + last);
    }
    this.#reach.set(run, [from, until]);
    return [from, until];
  }

  collect(run: Run, best: Best, take: (run: Run, at: number) => void): void {
    if (run.weight > 0 && best.at >= 0 && best.at < this.#windowMs) take(run, best.at);
    run.next.forEach(({ to }, index) => {
      const pick = best.picks[index];
      if (pick !== undefined) this.collect(to, pick, take);
    });
  }
}
