// Calls that only certain files may make: the wall clock, timers with computed delays, the environment, randomness in the
// core, and tests that are left out. Each rule names the files that may.
import { type Finding, isTest, lineAt, type SourceFile, type SyntaxNode, walk } from './source.ts';

/** The one file that reads the wall clock. */
export const WALL_CLOCK_FILE = 'packages/server/src/app/wall-clock.ts';
/** The one that does in the pages of others, where there is no server of ours. */
export const PAGE_CLOCK_FILE = 'packages/inbox/src/platform.ts';
/** Files whose timers may have a computed delay: a delay past 2^31 ms fires at once, so each of these bounds its own. */
const COMPUTED_DELAY_FILES = [
  'packages/server/src/engine/loop.ts',
  'packages/server/src/engine/ticker.ts',
  'packages/server/src/http/inbox-news.ts',
  'packages/client/src/transport.ts',
  'packages/dashboard/src/gathered.ts',
  'packages/dashboard/src/stream.ts',
  PAGE_CLOCK_FILE,
];
const ENVIRONMENT_FILES = /^(packages\/server\/src\/app\/config\.ts|packages\/server\/bin\/.*|scripts\/.*)$/;

const isName = (node: unknown, name: string): boolean => {
  const n = node as SyntaxNode | null | undefined;
  return n?.type === 'Identifier' && n.name === name;
};
const isMember = (node: unknown, object: string, property: string): boolean => {
  const n = node as SyntaxNode | null | undefined;
  return n?.type === 'MemberExpression' && isName(n.object, object) && isName(n.property, property);
};

function collect(
  files: readonly SourceFile[],
  judge: (node: SyntaxNode, file: SourceFile, parents: readonly SyntaxNode[]) => string | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    walk(file.program, (node, parents) => {
      const text = judge(node, file, parents);
      if (text !== null) findings.push({ path: file.path, line: lineAt(file.text, node.start), text });
    });
  }
  return findings;
}

const argumentsOf = (node: SyntaxNode): readonly SyntaxNode[] => (node.arguments ?? []) as readonly SyntaxNode[];

export const wallClock = (files: readonly SourceFile[]): readonly Finding[] =>
  collect(
    files.filter(
      (file) =>
        file.path.startsWith('packages/') &&
        !isTest(file.path) &&
        file.path !== WALL_CLOCK_FILE &&
        file.path !== PAGE_CLOCK_FILE,
    ),
    (node) => {
      // Passing `Date.now` on is reading it as well, so the member itself is what counts.
      const reads =
        isMember(node, 'Date', 'now') ||
        (node.type === 'NewExpression' && isName(node.callee, 'Date') && argumentsOf(node).length === 0) ||
        (node.type === 'CallExpression' && isName(node.callee, 'Date')) ||
        isMember(node, 'Temporal', 'Now');
      return reads ? `reads the wall clock: take \`now\` as an argument; ${WALL_CLOCK_FILE} is the one reader` : null;
    },
  );

const isFixedDelay = (delay: SyntaxNode | undefined): boolean =>
  delay !== undefined &&
  ((delay.type === 'Literal' && typeof delay.value === 'number') ||
    (delay.type === 'Identifier' && /^[A-Z][A-Z0-9_]*$/.test(String(delay.name))));

const TIMERS = ['setTimeout', 'setInterval'];

export const computedDelays = (files: readonly SourceFile[]): readonly Finding[] =>
  collect(
    files.filter(
      (file) => file.path.startsWith('packages/') && !isTest(file.path) && !COMPUTED_DELAY_FILES.includes(file.path),
    ),
    (node, file) => {
      if (node.type !== 'CallExpression') return null;
      const callee = node.callee as SyntaxNode;
      // A socket's own setTimeout is an idle limit, not a timer of ours.
      const name = isName(callee.object, 'globalThis') ? (callee.property as SyntaxNode).name : callee.name;
      if (!TIMERS.includes(String(name))) return null;
      const promised =
        callee.type === 'Identifier' && file.imports.some((line) => line.specifier === 'node:timers/promises');
      const delay = argumentsOf(node)[promised ? 0 : 1];
      return isFixedDelay(delay)
        ? null
        : `${String(name)} with a computed delay: only ${COMPUTED_DELAY_FILES.join(', ')} may, where it is bounded`;
    },
  );

export const environment = (files: readonly SourceFile[]): readonly Finding[] =>
  collect(
    files.filter(
      (file) => file.path.startsWith('packages/') && !isTest(file.path) && !ENVIRONMENT_FILES.test(file.path),
    ),
    (node) =>
      isMember(node, 'process', 'env') ? 'reads the environment: only packages/server/src/app/config.ts does' : null,
  );

const IMPURE_GLOBALS = [
  'console',
  'crypto',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  ...TIMERS,
];

export const impureGlobals = (files: readonly SourceFile[]): readonly Finding[] =>
  collect(
    files.filter((file) => file.path.startsWith('packages/core/src/') && !isTest(file.path)),
    (node) => {
      if (isMember(node, 'Math', 'random'))
        return 'the core is deterministic: derive it from ids, or take it as an argument';
      const object =
        node.type === 'MemberExpression' ? node.object : node.type === 'CallExpression' ? node.callee : null;
      const name = IMPURE_GLOBALS.find((global) => isName(object, global));
      return name === undefined ? null : `the core is pure, yet uses ${name}`;
    },
  );

const LEFT_OUT = ['only', 'skip', 'todo', 'fails'];
const LEFT_OUT_WHEN = ['skipIf', 'runIf'];
/** A file whose tests need a program prints this, and what to install. */
const SAID = 'LEFT OUT: ';

/** A test that cannot run here says so: with `context.skip('why')`, or once for the file. */
export const leftOutTests = (files: readonly SourceFile[]): readonly Finding[] =>
  collect(
    files.filter((file) => isTest(file.path)),
    (node, file) => {
      if (node.type !== 'MemberExpression') return null;
      const property = String((node.property as SyntaxNode).name ?? '');
      if (!['it', 'test', 'describe'].some((name) => isName(node.object, name))) return null;
      const silent = LEFT_OUT.includes(property) || (LEFT_OUT_WHEN.includes(property) && !file.text.includes(SAID));
      return silent ? `.${property} leaves a test out without a word` : null;
    },
  );
