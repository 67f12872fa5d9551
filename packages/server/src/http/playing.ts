// Playing a policy while the process has other things to do: in short stretches, after each of which everybody else has their
// turn, and a few at a time. Whoever asks for one more waits, and where too many of one key wait is told to come again (429).
import { setImmediate } from 'node:timers/promises';
import type { Steps } from '@relance/core';
import { Problem } from './problem.ts';

/** So long nobody else is answered. */
export const STRETCH_MS = 10;

/** Plays one thing; what it has taken is its own time, not that of whoever had their turn in between. */
export class Playing {
  readonly #now: () => number;
  readonly #rest: () => Promise<unknown>;
  #before = 0;
  #begun: number;

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
    return Math.max(0, this.#now() - this.#begun); // a clock may be set back
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

/** Each takes its stretch before anybody else is answered again, so there are few. */
const AT_ONCE_MAX = 2;
/** Of one key; each lasts some seconds at most. */
const WAITING_MAX = 4;

interface Waiting {
  readonly key: string;
  readonly begin: () => void;
}

/** Who plays, and who waits for it. */
export class Turns {
  readonly #playing = new Map<string, number>();
  #waiting: readonly Waiting[] = [];
  #count = 0;

  /** When it is the turn of this key: what is called at the end of it. Throws 429 where too many of it wait already. */
  async take(key: string): Promise<() => void> {
    if (this.#count < AT_ONCE_MAX) return this.#begin(key);
    if (this.#waiting.filter((one) => one.key === key).length >= WAITING_MAX)
      throw new Problem(
        'rate_limited',
        `${AT_ONCE_MAX} simulations and pictures are made at a time on a node, and ${WAITING_MAX} of this key wait for their turn.`,
      );
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { key, begin: () => resolve(this.#begin(key)) }];
    });
  }

  #begin(key: string): () => void {
    this.#count += 1;
    this.#playing.set(key, (this.#playing.get(key) ?? 0) + 1);
    return () => this.#end(key);
  }

  /** Next is whoever has waited longest of those whose key has nothing under way, else whoever has waited longest. */
  #end(key: string): void {
    this.#count -= 1;
    const left = (this.#playing.get(key) ?? 1) - 1;
    if (left === 0) this.#playing.delete(key);
    else this.#playing.set(key, left);
    const next = this.#waiting.find((one) => !this.#playing.has(one.key)) ?? this.#waiting[0];
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    next.begin();
  }
}
