// What differs between two values, as people read it: `stages[1].at: "due - 3 days" → "due - 5 days"`. For `relance apply`,
// which tells what it will change before it changes it.

type Path = readonly (string | number)[];

/** More are counted. */
const SHOWN_MAX = 10;
const VALUE_MAX = 80;

/** One line for each place that differs, in the order of the new one. What is null and what is not there are the same. */
export function differences(before: unknown, after: unknown): readonly string[] {
  const found = walk(before, after, []);
  if (found.length <= SHOWN_MAX) return found;
  return [...found.slice(0, SHOWN_MAX), `… and ${found.length - SHOWN_MAX} more`];
}

function walk(before: unknown, after: unknown, path: Path): readonly string[] {
  if (isNothing(before) && isNothing(after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => walk(before[index], after[index], [...path, index])).flat();
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...keys].flatMap((key) => walk(own(before, key), own(after, key), [...path, key]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [`${written(path)}: ${shown(before)} → ${shown(after)}`];
}

/** An empty list or map says as little as none. */
const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const written = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('');

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX - 1)}…`;
}
