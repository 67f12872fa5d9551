// What the store asks of the browser it runs in: time, waiting, chance and fetch. Tests pass their own, on which time stands still
// until they move it. The one file of the package that reads the wall clock and sets timers.

export interface Platform {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs it once after a while; answers what calls it off. */
  after(ms: number, run: () => void): () => void;
  /** From 0 up to 1. */
  chance(): number;
  readonly fetch: typeof fetch;
}

/** A longer delay would fire at once (2^31 ms); whoever waits longer looks again. */
const DELAY_MAX_MS = 86_400_000;

export const browser: Platform = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.max(0, Math.min(ms, DELAY_MAX_MS)));
    return () => clearTimeout(timer);
  },
  chance: () => Math.random(),
  // Looked up at each call: a page may put its own in its place.
  fetch: (input, init) => globalThis.fetch(input, init),
};
