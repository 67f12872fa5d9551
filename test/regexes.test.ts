// No regular expression of ours takes much longer than its text is long: with one that does, a recipient's mail or a tenant's
// template stops the process for everybody. Judged by recheck, each expression that stands in the sources.
import { join } from 'node:path';
import { check } from 'recheck';
import { expect, it } from 'vitest';
import { isTest, listProject, readProject, type SourceFile, walk } from './tidy/source.ts';

const ROOT = join(import.meta.dirname, '..');
/** Where recheck warns, and why it is bounded all the same. */
const BOUNDED: Readonly<Record<string, string>> = {
  'packages/server/src/channels/bounce-cause.ts': 'looked for in 20,000 characters, and sixty behind each word at most',
  'packages/server/src/channels/chat-text.ts': 'three hundred characters behind each mark at most',
  'packages/core/src/behaviour.ts': 'sticky: it is tried at one place only',
  'packages/core/src/policy/cel-activity.ts': 'fifteen digits a number at most, of a text that has been checked',
};

/** What is not proved is tried at random, with the same attempts in every run, judged by their steps: a busy machine takes long. */
const HOW = { timeout: 300_000, randomSeed: 1, seedingTimeout: null, incubationTimeout: null, attackTimeout: null };

interface Regex {
  readonly pattern: string;
  readonly flags: string;
}

function regexesOf({ program }: SourceFile): Regex[] {
  const found: Regex[] = [];
  walk(program, (node) => {
    if (node.type === 'Literal' && node.regex != null) found.push(node.regex as Regex);
  });
  return found;
}

it('all of them are safe, or known to be bounded', { timeout: 900_000 }, async () => {
  const paths = listProject(ROOT).filter((path) => /^packages\/[a-z]+\/src\/.*\.ts$/.test(path) && !isTest(path));
  const all = new Map<string, Regex & { readonly path: string }>();
  for (const file of readProject(ROOT, paths))
    for (const regex of regexesOf(file)) all.set(`/${regex.pattern}/${regex.flags}`, { ...regex, path: file.path });
  expect(all.size).toBeGreaterThan(300);
  const unsafe: string[] = [];
  for (const [written, { path, pattern, flags }] of all) {
    if (BOUNDED[path] !== undefined) continue; // those take it longest
    const { status } = await check(pattern, flags, HOW);
    if (status !== 'safe') unsafe.push(`${path} ${status} ${written}`);
  }
  expect(unsafe).toEqual([]);
});

it('and one that is not is told', async () => {
  expect((await check('^(a+)+$', '')).status).toBe('vulnerable');
});
