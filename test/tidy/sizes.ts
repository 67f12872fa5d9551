// Sizes a reader can hold: file, function and line length, and the comment every file opens with.
import { type Finding, isTest, lineAt, type SourceFile, walk } from './source.ts';

export const FILE_LINES_MAX = 500;
export const FILE_LINES_WISH = 300;
export const FUNCTION_LINES_MAX = 80;
export const LINE_LENGTH_MAX = 140;
/** Shorter than this an opening comment says nothing. */
const HEAD_LENGTH_MIN = 30;
const HEAD_LINES_MAX = 25;

/** Made by `npm run build:client` and looked things up in, not read; test/client-types.test.ts keeps it as it is made. */
export const GENERATED_FILE = 'packages/client/src/generated.ts';

const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length;

export const fileLength = (files: readonly SourceFile[]): readonly Finding[] =>
  files
    .filter((file) => file.path !== GENERATED_FILE && lineCount(file.text) > FILE_LINES_MAX)
    .map((file) => ({
      path: file.path,
      line: FILE_LINES_MAX + 1,
      text: `${lineCount(file.text)} lines; at most ${FILE_LINES_MAX}: split it by noun`,
    }));

/** Not a failure: printed, so that a growing file is noticed early. */
export const longFiles = (files: readonly SourceFile[]): readonly string[] =>
  files
    .filter((file) => file.path !== GENERATED_FILE && lineCount(file.text) > FILE_LINES_WISH)
    .map((file) => `${file.path} (${lineCount(file.text)})`);

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

export function functionLength(files: readonly SourceFile[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    walk(file.program, (node, parents) => {
      if (!FUNCTIONS.includes(node.type)) return;
      // The body of `describe` is a chapter, not a function.
      const parent = parents.at(-1);
      const callee = parent?.type === 'CallExpression' ? file.text.slice(parent.start, parent.start + 8) : '';
      if (isTest(file.path) && callee === 'describe') return;
      const lines = lineCount(file.text.slice(node.start, node.end));
      if (lines <= FUNCTION_LINES_MAX) return;
      findings.push({
        path: file.path,
        line: lineAt(file.text, node.start),
        text: `a function of ${lines} lines; at most ${FUNCTION_LINES_MAX}`,
      });
    });
  }
  return findings;
}

/** Texts cannot be broken by the formatter, so what stands inside quotes does not count. */
export function lineLength(files: readonly SourceFile[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    const textLengthByLine = new Map<number, number>();
    walk(file.program, (node) => {
      const isText = (node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateElement';
      const isPattern = node.type === 'Literal' && node.regex !== undefined;
      if (!isText && !isPattern) return;
      const first = lineAt(file.text, node.start);
      file.text
        .slice(node.start, node.end)
        .split('\n')
        .forEach((part, i) => {
          textLengthByLine.set(first + i, (textLengthByLine.get(first + i) ?? 0) + part.length);
        });
    });
    file.text.split('\n').forEach((line, i) => {
      const length = line.length - (textLengthByLine.get(i + 1) ?? 0);
      if (length > LINE_LENGTH_MAX) {
        findings.push({
          path: file.path,
          line: i + 1,
          text: `${length} characters beside texts; at most ${LINE_LENGTH_MAX}`,
        });
      }
    });
  }
  return findings;
}

export function headComment(files: readonly { readonly path: string; readonly text: string }[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { path, text } of files) {
    const lines = text.replace(/^#!.*\n/, '').split('\n');
    const mark = path.endsWith('.sql') ? /^--/ : /^(\/\/|\/\*| \*)/;
    const length = lines.findIndex((line) => !mark.test(line));
    const head = lines.slice(0, length < 0 ? lines.length : length).join(' ');
    if (head.length < HEAD_LENGTH_MIN)
      findings.push({ path, line: 1, text: 'opens without a comment saying what it does and where its partner is' });
    else if (length > HEAD_LINES_MAX)
      findings.push({ path, line: 1, text: `opens with ${length} lines of comment; two to eight do` });
  }
  return findings;
}
