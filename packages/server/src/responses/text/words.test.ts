// What goes out as a text message in answer has only letters of its 7-bit alphabet, and room in one part, in every language.
import { segmentsOf } from '@relance/core';
import { expect, it } from 'vitest';
import { WORD_TABLES } from '../reply/language.ts';
import { ANSWER_WORDS, answerWordsIn } from './words.ts';

it('speaks every language that answers are read in, and English to the others', () => {
  expect(Object.keys(ANSWER_WORDS).sort()).toEqual(WORD_TABLES.map(({ language }) => language).sort());
  expect(answerWordsIn('pt-BR')).toBe(ANSWER_WORDS.pt);
  expect(answerWordsIn('ja')).toBe(ANSWER_WORDS.en);
});

it.each(Object.entries(ANSWER_WORDS))('in %s it costs no more than it must', (_language, words) => {
  const title = 'Invoice 17 of November'.padEnd(60, '.');
  const time = '27 Nov, 10:00';
  const said = [
    ...[words.done, words.acknowledged, words.noted, words.claimed, words.passedOn, words.undone, words.refused].map(
      (write) => write(title),
    ),
    `${words.later(title, time)} ${words.undo('10')}`,
    `${words.promised(title, time)} ${words.undo('120')}`,
    words.stopped('Acme'),
    words.started(null),
    words.help('Acme: help@acme.test. '),
    `${words.which} 1 ${title}`,
    words.unknownCode('51'),
  ];
  for (const one of said) expect([one, segmentsOf(one)]).toMatchObject([one, { encoding: 'gsm7', segments: 1 }]);
});
