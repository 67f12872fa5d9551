// MJML is compiled in a thread of its own, so that neither loading the compiler nor a mail of a thousand elements keeps the process
// from everything else. One at a time, each with a deadline: what takes longer ends with its thread, and the next begins another.
// An idle thread keeps no process from ending.
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface MjmlFault {
  readonly line: number;
  readonly tagName: string;
  readonly message: string;
}
/** Compiles one source, wherever that is done. */
export type CompileSource = (source: string) => Promise<Compiled>;
export type Compiled = { readonly html: string } | { readonly message: string; readonly errors: readonly MjmlFault[] };

/** Of its own; a long mail takes a tenth of a second. A machine that is busy with other things has time as well. */
const COMPILE_MS_MAX = 10_000;
/** Loading the compiler takes most of a second. */
const BEGIN_MS_MAX = 30_000;
const MEMORY_MB_MAX = 512;

/** Beside this file, as source or as what is published. */
const FILE = new URL(`./mjml-worker${extname(import.meta.url)}`, import.meta.url);

export class MjmlThread {
  readonly #file: URL;
  readonly #msMax: number;
  readonly #beginMsMax: number;
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(msMax = COMPILE_MS_MAX, file = FILE, beginMsMax = BEGIN_MS_MAX) {
    this.#msMax = msMax;
    this.#beginMsMax = beginMsMax;
    this.#file = file;
  }

  compile(source: string): Promise<Compiled> {
    const compiled = this.#last.then(() => this.#compile(source));
    this.#last = compiled.catch(() => null);
    return compiled;
  }

  async #compile(source: string): Promise<Compiled> {
    const worker = this.#worker ?? (await this.#begin());
    worker.ref();
    const deadline = AbortSignal.timeout(this.#msMax);
    try {
      const answered = once(worker, 'message', { signal: deadline });
      worker.postMessage(source);
      const [compiled] = (await answered) as [Compiled];
      return compiled;
    } catch (error) {
      await this.end();
      if (deadline.aborted)
        return faultOf(`It takes longer than ${this.#msMax / 1_000} seconds to compile; make it shorter or simpler`);
      return faultOf(
        `It cannot be compiled (${(error as { code?: string }).code ?? 'error'}); make it shorter or simpler`,
      );
    } finally {
      worker.unref();
    }
  }

  async #begin(): Promise<Worker> {
    // Whatever the process was started with, such as --input-type, is not for it.
    const worker = new Worker(this.#file, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX } });
    try {
      await once(worker, 'message', { signal: AbortSignal.timeout(this.#beginMsMax) });
    } catch (error) {
      worker.on('error', () => {});
      await worker.terminate();
      throw new Error('The thread that compiles MJML has not begun.', { cause: error }); // whoever wrote it is not to blame
    }
    // Between two mails nobody else listens.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

const faultOf = (message: string): Compiled => ({ message, errors: [] });
