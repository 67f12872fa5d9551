// Everything that is read of people: the list as it is scrolled to, and what is known of one, under one key, so that a change makes
// all of it be read again.
import type { Message, Page, Recipient, Suppression } from '@relance/client';
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { LOOK_AGAIN_MS, readWorldAgain } from '../../queries.ts';
import { LOOKED_AT_PAGES } from '../../read-again.ts';
import { addressesOf } from './reach.ts';

/** What the server gives at most at once. */
const PAGE_ITEMS = 200;
/** A page of what belongs to one person. */
const SHOWN_ITEMS = 25;

const pagesOf = <T>(queryKey: readonly string[], read: (cursor: { readonly cursor?: string }) => Promise<Page<T>>) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam === '' ? {} : { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > LOOKED_AT_PAGES ? false : LOOK_AGAIN_MS),
    select: ({ pages }): readonly T[] => pages.flatMap(({ items }) => items),
  });

export const recipientsQuery = (q: string | undefined) =>
  pagesOf<Recipient>(['recipients', 'list', q ?? ''], (cursor) =>
    api.recipients.list({ q, limit: PAGE_ITEMS, ...cursor }),
  );

const oneKey = (id: string) => ['recipients', 'one', id];
/** In the follow-ups of the last 30 days: what the server counts unless told otherwise. */
export const interruptedOfQuery = (id: string) =>
  queryOptions({
    queryKey: [...oneKey(id), 'interrupted'],
    queryFn: async () => (await api.metrics.interrupted({ recipient: id })).rows[0] ?? null,
  });

export const recipientQuery = (id: string) =>
  queryOptions({ queryKey: oneKey(id), queryFn: () => api.recipients.get(id) });
export const preferencesQuery = (id: string) =>
  queryOptions({ queryKey: [...oneKey(id), 'preferences'], queryFn: () => api.recipients.preferences(id) });
export const choicesQuery = (id: string) =>
  queryOptions({
    queryKey: [...oneKey(id), 'changes'],
    queryFn: () => api.recipients.preferenceChanges(id, { limit: SHOWN_ITEMS }),
  });

export type MessageShown = 'all' | 'not-reached';
/** Ends of a message that did not reach its reader, or may not have. */
const NOT_REACHED = 'suppressed,failed,bounced,uncertain';
export const messagesOfQuery = (id: string, shown: MessageShown) =>
  pagesOf<Message>([...oneKey(id), 'messages', shown], (cursor) =>
    api.messages.list({
      recipient: id,
      status: shown === 'all' ? undefined : NOT_REACHED,
      limit: SHOWN_ITEMS,
      ...cursor,
    }),
  );
export const followUpsOfQuery = (id: string) =>
  pagesOf([...oneKey(id), 'follow-ups'], (cursor) =>
    api.followUps.list({ assignee: id, limit: SHOWN_ITEMS, ...cursor }),
  );
export const activityQuery = (id: string) =>
  pagesOf([...oneKey(id), 'activity'], (cursor) => api.recipients.activity(id, { limit: SHOWN_ITEMS, ...cursor }));

/** What is said of each of their addresses in the suppression ledger. */
export const suppressionsOfQuery = (recipient: Recipient) => {
  const addresses = addressesOf(recipient);
  return queryOptions({
    queryKey: [...oneKey(recipient.id), 'suppressions', ...addresses.map(({ channel, address }) => channel + address)],
    queryFn: async (): Promise<readonly Suppression[]> => {
      const pages = await Promise.all(
        addresses.map(({ channel, address }) => api.suppressions.list({ channel, address })),
      );
      return pages.flatMap(({ items }) => items);
    },
  });
};

/** After a change: who they are is read again everywhere. */
export const readPeopleAgain = (queries: QueryClient): Promise<void> =>
  readWorldAgain(queries, ['recipients', 'person', 'overview']);
