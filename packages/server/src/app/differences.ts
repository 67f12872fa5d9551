// What differs between two values, as people read it: `stages[1].at: "due - 3 days" → "due - 5 days"`. For `relance apply`,
// which tells what it will change before it changes it.

type Path = readonly (string | number)[];

/** More are counted. */
const SHOWN_MAX = 10;
const VALUE_MAX = 80;
/** How much of a change must show for its text to be shown from its beginning. */
const CHANGE_MIN = 30;
/** How much of what is the same is shown before a change that comes later. */
const BEFORE_CHANGE = 20;

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
  const [was, is] = excerpts(textOf(before), textOf(after));
  return [`${written(path)}: ${was} → ${is}`];
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

const textOf = (value: unknown): string => (value === undefined || value === null ? 'nothing' : JSON.stringify(value));

/** Of two long texts the part where they first differ, with a little of what stands before it in both. */
function excerpts(before: string, after: string): readonly [string, string] {
  if (before.length <= VALUE_MAX && after.length <= VALUE_MAX) return [before, after];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const from = same <= VALUE_MAX - CHANGE_MIN ? 0 : same - BEFORE_CHANGE;
  return [cut(before, from), cut(after, from)];
}

function cut(text: string, from: number): string {
  const begins = from > 0 ? '…' : '';
  const room = VALUE_MAX - begins.length;
  const rest = text.slice(from);
  const shown = rest.length <= room ? rest : `${rest.slice(0, room - 1)}…`;
  return `${begins}${shown}`.toWellFormed();
}
