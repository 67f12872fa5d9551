// What providers have said, on its way into the database: in sets, since what is said while one set is being written makes
// the next. What cannot be written at this moment is kept apart and tried again, and holds nobody up.
import type { Instant } from '@relance/core';
import { ENGINE, isDatabaseDown } from '../store/database.ts';
import { renewLeases } from '../store/sql/outbox.ts';
import { inSets, type Slots } from '../store/sql/slot.ts';
import type { Engine } from './engine.ts';
import { type HandOver, recordOutcomes } from './outcome.ts';
import type { StepResult } from './work.ts';

/** An answer is kept while the database is away: it restarts in seconds, and its lease may long be over by then. */
const AWAY_TRIES_MAX = 120;
/** And so often while the node stops. */
const STOPPING_TRIES_MAX = 20;
const RECORD_AGAIN_MS = 500;
/** What another transaction of ours holds is free in a moment. */
const RECORD_SOON_MS = 5;
const SET_MAX = 500;
/** Sets written at once: one waits for the database while the next is decided; more would only make them smaller. */
const WRITERS_MAX = 1;

/** Looks at a set before it is written: breakers learn from it, and it says which may be asked of another connection. */
export type Look<Handed extends HandOver> = (
  handOvers: readonly Handed[],
  now: Instant,
) => Promise<readonly HandOver[]>;

const STOPS = 'the node stops while an answer waits to be recorded';

export class Recorder<Handed extends HandOver> {
  readonly #engine: Engine;
  readonly #look: Look<Handed>;
  readonly #isApart: (one: Handed) => boolean;
  readonly #waiting: Handed[] = [];
  #writers = 0;
  readonly #pending = new Set<Promise<void>>();

  /** `isApart`: those that may have to wait for somebody are written each by itself. */
  constructor(engine: Engine, look: Look<Handed>, isApart: (one: Handed) => boolean) {
    this.#engine = engine;
    this.#look = look;
    this.#isApart = isApart;
  }

  /** Takes them; idle() tells when they are written. */
  report(handOvers: readonly Handed[]): void {
    for (const one of handOvers)
      if (this.#isApart(one)) this.track(this.#writeAgain(one));
      else this.#waiting.push(one);
    this.#next();
  }

  #next(): void {
    if (this.#writers >= WRITERS_MAX || this.#waiting.length === 0) return;
    this.#writers += 1;
    const done = this.#writeSome().finally(() => {
      this.#writers -= 1;
      this.#next();
    });
    this.track(done);
  }

  /** Work that idle() waits for; its failure is logged, and the leases tell. */
  track(work: Promise<void>): void {
    const safe = work
      .catch((error: unknown) =>
        this.#engine.log.error({ error }, 'a hand-over could not be finished; its lease will tell'),
      )
      .finally(() => this.#pending.delete(safe));
    this.#pending.add(safe);
  }

  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async #writeSome(): Promise<void> {
    // What is answered together is written together.
    await Promise.resolve();
    const sets = inSets(this.#engine.spanning, this.#waiting.splice(0, SET_MAX));
    for (const [slots, set] of sets) {
      const left = await this.#write(slots, set).catch(() => set);
      // One that cannot be written stands alone, whatever is the matter with it.
      for (const one of left) this.track(this.#writeAgain(one));
    }
  }

  /** Answers those whose follow-up somebody else holds at this moment. */
  async #write(slots: Slots, set: readonly Handed[]): Promise<readonly Handed[]> {
    const { database, policies, clock } = this.#engine;
    const now = await clock.now();
    const { result, held } = await recordOutcomes(await this.#look(set, now), slots, { database, policies, now });
    this.#engine.report(result);
    this.#nudge(set, result, now);
    const left = new Set(held.map(({ id }) => id));
    return set.filter(({ id }) => left.has(id));
  }

  /** What has come of it that is due already. */
  #nudge(set: readonly Handed[], { done, failed }: StepResult, now: Instant): void {
    const { nudge } = this.#engine;
    const isDue = (at: Instant | null): boolean => at !== null && at <= now;
    if (failed.length > 0 || done.some(({ step: { followUp } }) => isDue(followUp.wakeAt))) nudge.wake();
    // Anything but an acceptance may have put something back into the queue.
    if (
      set.some(({ outcome }) => outcome.kind !== 'accepted') ||
      done.some(({ step: made }) => made.messages.length > 0)
    )
      nudge.deliver();
  }

  /**
   * What a provider said is known here and nowhere else: lost, an accepted message would be uncertain, and told again by
   * another channel. So it is kept while the database is away, and while somebody else holds its follow-up. Safe however late:
   * the fence tells whether the hand-over is still this node's to answer for.
   */
  async #writeAgain(one: Handed): Promise<void> {
    const { database, leaseMs } = this.#engine;
    let away = 0;
    for (let tries = 1; ; tries++) {
      try {
        await database.transaction(ENGINE, (tx) => renewLeases(tx, one.slot, [one], leaseMs));
        if (this.#engine.stopping && tries > 1) throw new Error(STOPS);
        await this.#engine.pauseMs(Math.min(RECORD_AGAIN_MS, RECORD_SOON_MS * 2 ** tries));
        if ((await this.#write(one.slot, [one])).length === 0) return;
        away = 0;
      } catch (error) {
        away += 1;
        if (!isDatabaseDown(error) || away >= AWAY_TRIES_MAX || (this.#engine.stopping && away > STOPPING_TRIES_MAX))
          throw error;
        await this.#engine.pauseMs(RECORD_AGAIN_MS);
      }
    }
  }
}
