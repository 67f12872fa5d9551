// What a log may hold of an error that a program of others threw: what it is and where it came from. Its words may quote what that
// program was given (an address, a text, a key); they stand with the attempt, where its tenant alone reads them.
import { framesOf } from '../store/error-frames.ts';

export function thrown(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as Error & { readonly code?: unknown };
  return { kind: error.name, ...(typeof code === 'string' ? { code } : {}), stack: framesOf(error) };
}
