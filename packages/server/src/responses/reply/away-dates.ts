// From when until when an out-of-office reply says that somebody is away: "from 2 to 13 March", "bis zum 13.3.", "de retour le 14 mars".
// What nobody can date for sure is left open. The dates are those of a recipient's `away` (the last one included).
import { DAY_MS, dateOf, dayOf, type Instant, isDate, toLocal } from '@relance/core';
import { type Language, languagesFor } from './language.ts';
import { type Lexeme, lexemesOf } from './lexeme.ts';
import { wordsIn } from './plain-words.ts';
import { dateAt, type Reading } from './spoken-date.ts';

export interface AwayDates {
  /** `YYYY-MM-DD`; null where it says only until when. */
  readonly awayFrom: string | null;
  /** `YYYY-MM-DD`, the last day away. */
  readonly awayUntil: string;
}

const TEXT_MAX = 5_000;
/** Longer absences are no vacations, and most often misread. */
const AWAY_DAYS_MAX = 366;

export interface AwayReading {
  readonly now: Instant;
  /** IANA. */
  readonly zone: string;
  readonly locale: string | null;
}

/** Null where no day can be read, or it is over. */
export function awayDates(text: string, reading: AwayReading): AwayDates | null {
  const words = wordsIn(text.slice(0, TEXT_MAX));
  for (const language of languagesFor(reading.locale)) {
    const found = inLanguage(words, language, reading);
    if (found !== null) return found;
  }
  return null;
}

function inLanguage(
  words: readonly string[],
  language: Language,
  { now, zone, locale }: AwayReading,
): AwayDates | null {
  const lexemes = lexemesOf(words, language.away);
  const today = Math.floor(toLocal(now, zone) / DAY_MS);
  const monthFirst = language.table.language !== 'en' ? false : /^en[-_]us\b/i.test(locale ?? '') ? true : null;
  const reading: Reading = { now, zone, monthFirst, nearest: true };
  let from: number | null = null;
  let until: number | null = null;
  let back: number | null = null;
  for (let at = 0; at < lexemes.length; at++) {
    const kinds = lexemes[at]?.kinds ?? new Set();
    const day = dayAfter(lexemes, at, reading);
    if (day === null) {
      if (kinds.has('from')) from ??= dayOfRange(lexemes, at, reading);
      continue;
    }
    if (kinds.has('back')) back ??= day;
    else if (kinds.has('until') && (from !== null || day >= today)) until ??= day;
    else if (kinds.has('from')) from ??= day;
  }
  const last = until ?? (back === null ? null : back - 1);
  if (last === null || last < today || last > today + AWAY_DAYS_MAX) return null;
  return { awayFrom: from === null || from > last ? null : dateOf(from), awayUntil: dateOf(last) };
}

/** The day right behind a piece, that nobody could take for another. */
function dayAfter(lexemes: readonly Lexeme[], at: number, reading: Reading): number | null {
  const kinds = lexemes[at]?.kinds;
  if (kinds === undefined || !(['until', 'from', 'back'] as const).some((kind) => kinds.has(kind))) return null;
  const date = dateAt(lexemes, at + 1, reading);
  return date === null || !date.sure || date.at !== null ? null : date.day;
}

/** "From 2 to 13 November": the first of two days that have one month. */
function dayOfRange(lexemes: readonly Lexeme[], at: number, reading: Reading): number | null {
  const word = lexemes[at + 1]?.words[0] ?? '';
  const until = lexemes[at + 2]?.kinds.has('ordinal') ? at + 3 : at + 2;
  const last = /^\d{1,2}$/.test(word) && lexemes[until]?.kinds.has('until') ? dayAfter(lexemes, until, reading) : null;
  if (last === null) return null;
  const date = `${dateOf(last).slice(0, 8)}${word.padStart(2, '0')}`;
  return isDate(date) ? dayOf(date) : null;
}
