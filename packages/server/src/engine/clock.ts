// Two clocks. Story time (due dates, stages, retries of sends) may be virtual; lease time is always the database's.
// `advance` steps a virtual clock from due instant to due instant, never jumps, and drains everything at each: the node
// that advances runs the loops, the others pause while its lease on the clock row lasts.
import { type Instant, later, SECOND_MS } from '@relance/core';
import type { Database } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import { moveClock, readClock, readPending, releaseAdvance, takeAdvance } from '../store/sql/clock.ts';
import type { LoopClock } from './engine.ts';
import type { AdvanceOutcome, StoryClock } from './ports.ts';

const ADVANCE_LEASE_MS = 30_000;
/** Draining one instant takes at most this long before advance gives up with an error: something is stuck. */
const DRAIN_MAX_MS = 120 * SECOND_MS;

export interface Drains {
  /** Runs every loop once, hand-overs included; answers how much was done. */
  runAll(): Promise<number>;
}

export class Clock implements StoryClock, LoopClock {
  readonly #database: Database;
  readonly #node: string;
  readonly #monotonic: () => number;
  readonly #pauseMs: (ms: number) => Promise<void>;
  #advancing = false;
  scale = 1;

  constructor(
    database: Database,
    node: string,
    timing: { monotonic: () => number; pauseMs: (ms: number) => Promise<void> },
  ) {
    this.#database = database;
    this.#node = node;
    this.#monotonic = timing.monotonic;
    this.#pauseMs = timing.pauseMs;
  }

  async #read() {
    const row = await this.#database.transaction(ENGINE, readClock);
    this.scale = row.mode === 'scaled' ? row.scale : 1;
    return row;
  }

  /** The next instant at which something is due; null when nothing is. */
  async nextDue(): Promise<Instant | null> {
    const { now } = await this.#read();
    return (await this.#database.transaction(ENGINE, (tx) => readPending(tx, now))).nextAt;
  }

  async mode() {
    return (await this.#read()).mode;
  }

  async now(): Promise<Instant> {
    return (await this.#read()).now;
  }

  /** For the loops: null while another node advances. */
  async storyNow(): Promise<Instant | null> {
    const row = await this.#read();
    return row.advancing && row.advancer !== this.#node ? null : row.now;
  }

  /** True while this node's own advance runs the loops, so that the tickers leave them alone. */
  get advancing(): boolean {
    return this.#advancing;
  }

  drains: Drains | null = null;

  async advance(to: Instant): Promise<AdvanceOutcome> {
    const row = await this.#read();
    if (row.mode !== 'virtual') return { kind: 'not_virtual' };
    if (to < row.now) return { kind: 'in_past', now: row.now };
    const { drains } = this;
    if (drains === null)
      throw new Error('This node runs no loops, so it cannot advance the clock. Ask a node that does.');
    if (
      this.#advancing ||
      !(await this.#database.transaction(ENGINE, (tx) => takeAdvance(tx, this.#node, ADVANCE_LEASE_MS)))
    )
      return { kind: 'busy' };
    this.#advancing = true;
    try {
      return await this.#stepTo(to, drains);
    } finally {
      this.#advancing = false;
      await this.#database.transaction(ENGINE, (tx) => releaseAdvance(tx, this.#node));
    }
  }

  async #stepTo(to: Instant, drains: Drains): Promise<AdvanceOutcome> {
    for (let steps = 0; ; steps++) {
      const now = await this.#drain(drains);
      const { nextAt } = await this.#database.transaction(ENGINE, (tx) => readPending(tx, now));
      if (nextAt === null || nextAt > to) {
        if (now < to) {
          await this.#database.transaction(ENGINE, (tx) => moveClock(tx, to));
          await this.#drain(drains);
        }
        return { kind: 'advanced', now: to, steps };
      }
      await this.#database.transaction(ENGINE, async (tx) => {
        await takeAdvance(tx, this.#node, ADVANCE_LEASE_MS);
        await moveClock(tx, later(nextAt, 0));
      });
    }
  }

  /** Until nothing is due at this instant and nothing is in anybody's hands. */
  async #drain(drains: Drains): Promise<Instant> {
    const since = this.#monotonic();
    for (;;) {
      const done = await drains.runAll();
      await this.#hold();
      const { now } = await this.#read();
      if (done > 0) continue;
      const { busy } = await this.#database.transaction(ENGINE, (tx) => readPending(tx, now));
      if (!busy) return now;
      if (this.#monotonic() - since > DRAIN_MAX_MS)
        throw new Error(
          'Something due at this instant does not finish. See the log, GET /v1/messages?status=sending and the timeline of what is open.',
        );
      await this.#pauseMs(20);
    }
  }

  /** Goes on holding the clock, also through an instant with minutes of work; two nodes never advance it at once. */
  async #hold(): Promise<void> {
    if (!(await this.#database.transaction(ENGINE, (tx) => takeAdvance(tx, this.#node, ADVANCE_LEASE_MS))))
      throw new Error(
        'Another node has taken the clock over, as this one stood still for too long. Ask for the rest again.',
      );
  }
}
