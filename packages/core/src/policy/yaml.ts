// A policy as YAML text: read with limits, compiled, and each problem given its line and column. JSON is YAML too.
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import type { Problem } from './problem.ts';
import { tooLarge } from './yaml-size.ts';

/** A policy of 50 stages is some 15 KB. */
export const POLICY_TEXT_MAX = 262_144;
/** An alias repeats what it names; more of one, or of those within it, is a bomb, not a policy. */
const ALIASES_MAX = 50;

/** One stray bracket makes every word after it a problem: the first ones tell it. */
const NOT_YAML_MAX = 3;

/** Gives problems that are found later, of what the policy names, their line and column. */
export type Placing = (problems: readonly Problem[]) => readonly Problem[];
/** `written`: the text as plain data; null where there is no policy in it. */
export type CompiledYaml = CompiledPolicy & { readonly placed: Placing; readonly written: unknown };

/** Compiles YAML text; see compilePolicy. What is not YAML is told by its first few problems, with their lines. */
export function compileYaml(text: string, version: number): CompiledYaml {
  if (text.length > POLICY_TEXT_MAX)
    return unreadable(`The policy is longer than ${POLICY_TEXT_MAX} characters; split it.`);
  const lines = new LineCounter();
  try {
    const large = tooLarge(text);
    if (large !== null) return unreadable(large);
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: false,
      version: '1.2',
      schema: 'core',
      uniqueKeys: false, // compares each key with every other; doubledKeys tells the same
    });
    const trouble = [...inOrder([...document.errors, ...doubledKeys(document)]), ...document.warnings];
    if (trouble.length > 0) {
      const shown = trouble.slice(0, NOT_YAML_MAX).map(({ message, pos }, index) => ({
        ...notYaml(yamlTrouble(message), index === NOT_YAML_MAX - 1 ? trouble.length - NOT_YAML_MAX : 0),
        ...place(lines, pos[0]),
      }));
      return { ok: false, problems: shown, placed: (problems) => problems, written: null };
    }
    const written: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    const compiled = compilePolicy(written, version);
    const places = new Places(document, lines);
    const placed: Placing = (problems) => problems.map((one) => ({ ...places.of(one.path), ...one }));
    // What is found later of the whole policy has no line of its own.
    const placedLater: Placing = (problems) =>
      problems.map((one) => (one.path === '' ? one : (placed([one])[0] ?? one)));
    return compiled.ok
      ? { ...compiled, warnings: placed(compiled.warnings), placed: placedLater, written }
      : { ok: false, problems: placed(compiled.problems), placed, written: null };
  } catch (error) {
    // The YAML library throws for too many aliases, and the stack ends for thousands of nested brackets.
    return unreadable(
      error instanceof RangeError
        ? 'The policy is nested too deeply; flatten it.'
        : `The policy cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

interface Trouble {
  readonly message: string;
  readonly pos: readonly [number, number];
}
const inOrder = (trouble: readonly Trouble[]): readonly Trouble[] => trouble.toSorted((a, b) => a.pos[0] - b.pos[0]);

/** Keys that stand twice in one map, in the words of the library. */
function doubledKeys(document: Document): readonly Trouble[] {
  const doubled: Trouble[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) doubled.push({ message: 'Map keys must be unique', pos: [key.range?.[0] ?? 0, 0] });
        seen.add(key.value);
      }
    },
  });
  return doubled;
}

const notYaml = (trouble: string, more: number): Problem => ({
  code: 'policy_not_readable',
  path: '',
  message: `This is not YAML: ${trouble}${more > 0 ? ` ${more} more after it, most likely of the same cause.` : ''}`,
  severity: 'error',
});

/** The library's sentence, with what to do where it is of an everyday slip. */
const NEXT: readonly (readonly [words: RegExp, next: string])[] = [
  [
    /sequence may not|implicit keys need|all (mapping|sequence) items|block-seq-ind/i,
    'Indent every `-` of a list alike, each on a line of its own, and deeper than or level with the key that it is of.',
  ],
  [/sequence item without/i, 'Indent every `-` of a list alike, and what belongs to an item as deep as its first key.'],
  [/implicit map key/i, 'Write `key: value`, with a colon and a space, and `-` only in lists.'],
  [/flow-(map|seq)-(start|end)/i, 'Remove the bracket, or quote the text around it.'],
  [/flow (map|sequence)|flow-collection/i, 'Close the bracket, or indent what stands in it.'],
  [/nested mappings/i, 'Quote a text that holds a colon, or put what belongs to the key on the next line, indented.'],
  [/quote/i, 'Close the quotation mark.'],
  [/tabs/i, 'Indent with spaces.'],
  [/reserved character/i, 'Quote the text.'],
  [/unique/i, 'Remove one of the two.'],
  [/multiple documents/i, 'Give each policy a file of its own.'],
];

export function yamlTrouble(message: string): string {
  const next = NEXT.find(([words]) => words.test(message))?.[1] ?? 'Correct the text there, or before it.';
  const [said = ''] = message.split('; please use YAML');
  return `${said.replace(/\.$/, '')}. ${next}`;
}

const unreadable = (message: string): CompiledYaml => ({
  ok: false,
  problems: [{ code: 'policy_not_readable', path: '', message, severity: 'error' }],
  placed: (problems) => problems,
  written: null,
});

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The line of the value at a path, or of the nearest thing around it that is written. */
class Places {
  readonly #document: Document;
  readonly #lines: LineCounter;
  /** The pairs of each map that was looked into, by their keys. */
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  of(path: string): { line?: number; column?: number } {
    const parts = path === '' ? [] : path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    let node: unknown = this.#document.contents;
    let offset = isNode(node) ? node.range?.[0] : undefined;
    for (const part of parts) {
      if (isMap(node)) {
        const pair = this.#pairsOf(node).get(part);
        if (pair === undefined) break;
        const { key } = pair;
        if (isNode(key) && key.range) offset = key.range[0];
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(part)];
        if (isNode(node) && node.range) offset = node.range[0];
      } else break;
    }
    return offset === undefined ? {} : place(this.#lines, offset);
  }

  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map(map.items.filter(isPair).map((pair) => [String(pair.key), pair]));
    this.#pairs.set(map, pairs);
    return pairs;
  }
}
