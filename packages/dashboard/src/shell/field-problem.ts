// What the server found wrong, by the field that it names: a form shows each beside its field.
import { RelanceProblem } from '@relance/client';

/** By path, such as `endpoints.0.address`; the first of several. */
export function fieldProblems(error: Error | null): ReadonlyMap<string, string> {
  const errors = error instanceof RelanceProblem ? error.body.errors : null;
  const found = new Map<string, string>();
  if (!Array.isArray(errors)) return found;
  for (const one of errors as readonly { readonly path?: unknown; readonly message?: unknown }[]) {
    const path = String(one.path ?? '');
    if (!found.has(path)) found.set(path, capital(String(one.message ?? '')));
  }
  return found;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, '.');
