// What POLICY.md has and this version does not run yet: one closed table of keys and forms. Using one is a problem that
// names it, so that nobody's policy silently means less than it says. A line is removed when its part is built.
import type { Path, Problems } from './problem.ts';

interface Unbuilt {
  /** Where it may stand; `*` is any item of a list, and a key that may be one or a list matches both. */
  readonly path: readonly string[];
  readonly name: string;
  /** Whether this value is the unbuilt one; any, when not given. */
  readonly is?: (value: unknown) => boolean;
  readonly instead: string;
}

const isText = (value: unknown): boolean => typeof value === 'string';

const UNBUILT: readonly Unbuilt[] = [
  {
    path: ['category'],
    name: 'category',
    is: (value) => !isText(value),
    instead: 'write the id of the category alone',
  },
];

/** One problem for each unbuilt key of a written policy; `has` is the policy as written, before defaults. */
export function refuseUnbuilt(has: unknown, problems: Problems): void {
  for (const entry of UNBUILT) {
    for (const found of find(has, entry.path, [])) {
      if (entry.is === undefined || entry.is(found.value))
        problems.error('policy_key_not_built', found.path, notBuilt(entry.name, entry.instead));
    }
  }
}

const notBuilt = (name: string, instead: string): string => `\`${name}\` is not built yet. Remove it, or ${instead}.`;

interface Found {
  readonly path: Path;
  readonly value: unknown;
}

function find(value: unknown, rest: readonly string[], path: Path): readonly Found[] {
  const [key, ...more] = rest;
  if (key === undefined) return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  if (key === '*') {
    // One or a list: a single clause stands where a list could.
    return Array.isArray(value)
      ? value.flatMap((item, index) => find(item, more, [...path, index]))
      : find(value, more, path);
  }
  return Object.hasOwn(value, key) ? find((value as Record<string, unknown>)[key], more, [...path, key]) : [];
}
