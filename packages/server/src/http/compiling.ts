// Compiling MJML for whoever asks over HTTP. There is one thread for all (mjml-thread.ts), so one request of a key compiles at a time:
// however many a key sends, and however long theirs take, each other key waits for one mail of it at most. A project folder is
// compiled at start, for nobody's key.
import type { FastifyReply } from 'fastify';
import type { Caller } from './auth.ts';
import { compileSource } from './mjml.ts';
import type { CompileSource } from './mjml-thread.ts';
import { Turns } from './turns.ts';

/** Whoever waits holds what they have sent, 1 MiB at most, and no connection to the database. */
const WAITING_OF_KEY_MAX = 20;
const LIMITS = {
  atOnceMax: Number.POSITIVE_INFINITY,
  ofKeyMax: 1,
  waitingOfKeyMax: WAITING_OF_KEY_MAX,
  words: 'MJML is compiled for one request of a key at a time on a node',
};

type Asking = Pick<Caller, 'tenant' | 'keyId'>;

export class Compiling {
  readonly #compile: CompileSource;
  readonly #turns: Turns;
  readonly #gone: AbortSignal | null;

  constructor(compile: CompileSource = compileSource, turns = new Turns(LIMITS), gone: AbortSignal | null = null) {
    this.#compile = compile;
    this.#turns = turns;
    this.#gone = gone;
  }

  /** For whoever waits for this answer: once they have hung up, nothing waits any more. */
  for({ raw }: FastifyReply): Compiling {
    const gone = new AbortController();
    if (raw.destroyed) gone.abort();
    else raw.once('close', () => gone.abort());
    return new Compiling(this.#compile, this.#turns, gone.signal);
  }

  /** `work` has its turn before anything. Throws 429. */
  async inTurn<T>(caller: Asking, work: (compile: CompileSource) => Promise<T>): Promise<T> {
    const end = await this.#take(caller);
    try {
      return await work(this.#compile);
    } finally {
      end();
    }
  }

  /** `work` gets its turn with the first source that it has compiled, if any, and keeps it until its end. Throws 429. */
  async of<T>(caller: Asking, work: (compile: CompileSource) => Promise<T>): Promise<T> {
    let turn: Promise<() => void> | null = null;
    try {
      return await work(async (source) => {
        turn ??= this.#take(caller);
        await turn;
        return this.#compile(source);
      });
    } finally {
      const end = await (turn as Promise<() => void> | null)?.catch(() => null);
      end?.();
    }
  }

  #take({ tenant, keyId }: Asking): Promise<() => void> {
    return this.#turns.take(`${tenant}/${keyId}`, this.#gone);
  }
}
