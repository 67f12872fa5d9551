// Texts however they were typed, as the word tables know them.
import { expect, it } from 'vitest';
import { plain, wordsIn } from './plain-words.ts';

it.each([
  ['Erledigt!', ['erledigt']],
  ['C’est fait.', ['c', 'est', 'fait']],
  ['I’ll do it — by Friday', ['i', 'll', 'do', 'it', 'by', 'friday']],
  ['MAÑANA, por favor…', ['manana', 'por', 'favor']],
  ['Größe', ['grosse']],
  ['on 3.11. or 2026-11-02 at 9:30', ['on', '3.11', 'or', '2026-11-02', 'at', '9:30']],
  ['3rd 5pm 17h30', ['3', 'rd', '5', 'pm', '17', 'h', '30']],
  ['👍🏽', [':thumb:']],
  ['✔️ done ❤️', [':check:', 'done', ':smile:']],
  ['Done?', ['done', '?']],
  ['👎 + $', ['👎', '+', '$']],
  ['"done" (all) :-)', ['done', 'all']],
  ['', []],
  ['\ud800', ['\ufffd']],
])('%j', (text, words) => {
  expect(wordsIn(text)).toEqual(words);
});

it('lines stay', () => {
  expect(plain('Déjà\tvu\n Ça')).toBe('deja vu\n ca');
});
