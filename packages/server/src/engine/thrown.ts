// What a log may hold of an error that a program of others threw: what it is and where it came from. Its words may quote what that
// program was given (an address, a text, a key); they stand with the attempt, where its tenant alone reads them.
export function thrown(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as Error & { readonly code?: unknown };
  return { kind: error.name, ...(typeof code === 'string' ? { code } : {}), stack: framesOf(error) };
}

/** Where an error came from. Its words stand above that, and may have lines that look the same. */
export function framesOf({ message, stack = '' }: Error): readonly string[] {
  const at = stack.indexOf(message);
  return stack
    .slice(at === -1 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '));
}
