// Which names a Liquid text reads, and whether it is written to do without: what it asks for first, or gives another value
// for, may be missing. Names of the text's own (assigned, captured, of a loop) are left out. Nothing is rendered. Liquid's own
// analysis looks up the line and column of every name from the beginning of the text, which nobody asks for here.
import { type Template as Part, type Token, TokenKind, Value } from 'liquidjs';
import { parseText, type Writing } from './liquid.ts';
import { childrenOf } from './placing.ts';

export interface Read {
  /** `data.customer.name` as its parts. */
  readonly path: readonly string[];
  readonly guarded: boolean;
}

/** Of a text that can be parsed; a name that stands there often is there once, unguarded where it ever is. */
export function readsOf(text: string, writing: Writing): readonly Read[] {
  const reads = new Map<string, Read>();
  new Reading((path, guarded) => {
    const key = path.join('.');
    reads.set(key, { path, guarded: guarded && reads.get(key)?.guarded !== false });
  }).all(parseText(text, writing), { asked: null, own: new Map() });
  return [...reads.values()];
}

/** What a tag asks for, with what is asked for around it. */
interface Asked {
  /** Whole paths, and everything that one of them begins with. */
  readonly paths: ReadonlySet<string>;
  readonly begins: ReadonlySet<string>;
  readonly outer: Asked | null;
}

interface Around {
  readonly asked: Asked | null;
  /** The text's own names, and what they stand for; null for what is not looked into. */
  readonly own: Map<string, readonly string[] | null>;
}

const ASKING = new Set(['if', 'unless', 'case', 'for', 'tablerow']);

class Reading {
  readonly #take: (path: readonly string[], guarded: boolean) => void;
  constructor(take: (path: readonly string[], guarded: boolean) => void) {
    this.#take = take;
  }

  all(parts: readonly Part[], around: Around): void {
    for (const part of parts) this.#one(part, around);
  }

  #one(part: Part, around: Around): void {
    const { name = '' } = part as { readonly name?: string };
    // A `cycle` without a name of its own answers with nothing first.
    const values = [...(part.arguments?.() ?? [])].filter((value) => value !== undefined);
    const asks = ASKING.has(name);
    const paths = values.flatMap((value) => pathsOf(value, around.own));
    if (name !== 'assign' || !this.#names(part, values, around)) {
      for (const value of values) {
        const spared = asks || (value instanceof Value && value.filters.some((filter) => filter.name === 'default'));
        for (const path of pathsOf(value, around.own)) this.#take(path, spared || isAsked(path, around.asked));
      }
    }
    const inner = childrenOf(part);
    // Where nothing stands within, nothing can be assigned there.
    const own = inner.length === 0 ? null : new Map(around.own);
    if (own !== null) {
      for (const one of part.blockScope?.() ?? []) own.set(one, null);
      this.all(inner, { asked: asks ? asking(paths, around.asked) : around.asked, own });
    }
    for (const one of part.localScope?.() ?? []) if (!around.own.has(textOf(one))) around.own.set(textOf(one), null);
    // What a branch assigns is there after it as well.
    const inBlock = new Set(part.blockScope?.() ?? []);
    for (const [one, path] of own ?? []) if (!inBlock.has(one)) around.own.set(one, path);
  }

  /** `{% assign fee = data.lateFee %}` reads nothing yet: it is another name for it. */
  #names(part: Part, values: readonly unknown[], { own }: Around): boolean {
    const [value] = values;
    const [name] = [...(part.localScope?.() ?? [])];
    const paths = value instanceof Value && value.filters.length === 0 ? pathsOf(value, own) : [];
    const [path] = paths;
    if (name === undefined || path === undefined || paths.length !== 1) return false;
    own.set(textOf(name), path);
    return true;
  }
}

/** Nobody's data is deeper than this, but a text may be. */
const DEEP_MAX = 20;
const beginningsOf = (path: readonly string[]): readonly string[] =>
  path.slice(0, DEEP_MAX).map((_, index) => path.slice(0, index + 1).join('\n'));

function asking(paths: readonly (readonly string[])[], outer: Asked | null): Asked {
  const each = paths.map(beginningsOf);
  return { paths: new Set(each.map((one) => one.at(-1) ?? '')), begins: new Set(each.flat()), outer };
}

/** It, what it is a part of, or a part of it. */
function isAsked(path: readonly string[], asked: Asked | null): boolean {
  const beginnings = beginningsOf(path);
  for (let one = asked; one !== null; one = one.outer)
    if (one.begins.has(beginnings.at(-1) ?? '') || beginnings.some((begin) => one?.paths.has(begin))) return true;
  return false;
}

const textOf = (name: unknown): string =>
  typeof name === 'string' ? name : String((name as { readonly content: unknown }).content);

/** The paths that one value reads, own names put back to what they stand for. */
function pathsOf(value: unknown, own: Around['own']): readonly (readonly string[])[] {
  return namesIn(value).flatMap((path) => {
    const [first = '', ...rest] = path;
    if (!own.has(first)) return [path];
    const meant = own.get(first) ?? null;
    return meant === null ? [] : [[...meant, ...rest]];
  });
}

type Inner = Token & {
  /** Of a name: `data`, `.customer`, `["name"]`, `[data.key]`. */
  readonly props?: readonly Inner[];
  readonly content?: unknown;
  /** Of a range. */
  readonly lhs?: unknown;
  readonly rhs?: unknown;
};
type Filtered = Pick<Value, 'filters' | 'initial'>;

/** The names in one value, in its filters' arguments and in the brackets of other names too. */
function namesIn(value: unknown): readonly (readonly string[])[] {
  const { kind, lhs, rhs } = (value ?? {}) as Partial<Inner>;
  if (kind === TokenKind.PropertyAccess) return namesOf(value as Inner);
  if (kind === TokenKind.Range) return [...namesIn(lhs), ...namesIn(rhs)];
  if (!(value instanceof Value) && kind !== TokenKind.FilteredValue) return [];
  const { initial, filters } = value as unknown as Filtered;
  // An argument with a name is a pair of the two.
  const args = filters.flatMap(({ args: own }) => own.map((arg) => (Array.isArray(arg) ? arg[1] : arg)));
  return [...initial.postfix, ...args].flatMap(namesIn);
}

/** An index or a name that is only known when it is rendered ends what can be said. */
function namesOf({ props = [] }: Inner): readonly (readonly string[])[] {
  const inBrackets = props.filter(({ kind }) => kind === TokenKind.PropertyAccess);
  const end = props.findIndex(({ content }) => typeof content !== 'string');
  const path = (end === -1 ? props : props.slice(0, end)).map(({ content }) => String(content));
  return [...(path.length === 0 ? [] : [path]), ...inBrackets.flatMap(namesOf)];
}
