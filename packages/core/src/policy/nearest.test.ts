// "Did you mean": near names are found, far ones are not guessed.
import { expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

const names = ['status', 'stage', 'subject', 'dueAt', 'id'];

it.each([
  ['statsu', 'status'],
  ['Status', 'status'],
  ['dueat', 'dueAt'],
  ['subjekt', 'subject'],
  ['ix', 'id'],
  ['nonsense', null],
  ['', null],
  ['x'.repeat(5_000), null],
])('%s → %s', (written, name) => expect(nearest(written, names)).toBe(name));

it('is a sentence, or nothing', () => {
  expect(didYouMean('stauts', names)).toBe(' Did you mean `status`?');
  expect(didYouMean('nonsense', names)).toBe('');
});
