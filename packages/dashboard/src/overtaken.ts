// What was not written because somebody else was faster: 412, `changed_meanwhile`.
import { RelanceProblem } from '@relance/client';

export interface Overtaken {
  /** In the server's words. */
  readonly what: string;
  /** The version that there is now; null: it was deleted. */
  readonly version: number | null;
}

/** Null: it is another problem, or none. */
export function overtakenBy(error: unknown): Overtaken | null {
  if (!(error instanceof RelanceProblem) || error.code !== 'changed_meanwhile') return null;
  const { version } = error.body;
  return { what: error.message, version: typeof version === 'number' ? version : null };
}
