// The languages that answers are read in: the tables of words/, made ready for looking up, with the names of days and months as Intl
// has them. Made once for a language, when it is first asked for.

import { wordsIn } from './plain-words.ts';
import {
  AWAY_PIECES,
  type AwayPiece,
  DATE_PIECES,
  type DatePiece,
  PhraseBook,
  SAID,
  type Said,
  type WordTable,
} from './word-table.ts';
import { DE } from './words/de.ts';
import { EN } from './words/en.ts';
import { ES } from './words/es.ts';
import { FR } from './words/fr.ts';
import { IT_TABLE } from './words/it.ts';
import { NL } from './words/nl.ts';
import { PT } from './words/pt.ts';
import { SV } from './words/sv.ts';

export const WORD_TABLES: readonly WordTable[] = [EN, FR, DE, ES, IT_TABLE, PT, NL, SV];

/** What a phrase can be: of an answer, of a date, or the name of a day, a month or a number. */
export type Kind =
  | Said
  | DatePiece
  | AwayPiece
  | 'greeting'
  | `weekday ${number}`
  | `month ${number}`
  | `number ${number}`;

export interface Language {
  readonly table: WordTable;
  /** Of answers. */
  readonly answers: PhraseBook<Kind>;
  /** Of out-of-office replies: dates, and what stands before them. */
  readonly away: PhraseBook<Kind>;
}

/** 2024-01-01 was a Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

function addDates(book: PhraseBook<Kind>, table: WordTable): PhraseBook<Kind> {
  for (const piece of DATE_PIECES) book.add(piece, table.dates[piece]);
  table.numbers.forEach((phrases, index) => {
    book.add(`number ${index + 1}`, phrases);
  });
  for (const width of ['long', 'short'] as const) {
    const weekday = new Intl.DateTimeFormat(table.language, { weekday: width, timeZone: 'UTC' });
    const month = new Intl.DateTimeFormat(table.language, { month: width, timeZone: 'UTC' });
    for (let day = 0; day < 7; day++) {
      book.addWords(`weekday ${day + 1}`, wordsIn(weekday.format(MONDAY_MS + day * DAY_MS)));
      book.add(`weekday ${day + 1}`, table.weekdays[day] ?? []);
    }
    for (let index = 0; index < 12; index++) {
      book.addWords(`month ${index + 1}`, wordsIn(month.format(Date.UTC(2024, index, 15))));
      book.add(`month ${index + 1}`, table.months[index] ?? []);
    }
  }
  return book;
}

function made(table: WordTable): Language {
  const answers = addDates(new PhraseBook<Kind>(), table);
  for (const said of SAID) answers.add(said, table.said[said]);
  const away = addDates(new PhraseBook<Kind>(), table);
  for (const piece of AWAY_PIECES) away.add(piece, table.away[piece]);
  return { table, answers, away };
}

const languages = new Map<string, Language>();
export function languageNamed(name: string): Language | null {
  const known = languages.get(name);
  if (known !== undefined) return known;
  const table = WORD_TABLES.find(({ language }) => language === name);
  if (table === undefined) return null;
  const language = made(table);
  languages.set(name, language);
  return language;
}

export const languageOf = (locale: string | null): string => (locale ?? '').split(/[-_]/)[0]?.toLowerCase() ?? '';

/** Their own first, where it is one that we read; then English; then the others. */
export function languagesFor(locale: string | null): readonly Language[] {
  const own = languageOf(locale);
  const names = new Set([own, 'en', ...WORD_TABLES.map(({ language }) => language)]);
  return [...names].map(languageNamed).filter((language) => language !== null);
}
