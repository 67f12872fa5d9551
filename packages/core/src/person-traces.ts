// Finds somebody who has been erased in what others wrote: events, data, subjects, words that went to colleagues, details of
// providers. Their name, addresses and numbers are looked for as whole words, whatever the case and however a number is spaced;
// what is found becomes the stand-in. A short id ("ana", "42") is no word that tells who it was, and is left where it is not
// known to mean a person.

/** Digits people write with spaces, dots, dashes or brackets between them. */
const BETWEEN_DIGITS = '[ ().\\-/]{0,2}';
const PHONE = /^\+\d{7,15}$/;
/** An id that is told from a number of something or a word of the language. */
const ID_MIN = 8;
const WORD_MIN = 3;
const WORDS_MAX = 100;

/** The words that somebody is found by. */
export function traceWords(
  id: string,
  person: { readonly name: string | null; readonly addresses: readonly string[] } | null,
): readonly string[] {
  const all = [id.length >= ID_MIN || id.includes('@') ? id : '', person?.name ?? '', ...(person?.addresses ?? [])];
  return [...new Set(all.map((word) => word.trim()).filter((word) => word.length >= WORD_MIN))].slice(0, WORDS_MAX);
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const patternOf = (word: string): string =>
  PHONE.test(word) ? `\\+?${[...word.slice(1)].join(BETWEEN_DIGITS)}` : escaped(word);

/** For the database, to find the rows that are worth a look: of JSON as text, so as JSON writes them, and the id as a text of its own. */
export const tracePattern = (words: readonly string[], id: string): string =>
  [
    ...words.map((word) => (PHONE.test(word) ? patternOf(word) : escaped(JSON.stringify(word).slice(1, -1)))),
    escaped(JSON.stringify(id)),
  ].join('|');

const STAND_IN = /^erased-[\da-f]{24}$/;
/** What stands in the place of an id, from 24 random digits. */
export const standInOf = (digits: string): string => `erased-${digits}`;
export const isStandIn = (id: string): boolean => STAND_IN.test(id);

export interface Scrubber {
  text(text: string): string;
  /** Keys and values of plain data, however deep. */
  json<T>(value: T): T;
}

export function scrubber(words: readonly string[], standIn: string): Scrubber {
  // The longest first: of an address that has a name in it the whole goes.
  const longest = [...words].sort((a, b) => b.length - a.length);
  const whole =
    longest.length === 0
      ? null
      : new RegExp(`(?<![\\p{L}\\p{N}])(?:${longest.map(patternOf).join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  const text = (given: string): string => (whole === null ? given : given.replace(whole, standIn));
  const any = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(any);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [text(key), any(inside)]));
  };
  return { text, json: <T>(value: T): T => any(value) as T };
}
