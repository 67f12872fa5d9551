// Rules a machine checks, each with a planted violation that proves the rule can fail and a neighbour it must leave
// alone. The rules are in test/tidy/, one file a kind; what they mean to a contributor is in CONTRIBUTING.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  computedDelays,
  environment,
  impureGlobals,
  leftOutTests,
  PAGE_CLOCK_FILE,
  WALL_CLOCK_FILE,
  wallClock,
} from './tidy/calls.ts';
import { documentPaths } from './tidy/prose.ts';
import {
  FUNCTION_LINES_MAX,
  fileLength,
  functionLength,
  GENERATED_FILE,
  headComment,
  lineLength,
  longFiles,
} from './tidy/sizes.ts';
import { type Finding, listProject, parseFile, readProject, type SourceFile } from './tidy/source.ts';
import { cycles, manifests, walls } from './tidy/walls.ts';
import { barrels, defaultExports, fileNames, names, sqlNames } from './tidy/words.ts';

const ROOT = join(import.meta.dirname, '..');
const paths = listProject(ROOT);
const files = readProject(ROOT, paths);
const texts = (wanted: RegExp) =>
  paths.filter((path) => wanted.test(path)).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

const shown = (findings: readonly Finding[]): readonly string[] => findings.map((f) => `${f.path}:${f.line} ${f.text}`);
const clean = (findings: readonly Finding[]): void => expect(shown(findings)).toEqual([]);

/** One file of source at a path, as a rule would read it. */
const at = (path: string, text: string): SourceFile => parseFile(path, text);
const CORE = 'packages/core/src/planted.ts';
const ENGINE = 'packages/server/src/engine/planted.ts';

describe('this project', () => {
  it('has files to judge, and all of them parse', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => file.syntaxErrors.map((error) => `${file.path}: ${error}`))).toEqual([]);
  });
  it('keeps its import walls', () => clean(walls(files)));
  it('has no import circles', () => clean(cycles(files)));
  it('keeps the client free of dependencies, the core pure and the inbox small', () =>
    clean(
      manifests(
        texts(/^packages\/[^/]+\/package\.json$/).map(({ path, text }) => ({ path, manifest: JSON.parse(text) })),
      ),
    ));
  it('keeps files short', () => {
    const long = longFiles(files);
    if (long.length > 0) console.info(`Longer than we like: ${long.join(', ')}`);
    clean(fileLength(files));
  });
  it('keeps functions short', () => clean(functionLength(files)));
  it('keeps lines short', () => clean(lineLength(files)));
  it('opens every file with a comment', () => clean(headComment([...files, ...texts(/^packages\/.*\.sql$/)])));
  it('names files after things', () => clean(fileNames(paths)));
  it("uses DESIGN's words as names", () => clean([...names(files), ...sqlNames(texts(/^packages\/.*\.sql$/))]));
  it('has no barrels and no default exports', () => clean([...barrels(files), ...defaultExports(files)]));
  it('reads the wall clock in one file, and in a page in one', () => clean(wallClock(files)));
  it('computes timer delays only where they are bounded', () => clean(computedDelays(files)));
  it('reads the environment in one file', () => clean(environment(files)));
  it('keeps I/O and chance out of the core', () => clean(impureGlobals(files)));
  it('leaves no test out', () => clean(leftOutTests(files)));
  it('names only paths that exist in its documents', () =>
    clean(documentPaths(texts(/^[A-Z]+\.md$|^docs\/.*\.md$/), paths)));
});

type Planted = readonly [title: string, rule: () => readonly Finding[], findings: number];

const importing = (path: string, specifier: string, type = ''): readonly SourceFile[] => [
  at(path, `import ${type}{ x } from '${specifier}';`),
];
const longFunction = (lines: number): string => `const f = () => {\n${'  g();\n'.repeat(lines - 2)}};`;
const documented = (text: string) =>
  documentPaths([{ path: 'README.md', text }], ['docs/a.md', 'packages/core/src/decide.ts', 'README.md']);

const PLANTED: Readonly<Record<string, readonly Planted[]>> = {
  walls: [
    ['store importing channels', () => walls(importing('packages/server/src/store/x.ts', '../channels/email.ts')), 1],
    [
      'channels importing store',
      () => walls(importing('packages/server/src/channels/x.ts', '../store/database.ts')),
      1,
    ],
    ['store importing http', () => walls(importing('packages/server/src/store/x.ts', '../http/server.ts')), 1],
    [
      'store importing engine logic, types included',
      () => walls(importing('packages/server/src/store/x.ts', '../engine/wake.ts', 'type ')),
      1,
    ],
    [
      'store importing the ports',
      () => walls(importing('packages/server/src/store/x.ts', '../engine/ports.ts', 'type ')),
      0,
    ],
    [
      'http importing engine logic',
      () => walls(importing('packages/server/src/http/routes/x.ts', '../../engine/ingest.ts')),
      1,
    ],
    ['engine importing http', () => walls(importing(ENGINE, '../http/problem.ts')), 1],
    ['engine importing a provider', () => walls(importing(ENGINE, '../channels/email.ts')), 1],
    ['engine importing app', () => walls(importing(ENGINE, '../app/config.ts')), 1],
    ['app importing cli', () => walls(importing('packages/server/src/app/x.ts', '../cli/main.ts')), 1],
    ['cli importing app', () => walls(importing('packages/server/src/cli/x.ts', '../app/serve.ts')), 0],
    ['cli importing store', () => walls(importing('packages/server/src/cli/x.ts', '../store/database.ts')), 1],
    ['core importing node:', () => walls(importing(CORE, 'node:crypto')), 1],
    ['core importing a driver', () => walls(importing(CORE, 'pg')), 1],
    ['core importing the server', () => walls(importing(CORE, 'relance')), 1],
    ['core importing zod', () => walls(importing(CORE, 'zod')), 0],
    ['a re-export is an import', () => walls([at(CORE, "export { x } from 'node:fs';")]), 1],
    ['a dynamic import is an import', () => walls([at(CORE, "export const load = () => import('node:fs');")]), 1],
    ['client importing values of the core', () => walls(importing('packages/client/src/x.ts', '@relance/core')), 1],
    [
      'client importing types of the core',
      () => walls(importing('packages/client/src/x.ts', '@relance/core', 'type ')),
      0,
    ],
    ['client importing a package', () => walls(importing('packages/client/src/x.ts', 'undici')), 1],
    ['the inbox importing the client', () => walls(importing('packages/inbox/src/x.ts', '@relance/client')), 0],
    ['the inbox importing lit', () => walls(importing('packages/inbox/src/x.ts', 'lit')), 0],
    ['the inbox importing values of the core', () => walls(importing('packages/inbox/src/x.ts', '@relance/core')), 1],
    ['the inbox importing the server', () => walls(importing('packages/inbox/src/x.ts', 'relance', 'type ')), 1],
    ['the inbox importing a package', () => walls(importing('packages/inbox/src/x.ts', 'zod')), 1],
    ['an element importing React', () => walls(importing('packages/inbox/src/x.ts', 'react')), 1],
    ['the door for React importing it', () => walls(importing('packages/inbox/src/react.ts', 'react')), 0],
    ['dashboard importing the server', () => walls(importing('packages/dashboard/src/x.tsx', 'relance', 'type ')), 1],
    ['dashboard importing the client', () => walls(importing('packages/dashboard/src/x.tsx', '@relance/client')), 0],
    ['reaching out of the packages', () => walls(importing(CORE, '../../../test/tidy/source.ts')), 1],
    [
      'a client with dependencies',
      () => manifests([{ path: 'p', manifest: { name: '@relance/client', dependencies: { zod: '4' } } }]),
      1,
    ],
    [
      'an inbox with a framework',
      () => manifests([{ path: 'p', manifest: { name: '@relance/inbox', dependencies: { lit: '3', react: '19' } } }]),
      1,
    ],
    [
      'a core with a driver',
      () => manifests([{ path: 'p', manifest: { name: '@relance/core', dependencies: { pg: '8', zod: '4' } } }]),
      1,
    ],
  ],
  cycles: [
    [
      'two files in a circle',
      () => cycles([at('a.ts', "import './b.ts';"), at('b.ts', "import type { A } from './a.ts';")]),
      1,
    ],
    ['a chain', () => cycles([at('a.ts', "import './b.ts';"), at('b.ts', "import './c.ts';"), at('c.ts', '')]), 0],
  ],
  sizes: [
    ['a file of 501 lines', () => fileLength([at('a.ts', 'f();\n'.repeat(501))]), 1],
    ['a file of 501 lines that is generated', () => fileLength([at(GENERATED_FILE, 'f();\n'.repeat(501))]), 0],
    ['a file of 501 lines beside it', () => fileLength([at('packages/client/src/client.ts', 'f();\n'.repeat(501))]), 1],
    ['a file of 500 lines', () => fileLength([at('a.ts', 'f();\n'.repeat(500))]), 0],
    ['a function one line too long', () => functionLength([at('a.ts', longFunction(FUNCTION_LINES_MAX + 1))]), 1],
    ['a function just right', () => functionLength([at('a.ts', longFunction(FUNCTION_LINES_MAX))]), 0],
    [
      'braces in texts do not confuse it',
      () => functionLength([at('a.ts', `const f = () => "}{";\n${'g();\n'.repeat(90)}`)]),
      0,
    ],
    [
      'a long describe',
      () => functionLength([at('a.test.ts', `describe('x', ${longFunction(200).slice(10, -1)});`)]),
      0,
    ],
    ['a long it', () => functionLength([at('a.test.ts', `it('x', ${longFunction(200).slice(10, -1)});`)]), 1],
    ['a long line', () => lineLength([at('a.ts', `const a = ${'b + '.repeat(40)}c;`)]), 1],
    ['a long comment', () => lineLength([at('a.ts', `// ${'word '.repeat(40)}`)]), 1],
    ['a long text', () => lineLength([at('a.ts', `const a = '${'word '.repeat(40)}';`)]), 0],
    [
      'no head comment',
      () => headComment([{ path: 'a.ts', text: "import x from 'y';\n// What this file does comes too late.\n" }]),
      1,
    ],
    ['an empty head comment', () => headComment([{ path: 'a.ts', text: '// todo\nf();\n' }]), 1],
    [
      'a head comment',
      () =>
        headComment([
          { path: 'a.ts', text: '#!/usr/bin/env node\n// What this file does, and where its partner is.\nf();\n' },
        ]),
      0,
    ],
    ['SQL without one', () => headComment([{ path: 'a.sql', text: 'CREATE TABLE a ();\n' }]), 1],
  ],
  words: [
    ['a folder of helpers', () => fileNames(['packages/core/src/helpers/a.ts']), 1],
    ['a types file', () => fileNames(['packages/core/src/types.ts']), 1],
    ['camelCase', () => fileNames(['packages/core/src/followUp.ts']), 1],
    ['a noun', () => fileNames(['packages/core/src/follow-up.prop.test.ts']), 0],
    ['a file called after a banned word', () => fileNames(['packages/core/src/workflow.ts']), 1],
    ['a subscriber', () => names([at('a.ts', 'interface SubscriberRow { a: 1 }')]), 1],
    ['a trigger', () => names([at('a.ts', 'const onTrigger = 1; class A { #triggerIt = 1 }')]), 2],
    ['a signal that is an event', () => names([at('a.ts', 'const signalType = 1;')]), 1],
    ['an abort signal', () => names([at('a.ts', 'const f = (signal: AbortSignal) => g({ signal });')]), 0],
    ['words in prose', () => names([at('a.ts', "// Novu's workflow\nconst a = 'trigger';")]), 0],
    ['a journey table', () => sqlNames([{ path: 'a.sql', text: 'CREATE TABLE journey ();' }]), 1],
    ['a comment on SQL', () => sqlNames([{ path: 'a.sql', text: "SELECT 'journey'; -- unlike a workflow" }]), 0],
    [
      'a barrel',
      () => barrels([at('packages/core/src/policy/all.ts', "export * from './a.ts';\nexport { b } from './b.ts';")]),
      1,
    ],
    ['a face', () => barrels([at('packages/core/src/index.ts', "export * from './a.ts';")]), 0],
    ['a default export', () => defaultExports([at(CORE, 'export default 1;')]), 1],
  ],
  calls: [
    ['Date.now()', () => wallClock([at(CORE, 'const a = Date.now();')]), 1],
    ['Date.now passed on', () => wallClock([at(ENGINE, 'const clock = { now: Date.now };')]), 1],
    ['new Date()', () => wallClock([at(ENGINE, 'const a = new Date();')]), 1],
    ['new Date(instant)', () => wallClock([at(ENGINE, 'const a = new Date(instant);')]), 0],
    ['Temporal.Now', () => wallClock([at(ENGINE, 'const a = Temporal.Now.instant();')]), 1],
    ['the wall clock file', () => wallClock([at(WALL_CLOCK_FILE, 'export const now = () => Date.now();')]), 0],
    ["the page's own clock", () => wallClock([at(PAGE_CLOCK_FILE, 'export const now = () => Date.now();')]), 0],
    ['a clock beside it', () => wallClock([at('packages/inbox/src/x.ts', 'const a = Date.now();')]), 1],
    ['a computed delay', () => computedDelays([at(ENGINE, 'setTimeout(f, dueAt - now);')]), 1],
    [
      'a promised computed delay',
      () => computedDelays([at(ENGINE, "import { setTimeout } from 'node:timers/promises'; await setTimeout(ms);")]),
      1,
    ],
    ["a socket's idle limit", () => computedDelays([at(ENGINE, 'request.socket.setTimeout(idleMs);')]), 0],
    ['a computed delay by its full name', () => computedDelays([at(ENGINE, 'globalThis.setTimeout(f, idleMs);')]), 1],
    ['a fixed delay', () => computedDelays([at(ENGINE, 'setTimeout(f, 100); setInterval(f, TICK_MS);')]), 0],
    ['the environment', () => environment([at(ENGINE, 'const a = process.env.HOME;')]), 1],
    ['the environment in a script', () => environment([at('scripts/build.ts', 'const a = process.env.HOME;')]), 0],
    ['chance in the core', () => impureGlobals([at(CORE, 'const a = Math.random();')]), 1],
    ['I/O in the core', () => impureGlobals([at(CORE, 'console.log(1); await fetch(url); process.exit();')]), 3],
    ['it.only', () => leftOutTests([at('a.test.ts', "it.only('x', f);")]), 1],
    ['describe.skip and test.todo', () => leftOutTests([at('a.test.ts', "describe.skip('x', f); test.todo('y');")]), 2],
    ['it.skipIf', () => leftOutTests([at('a.test.ts', "it.skipIf(noBrowser)('x', f);")]), 1],
    [
      'it.runIf that says so',
      () => leftOutTests([at('a.test.ts', "console.info('LEFT OUT: the browser'); it.runIf(browser)('x', f);")]),
      0,
    ],
    ['it.each', () => leftOutTests([at('a.test.ts', "it.each([1])('x', f);")]), 0],
  ],
  documents: [
    ['a missing source file', () => documented('See `engine/gone.ts`.'), 1],
    ['a missing folder', () => documented('See `packages/gone/`.'), 1],
    ['a missing link', () => documented('See [it](docs/b.md).'), 1],
    [
      'what exists',
      () => documented('See `packages/core`, `core/src/decide.ts`, `decide.ts` and [a](docs/a.md#part).'),
      0,
    ],
    [
      'other people’s files',
      () => documented('Write `policies/mine.yaml`.\n```\ncat gone.ts\n```\n`application/json` [x](https://a.b/c)'),
      0,
    ],
  ],
};

for (const [kind, planted] of Object.entries(PLANTED)) {
  describe(`the rules on ${kind} can fail`, () => {
    it.each(planted)('%s', (_title, rule, findings) => {
      expect(shown(rule())).toHaveLength(findings);
    });
  });
}
