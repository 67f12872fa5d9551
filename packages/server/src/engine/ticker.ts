// The dumb ticker around a loop's runOnce: at once again while there is work, else after a pause, sooner when nudged.
// A turn that throws is logged and tried again after the pause; the loop never dies.
import { isDatabaseDown } from '../store/database.ts';
import type { Log } from './engine.ts';

/** A loop that has not finished a turn for this long after its pause is stalled: /healthz says so. */
const STALLED_MS = 60_000;
const AFTER_ERROR_MS = 1_000;

export class Ticker {
  readonly #name: string;
  readonly #run: () => Promise<number>;
  readonly #everyMs: number;
  readonly #log: Log;
  #stopped = false;
  #nudged = false;
  #lastTurn = performance.now();
  #wakeUp: (() => void) | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(name: string, run: () => Promise<number>, everyMs: number, log: Log) {
    this.#name = name;
    this.#run = run;
    this.#everyMs = everyMs;
    this.#log = log;
  }

  start(): void {
    this.#loop = this.#turns();
  }

  /** Look now. A nudge during a turn makes another turn follow it. */
  nudge(): void {
    this.#nudged = true;
    this.#wakeUp?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeUp?.();
    await this.#loop;
  }

  stalled(): boolean {
    return performance.now() - this.#lastTurn > this.#everyMs + STALLED_MS;
  }

  async #turns(): Promise<void> {
    while (!this.#stopped) {
      this.#nudged = false;
      let pauseMs = this.#everyMs;
      try {
        if ((await this.#run()) > 0) pauseMs = 0;
        this.#lastTurn = performance.now();
      } catch (error) {
        pauseMs = AFTER_ERROR_MS;
        if (isDatabaseDown(error))
          this.#log.warn({ loop: this.#name, error: (error as Error).message }, 'the database is away; trying again');
        else this.#log.error({ loop: this.#name, error }, 'a loop failed; trying again');
      }
      await this.#pause(pauseMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped || this.#nudged) return new Promise(setImmediate);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = null;
  }
}
