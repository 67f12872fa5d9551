// A text as the word tables know it: small letters without accents and typographic signs, and the words in it one by one. So that
// "Erledigt!", "C’est fait 👍" and "FATTO." are found however they were typed. Pure; in time that grows with the text alone.

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  ð: 'd',
  þ: 'th',
};
/** Signs that people answer with; others are words that no table knows. */
const SIGNS: readonly (readonly [string, string])[] = [
  ['👍', ' :thumb: '],
  ['👌', ' :thumb: '],
  ['🫡', ' :thumb: '],
  ['✅', ' :check: '],
  ['✔', ' :check: '],
  ['☑', ' :check: '],
  ['🙏', ' :smile: '],
  ['🙂', ' :smile: '],
  ['😊', ' :smile: '],
  ['😀', ' :smile: '],
  ['😃', ' :smile: '],
  ['😄', ' :smile: '],
  ['☺', ' :smile: '],
  ['🎉', ' :smile: '],
  ['❤', ' :smile: '],
];

/** In small letters, without accents, apostrophes as blanks, one blank where there were several. Lines stay. */
export function plain(text: string): string {
  let said = text
    .toWellFormed()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}|\p{Emoji_Modifier}|[\u200b-\u200f\u2060\ufeff\u00ad]/gu, '')
    .replace(/[ßøæœłđıðþ]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/['’‘‛`´ʼ′]/g, ' ')
    .replace(/[‐‑‒–—−]/g, '-');
  if (/[^ -~\s]/.test(said)) for (const [sign, name] of SIGNS) said = said.replaceAll(sign, name);
  return said.replace(/[^\S\n]+/g, ' ');
}

/** Numbers with what divides them stay whole: `3.11.`, `12/3`, `2026-11-02`, `9:30`. */
const WORD = /:[a-z]{1,9}:|\d{1,4}(?:[./:-]\d{1,4}){1,2}|\d+|\p{L}+|[?؟]|[^\s\p{P}\p{L}\p{N}]|\p{N}/gu;

/** The words of a text. Signs of punctuation are none; a question mark is one, and so is every sign that is not punctuation. */
export const wordsIn = (text: string): readonly string[] => plain(text).match(WORD) ?? [];
