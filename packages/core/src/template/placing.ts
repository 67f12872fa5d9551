// Writes each value of a page for the place it stands in (markup.ts), on every way that a template can take: a branch begins where
// its tag stands, what follows is read from wherever one of them ends, and a loop from where its last turn ended. Where a value
// would stand in places that are written differently, it is refused when the template is stored.
import { Filter, type Liquid, Output, type Template as Part, type Token, TokenKind } from 'liquidjs';
import { afterHost, partOfQuery, restOfUrl, styleValue, wholeUrl } from './escape.ts';
import { Markup, type Place } from './markup.ts';
import { PartTag } from './part-tag.ts';

const WRITERS: Readonly<Partial<Record<Place['kind'], (value: unknown) => string>>> = {
  whole_url: wholeUrl,
  after_host: afterHost,
  rest_of_url: restOfUrl,
  part_of_query: partOfQuery,
  style: styleValue,
};
/** Their answer is a part of an address already. */
const ENCODING = new Set(['url_encode']);
/** Ways to stand differently at one point; a page that is written to be read has two or three. */
const WAYS_MAX = 32;
/** Looks at a part of a text from one way: loops within loops in the middle of a tag are read again and again. */
const LOOKS_MAX = 200_000;

/** What stands within a tag. */
export function childrenOf(part: Part): readonly Part[] {
  const children = part.children?.(false, true).next().value;
  return Array.isArray(children) ? (children as Part[]) : [];
}

/** The escaping of HTML comes after what is put in here. */
export function placeValues(parts: readonly Part[], engine: Liquid): void {
  const reader = new Reader();
  reader.read(parts, [new Markup()]);
  for (const [part, places] of reader.places) writeFor(part, placeOf(part, [...places.values()]), engine);
}

interface Branched {
  readonly branches: readonly { readonly values?: readonly unknown[]; readonly templates: readonly Part[] }[];
  readonly elseTemplates?: readonly Part[];
}
interface Repeated {
  readonly templates: readonly Part[];
  readonly elseTemplates?: readonly Part[];
}
type Ways = readonly Markup[];

class Reader {
  /** By kind, since most of the ways stand alike. */
  readonly places = new Map<Part, Map<string, Place>>();
  /** Of the loop that is read, where `break` and `continue` left it. */
  #left: Markup[] = [];
  #looks = 0;

  /** The ways that are given are its own from then on. */
  read(parts: readonly Part[], begun: Ways): Ways {
    let ways = begun;
    for (const part of parts) ways = this.#one(part, ways);
    return ways;
  }

  #one(part: Part, ways: Ways): Ways {
    this.#looks += ways.length;
    if (this.#looks > LOOKS_MAX) refuse(part, 'there are too many ways to read this');
    const { name } = part as { readonly name?: string };
    if (part.token.kind === TokenKind.HTML) return literal(ways, part.token.getText());
    if (part instanceof Output || name === 'echo') return this.#value(part, ways);
    switch (name) {
      case 'raw':
        return literal(ways, rawText(part));
      case 'cycle':
        if (ways.some((way) => way.value().kind !== 'text')) refuse(part, '`cycle` stands in the text of a page alone');
        return ways;
      case 'if':
      case 'unless':
      case 'case':
        return this.#branches(part, part as unknown as Branched, ways);
      case 'for':
        return this.#loop(part, part as unknown as Repeated, ways);
      case 'part':
        return part instanceof PartTag && part.repeats
          ? this.#loop(part, { templates: childrenOf(part) }, ways)
          : this.#apart(() => this.read(childrenOf(part), ways), part);
      case 'capture':
        return this.#capture(part, ways);
      case 'break':
      case 'continue':
        this.#left.push(...ways);
        return [];
      default:
        return this.read(childrenOf(part), ways);
    }
  }

  #value(part: Part, ways: Ways): Ways {
    const places = this.places.get(part) ?? new Map<string, Place>();
    this.places.set(part, places);
    for (const way of ways) {
      const place = way.value();
      places.set(place.kind, place);
    }
    return merged(ways, part);
  }

  #branches(part: Part, { branches, elseTemplates = [] }: Branched, ways: Ways): Ways {
    const ends: Markup[] = [];
    // Of `case`, every branch that has the value is written, one after the other.
    let begin: Ways = copied(ways);
    const alone = branches.every(({ values }) => values === undefined) || areDistinct(branches);
    for (const { templates } of branches) {
      const end = this.read(templates, copied(begin));
      ends.push(...end);
      if (!alone) begin = merged([...begin, ...copied(end)], part);
    }
    ends.push(...this.read(elseTemplates, copied(ways)));
    return merged(ends, part);
  }

  #loop(part: Part, { templates, elseTemplates = [] }: Repeated, ways: Ways): Ways {
    let known = merged(copied(ways), part);
    for (;;) {
      const ends = this.#apart(() => this.read(templates, copied(known)), part);
      const all = merged([...copied(known), ...ends], part);
      if (all.length === known.length) break;
      known = all;
    }
    return merged([...known, ...this.read(elseTemplates, copied(ways))], part);
  }

  /** What is left with `break` goes on after it. */
  #apart(read: () => Ways, part: Part): Ways {
    const outer = this.#left;
    this.#left = [];
    const ends = merged([...read(), ...this.#left], part);
    this.#left = outer;
    return ends;
  }

  /** Kept and put out elsewhere, so it is whole in itself. */
  #capture(part: Part, ways: Ways): Ways {
    const outer = this.#left;
    this.#left = [];
    const ends = [...this.read(childrenOf(part), [new Markup()]), ...this.#left];
    const isLeft = this.#left.length > 0;
    this.#left = isLeft ? [...outer, ...copied(ways)] : outer;
    if (ends.some((end) => !end.isInText)) refuse(part, 'what is captured ends in the middle of a tag');
    return ways;
  }
}

const copied = (ways: Ways): Markup[] => ways.map((way) => way.copy());

function literal(ways: Ways, text: string): Ways {
  for (const way of ways) way.literal(text);
  return ways;
}

/** Those that stand alike are one. */
function merged(ways: Ways, part: Part): Ways {
  if (ways.length < 2) return ways;
  const each = new Map(ways.map((way) => [way.key(), way]));
  if (each.size > WAYS_MAX) refuse(part, 'there are too many ways to read this');
  return [...each.values()];
}

/** Whether no value can be that of two branches. */
function areDistinct(branches: Branched['branches']): boolean {
  const texts = branches.map(({ values = [] }) => values.map((value) => (value as Token).getText()));
  const flat = texts.flatMap((own) => [...new Set(own)]);
  return flat.every((text) => /^["'\d]/.test(text)) && new Set(flat.map(unquoted)).size === flat.length;
}
const unquoted = (text: string): string => text.replace(/^["']|["']$/g, '');

const rawText = (part: Part): string =>
  (part as unknown as { readonly tokens: readonly Token[] }).tokens.map((token) => token.getText()).join('');

/** The one place that all ways agree on. */
function placeOf(part: Part, places: readonly Place[]): Place | null {
  for (const place of places) if (place.kind === 'refused') refuse(part, place.why);
  const kinds = new Set(places.map(({ kind }) => kind));
  const [first] = places;
  if (kinds.size < 2) return first ?? null;
  if (kinds.size === 2 && kinds.has('rest_of_url') && kinds.has('part_of_query')) return { kind: 'part_of_query' };
  refuse(part, 'what stands before it is another thing in another branch, so write the whole in each branch');
}

function writeFor(part: Part, place: Place | null, engine: Liquid): void {
  const { value } = part as Partial<Output>;
  if (value === undefined || place === null) return;
  const write = WRITERS[place.kind];
  const encoded = place.kind === 'part_of_query' && value.filters.some(({ name }) => ENCODING.has(name));
  if (write === undefined || encoded) return;
  const filter = new Filter({ name: place.kind, args: [] } as never, write, engine);
  // Outputs have the escaping of their kind of text as their last filter.
  value.filters.splice(part instanceof Output ? value.filters.length - 1 : value.filters.length, 0, filter);
}

function refuse(part: Part, why: string): never {
  const [line] = part.token.getPosition();
  throw new Error(`${why}: ${part.token.getText().slice(0, 80)}, line:${line}`);
}
