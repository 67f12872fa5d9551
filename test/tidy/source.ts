// A source file as the tidy rules see it: path, text, syntax tree, comments, imports. Parsed once by the parser that
// Vite ships, so rules look at syntax and not at spelling. The rules are its neighbours; tidy.test.ts applies them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'vite';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** An ESTree node; rules narrow by `type` and read the fields they know. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface ImportLine {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  readonly path: string; // from the root, with forward slashes
  readonly text: string;
  readonly program: SyntaxNode;
  readonly comments: readonly { readonly start: number; readonly end: number; readonly value: string }[];
  readonly imports: readonly ImportLine[];
  readonly syntaxErrors: readonly string[];
}

export const isTest = (path: string): boolean =>
  /\.test(-kit)?\.tsx?$/.test(path) || /^(test|examples)\//.test(path) || /\/test\//.test(path);

export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Visits every node with its parents, nearest last. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
  parents: readonly SyntaxNode[] = [],
): void {
  visit(node, parents);
  const inner = [...parents, node];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit, inner);
    } else if (isNode(value)) walk(value, visit, inner);
  }
}

const isTypeOnly = (node: SyntaxNode): boolean => {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = (node.specifiers ?? []) as readonly SyntaxNode[];
  return specifiers.length > 0 && specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type');
};

function importsOf(program: SyntaxNode, text: string): readonly ImportLine[] {
  const found: ImportLine[] = [];
  walk(program, (node) => {
    const source = node.source as { value?: unknown } | null | undefined;
    if (!/^(Import|Export)(Named|All)?(Declaration|Expression)$/.test(node.type)) return;
    if (typeof source?.value !== 'string') return;
    found.push({ specifier: source.value, typeOnly: isTypeOnly(node), line: lineAt(text, node.start) });
  });
  return found;
}

export function parseFile(path: string, text: string): SourceFile {
  const result = parseSync(
    path,
    text.replace(/^#!.*/, (line) => ' '.repeat(line.length)),
  );
  const program = result.program as unknown as SyntaxNode;
  return {
    path,
    text,
    program,
    comments: result.comments,
    imports: importsOf(program, text),
    syntaxErrors: result.errors.map((error) => error.message),
  };
}

/** The path a relative import means, or null for a package. */
export const resolveImport = (from: string, specifier: string): string | null =>
  specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;

/** Every file of the project that is tracked or about to be, ignored ones left out. */
export function listProject(root: string): readonly string[] {
  const out = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return out.split('\n').filter((path) => path !== '' && existsSync(`${root}/${path}`));
}

export const readProject = (root: string, paths: readonly string[]): readonly SourceFile[] =>
  paths
    .filter((path) => /\.(ts|tsx|js|mjs)$/.test(path))
    .map((path) => parseFile(path, readFileSync(`${root}/${path}`, 'utf8')));
