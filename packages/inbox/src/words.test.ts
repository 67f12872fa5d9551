// The words of the elements: the reader's language, the nearest one that is there, the page's own; counted and timed as it does.
import { describe, expect, it } from 'vitest';
import { addWords, type Counted, counting, filled, fullTime, spoken, timeAgo, type Words } from './words.ts';

describe('the words of the elements', () => {
  it('are in the language of the reader, or the nearest', () => {
    expect(spoken('fr-CA', null)).toMatchObject({ language: 'fr-CA', words: { empty: 'Rien ne vous attend.' } });
    for (const unknown of ['tlh', '', 'no such language!'])
      expect(spoken(unknown, null)).toMatchObject({ language: 'en', words: { empty: 'Nothing waits for you.' } });
  });

  it('are as complete in French as in English', () => {
    const [en, fr] = [spoken('en', null).words, spoken('fr', null).words];
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    const same = Object.entries(en).filter(([name, words]) => fr[name as keyof typeof fr] === words);
    expect(same.map(([name]) => name)).toEqual(['title', 'urgent', 'sms', 'push', 'chat', 'webhook']);
    // Each form has the same places for values; where a language has but one, that serves for all.
    const formsOf = (words: string | Counted): readonly string[] =>
      typeof words === 'string' ? [words] : Object.values(words);
    const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [name, words] of Object.entries(en) as [keyof Words, string | Counted][])
      for (const form of [...formsOf(words), ...formsOf(fr[name])])
        expect([name, placesOf(form)]).toEqual([name, placesOf(formsOf(words).at(-1) ?? '')]);
    expect(placesOf(en.unread.other)).toEqual(['{n}']);
  });

  it('can be added and changed, one by one', () => {
    addWords('cs', { unread: { one: '{n} nepřečtená', few: '{n} nepřečtené', other: '{n} nepřečtených' } });
    const czech = spoken('cs', { title: 'Zprávy' });
    expect([1, 3, 5, 1000].map((n) => counting(czech, czech.words.unread, n))).toEqual([
      '1 nepřečtená',
      '3 nepřečtené',
      '5 nepřečtených',
      '1\u00a0000 nepřečtených',
    ]);
    expect(czech.words).toMatchObject({ title: 'Zprávy', close: 'Close' });
    expect(spoken('de', { title: 'Meldungen' })).toMatchObject({ language: 'de', words: { title: 'Meldungen' } });
    expect(filled('a {b} {c}', { b: '{c}' })).toBe('a {c} {c}');
  });

  it('say when it was', () => {
    const now = Date.UTC(2026, 10, 26, 9);
    const ago = (ms: number) => timeAgo('fr', now - ms, now);
    expect([0, 61_000, 3 * 3_600_000, 86_400_000].map(ago)).toEqual([
      'maintenant',
      'il y a 1 minute',
      'il y a 3 heures',
      'il y a 1 jour',
    ]);
    expect(ago(8 * 86_400_000)).toMatch(/^18 nov\.? 2026$/);
    expect(ago(-86_400_000)).toMatch(/^27 nov\.? 2026$/); // a clock that is ahead of the page's
    // To the minute, with the zone in which it is read, wherever this runs.
    const zone = new Intl.DateTimeFormat('fr', { timeZoneName: 'short' }).formatToParts(now).at(-1)?.value;
    expect(fullTime('fr', now)).toMatch(/^\p{L}+ 2[567] novembre 2026 à \d\d:\d\d \S/u);
    expect(fullTime('fr', now).endsWith(` ${zone}`)).toBe(true);
  });
});
