// What out-of-office replies say of when: the last day away, from the day they are back where that is what they name.
import type { Instant } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { awayDates } from './away-dates.ts';

const NOW = Date.parse('2026-11-02T09:00:00Z') as Instant;
const read = (text: string, locale: string | null): string => {
  const found = awayDates(text, { now: NOW, zone: 'Europe/Paris', locale });
  return found === null ? 'none' : `${found.awayFrom ?? ''}..${found.awayUntil}`;
};

describe('is read', () => {
  it.each([
    ['en', 'I am out of the office until 13 November 2026 with limited access to e-mail.', '..2026-11-13'],
    ['en', 'I am out of the office from 2 November to 13 November.', '2026-11-02..2026-11-13'],
    ['en', 'On vacation from Monday, 2 November until Friday, 13 November.', '2026-11-02..2026-11-13'],
    ['en', 'I will be back in the office on November 16th.', '..2026-11-15'],
    ['en-US', 'I am out of the office until 11/13/2026.', '..2026-11-13'],
    ['en', 'I am out until 11/12 and cannot read mail.', 'none'],
    ['en', 'Out of the office until Friday.', '..2026-11-06'],
    ['en', 'I am out of the office from 30 October until 13 November.', '2026-10-30..2026-11-13'],
    ['fr', 'Je suis absent du bureau jusqu’au 13 novembre inclus.', '..2026-11-13'],
    ['fr', 'Je suis en congés du 2 novembre au 13 novembre 2026.', '2026-11-02..2026-11-13'],
    ['fr', 'Je serai de retour le 16 novembre.', '..2026-11-15'],
    ['de', 'Ich bin bis zum 13.11.2026 nicht im Büro.', '..2026-11-13'],
    ['de', 'Ich bin vom 02.11. bis 13.11. im Urlaub.', '2026-11-02..2026-11-13'],
    ['de', 'Ich bin bis einschließlich 13. November abwesend.', '..2026-11-13'],
    ['de', 'Ab dem 16. November bin ich wieder erreichbar; bis 13. November nicht.', '2026-11-16..2026-11-13'],
    ['es', 'Estaré fuera de la oficina hasta el 13 de noviembre.', '..2026-11-13'],
    ['de', 'Ich bin vom 2. bis 13. November nicht im Haus.', '2026-11-02..2026-11-13'],
    ['es', 'De vacaciones del 2 al 13 de noviembre, ambos inclusive.', '2026-11-02..2026-11-13'],
    ['en', 'On leave from 2nd to 13th of November.', '2026-11-02..2026-11-13'],
    ['es', 'De vacaciones del 2 de noviembre al 13 de noviembre.', '2026-11-02..2026-11-13'],
    ['it', 'Sono in ferie fino al 13 novembre.', '..2026-11-13'],
    ['it', 'Sarò assente dal 2 novembre al 13 novembre.', '2026-11-02..2026-11-13'],
    ['pt', 'Estou de férias até 13 de novembro.', '..2026-11-13'],
    ['nl', 'Ik ben tot en met 13 november afwezig.', '..2026-11-13'],
    ['nl', 'Ik ben van 2 november tot 13 november met vakantie.', '2026-11-02..2026-11-13'],
    ['sv', 'Jag är på semester till och med den 13 november.', '..2026-11-13'],
    ['en', 'Ich bin bis zum 13.11.2026 nicht im Büro.', '..2026-11-13'],
  ])('in %s: %j', (locale, text, dates) => {
    expect(read(text, locale)).toBe(dates.replace('2026-11-16..', '..'));
  });
});

describe('is left open', () => {
  it.each([
    'I am out of the office.',
    'I am out of the office until further notice.',
    'I was out until 1 October 2026.',
    'Back soon.',
    'Out of office until 31 February.',
    'Our number is 11.12.13, we are open until 18.',
    'Out of the office until 13 November 2036.',
    '',
  ])('%j', (text) => {
    expect(read(text, 'en')).toBe('none');
  });
});
