// What is read of schedules, under one key, and which of the people that one names are known.
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { readWorldAgain } from '../../queries.ts';

/** As many as the server takes at once. */
const IDS_AT_ONCE = 200;

export const schedulesQuery = queryOptions({
  queryKey: ['schedules', 'list'],
  queryFn: () => everyPage(api.schedules.list),
});
export const scheduleQuery = (id: string) =>
  queryOptions({ queryKey: ['schedules', 'one', id], queryFn: () => api.schedules.get(id) });

export const knownQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ['recipients', 'known', ...ids],
    queryFn: async (): Promise<ReadonlySet<string>> => {
      const known = new Set<string>();
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const part = ids.slice(from, from + IDS_AT_ONCE).join('/');
        for (const { id } of (await api.recipients.list({ ids: part, limit: IDS_AT_ONCE })).items) known.add(id);
      }
      return known;
    },
  });

export const readSchedulesAgain = (queries: QueryClient): Promise<void> => readWorldAgain(queries, ['schedules']);
