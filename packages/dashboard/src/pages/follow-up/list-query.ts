// The pages of a list of follow-ups, as they are scrolled to.
import type { FollowUp, Query } from '@relance/client';
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { LOOK_AGAIN_MS } from '../../queries.ts';
import { LOOKED_AT_PAGES } from '../../read-again.ts';
import type { ListSearch, Shown } from './list-search.ts';
import { type Matching, readMatching } from './read-matching.ts';

/** What the server gives at most at once. */
const PAGE_ITEMS = 200;

const FILTERS: Readonly<Record<Shown, Query>> = {
  live: { status: 'open,acknowledged' },
  attention: { attention: true },
  open: { status: 'open' },
  acknowledged: { status: 'acknowledged' },
  closed: { status: 'resolved,cancelled,expired' },
  all: {},
};

/** Whichever comes first: before that, everything is due before both. */
const earlier = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || other === undefined ? (one ?? other) : one < other ? one : other;

const filterOf = ({ show = 'live', why, overdue, due, ...same }: ListSearch, now: string | undefined): Query => ({
  ...FILTERS[show],
  ...(show === 'attention' && why !== undefined ? { attention: why } : {}),
  ...same,
  dueBefore: earlier(due, overdue === true ? now : undefined),
});

export const listQuery = (search: ListSearch, now: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['follow-ups', 'list', search],
    queryFn: ({ pageParam }) =>
      api.followUps.list({
        ...filterOf(search, now),
        limit: PAGE_ITEMS,
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: search.overdue !== true || now !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > LOOKED_AT_PAGES ? false : LOOK_AGAIN_MS),
    select: ({ pages }): readonly FollowUp[] => pages.flatMap(({ items }) => items),
  });

/** All that the filters say, not only what was scrolled to. */
export async function readAllOf(
  search: ListSearch,
  now: string | undefined,
  signal: AbortSignal,
  said: (read: number) => void,
): Promise<Matching<FollowUp> | null> {
  const filter = filterOf(search, now ?? (await api.clock.get()).now);
  return readMatching((cursor) => api.followUps.list({ ...filter, limit: PAGE_ITEMS, ...cursor }), signal, said);
}
