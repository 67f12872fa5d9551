// How much YAML is read: counted by the words and signs of the text, one after the other, before anything is made of them. What
// stays below is parsed in a moment whatever it says; the length of a text alone tells nothing of that.
import { Lexer } from 'yaml';

/** A key with its value has three, so this is some 4,000 lines; a policy of 50 full stages has some 3,000 of them. */
export const WORDS_MAX = 12_000;
/** An alias repeats what it names; of one thing there may be ALIASES_MAX (yaml.ts), and of all together this many. */
export const ALIASES_ALL_MAX = 500;

/** A sentence with what to do; null where it is small enough. */
export function tooLarge(text: string): string | null {
  let words = 0;
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (NO_WORD.test(lexeme)) continue;
    if (++words > WORDS_MAX)
      return `The policy has more than ${WORDS_MAX} keys, values and signs; a policy has some hundred, so split it.`;
    if (lexeme.startsWith('*') && ++aliases > ALIASES_ALL_MAX)
      return `The policy has more than ${ALIASES_ALL_MAX} aliases (*name); write out what they repeat, or split it.`;
  }
  return null;
}

/** Blanks, ends of lines, comments, and the marks that the lexer puts before texts and documents. */
const NO_WORD = /^(?:[\s\uFEFF\u0002\u0018\u001F]|#)/;
