// Of what is read again: a list of many pages is noted to be old, and not read.
import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { readAgain } from './read-again.ts';

it('reads again what is short, and notes that what is long is old', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const asked: string[] = [];
  const listOf = async (name: string, pages: number) => {
    const list = new InfiniteQueryObserver(queries, {
      queryKey: ['things', name],
      queryFn: ({ pageParam }) => {
        asked.push(`${name} ${pageParam}`);
        return pageParam;
      },
      initialPageParam: 1,
      getNextPageParam: (last: number) => last + 1,
    });
    const end = list.subscribe(() => {});
    await list.refetch();
    for (let page = 1; page < pages; page++) await list.fetchNextPage();
    return end;
  };
  const ends = [await listOf('short', 2), await listOf('long', 3)];
  const one = new QueryObserver(queries, { queryKey: ['things', 'one'], queryFn: () => asked.push('one') });
  ends.push(one.subscribe(() => {}));
  await one.refetch();
  asked.length = 0;
  await readAgain(queries, ['things']);
  expect(asked.toSorted()).toEqual(['one', 'short 1', 'short 2']);
  expect(queries.getQueryState(['things', 'long'])?.isInvalidated).toBe(true);
  expect(queries.getQueryState(['things', 'short'])?.isInvalidated).toBe(false);
  for (const end of ends) end();
});
