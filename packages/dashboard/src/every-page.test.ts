// A collection that is read whole: each page once, in order, and of one that never ends the first.
import { expect, it } from 'vitest';
import { everyPage } from './every-page.ts';

it('reads on until there is no next page', async () => {
  const asked: unknown[] = [];
  const all = Array.from({ length: 450 }, (_, n) => n);
  const read = await everyPage(async (query) => {
    asked.push(query);
    const from = Number(query.cursor ?? 0);
    return { items: all.slice(from, from + 200), nextCursor: from + 200 < all.length ? String(from + 200) : null };
  });
  expect(read).toEqual({ items: all, complete: true });
  expect(asked).toEqual([{ limit: 200 }, { limit: 200, cursor: '200' }, { limit: 200, cursor: '400' }]);
});

it('gives the first of one that never ends, and says that they are not all', async () => {
  const read = await everyPage(async () => ({ items: Array.from({ length: 200 }, () => 1), nextCursor: 'again' }));
  expect(read.items).toHaveLength(20_000);
  expect(read.complete).toBe(false);
});
