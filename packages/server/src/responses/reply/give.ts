// "Give it to Bo": whom a text names, where that and nothing else is all it says, in one of the languages of words/, and only one of
// those it may be given to is meant: by the whole of an address, or by a name or first name that no other has. Whatever else
// stands in it (a day, a "not", a question mark, a second name) makes it unclear. Pure; meaning.ts asks when the tables know nothing.
import { normalAddress } from '@relance/core';
import { languagesFor } from './language.ts';
import { wordsIn } from './plain-words.ts';
import { PhraseBook } from './word-table.ts';

/** Whom it may be given to. */
export interface Person {
  readonly id: string;
  readonly name: string | null;
  /** Of email, their own. */
  readonly addresses: readonly string[];
}

const NAME_WORDS_MAX = 6;
/** What stands around an address in a sentence. */
const AROUND = /[\s<>,;:()"]/u;

/** Null: it says something else, or nobody or several could be meant. `language`: as the table is called that knows it. */
export function givenTo(
  text: string,
  locale: string | null,
  people: readonly Person[],
): { readonly id: string; readonly language: string } | null {
  const [address, ...more] = text.split(AROUND).filter((word) => word.includes('@'));
  if (more.length > 0) return null;
  const words = wordsIn(address === undefined ? text : text.replace(address, ' '));
  for (const { table } of languagesFor(locale)) {
    const before = new PhraseBook<'give'>().add('give', table.give.before).longestAt(words, 0);
    if (before === null) continue;
    const said = withoutEnd(words.slice(before.length), new PhraseBook<'end'>().add('end', table.give.after));
    const named = address === undefined ? byName(said, people) : said.length > 0 ? [] : byAddress(address, people);
    const [only, ...others] = named;
    if (only !== undefined && others.length === 0) return { id: only.id, language: table.language };
  }
  return null;
}

/** What thanks or says "please" at the end is no name. */
function withoutEnd(words: readonly string[], ends: PhraseBook<'end'>): readonly string[] {
  for (let at = 0; at < words.length; at++)
    if (ends.longestAt(words, at)?.length === words.length - at) return words.slice(0, at);
  return words;
}

function byAddress(address: string, people: readonly Person[]): readonly Person[] {
  // The full stop of the sentence is none of the address.
  const wanted = normalAddress('email', address.replace(/[.!?]{1,3}$/, ''));
  return people.filter((one) => one.addresses.some((own) => normalAddress('email', own) === wanted));
}

function byName(said: readonly string[], people: readonly Person[]): readonly Person[] {
  if (said.length === 0 || said.length > NAME_WORDS_MAX) return [];
  const wanted = said.join(' ');
  return people.filter(({ name }) => {
    const own = wordsIn(name ?? '');
    return own.join(' ') === wanted || own[0] === wanted;
  });
}
