// What is said of a key that the schema does not know at its place: where it belongs, if it is known one level further in or out, as
// when it is not indented as it should be; else the known one that is spelt nearly so. structure.ts finds such keys.
import type { z } from 'zod';
import type { Path } from './problem.ts';
import { policySchema } from './schema.ts';

/** `holder`: the map that it stands in, which is at `path`. */
export function unknownKey(key: string, path: Path, holder: unknown): string {
  const here = schemasAt(path);
  const known = here.flatMap(keysOf);
  const inside = insideOf(key, here, holder);
  if (inside !== null) return `Unknown key "${key}": it belongs inside ${inside}; write it there, or remove it.`;
  const beside = besideOf(key, path);
  if (beside !== null) return `Unknown key "${key}": it belongs beside "${beside}"; write it there, or remove it.`;
  const near = known
    .map((one) => ({ one, distance: editDistance(key.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= Math.max(1, Math.ceil(Math.min(key.length, one.length) * 0.4)))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return near === undefined
    ? `Unknown key "${key}": remove it.`
    : `Unknown key "${key}": write "${near.one}", or remove it.`;
}

/** Among more than so many it is anybody's guess. */
const PLACES_MAX = 3;

/** The keys of this level in whose values it is known: of those that are written, or of all where none is. */
function insideOf(key: string, here: readonly z.core.$ZodType[], holder: unknown): string | null {
  const all = here.flatMap((schema) =>
    keysOf(schema).filter((name) =>
      child(schema, name)
        .flatMap(unwrap)
        .flatMap(itemsOf)
        .some((inner) => keysOf(inner).includes(key)),
    ),
  );
  const written = all.filter((name) => typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name));
  const names = [...new Set(written.length > 0 ? written : all)].map((name) => `"${name}"`);
  if (names.length === 0 || names.length > PLACES_MAX) return null;
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The key of the map around this one beside which it is known. */
function besideOf(key: string, path: Path): string | null {
  const last = path.findLastIndex((part) => typeof part === 'string');
  if (last < 0) return null;
  return schemasAt(path.slice(0, last)).flatMap(keysOf).includes(key) ? String(path[last]) : null;
}

/** Whichever form of a union was meant. */
function schemasAt(path: Path): readonly z.core.$ZodType[] {
  let schemas: readonly z.core.$ZodType[] = [policySchema];
  for (const part of path) schemas = schemas.flatMap(unwrap).flatMap((schema) => child(schema, part));
  return schemas.flatMap(unwrap);
}

function keysOf(schema: z.core.$ZodType): readonly string[] {
  const { def } = schema._zod;
  return def.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
}

function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod;
  if (def.type === 'union') return (def as z.core.$ZodUnionDef).options.flatMap(unwrap);
  if (def.type === 'optional' || def.type === 'default') return unwrap((def as z.core.$ZodOptionalDef).innerType);
  return [schema];
}

/** Of a list, what stands in it. */
function itemsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod;
  return def.type === 'array' ? unwrap((def as z.core.$ZodArrayDef).element) : [schema];
}

function child(schema: z.core.$ZodType, part: string | number): readonly z.core.$ZodType[] {
  const { def } = schema._zod;
  if (def.type === 'array' && typeof part === 'number') return [(def as z.core.$ZodArrayDef).element];
  if (def.type !== 'object') return [];
  const next = (def as z.core.$ZodObjectDef).shape[part];
  return next === undefined ? [] : [next];
}

/** Levenshtein's distance, for words no longer than a key. */
function editDistance(a: string, b: string): number {
  if (a.length > 40 || b.length > 40) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
