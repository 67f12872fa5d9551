// What is read of channels: what serves them, the connections, the brands that there are, and what became of the last week's messages.
import type { Channel } from '@relance/client';
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { overviewQuery } from '../../queries.ts';

export const CHANNEL_NAMES: Readonly<Record<Channel, string>> = {
  email: 'Email',
  sms: 'Text message',
  push: 'Push',
  inbox: 'Inbox',
  chat: 'Chat',
  webhook: 'Webhook',
};

export const CHANNELS_KEY = ['channels'] as const;
/** After a change of a connection: which of them fail is told by the overview. */
export const readChannelsAgain = async (queries: QueryClient): Promise<void> => {
  const keys = [CHANNELS_KEY, overviewQuery.queryKey];
  await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
};
export const channelsQuery = queryOptions({
  queryKey: [...CHANNELS_KEY, 'served'],
  queryFn: async () => (await api.channels.list()).items,
});
export const connectionsQuery = queryOptions({
  queryKey: [...CHANNELS_KEY, 'connections'],
  queryFn: async () => (await everyPage(api.connections.list)).items,
});
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: async () => (await api.providers.list()).items,
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: false,
});

export const FATES_DAYS = 7;
const DAY_MS = 86_400_000;
export type Fates = ReadonlyMap<
  string | undefined,
  { readonly accepted: number; readonly delivered: number; readonly bounced: number }
>;
/** Of the follow-ups that opened in the last week. */
export const fatesQuery = queryOptions({
  queryKey: [...CHANNELS_KEY, 'fates'],
  queryFn: async (): Promise<Fates> => {
    const { now } = await api.clock.get();
    const from = new Date(Date.parse(now) - (FATES_DAYS - 1) * DAY_MS).toISOString();
    const { rows } = await api.metrics.channels({ from });
    return new Map(rows.map((row) => [row.channel, row]));
  },
});

const LOST_MAX = 8;
/** The newest that were refused or came back. */
export const lostQuery = queryOptions({
  queryKey: [...CHANNELS_KEY, 'lost'],
  queryFn: async () => {
    const [failed, bounced] = await Promise.all(
      ['failed', 'bounced'].map((status) => api.messages.list({ status, limit: LOST_MAX })),
    );
    const all = [...(failed?.items ?? []), ...(bounced?.items ?? [])];
    return all.toSorted((a, b) => (a.plannedAt < b.plannedAt ? 1 : -1)).slice(0, LOST_MAX);
  },
});
