// Everything that is read of one follow-up, under one key, so that a command makes all of it be read again.
import type { Page, TimelineItem } from '@relance/client';
import { queryOptions } from '@tanstack/react-query';
import { api, ifThere } from '../../api.ts';
import { everyPage } from '../../every-page.ts';
import { ZONE } from '../../moment.tsx';
import { LOOK_AGAIN_MS } from '../../queries.ts';
import type { Schema } from '../../schema-fields.tsx';

export const followUpKey = (id: string) => ['follow-ups', 'one', id] as const;
/** As many as the server gives at once. */
const LINES_MAX = 500;

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
/** Read when somebody opens it: there may be thousands. Null: it is no longer kept, though its line is (lines are kept longer). */
export const messageQuery = (id: string, message: string) =>
  queryOptions({
    queryKey: [...followUpKey(id), 'messages', message],
    queryFn: () => ifThere(api.messages.get(message)),
    refetchInterval: ({ state }) => (state.data === null ? false : LOOK_AGAIN_MS),
  });
export const repliesQuery = (id: string) =>
  queryOptions({
    queryKey: [...followUpKey(id), 'replies'],
    queryFn: () => everyPage((query) => api.replies.list({ followUp: id, ...query })),
  });

export interface PolicyAction {
  readonly id: string;
  readonly label: string;
  readonly answer?: Schema;
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
