// What is wrong with a value, in words for whoever wrote it: given to zod where something of somebody else's is read. What a
// schema says itself comes first. Where it is and what becomes of it is said by the caller: `"settings.host": is missing.`
import type { z } from 'zod';
import { nearest } from '../policy/nearest.ts';

/** Longer lists of names are cut. */
const NAMES_MAX = 20;

/** `schema.safeParse(value, { error: issueWords })` */
export const issueWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : undefined;
    case 'invalid_value':
      return issue.input === undefined ? `is missing; it is one of ${listed(issue.values.map(String))}` : undefined;
    case 'unrecognized_keys':
      return unknownKeys(issue.keys, keysOf(issue.inst));
    default:
      return undefined;
  }
};

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const named = keys.slice(0, NAMES_MAX).map((key) => {
    const near = nearest(key, known);
    return near === null ? `"${key}"` : `"${key}" (did you mean "${near}"?)`;
  });
  const hint = named.every((one) => one.endsWith(')')) ? '' : ` (known: ${listed(known)})`;
  return `there is no field ${named.join(', ')}${known.length === 0 ? '' : hint}`;
}

const listed = (names: readonly string[]): string =>
  names.length <= NAMES_MAX ? names.join(', ') : `${names.slice(0, NAMES_MAX).join(', ')}, …`;

/** The fields of the object whose schema has spoken. */
function keysOf(schema: unknown): readonly string[] {
  const { _zod } = (schema ?? {}) as { readonly _zod?: { readonly def?: { readonly shape?: object } } };
  return Object.keys(_zod?.def?.shape ?? {});
}
