// Compiling MJML for whoever asks over HTTP. There is one thread for all (mjml-thread.ts), so one request of a key compiles at a time:
// however many a key sends, and however long theirs take, each other key waits for one mail of it at most. A project folder is
// compiled at start, for nobody's key.
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

export class Compiling {
  /** Without a turn. */
  readonly compile: CompileSource;
  readonly #turns = new Turns(LIMITS);

  constructor(compile: CompileSource = compileSource) {
    this.compile = compile;
  }

  /** `work` gets its turn with the first source that it has compiled, and keeps it until its end. Throws 429. */
  async of<T>({ tenant, keyId }: Caller, work: (compile: CompileSource) => Promise<T>): Promise<T> {
    let turn: Promise<() => void> | null = null;
    try {
      return await work(async (source) => {
        turn ??= this.#turns.take(`${tenant}/${keyId}`);
        await turn;
        return this.compile(source);
      });
    } finally {
      const end = await (turn as Promise<() => void> | null)?.catch(() => null);
      end?.();
    }
  }
}
