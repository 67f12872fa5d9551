// A collection that is read whole: each page once, in order, and one that never ends is given up.
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
  expect(read.items).toEqual(all);
  expect(asked).toEqual([{ limit: 200 }, { limit: 200, cursor: '200' }, { limit: 200, cursor: '400' }]);
});

it('gives up one that never ends, and says so', async () => {
  await expect(everyPage(async () => ({ items: [1], nextCursor: 'again' }))).rejects.toThrow(/more than 20000/);
});
