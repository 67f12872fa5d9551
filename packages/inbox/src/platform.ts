// What the store asks of the browser it runs in: time, waiting, chance and fetch. Tests pass their own, on which time stands still
// until they move it. The one file of the package that reads the wall clock and sets timers.
import { SILENCE_MAX_MS } from '@relance/client';

export interface Platform {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs it once after a while; answers what calls it off. */
  after(ms: number, run: () => void): () => void;
  /** From 0 up to 1. */
  chance(): number;
  readonly fetch: typeof fetch;
}

/** What answers, or fails when nothing was said for so long: a line may be half open, and a token never come. */
export function inTime<T>({ after }: Platform, ask: (dead: AbortSignal) => Promise<T>): Promise<T> {
  const dead = new AbortController();
  return new Promise((resolve, reject) => {
    const callOff = after(SILENCE_MAX_MS, () => {
      reject(new Error('no answer'));
      dead.abort();
    });
    ask(dead.signal).then(resolve, reject).finally(callOff);
  });
}

/** A longer delay would fire at once (2^31 ms); whoever waits longer looks again. */
const DELAY_MAX_MS = 86_400_000;

export const browser: Platform = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, DELAY_MAX_MS));
    return () => clearTimeout(timer);
  },
  chance: () => Math.random(),
  // Looked up at each call: a page may put its own in its place.
  fetch: (input, init) => globalThis.fetch(input, init),
};
