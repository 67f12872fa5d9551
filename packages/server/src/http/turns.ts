// Turns at what takes long: so many at a time, of all keys and of one. Whoever asks for one more waits, and where too many of one key
// wait is told to come again (429). What has its turn is playing.ts and compiling.ts.
import { Problem } from './problem.ts';

export interface TurnLimits {
  /** On this node, whoever asks. */
  readonly atOnceMax: number;
  readonly ofKeyMax: number;
  readonly waitingOfKeyMax: number;
  /** What whoever is refused is told of it: "2 pictures are made at a time". */
  readonly words: string;
}

interface Waiting {
  readonly key: string;
  readonly begin: () => void;
}

/** Whom nobody hears any more. */
const hungUp = (): Problem => new Problem('rate_limited', 'Whoever waited for their turn has hung up.');

/** Who has their turn, and who waits for it. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #underWay = new Map<string, number>();
  #waiting: readonly Waiting[] = [];
  #count = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * When it is the turn of this key: what is called at the end of it. Throws 429 where too many of it wait already; whoever waits
   * gives their place away with `gone`.
   */
  async take(key: string, gone: AbortSignal | null = null): Promise<() => void> {
    if (gone?.aborted === true) throw hungUp();
    if (this.#mayBegin(key)) return this.#begin(key);
    const { waitingOfKeyMax, words } = this.#limits;
    if (this.#waiting.filter((one) => one.key === key).length >= waitingOfKeyMax)
      throw new Problem('rate_limited', `${words}, and ${waitingOfKeyMax} of this key wait for their turn.`);
    return new Promise((resolve, reject) => {
      const waiting = { key, begin: () => resolve(this.#begin(key)) };
      this.#waiting = [...this.#waiting, waiting];
      gone?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        reject(hungUp());
      });
    });
  }

  #mayBegin(key: string): boolean {
    const { atOnceMax, ofKeyMax } = this.#limits;
    return this.#count < atOnceMax && (this.#underWay.get(key) ?? 0) < ofKeyMax;
  }

  #begin(key: string): () => void {
    this.#count += 1;
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    return () => this.#end(key);
  }

  /** Next is whoever has waited longest of those whose key has nothing under way, else whoever has waited longest. */
  #end(key: string): void {
    this.#count -= 1;
    const left = (this.#underWay.get(key) ?? 1) - 1;
    if (left === 0) this.#underWay.delete(key);
    else this.#underWay.set(key, left);
    const able = this.#waiting.filter((one) => this.#mayBegin(one.key));
    const next = able.find((one) => !this.#underWay.has(one.key)) ?? able[0];
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    next.begin();
  }
}
