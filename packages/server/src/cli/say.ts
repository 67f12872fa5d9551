// How the command speaks: results on standard output, troubles on standard error with what to do next.
import { nextStepOf } from '../app/next-step.ts';

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
export const warn = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Whoever reads along may have seen enough (`| head`) or have gone (`| tee`, Ctrl-C): there is nobody to tell the rest, and
 * nothing is wrong. The command goes on to its end, and a server until it is asked to stop.
 */
export function goOnWhenClosed(stream: NodeJS.WriteStream): void {
  // Once for each process, however many commands run in it.
  if (stream.listenerCount('error') > 0) return;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** An error that the user can mend: one sentence and the next step. */
export const trouble = (message: string, next: string): Error & { readonly next: string } =>
  Object.assign(new Error(message), { next });

/** Prints an error as a sentence and a next step, and makes the exit code 1. */
export function fail(error: unknown): void {
  const { message, detail, errors } = error as { message?: string; detail?: string; errors?: readonly Error[] };
  // Node reports a refused connection to a name with several addresses as an error without a sentence of its own.
  const sentence =
    [detail, message, errors?.[0]?.message].find((text) => text !== undefined && text !== '') ?? String(error);
  warn(`relance: ${sentence}`);
  const next = nextStepOf(error);
  if (next !== null) warn(`Next: ${next}`);
  process.exitCode = 1;
}
