// The first reading of a written policy: is it plain data of bearable size with the keys and kinds of the schema? Every
// deviation becomes one readable problem. What is wrong is then left out and the rest read again, so that the checks of
// compile.ts still see it and all problems show at once.
import type { z } from 'zod';
import { formatPath, type Path, type Problems } from './problem.ts';
import { policySchema, type WrittenPolicy } from './schema.ts';
import { unknownKey } from './unknown-key.ts';

const DEPTH_MAX = 20;
const VALUES_MAX = 20_000;
/** Leaving out a wrong value can make its parent wrong; after this many rounds what is left is not a policy. */
const ROUNDS_MAX = 4;

/** The policy with defaults filled in, as far as it can be read; null when nothing can be made of it. */
export function readStructure(
  written: unknown,
  problems: Problems,
): { readonly policy: WrittenPolicy | null; readonly kept: unknown } {
  if (!isPlain(written, problems)) return { policy: null, kept: null };
  let kept: unknown = structuredClone(written);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const result = policySchema.safeParse(kept);
    if (result.success) return { policy: result.data, kept };
    const issues = withoutEchoes(result.error.issues.flatMap((issue) => flatten(issue, [], kept)));
    for (const issue of issues) {
      const { isFull } = problems; // one more tells that there are others
      // From the second round on only consequences of what was left out are found.
      if (round === 0) report(issue, kept, problems);
      if (isFull) break;
    }
    // A list that lost an item would shift the paths of everything after it: better no further checks.
    if (issues.length === 0 || issues.some(isListItem)) break;
    for (const issue of issues) kept = leaveOut(kept, issue);
  }
  return { policy: null, kept };
}

function isPlain(written: unknown, problems: Problems): boolean {
  let count = 0;
  const walk = (value: unknown, path: Path): void => {
    if (++count > VALUES_MAX || path.length > DEPTH_MAX) throw new RangeError('too large');
    if (typeof value === 'string' && (value.includes('\u0000') || !value.isWellFormed())) {
      problems.error('policy_value_invalid', path, 'The text contains a NUL or half a character; remove it.');
    }
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
      problems.error(
        'policy_value_invalid',
        path,
        `A ${typeof value} is not plain data; write text, a number, a list or a map.`,
      );
    if (typeof value !== 'object' || value === null) return;
    for (const [index, item] of Array.isArray(value) ? value.entries() : []) walk(item, [...path, index]);
    for (const key of Array.isArray(value) ? [] : Object.keys(value)) {
      if (key === '__proto__')
        problems.error('policy_key_unknown', [...path, key], 'Unknown key "__proto__": remove it.');
      else walk((value as Record<string, unknown>)[key], [...path, key]);
    }
  };
  try {
    walk(written, []);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.error(
      'policy_not_readable',
      [],
      `The policy has more than ${VALUES_MAX} values or ${DEPTH_MAX} levels; split it.`,
    );
  }
  return !problems.failed;
}

type Issue = z.core.$ZodIssue;
const isListItem = ({ issue, path }: Finding): boolean =>
  issue.code !== 'unrecognized_keys' && typeof path.at(-1) === 'number';

interface Finding {
  readonly issue: Issue;
  readonly path: Path;
}

/** A value of the wrong kind is one problem, not also one for its length. */
function withoutEchoes(issues: readonly Finding[]): readonly Finding[] {
  const wrongKind = new Set(
    issues.filter(({ issue }) => issue.code === 'invalid_type').map(({ path }) => formatPath(path)),
  );
  return issues.filter(
    ({ issue, path }) =>
      issue.code === 'invalid_type' || issue.code === 'unrecognized_keys' || !wrongKind.has(formatPath(path)),
  );
}

/** An issue of a union becomes the issues of the branch that was meant. */
function flatten(issue: Issue, base: Path, root: unknown): readonly Finding[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code !== 'invalid_union') return [{ issue, path }];
  const branches = issue.errors.filter(
    (branch) => branch.length > 0 && !branch.some((one) => one.path.length === 0 && isKindIssue(one)),
  );
  const meant = branches.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0];
  return meant === undefined ? [{ issue, path }] : meant.flatMap((one) => flatten(one, path, root));
}

const isKindIssue = (issue: Issue): boolean => issue.code === 'invalid_type' || issue.code === 'invalid_value';
/** A branch that got into the value was meant more than one that stopped at its door. */
const depthOf = (branch: readonly Issue[]): number =>
  Math.max(...branch.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));

function report({ issue, path }: Finding, root: unknown, problems: Problems): void {
  const where = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      for (const key of issue.keys) {
        const { isFull } = problems;
        problems.error('policy_key_unknown', [...path, key], unknownKey(key, path, valueAt(root, path)));
        if (isFull) return;
      }
      return;
    }
    case 'invalid_type':
      if (valueAt(root, path) === undefined && path.length > 0)
        problems.error(
          'policy_key_missing',
          path,
          `${where} is required; ${WHAT_TO_ADD[String(path.at(-1))] ?? 'add it'}.`,
        );
      else
        problems.error(
          'policy_value_invalid',
          path,
          `${where} takes ${KINDS[issue.expected] ?? issue.expected}; change it.`,
        );
      return;
    case 'invalid_value':
      problems.error(
        'policy_value_invalid',
        path,
        `${where} takes ${issue.values.map((value) => `"${String(value)}"`).join(', ')}; write one of them.`,
      );
      return;
    case 'too_big':
      problems.error(
        'policy_value_invalid',
        path,
        `${where} takes at most ${sized(issue.maximum, issue.origin)}; shorten or lower it.`,
      );
      return;
    case 'too_small':
      problems.error(
        'policy_value_invalid',
        path,
        `${where} takes at least ${sized(issue.minimum, issue.origin)}; add or raise it.`,
      );
      return;
    case 'invalid_union':
      if (valueAt(root, path) === undefined && path.length > 0)
        problems.error('policy_key_missing', path, `${where} is required; add it.`);
      else problems.error('policy_value_invalid', path, `${where} ${unionForms(issue, valueAt(root, path))}`);
      return;
    default:
      problems.error('policy_value_invalid', path, `${where} cannot be read: ${issue.message}.`, characterOf(issue));
  }
}

/** The grammar of a value that the schema itself reads says at which character it went wrong. */
function characterOf(issue: Issue): number | undefined {
  const at = issue.code === 'custom' ? issue.params?.at : undefined;
  return typeof at === 'number' ? at : undefined;
}

/** Where the key alone does not say it. */
const WHAT_TO_ADD: Readonly<Record<string, string>> = {
  times: 'add how many runs there are in all, the first included, as in `times: 3`',
};

/** A text where a union takes certain ones: those are named. */
function unionForms(issue: Issue, value: unknown): string {
  const words = typeof value === 'string' ? [...new Set(wordsOf(issue))] : [];
  return words.length === 0
    ? `cannot be ${describe(value)}; see its forms in the policy reference.`
    : `takes ${words.map((word) => `"${word}"`).join(', ')}; write one of them.`;
}

function wordsOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.path.length === 0 ? issue.values.map(String) : [];
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(wordsOf) : [];
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a map',
  array: 'a list',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  record: 'a map',
};
const SIZES: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

function sized(count: number | bigint, origin: string): string {
  const unit = SIZES[origin];
  return unit === undefined ? String(count) : `${count} ${unit}${Number(count) === 1 ? '' : 's'}`;
}

function nameOf(path: Path): string {
  if (path.length === 0) return 'The policy';
  const key = path.filter((part) => typeof part === 'string').at(-1) ?? 'the policy';
  return typeof path.at(-1) === 'number' ? `An item of "${key}"` : `"${key}"`;
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'this list';
  return typeof value === 'string' ? 'this text' : typeof value === 'object' ? 'this map' : `a ${typeof value}`;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The policy without the value at fault: the unknown keys, or the wrong value itself. */
function leaveOut(root: unknown, { issue, path }: Finding): unknown {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [path.at(-1)];
  const holder = valueAt(root, issue.code === 'unrecognized_keys' ? path : path.slice(0, -1));
  if (typeof holder !== 'object' || holder === null) return root;
  for (const key of keys) {
    if (key === undefined) continue;
    if (Object.hasOwn(holder, key)) delete (holder as Record<string | number, unknown>)[key];
    else fillIn(holder as Record<string | number, unknown>, key);
  }
  return root;
}

/** A required key that is missing gets a harmless stand-in: its absence is reported already. */
function fillIn(holder: Record<string | number, unknown>, key: string | number): void {
  const standIn = STAND_INS[String(key)];
  if (standIn !== undefined) holder[key] = standIn;
}

const STAND_INS: Readonly<Record<string, unknown>> = {
  policy: 'unnamed',
  key: "'unnamed'",
  id: 'unnamed',
  at: 'opened',
  on: 'unnamed',
  every: '1 day',
  times: 2,
  to: 'assignee',
  after: '1 day',
  channel: 'email',
  zone: 'UTC',
  for: '1 day',
  label: 'unnamed',
  per: '1 day',
  atMost: 1,
  target: 'assignee',
  cel: "'unnamed'",
  changed: 'data.unnamed',
  notify: 'none',
};
