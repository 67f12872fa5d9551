// What the page knows of an inbox, as a value: pages of the list, events of the stream and answers of marks come in any order, late
// and twice, and make the same of it. What is read stays read, what is archived does not come back, and what shows as a plain item
// does not rise again: nothing that an inbox tells is ever taken back. Pure; store.ts asks, and shows what the reader has just done.
import type { InboxCounts, InboxItem } from '@relance/client';

export interface Known {
  readonly items: ReadonlyMap<string, InboxItem>;
  /** Archived, the last ones: an event of theirs that comes late is about what is over. */
  readonly gone: ReadonlySet<string>;
  /** As the server counts; where every item is here, they are counted here. */
  readonly counts: InboxCounts;
  /** Where the list goes on; null where all of it is here. */
  readonly cursor: string | null;
  /** Of the list, the oldest place that is here; 0 where all of it is. What is older comes with its page. */
  readonly floor: number;
}

export interface InboxPage extends InboxCounts {
  readonly items: readonly InboxItem[];
  readonly nextCursor: string | null;
}

const GONE_MAX = 1_000;

export const NOTHING_KNOWN: Known = {
  items: new Map(),
  gone: new Set(),
  counts: { unread: 0, total: 0, urgent: 0 },
  cursor: null,
  floor: 0,
};

/** The newest page, or the next older one. */
export function listed(known: Known, page: InboxPage): Known {
  const begun = { ...counted(known, page), cursor: page.nextCursor, floor: 0 };
  const all = page.items.reduce(told, begun);
  const oldest = page.items.at(-1)?.seq ?? 0;
  return { ...all, floor: page.nextCursor === null ? 0 : oldest };
}

/** One item as somebody told it: the stream, a page, or the answer to a mark. */
export function told(known: Known, item: InboxItem): Known {
  const { id } = item;
  if (item.archivedAt !== null) return left(known, id);
  if (known.gone.has(id) || (item.seq < known.floor && !known.items.has(id))) return known;
  const before = known.items.get(id);
  return { ...known, items: new Map(known.items).set(id, before === undefined ? item : merged(before, item)) };
}

/** It is archived, or its follow-up is over. */
export function left(known: Known, id: string): Known {
  const items = new Map(known.items);
  items.delete(id);
  const gone = [...known.gone].filter((one) => one !== id).slice(1 - GONE_MAX);
  return { ...known, items, gone: new Set([...gone, id]) };
}

export const counted = (known: Known, { unread, total, urgent }: InboxCounts): Known => ({
  ...known,
  counts: { unread, total, urgent },
});

/** Whose time as more than an item of the feed is over at this moment. */
export function lapsed(known: Known, ids: readonly string[]): Known {
  if (ids.length === 0) return known;
  const items = new Map(known.items);
  for (const id of ids) {
    const item = items.get(id);
    if (item !== undefined) items.set(id, { ...item, as: 'feed' });
  }
  return { ...known, items };
}

function merged(before: InboxItem, now: InboxItem): InboxItem {
  return { ...now, readAt: before.readAt ?? now.readAt, as: before.as === 'feed' ? 'feed' : now.as };
}

/** Newest first. */
export const inOrder = <T extends { readonly seq: number }>(items: Iterable<T>): readonly T[] =>
  [...items].sort((a, b) => b.seq - a.seq);

export const countOf = (items: readonly InboxItem[]): InboxCounts => {
  const unread = items.filter(({ readAt }) => readAt === null);
  const urgent = unread.filter(({ urgency }) => urgency === 'urgent');
  return { unread: unread.length, total: items.length, urgent: urgent.length };
};
