// What a person's answer means, where nobody could take it otherwise: the whole text has to be made of phrases that the tables of
// words/ know, and to say one thing. Whatever else stands in it (a "not", an "if", a "but", a question mark, a name, a number) is known
// to no table, and makes it unclear: for people to read. So is all that is long. Pure; new-text.ts gives the text.
import type { Instant } from '@relance/core';
import { APPROVING, REJECTING } from './action-words.ts';
import { givenTo, type Person } from './give.ts';
import { type Kind, type Language, languageOf, languagesFor } from './language.ts';
import { type Lexeme, lexemesOf } from './lexeme.ts';
import { plain, wordsIn } from './plain-words.ts';
import { dateAt, momentOf, type Reading, type SpokenDate } from './spoken-date.ts';
import { PhraseBook, SAID, type Said } from './word-table.ts';

/** One of the policy's own actions (POLICY.md, `actions`). */
export interface OwnAction {
  readonly id: string;
  readonly label: string;
  readonly outcome: string | null;
  readonly resolves: boolean;
  readonly rejects: boolean;
}

export interface Asking {
  /** BCP 47, of the reader; null where nobody knows. */
  readonly locale: string | null;
  readonly now: Instant;
  /** IANA, of the reader. */
  readonly zone: string;
  readonly actions: readonly OwnAction[];
  /** Whom they may give it to; none where nobody is. */
  readonly people?: readonly Person[];
}

/** `confidence`: from 0 to 1. Below SURE it is a guess to show to people, not to act on. */
export type Meaning = { readonly confidence: number } & (
  | { readonly kind: 'done'; readonly action: string | null; readonly outcome: string | null }
  | { readonly kind: 'commit'; readonly by: Instant }
  | { readonly kind: 'snooze'; readonly until: Instant }
  /** `to`: a recipient. */
  | { readonly kind: 'delegate'; readonly to: string }
  | { readonly kind: 'stop' | 'not_mine' | 'wrong_person' | 'acknowledge' | 'unclear' }
);

/** From here on nobody needs to look. */
export const SURE = 0.8;
const OWN_LANGUAGE = 0.95;
const OTHER_LANGUAGE = 0.85;
/** Another day could be meant, or another thing. */
const GUESS = 0.6;
/** A text with more in it says more than one thing. */
const CHARACTERS_MAX = 300;
const WORDS_MAX = 40;
/** A committed day ends at 17:00, as a due date does (POLICY.md, `due`); a snoozed one begins at 9:00. */
const END_OF_DAY = 17 * 60;
const START_OF_DAY = 9 * 60;
const LAST_MINUTE = 24 * 60 - 1;

export const UNCLEAR: Meaning = { kind: 'unclear', confidence: 1 };

/** What a text that a person newly wrote means. */
export function meaningOf(text: string, asking: Asking): Meaning {
  if (text.length > CHARACTERS_MAX) return UNCLEAR;
  const words = wordsIn(text);
  if (words.length === 0 || words.length > WORDS_MAX) return UNCLEAR;
  const known = ofTables(text, words, asking);
  const given = known.kind === 'unclear' ? givenTo(text, asking.locale, asking.people ?? []) : null;
  if (given === null) return known;
  const isOwn = given.language === languageOf(asking.locale);
  return { kind: 'delegate', to: given.id, confidence: isOwn ? OWN_LANGUAGE : OTHER_LANGUAGE };
}

/** Names are in no table. */
function ofTables(text: string, words: readonly string[], asking: Asking): Meaning {
  const [own, ...others] = languagesFor(asking.locale);
  if (own === undefined) return UNCLEAR;
  const isOwn = own.table.language === languageOf(asking.locale);
  const first = inLanguage(own, text, asking);
  if (first !== null && isOwn) return first === 'several' ? UNCLEAR : withConfidence(first, OWN_LANGUAGE);
  const found = [own, ...others].flatMap((language) => {
    const meaning = language === own ? first : inLanguage(language, text, asking);
    return meaning === null ? [] : [{ meaning, language: language.table.language }];
  });
  const one = found[0]?.meaning;
  if (one === undefined || one === 'several') return UNCLEAR;
  // A text that is one thing in a language and another in another is neither.
  if (found.some(({ meaning }) => meaning === 'several' || !sameMeaning(one, meaning))) return UNCLEAR;
  // "Pago" is paid to a Portuguese and a payment to a Spaniard: one word of neither theirs nor English is a guess.
  const plainEnough = words.length > 1 || found.some(({ language }) => language === 'en');
  return withConfidence(one, plainEnough ? OTHER_LANGUAGE : GUESS);
}

const withConfidence = (meaning: Meaning, most: number): Meaning => ({
  ...meaning,
  confidence: Math.min(meaning.confidence, most),
});
const sameMeaning = (one: Meaning, other: Meaning): boolean =>
  JSON.stringify({ ...one, confidence: 0 }) === JSON.stringify({ ...other, confidence: 0 });

/** Null: the text is not in this language. `several`: it is, and says more than one thing. */
type InLanguage = Meaning | 'several' | null;

function inLanguage(language: Language, text: string, asking: Asking): InLanguage {
  const whole = saidIn(language, wordsIn(text), asking);
  const meant = whole === null ? null : meantBy(whole, asking);
  if (meant !== null) return meant;
  const rest = withoutGreeting(text, language);
  const said = rest === null ? null : saidIn(language, wordsIn(rest), asking);
  return said === null ? null : meantBy(said, asking);
}

/** "Hi Ana," is none of the answer; null where there is no such line. */
function withoutGreeting(text: string, { table }: Language): string | null {
  const line = /^[^\n,!.]{1,60}[\n,!.]/.exec(text.trimStart())?.[0];
  if (line === undefined) return null;
  const words = wordsIn(line);
  const greeting = new PhraseBook<Kind>().add('greeting', table.greeting).longestAt(words, 0);
  // Four words: "Dear Mr van Dyk". Nothing that could be a "not".
  if (greeting === null || words.length > greeting.length + 4) return null;
  return text.trimStart().slice(line.length);
}

interface Understood {
  readonly said: ReadonlySet<Said>;
  readonly own: readonly OwnAction[];
  readonly dates: readonly SpokenDate[];
}

/** Null where a piece of it is not known. */
function saidIn(language: Language, words: readonly string[], asking: Asking): Understood | null {
  const lexemes = lexemesOf(words, language.answers);
  const actions = actionBook(asking.actions);
  const reading: Reading = { now: asking.now, zone: asking.zone, monthFirst: isMonthFirst(asking.locale) };
  const said = new Set<Said>();
  const own = new Map<string, OwnAction>();
  const dates: SpokenDate[] = [];
  let word = 0; // of the first piece not yet read
  for (let at = 0; at < lexemes.length; ) {
    const named = actions.longestAt(words, word);
    if (named !== null && endsWithPiece(lexemes, at, named.length)) {
      for (const action of named.kinds) own.set(action.id, action);
      if (kindsOf(lexemes[at]).has('stop')) said.add('stop');
      for (let taken = 0; taken < named.length; at++) taken += lexemes[at]?.words.length ?? 1;
      word += named.length;
      continue;
    }
    const date = dateAt(lexemes, at, reading);
    if (date !== null) {
      dates.push(date);
      for (; at < date.next; at++) word += lexemes[at]?.words.length ?? 0;
      continue;
    }
    const kinds = kindsOf(lexemes[at]);
    if (kinds.size === 0) return null;
    for (const kind of kinds) said.add(kind);
    word += lexemes[at]?.words.length ?? 0;
    at += 1;
  }
  return { said, own: [...own.values()], dates };
}

const kindsOf = (lexeme: Lexeme | undefined): ReadonlySet<Said> =>
  new Set(SAID.filter((kind) => lexeme?.kinds.has(kind)));

/** An action's name takes whole pieces: "approve" is none of "not approved". */
function endsWithPiece(lexemes: readonly Lexeme[], from: number, length: number): boolean {
  let taken = 0;
  for (let at = from; taken < length && at < lexemes.length; at++) taken += lexemes[at]?.words.length ?? 0;
  return taken === length;
}

function actionBook(actions: readonly OwnAction[]): PhraseBook<OwnAction> {
  const book = new PhraseBook<OwnAction>();
  for (const action of actions)
    for (const name of [action.label, action.id.replace(/[_-]+/g, ' ')]) {
      const words = wordsIn(name);
      if (words.length > 0) book.addWords(action, words);
    }
  return book;
}

/** In the United States alone, of those whose languages we read; where only "en" is known, nobody can tell. */
function isMonthFirst(locale: string | null): boolean | null {
  if (locale === null || plain(locale) === 'en') return null;
  return /^en[-_]us\b/i.test(locale);
}

/** What says nothing of itself, or nothing beside something else. */
const BESIDE: readonly Said[] = ['fill', 'yes', 'past'];

function meantBy({ said, own, dates }: Understood, asking: Asking): InLanguage {
  const things = SAID.filter((kind) => said.has(kind) && !BESIDE.includes(kind));
  const spoken = things.length === 1 && things[0] === 'done' ? dates.filter((date) => !date.maybePast) : dates;
  const moments = new Set(spoken.map(({ day, minutes, at }) => `${day} ${minutes} ${at}`));
  const [date] = spoken;
  if (moments.size > 1 || own.length > 1) return 'several';
  const [action] = own;
  if (action !== undefined) {
    const beside = things.filter((thing) => !NAMING.includes(thing));
    return beside.length > 0 || date !== undefined ? 'several' : doneBy(action);
  }
  if (things.length > 1)
    return things.includes('remind') && things.includes('later') && things.length === 2 ? later(asking) : 'several';
  const [thing] = things;
  if (date !== undefined) return withDate(thing ?? null, date, said, asking);
  return thing === undefined ? beside(said, asking) : alone(thing, asking);
}

/** What the name of an action may say of itself. */
const NAMING: readonly Said[] = ['done', 'approve', 'reject', 'acknowledge'];

const doneBy = ({ id, outcome }: OwnAction): Meaning => ({
  kind: 'done',
  action: id,
  outcome,
  confidence: OWN_LANGUAGE,
});
const plainly = (kind: 'stop' | 'not_mine' | 'wrong_person' | 'acknowledge'): Meaning => ({
  kind,
  confidence: OWN_LANGUAGE,
});

/** "Yes" or "thanks", and no more. */
function beside(said: ReadonlySet<Said>, { actions }: Asking): InLanguage {
  if (!said.has('yes')) return said.has('fill') || said.has('past') ? UNCLEAR : null;
  return actions.some(({ resolves, rejects }) => resolves || rejects)
    ? UNCLEAR
    : { kind: 'acknowledge', confidence: GUESS };
}

function alone(thing: Said, asking: Asking): InLanguage {
  const { actions } = asking;
  switch (thing) {
    case 'done':
      // Where one can reject, "done" does not say which of the two was done.
      return actions.some(({ rejects }) => rejects)
        ? UNCLEAR
        : { kind: 'done', action: null, outcome: null, confidence: OWN_LANGUAGE };
    case 'approve':
      return theOne(actions.filter((action) => action.resolves && isCalled(action, APPROVING)));
    case 'reject':
      return theOne(actions.filter((action) => action.rejects && isCalled(action, REJECTING)));
    case 'acknowledge':
      return plainly('acknowledge');
    case 'stop':
      return plainly('stop');
    case 'notMine':
      return plainly('not_mine');
    case 'wrongPerson':
      return plainly('wrong_person');
    case 'remind':
    case 'later':
      return later(asking);
    default:
      return UNCLEAR;
  }
}

/** By its id or its label. */
const isCalled = ({ id, label }: OwnAction, beginnings: readonly string[]): boolean =>
  plain(`${id} ${label}`)
    .split(/[\s_-]/)
    .some((word) => beginnings.some((beginning) => word.startsWith(beginning)));

function theOne(chosen: readonly OwnAction[]): Meaning {
  const [only] = chosen;
  return only === undefined || chosen.length > 1 ? UNCLEAR : doneBy(only);
}

/** "Later", without a time: tomorrow morning would be our guess. */
function later({ now, zone }: Asking): Meaning {
  const tomorrow = dateAt([{ kinds: new Set<Kind>(['tomorrow']), words: [] }], 0, { now, zone, monthFirst: null });
  return tomorrow === null
    ? UNCLEAR
    : { kind: 'snooze', until: momentOf(tomorrow.day, START_OF_DAY, zone), confidence: GUESS };
}

function withDate(thing: Said | null, date: SpokenDate, said: ReadonlySet<Said>, asking: Asking): InLanguage {
  if (said.has('past')) return UNCLEAR;
  if (thing === 'remind' || thing === 'later') return snooze(date, asking);
  if (thing !== null && thing !== 'acknowledge') return 'several';
  const by = commitmentOf(date, asking);
  if (by === null) return UNCLEAR;
  // "Friday" alone may be when to ask again.
  const sure = date.sure && (thing === 'acknowledge' || date.by);
  return { kind: 'commit', by, confidence: sure ? OWN_LANGUAGE : GUESS };
}

/** Null for what is past. */
function commitmentOf({ day, minutes, at }: SpokenDate, { now, zone }: Asking): Instant | null {
  const by = at ?? momentOf(day, minutes ?? END_OF_DAY, zone);
  if (by > now) return by;
  const last = momentOf(day, LAST_MINUTE, zone);
  return minutes === null && at === null && last > now ? last : null;
}

function snooze({ first, minutes, at, by, sure }: SpokenDate, { now, zone }: Asking): Meaning {
  const until = at ?? momentOf(first, minutes ?? START_OF_DAY, zone);
  if (until <= now) return UNCLEAR;
  return { kind: 'snooze', until, confidence: sure && !by ? OWN_LANGUAGE : GUESS };
}
