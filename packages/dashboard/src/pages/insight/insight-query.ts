// Figures as the server gives them, for what the address asks. A period ends today by the server's clock: in the demo days pass in seconds.
import type { CurveName, MetricQuery, MetricQuestion } from '@relance/client';
import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { clockQuery } from '../../queries.ts';
import { type InsightSearch, PERIOD_USUAL } from './insight-search.ts';

const DAY_MS = 86_400_000;

async function windowOf(queries: QueryClient, search: InsightSearch): Promise<MetricQuery> {
  const { policy } = search;
  const own = policy === undefined ? {} : { policy };
  if (search.from !== undefined || search.to !== undefined)
    return {
      ...own,
      ...(search.from === undefined ? {} : { from: search.from }),
      ...(search.to === undefined ? {} : { to: search.to }),
    };
  const { now } = await queries.fetchQuery(clockQuery);
  const days = search.days ?? PERIOD_USUAL;
  return { ...own, from: new Date(Date.parse(now) - (days - 1) * DAY_MS).toISOString() };
}

/** Which curve is drawn, and by what messages are told apart, changes no figure. */
const keyOf = ({ of: _of, by: _by, ...search }: InsightSearch) => search;

export const figuresQuery = (question: MetricQuestion, search: InsightSearch, groupBy?: string) =>
  queryOptions({
    queryKey: ['metrics', question, groupBy ?? '', keyOf(search)],
    queryFn: async ({ client }) =>
      api.metrics[question]({ ...(await windowOf(client, search)), ...(groupBy === undefined ? {} : { groupBy }) }),
    placeholderData: keepPreviousData,
  });

/** By how they were sent. */
export const messagesQuery = (groupBy: string, search: InsightSearch) =>
  queryOptions({
    queryKey: ['metrics', 'messages', groupBy, keyOf(search)],
    queryFn: async ({ client }) => api.metrics.messages({ ...(await windowOf(client, search)), groupBy }),
    placeholderData: keepPreviousData,
  });

/** Whom messages interrupted most. */
export const interruptedQuery = (search: InsightSearch) =>
  queryOptions({
    queryKey: ['metrics', 'interrupted', keyOf(search)],
    queryFn: async ({ client }) => api.metrics.interrupted(await windowOf(client, search)),
    placeholderData: keepPreviousData,
  });

export const curveQuery = (of: CurveName, search: InsightSearch) =>
  queryOptions({
    queryKey: ['metrics', 'curves', of, keyOf(search)],
    queryFn: async ({ client }) => api.metrics.curves({ ...(await windowOf(client, search)), of }),
    placeholderData: keepPreviousData,
  });

/** The same as the table that a spreadsheet reads. */
export const figuresCsv = async (
  queries: QueryClient,
  question: MetricQuestion | 'messages' | 'interrupted',
  search: InsightSearch,
  groupBy?: string,
): Promise<string> =>
  api.metrics.csv(question, {
    ...(await windowOf(queries, search)),
    ...(groupBy === undefined ? {} : { groupBy }),
  });

export const curveCsv = async (queries: QueryClient, of: CurveName, search: InsightSearch): Promise<string> =>
  api.metrics.curvesCsv({ ...(await windowOf(queries, search)), of });
