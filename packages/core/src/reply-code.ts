// Short codes that answer a text message: "Reply 1 done, 2 later". A person's open follow-ups are told apart by a number, and what
// may be done by a digit behind it; of the first one the digit alone is enough. So `2` is the second choice of number 1, `21` the
// first of number 2, and a zero takes back what was just said. Pure; who has which number is kept by the store.
import type { ActionLink } from './content.ts';
import { inBasicAlphabet } from './sms-segments.ts';
import { CODE_WORDS, type CodeWords } from './template/code-words.ts';
import { languageOf } from './template/words-for.ts';

/** Codes of three digits at most: more than anybody has open at a time. */
export const CODE_NUMBERS_MAX = 99;
/** One digit each; the zero takes back. */
export const CODE_ACTIONS_MAX = 9;
export const UNDO_DIGIT = 0;

export interface Code {
  /** Which of the person's follow-ups. */
  readonly number: number;
  /** Which of its actions, from 1; 0 takes back. */
  readonly digit: number;
}

export const codeText = ({ number, digit }: Code): string =>
  number === 1 && digit !== UNDO_DIGIT ? String(digit) : `${number}${digit}`;

/** Null for what is no code: no zero stands in front, and none alone. */
export function codeIn(text: string): Code | null {
  if (!/^[1-9]\d{0,2}$/.test(text)) return null;
  if (text.length === 1) return { number: 1, digit: Number(text) };
  return { number: Number(text.slice(0, -1)), digit: Number(text.slice(-1)) };
}

/** What may be answered by a code, what ends it first, then later, then that it is theirs: the digits follow this order. */
export function codedActions(actions: readonly ActionLink[]): readonly ActionLink[] {
  const ends = actions.findIndex(({ name }) => name === 'acknowledge');
  const rank = ({ name }: ActionLink, index: number): number => {
    if (name === 'snooze') return 1;
    if (name === 'acknowledge') return 2;
    return name === 'resolve' || ends < 0 || index < ends ? 0 : 3;
  };
  return actions
    .map((action, index) => ({ action, rank: rank(action, index) }))
    .filter(({ action }) => action.asks !== true)
    .sort((a, b) => a.rank - b.rank)
    .map(({ action }) => action)
    .slice(0, CODE_ACTIONS_MAX);
}

export const codeWordsIn = (locale: string): CodeWords =>
  CODE_WORDS[languageOf(locale)] ?? (CODE_WORDS.en as CodeWords);

/** As it is written behind a code; the built-in ones are short. */
export const codeLabel = (words: CodeWords, { name, label }: Pick<ActionLink, 'name' | 'label'>): string =>
  words.actions[name as keyof CodeWords['actions']] ?? inBasicAlphabet(label.replace(/\s+/g, ' ').trim());

/** The line that says how it is answered, from the longest to the shortest: a message ends with the one it has room for. */
export function codeLines(
  number: number,
  actions: readonly (Pick<ActionLink, 'name' | 'label'> & { readonly digit: number })[],
  locale: string,
): readonly string[] {
  const words = codeWordsIn(locale);
  const said = actions.map(({ digit, ...action }) => `${codeText({ number, digit })} ${codeLabel(words, action)}`);
  const counts = [...new Set([said.length, 2, 1])].filter((count) => count >= 1 && count <= said.length);
  return counts.sort((a, b) => b - a).map((count) => `${words.reply} ${said.slice(0, count).join(', ')}`);
}
