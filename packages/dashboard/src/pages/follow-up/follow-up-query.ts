// Everything that is read of one follow-up, under one key, so that a command makes all of it be read again.
import type { Message, Page, TimelineItem } from '@relance/client';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { ZONE } from '../../moment.tsx';

export const followUpKey = (id: string) => ['follow-ups', 'one', id] as const;
/** As many as the server gives at once. */
const LINES_MAX = 500;
const MESSAGES_MAX = 200;

/** Lines are only added, never changed: its place names a line for good. */
export interface Line extends TimelineItem {
  readonly place: number;
}

async function allLines(id: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<TimelineItem> = await api.followUps.timeline(id, {
      zone: ZONE,
      limit: LINES_MAX,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const item of page.items) lines.push({ ...item, place: lines.length });
    cursor = page.nextCursor;
  } while (cursor !== null);
  return lines;
}

export const oneQuery = (id: string) =>
  queryOptions({ queryKey: followUpKey(id), queryFn: () => api.followUps.get(id) });
export const explainQuery = (id: string) =>
  queryOptions({ queryKey: [...followUpKey(id), 'explain'], queryFn: () => api.followUps.explain(id, { zone: ZONE }) });
export const timelineQuery = (id: string) =>
  queryOptions({ queryKey: [...followUpKey(id), 'timeline'], queryFn: () => allLines(id) });
export const messagesQuery = (id: string) =>
  queryOptions({
    queryKey: [...followUpKey(id), 'messages'],
    queryFn: async (): Promise<ReadonlyMap<string, Message>> => {
      const { items } = await api.followUps.messages(id, { limit: MESSAGES_MAX });
      return new Map(items.map((message) => [message.id, message]));
    },
  });
export const repliesQuery = (id: string) =>
  queryOptions({
    queryKey: [...followUpKey(id), 'replies'],
    queryFn: () => api.replies.list({ followUp: id, limit: 100 }),
  });

export interface PolicyAction {
  readonly id: string;
  readonly label: string;
  readonly answer?: Readonly<Record<string, unknown>>;
}
/** The version that a follow-up is pinned to never changes. */
export const pinnedQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['policies', 'version', id, version],
    queryFn: async () => {
      const { policy } = await api.policies.get(id, { version });
      const { title, actions = [] } = policy as { readonly title?: string; readonly actions?: readonly PolicyAction[] };
      return { title: title ?? id, actions };
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  });
