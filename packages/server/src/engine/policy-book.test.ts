// What a step has loaded stays while it works, however many policies there are.
import type { Instant } from '@relance/core';
import { expect, it } from 'vitest';
import type { Tx } from '../store/database.ts';
import type { PolicyRef } from '../store/sql/policy-version.ts';
import { PolicyBook } from './policy-book.ts';

const NOW = Date.UTC(2026, 10, 2) as Instant;
const ref = (id: string): PolicyRef => ({ tenant: 'default', id, version: 1 });
const written = (id: string) => ({
  policy: id,
  key: 'event.data.id',
  assignee: "'ana'",
  stages: [{ id: 'a', at: 'opened' }],
});

/** Every version that is asked for exists. */
const everything: Tx = {
  query: async <R>(_text: string, values: readonly unknown[] = []) =>
    (values[1] as string[]).map((id) => ({ ...ref(id), written: written(id) })) as R[],
};

it('never forgets a policy for others of the same set', async () => {
  const book = new PolicyBook(2);
  await book.load(everything, [ref('old')], NOW);
  await book.load(everything, [ref('other')], NOW);
  const set = ['old', 'new', 'newer'].map(ref); // more than it keeps, and the first was known the longest
  await book.load(everything, set, NOW);
  expect(set.map((one) => book.get(one).id)).toEqual(['old', 'new', 'newer']);
});

it('forgets what was asked for longest ago', async () => {
  const book = new PolicyBook(2);
  await book.load(everything, [ref('a')], NOW);
  await book.load(everything, [ref('b')], NOW);
  await book.load(everything, [ref('a')], NOW);
  await book.load(everything, [ref('c')], NOW);
  expect(book.get(ref('a')).id).toBe('a');
  expect(() => book.get(ref('b'))).toThrow('is missing');
});
