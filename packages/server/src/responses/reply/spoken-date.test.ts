// Days and times as people write them, piece by piece: which are read, how far, and which are left alone.
import { dateOf, type Instant } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { languageNamed } from './language.ts';
import { lexemesOf } from './lexeme.ts';
import { wordsIn } from './plain-words.ts';
import { dateAt, momentOf, type Reading } from './spoken-date.ts';

/** A Wednesday, 23:30 in Paris and Thursday in Auckland. */
const NOW = Date.parse('2026-12-30T22:30:00Z') as Instant;

function read(language: string, text: string, more: Partial<Reading> = {}): string {
  const known = languageNamed(language);
  if (known === null) throw new Error(`no table of ${language}`);
  const lexemes = lexemesOf(wordsIn(text), known.answers);
  const date = dateAt(lexemes, 0, { now: NOW, zone: 'Europe/Paris', monthFirst: null, ...more });
  if (date === null) return 'none';
  const time =
    date.minutes === null ? '' : ` ${Math.floor(date.minutes / 60)}:${String(date.minutes % 60).padStart(2, '0')}`;
  return `${date.by ? 'by ' : ''}${dateOf(date.day)}${time}${date.sure ? '' : '?'}${date.next < lexemes.length ? ' …' : ''}`;
}

describe('is read', () => {
  it.each([
    ['en', 'today', '2026-12-30'],
    ['en', 'tomorrow', '2026-12-31'],
    ['en', 'the day after tomorrow', '2027-01-01'],
    ['en', 'by Friday', 'by 2027-01-01'],
    ['en', 'on Wednesday', '2027-01-06?'],
    ['en', 'next Monday', '2027-01-04'],
    ['en', 'by the end of the month', 'by 2026-12-31'],
    ['en', 'next month', '2027-01-31'],
    ['en', '29 February 2028', 'none'],
    ['en', '28 February', '2027-02-28'],
    ['en', 'in two weeks', '2027-01-13'],
    ['en', 'in a month', '2027-01-29'],
    ['en', 'on Friday at 5pm', '2027-01-01 17:00'],
    ['en', 'on Friday 17:30', '2027-01-01 17:30'],
    ['en', 'Friday noon', '2027-01-01 12:00'],
    ['en', 'Friday 5', '2027-01-01 …'],
    ['en', 'Friday at 25', '2027-01-01 …'],
    ['fr', 'le 1er janvier 2027', '2027-01-01'],
    ['fr', 'vendredi prochain à 9h', '2027-01-08 9:00?'],
    ['fr', 'au plus tard vendredi', 'by 2027-01-01'],
    ['de', 'bis zum 15.1.', 'by 2027-01-15'],
    ['de', 'am Montag um 9.30 Uhr', '2027-01-04 9:30'],
    ['de', 'übermorgen', '2027-01-01'],
    ['es', 'el viernes que viene', '2027-01-08?'],
    ['es', 'el 15 de enero de 2027', '2027-01-15'],
    ['it', 'entro il 15 gennaio', 'by 2027-01-15'],
    ['pt', 'até segunda-feira', 'by 2027-01-04'],
    ['nl', 'uiterlijk op 15 januari', 'by 2027-01-15'],
    ['sv', 'senast den 15 januari', 'by 2027-01-15'],
    ['en', 'done', 'none'],
    ['en', 'by', 'none'],
    ['en', 'on the 15th', 'none'],
    ['en', 'Friday, 2 January 2027', 'none'],
    ['en', '2027-02-30', 'none'],
    ['en', '2-3 days', 'none'],
    ['en', 'in 0 days', 'none'],
  ])('in %s: %j is %s', (language, text, date) => {
    expect(read(language, text)).toBe(date);
  });
});

it('the day is that of the zone', () => {
  expect(read('en', 'today', { zone: 'Pacific/Auckland' })).toBe('2026-12-31');
  expect(read('en', 'today', { zone: 'America/Los_Angeles' })).toBe('2026-12-30');
});
it('the nearest may be past', () => {
  expect(read('en', '15 December', { nearest: true })).toBe('2026-12-15');
  expect(read('en', '15 December')).toBe('none');
  expect(read('en', '3 January', { nearest: true })).toBe('2027-01-03');
});
it('a time that the wall does not show is the next that it does', () => {
  const [day = 0] = [Date.parse('2027-03-28T00:00:00Z') / 86_400_000];
  expect(new Date(momentOf(day, 150, 'Europe/Paris')).toISOString()).toBe('2027-03-28T01:00:00.000Z');
});
