// What a step has loaded stays while it works, however many policies and calendars there are.
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

it('reads a version whose words would be refused today: it was published, and what runs on it goes on', async () => {
  const consequence = '{{ 5 | money: "EURO" }}{% if subject.vip %} and your place{% endif %}';
  const old: Tx = {
    query: async <R>() =>
      [{ ...ref('old'), written: { ...written('old'), stages: [{ id: 'a', at: 'opened', consequence }] } }] as R[],
  };
  const book = new PolicyBook();
  await book.load(old, [ref('old')], NOW);
  expect(book.get(ref('old')).stages[0]?.consequence).toBe(consequence);
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

it('a calendar is not lost to whoever asks while others have more of them than are kept', async () => {
  const office = { zone: 'Europe/Paris', hours: { 'mon-fri': '09:00-18:00' } };
  /** Each policy counts in a calendar of its own; nobody is told a body again that is known. */
  const calendars = (answered: Promise<void>): Tx => ({
    query: async <R>(text: string, values: readonly unknown[] = []) => {
      const [, ids = [], known = []] = values as (string | null)[][];
      if (text.includes('policy_versions'))
        return (ids as string[]).map((id) => ({ ...ref(id), written: { ...written(id), calendar: id } })) as R[];
      await answered;
      return ids.map((id, index) => ({
        tenant: 'default',
        id,
        stamp: '1',
        body: known[index] === '1' ? null : office,
      })) as R[];
    },
  });
  const quick = calendars(Promise.resolve());
  const book = new PolicyBook();
  const many = Array.from({ length: 1_000 }, (_, index) => ref(`p${index}`));
  await book.load(quick, many, NOW);
  const slow = Promise.withResolvers<void>();
  const asking = book.load(calendars(slow.promise), [ref('p7')], NOW);
  for (const id of ['new', 'newer']) await book.load(quick, [ref(id)], NOW);
  slow.resolve();
  await asking;
  expect(book.get(ref('p7')).calendar?.zone).toBe('Europe/Paris');
});
