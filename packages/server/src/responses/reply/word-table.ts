// What people answer, as a table for each language (words/): phrases by what they mean, written short, and how they are found in a text.
// `a|b` is one of two, `(a b)?` may be absent. A phrase stands as a person types it; plain-words.ts makes both sides alike.
import { wordsIn } from './plain-words.ts';

/** What a phrase can mean. */
export const SAID = [
  'done',
  'acknowledge',
  'stop',
  'notMine',
  'wrongPerson',
  'remind',
  'later',
  'approve',
  'reject',
  'yes',
  'fill',
  'past',
] as const;
export type Said = (typeof SAID)[number];

/** The pieces that dates are put together of. */
export const DATE_PIECES = [
  ...(['by', 'on', 'within', 'next', 'of', 'ordinal', 'today', 'tonight', 'tomorrow', 'dayAfterTomorrow'] as const),
  ...(['thisWeek', 'nextWeek', 'nextMonth', 'endOfDay', 'endOfWeek', 'endOfNextWeek', 'endOfMonth'] as const),
  ...(['morning', 'noon', 'afternoon', 'evening', 'at', 'oclock', 'am', 'pm'] as const),
  ...(['minutes', 'hours', 'days', 'weeks', 'months'] as const),
] as const;
export type DatePiece = (typeof DATE_PIECES)[number];

/** Of out-of-office replies. */
export const AWAY_PIECES = ['until', 'from', 'back'] as const;
export type AwayPiece = (typeof AWAY_PIECES)[number];

export type Phrases = readonly string[];
export interface WordTable {
  /** BCP 47, without a region. */
  readonly language: string;
  /** A first line of these and a name says nothing. */
  readonly greeting: Phrases;
  readonly said: Readonly<Record<Said, Phrases>>;
  readonly dates: Readonly<Record<DatePiece, Phrases>>;
  /** Gives it to whoever is named between the two; what comes after says nothing more. */
  readonly give: { readonly before: Phrases; readonly after: Phrases };
  /** One, two, … ten. */
  readonly numbers: readonly Phrases[];
  /** Beside those of Intl: what else people call days of the week, Monday first, and months. */
  readonly weekdays: readonly Phrases[];
  readonly months: readonly Phrases[];
  readonly away: Readonly<Record<AwayPiece, Phrases>> & {
    /** Says that they are away. */
    readonly says: Phrases;
    /** Goes with it in what a program wrote, and seldom in what a person did. */
    readonly besides: Phrases;
  };
}

/** All that a short form stands for, word by word. Throws for one that is not well-formed: the tables are ours. */
export function spelledOut(phrase: string): readonly (readonly string[])[] {
  const signs = phrase.match(/[()|?]|[^()|?\s]+/g) ?? [];
  let at = 0;
  const oneOf = (): string[][] => {
    const all = sequence();
    while (signs[at] === '|') {
      at += 1;
      all.push(...sequence());
    }
    return all;
  };
  const sequence = (): string[][] => {
    let all: string[][] = [[]];
    for (; at < signs.length && signs[at] !== '|' && signs[at] !== ')'; ) {
      let next = piece();
      if (signs[at] === '?') {
        at += 1;
        next = [...next, []];
      }
      all = all.flatMap((before) => next.map((after) => [...before, ...after]));
    }
    return all;
  };
  const piece = (): string[][] => {
    const sign = signs[at] ?? '';
    at += 1;
    if (sign !== '(') return [[...wordsIn(sign)]];
    const all = oneOf();
    if (signs[at] !== ')') throw new Error(`the phrase "${phrase}" has an open parenthesis`);
    at += 1;
    return all;
  };
  const all = oneOf();
  if (at < signs.length) throw new Error(`the phrase "${phrase}" has too many parentheses`);
  return all.filter((words) => words.length > 0);
}

export interface Found<Kind> {
  readonly kinds: ReadonlySet<Kind>;
  /** How many words it takes. */
  readonly length: number;
}

/** Phrases by their words: the longest that begins at a place of a text is found in as many steps as it has words. */
export class PhraseBook<Kind> {
  readonly #root: Node<Kind> = { next: new Map(), kinds: new Set() };

  add(kind: Kind, phrases: Phrases): this {
    for (const phrase of phrases) for (const words of spelledOut(phrase)) this.addWords(kind, words);
    return this;
  }

  addWords(kind: Kind, words: readonly string[]): this {
    let node = this.#root;
    for (const word of words) {
      const known = node.next.get(word) ?? { next: new Map(), kinds: new Set() };
      node.next.set(word, known);
      node = known;
    }
    node.kinds.add(kind);
    return this;
  }

  longestAt(words: readonly string[], from: number): Found<Kind> | null {
    let node: Node<Kind> | undefined = this.#root;
    let found: Found<Kind> | null = null;
    for (let at = from; at < words.length; at++) {
      node = node.next.get(words[at] ?? '');
      if (node === undefined) break;
      if (node.kinds.size > 0) found = { kinds: node.kinds, length: at + 1 - from };
    }
    return found;
  }
}
interface Node<Kind> {
  readonly next: Map<string, Node<Kind>>;
  readonly kinds: Set<Kind>;
}
