// How the command speaks: results on standard output, troubles on standard error with what to do next.
import { isDatabaseDown } from '../store/database.ts';

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
export const warn = (line: string): void => void process.stderr.write(`${line}\n`);

/** Prints an error as a sentence and a next step, and makes the exit code 1. */
export function fail(error: unknown): void {
  const { message, next, detail } = error as { message?: string; next?: string; detail?: string };
  warn(`relance: ${detail ?? message ?? String(error)}`);
  const step = next ?? (isDatabaseDown(error) ? 'Start the database, or check RELANCE_DATABASE_URL.' : null);
  if (step !== null) warn(`Next: ${step}`);
  process.exitCode = 1;
}
