// A policy as YAML text: read with limits, compiled, and each problem given its line and column. JSON is YAML too.
import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from 'yaml';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import type { Problem } from './problem.ts';

/** A policy of 50 stages is some 15 KB. */
export const POLICY_TEXT_MAX = 262_144;
/** An alias repeats what it names; more of them than this is a bomb, not a policy. */
const ALIASES_MAX = 50;

/** Compiles YAML text; see compilePolicy. A text that is not YAML has one problem, with its line. */
export function compileYaml(text: string, version: number): CompiledPolicy {
  if (text.length > POLICY_TEXT_MAX)
    return unreadable(`The policy is longer than ${POLICY_TEXT_MAX} characters; split it.`);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: false,
      version: '1.2',
      schema: 'core',
    });
    const trouble = [...document.errors, ...document.warnings];
    if (trouble.length > 0) {
      return { ok: false, problems: trouble.map((one) => ({ ...notYaml(one.message), ...place(lines, one.pos[0]) })) };
    }
    const compiled = compilePolicy(document.toJS({ maxAliasCount: ALIASES_MAX }), version);
    const placed = (problems: readonly Problem[]) =>
      problems.map((one) => ({ ...one, ...placeOf(document, lines, one.path) }));
    return compiled.ok
      ? { ...compiled, warnings: placed(compiled.warnings) }
      : { ok: false, problems: placed(compiled.problems) };
  } catch (error) {
    // The YAML library throws for too many aliases, and the stack ends for thousands of nested brackets.
    return unreadable(
      error instanceof RangeError
        ? 'The policy is nested too deeply; flatten it.'
        : `The policy cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

const notYaml = (message: string): Problem => ({
  code: 'policy_not_readable',
  path: '',
  message: `This is not YAML: ${message.replace(/\.$/, '')}.`,
  severity: 'error',
});
const unreadable = (message: string): CompiledPolicy => ({
  ok: false,
  problems: [{ code: 'policy_not_readable', path: '', message, severity: 'error' }],
});

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The line of the value at a path, or of the nearest thing around it that is written. */
function placeOf(document: Document, lines: LineCounter, path: string): { line?: number; column?: number } {
  const parts = path === '' ? [] : path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const part of parts) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === part);
      if (pair === undefined) break;
      const { key } = pair;
      if (isNode(key) && key.range) offset = key.range[0];
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isNode(node) && node.range) offset = node.range[0];
    } else break;
  }
  return offset === undefined ? {} : place(lines, offset);
}
