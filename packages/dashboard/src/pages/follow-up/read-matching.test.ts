// All that a filter says: to its end, to as many as go at once, or until somebody stops it.
import type { Page } from '@relance/client';
import { expect, it } from 'vitest';
import { atMost, CHOSEN_MAX, readMatching } from './read-matching.ts';

const PAGE = 200;

function pagesOf(count: number) {
  const all = Array.from({ length: count }, (_, n) => n);
  const asked: (string | undefined)[] = [];
  const page = async ({ cursor }: { readonly cursor?: string }): Promise<Page<number>> => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    return { items: all.slice(from, from + PAGE), nextCursor: from + PAGE < count ? String(from + PAGE) : null };
  };
  return { all, asked, page };
}

it('reads to the end, and says how far it is', async () => {
  const { all, asked, page } = pagesOf(450);
  const said: number[] = [];
  const read = await readMatching(page, new AbortController().signal, (so) => said.push(so));
  expect(read).toEqual({ items: all, complete: true });
  expect(asked).toEqual([undefined, '200', '400']);
  expect(said).toEqual([200, 400, 450]);
});

it('ends with as many as go at once, and knows whether there are more', async () => {
  const { signal } = new AbortController();
  const most = pagesOf(CHOSEN_MAX + 1);
  expect(await readMatching(most.page, signal, () => {})).toEqual({
    items: most.all.slice(0, CHOSEN_MAX),
    complete: false,
  });
  expect(most.asked).toHaveLength(CHOSEN_MAX / PAGE);
  const just = pagesOf(CHOSEN_MAX);
  expect(await readMatching(just.page, signal, () => {})).toEqual({ items: just.all, complete: true });
  expect(atMost(most.all, true)).toMatchObject({ complete: false });
});

it('asks for nothing more when it is stopped, and answers nothing', async () => {
  const { asked, page } = pagesOf(1_000);
  const stop = new AbortController();
  const read = readMatching(page, stop.signal, (so) => {
    if (so === 400) stop.abort();
  });
  expect(await read).toBeNull();
  expect(asked).toEqual([undefined, '200']);
});
