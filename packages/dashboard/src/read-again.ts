// What is read again because something changed: of a list that somebody scrolled far down it is only noted that it is old. Each piece
// of news would have every one of its pages read anew, and the next piece would begin before they are all there.
import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';

/** Looking again reads every page that was scrolled to: of more than these only what is asked for. */
export const LOOKED_AT_PAGES = 2;

const isLong = ({ state: { data } }: Query): boolean =>
  typeof data === 'object' &&
  data !== null &&
  'pages' in data &&
  Array.isArray(data.pages) &&
  data.pages.length > LOOKED_AT_PAGES;

export async function readAgain(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey, predicate: (query) => !isLong(query) }),
    queries.invalidateQueries({ queryKey, predicate: isLong, refetchType: 'none' }),
  ]);
}
