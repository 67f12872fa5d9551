// Playing a policy while the process has other things to do: in short stretches, after each of which everybody else has their
// turn. How many play at a time is turns.ts.
import { setImmediate } from 'node:timers/promises';
import type { Steps } from '@relance/core';

/** So long nobody else is answered. */
export const STRETCH_MS = 10;

/** Plays one thing; what it has taken is its own time, not that of whoever had their turn in between. */
export class Playing {
  readonly #now: () => number;
  readonly #rest: () => Promise<unknown>;
  #before = 0;
  #begun: number;

  /** `now`: a clock that nobody sets back, in milliseconds. */
  constructor(now: () => number, rest: () => Promise<unknown> = setImmediate) {
    this.#now = now;
    this.#rest = rest;
    this.#begun = now();
  }

  /** How long it has been played. */
  get spentMs(): number {
    return this.#before + this.#stretchMs;
  }

  get #stretchMs(): number {
    return this.#now() - this.#begun;
  }

  async play<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (this.#stretchMs >= STRETCH_MS) await this.rest();
    }
  }

  async rest(): Promise<void> {
    this.#before += this.#stretchMs;
    await this.#rest();
    this.#begun = this.#now();
  }
}
