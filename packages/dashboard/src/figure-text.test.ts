// Figures as people read them: one of something is not many, and what is counted through has the ending that people say.
import { expect, it } from 'vitest';
import { numbered, ordinal } from './figure-text.ts';

it('says one of something as one', () => {
  expect([0, 1, 2_000].map((count) => numbered(count, 'row was', 'rows were'))).toEqual([
    '0 rows were',
    '1 row was',
    '2,000 rows were',
  ]);
});

it('counts through', () => {
  expect([1, 2, 3, 5, 6, 11, 12, 13, 21, 22, 23, 111].map(ordinal)).toEqual([
    'first',
    'second',
    'third',
    'fifth',
    '6th',
    '11th',
    '12th',
    '13th',
    '21st',
    '22nd',
    '23rd',
    '111th',
  ]);
});
