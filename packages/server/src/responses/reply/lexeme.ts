// A text in the pieces that a book of phrases knows: the longest phrase at each place. What it does not know is a piece too, of no kind:
// an answer that has one is not understood.
import type { Kind } from './language.ts';
import type { PhraseBook } from './word-table.ts';

export interface Lexeme {
  /** Empty: nobody knows it. */
  readonly kinds: ReadonlySet<Kind | 'numeral'>;
  readonly words: readonly string[];
}

const NUMERAL: ReadonlySet<'numeral'> = new Set(['numeral']);
const UNKNOWN: ReadonlySet<Kind> = new Set();

export function lexemesOf(words: readonly string[], book: PhraseBook<Kind>): readonly Lexeme[] {
  const lexemes: Lexeme[] = [];
  for (let at = 0; at < words.length; ) {
    const found = book.longestAt(words, at);
    const length = found?.length ?? 1;
    const numeral = /^\d/.test(words[at] ?? '');
    lexemes.push({ kinds: found?.kinds ?? (numeral ? NUMERAL : UNKNOWN), words: words.slice(at, at + length) });
    at += length;
  }
  return lexemes;
}
