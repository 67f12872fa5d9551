// What is read of groups, under one key.
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { readWorldAgain } from '../../queries.ts';

export const groupsQuery = queryOptions({
  queryKey: ['groups', 'list'],
  queryFn: () => everyPage(api.groups.list),
});
export const groupQuery = (id: string) =>
  queryOptions({ queryKey: ['groups', 'one', id], queryFn: () => api.groups.get(id) });
export const readGroupsAgain = (queries: QueryClient): Promise<void> => readWorldAgain(queries, ['groups']);
