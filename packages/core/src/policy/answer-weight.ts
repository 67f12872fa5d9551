// How much work the JSON Schema of an answer is: its values with every reference unfolded, and the steps of its patterns. What
// a few lines of references unfold to doubles with each of them, and one that comes back to itself never ends.
import { RE2JS } from '@bufbuild/re2';

/** More than any form asks for. */
export const WEIGHT_MAX = 2_000;

/** Infinite where it does not end; throws for a reference that leads elsewhere. */
export function weightOf(schema: Readonly<Record<string, unknown>>): number {
  const known = new Map<string, number>();
  const referred = (pointer: string): number => {
    const before = known.get(pointer);
    if (before !== undefined) return before;
    // Met again before it is known: it refers to itself.
    known.set(pointer, Number.POSITIVE_INFINITY);
    const weight = weigh(valueAt(schema, pointer));
    known.set(pointer, weight);
    return weight;
  };
  const weigh = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const { $ref, $dynamicRef, $id, pattern, patternProperties } = value as Readonly<Record<string, unknown>>;
    if (typeof $dynamicRef === 'string' || (typeof $id === 'string' && value !== schema))
      throw new Error('it refers to more than its own "$defs"');
    const patterns = [pattern, ...(isMap(patternProperties) ? Object.keys(patternProperties) : [])];
    const inside = Object.values(value).reduce((sum: number, part) => sum + weigh(part), 1);
    return (
      inside +
      patterns.reduce((sum: number, one) => sum + (typeof one === 'string' ? stepsOf(one) : 0), 0) +
      (typeof $ref === 'string' ? referred($ref) : 0)
    );
  };
  return referred('#');
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const stepsOf = (pattern: string): number => RE2JS.compile(pattern).re2Input.prog.numInst();

export const decodePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function valueAt(schema: unknown, pointer: string): unknown {
  if (!/^#(\/|$)/.test(pointer)) throw new Error(`"${pointer}" is not in it`);
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => decodePointer(decodeURIComponent(part)));
  return parts.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      throw new Error(`"${pointer}" is not in it`);
    return (value as Readonly<Record<string, unknown>>)[part];
  }, schema);
}

/** How many values an answer has. */
export const sizeOf = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 1
    : Object.values(value).reduce((sum: number, part) => sum + sizeOf(part), 1);
