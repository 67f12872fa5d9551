// What providers have said, on its way into the database: a set at a time for each slot, since what is said while one set is
// being written makes the next. What cannot be written at this moment is kept apart and tried again, and holds nobody up.
import type { Instant } from '@relance/core';
import { ENGINE, isDatabaseDown } from '../store/database.ts';
import { renewLeases } from '../store/sql/outbox.ts';
import type { Engine } from './engine.ts';
import { type HandOver, recordOutcomes } from './outcome.ts';

/** An answer is kept while the database is away: it restarts in seconds, and its lease may long be over by then. */
const AWAY_TRIES_MAX = 120;
const RECORD_AGAIN_MS = 500;
/** What another transaction of ours holds is free in a moment. */
const RECORD_SOON_MS = 5;
const SET_MAX = 500;
/** Slots that are written at once: more would only wait for each other, and take connections from who answers callers. */
const WRITERS_MAX = 3;

/** Looks at a set before it is written: breakers learn from it, and it says which may be asked of another connection. */
export type Look<Handed extends HandOver> = (
  handOvers: readonly Handed[],
  now: Instant,
) => Promise<readonly HandOver[]>;

export class Recorder<Handed extends HandOver> {
  readonly #engine: Engine;
  readonly #look: Look<Handed>;
  readonly #waiting = new Map<number, Handed[]>();
  readonly #turns: number[] = [];
  #writers = 0;
  readonly #pending = new Set<Promise<void>>();

  constructor(engine: Engine, look: Look<Handed>) {
    this.#engine = engine;
    this.#look = look;
  }

  /** Takes them; idle() tells when they are written. */
  report(slot: number, handOvers: readonly Handed[]): void {
    if (handOvers.length === 0) return;
    const waiting = this.#waiting.get(slot);
    if (waiting !== undefined) waiting.push(...handOvers);
    else {
      this.#waiting.set(slot, [...handOvers]);
      this.#turns.push(slot);
      this.#next();
    }
  }

  /** Slots in turns, a set each. */
  #next(): void {
    while (this.#writers < WRITERS_MAX) {
      const slot = this.#turns.shift();
      if (slot === undefined) return;
      this.#writers += 1;
      const done = this.#writeSome(slot).finally(() => {
        this.#writers -= 1;
        if ((this.#waiting.get(slot)?.length ?? 0) > 0) this.#turns.push(slot);
        else this.#waiting.delete(slot);
        this.#next();
      });
      this.track(done);
    }
  }

  /** Work that idle() waits for; its failure is logged, and the leases tell. */
  track(work: Promise<void>): void {
    const safe = work
      .catch((error: unknown) =>
        this.#engine.log.error({ error }, 'a hand-over could not be recorded; its lease will tell'),
      )
      .finally(() => this.#pending.delete(safe));
    this.#pending.add(safe);
  }

  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async #writeSome(slot: number): Promise<void> {
    const set = this.#waiting.get(slot)?.splice(0, SET_MAX) ?? [];
    const left = await this.#write(slot, set).catch(() => set);
    // One that cannot be written stands alone, whatever is the matter with it.
    for (const one of left) this.track(this.#writeAgain(slot, one));
  }

  /** Answers those whose follow-up somebody else holds at this moment. */
  async #write(slot: number, set: readonly Handed[]): Promise<readonly Handed[]> {
    const { database, policies, clock, nudge } = this.#engine;
    const now = await clock.now();
    const recorded = await recordOutcomes(await this.#look(set, now), slot, { database, policies, now });
    this.#engine.report(recorded.result);
    nudge.wake();
    nudge.deliver();
    const held = new Set(recorded.held.map(({ id }) => id));
    return set.filter(({ id }) => held.has(id));
  }

  /**
   * What a provider said is known here and nowhere else: lost, an accepted message would be uncertain, and told again by
   * another channel. So it is kept while the database is away, and while somebody else holds its follow-up. Safe however late:
   * the fence tells whether the hand-over is still this node's to answer for.
   */
  async #writeAgain(slot: number, one: Handed): Promise<void> {
    const { database, leaseMs } = this.#engine;
    let away = 0;
    for (let tries = 1; ; tries++) {
      try {
        await database.transaction(ENGINE, (tx) => renewLeases(tx, slot, [one], leaseMs));
        if (this.#engine.stopping && tries > 1) throw new Error('the node stops while an answer waits to be recorded');
        await this.#engine.pauseMs(Math.min(RECORD_AGAIN_MS, RECORD_SOON_MS * 2 ** tries));
        if ((await this.#write(slot, [one])).length === 0) return;
        away = 0;
      } catch (error) {
        away += 1;
        if (!isDatabaseDown(error) || away >= AWAY_TRIES_MAX) throw error;
        await this.#engine.pauseMs(RECORD_AGAIN_MS);
      }
    }
  }
}
