// Which names a Liquid text reads, and whether it is written to do without: what it asks for first, or gives another value
// for, may be missing. Names of the text's own (assigned, captured, of a loop) are left out. Nothing is rendered.
import { type Template as Part, Value } from 'liquidjs';
import { analyseText, parseText, type Writing } from './liquid.ts';
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
  }).all(parseText(text, writing), { asked: [], own: new Map() });
  return [...reads.values()];
}

interface Around {
  /** What is asked for around it. */
  readonly asked: readonly (readonly string[])[];
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
        for (const path of pathsOf(value, around.own))
          this.#take(path, spared || around.asked.some((one) => isWithin(path, one) || isWithin(one, path)));
      }
    }
    const own = new Map(around.own);
    for (const one of part.blockScope?.() ?? []) own.set(one, null);
    this.all(childrenOf(part), { asked: asks ? [...around.asked, ...paths] : around.asked, own });
    for (const one of part.localScope?.() ?? []) if (!around.own.has(textOf(one))) around.own.set(textOf(one), null);
    // What a branch assigns is there after it as well.
    for (const [one, path] of own) if (!isBlockName(part, one)) around.own.set(one, path);
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

const isBlockName = (part: Part, name: string): boolean => [...(part.blockScope?.() ?? [])].includes(name);
const isWithin = (path: readonly string[], other: readonly string[]): boolean =>
  other.every((one, index) => path[index] === one);
const textOf = (name: unknown): string =>
  typeof name === 'string' ? name : String((name as { readonly content: unknown }).content);

/** The paths that one value reads, own names put back to what they stand for. */
function pathsOf(value: unknown, own: Around['own']): readonly (readonly string[])[] {
  const part = { token: (value as { readonly token?: unknown }).token, arguments: () => [value] } as unknown as Part;
  return Object.values(analyseText([part]).globals)
    .flat()
    .flatMap(({ segments }) => {
      // An index or a name that is only known when it is rendered ends what can be said.
      const end = segments.findIndex((one) => typeof one !== 'string');
      const path = (end === -1 ? segments : segments.slice(0, end)) as readonly string[];
      const [first = '', ...rest] = path;
      if (!own.has(first)) return [path];
      const meant = own.get(first) ?? null;
      return meant === null ? [] : [[...meant, ...rest]];
    });
}
