// A whole collection, page after page: what somebody chooses from, or looks for in a list that has no next page, is there however many
// there are. What grows with every day (follow-ups, messages, people) is read as it is asked for instead.
import type { Page, Query } from '@relance/client';

/** What the server gives at most at once. */
const PAGE_ITEMS = 200;
/** More definitions than anybody keeps: of more the first are shown, and it is said that there are more (shell/not-all.tsx). */
const PAGES_MAX = 100;

export interface EveryPage<T> {
  readonly items: readonly T[];
  /** Whether these are all. */
  readonly complete: boolean;
}

export async function everyPage<T>(list: (query: Query) => Promise<Page<T>>): Promise<EveryPage<T>> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page: Page<T> = await list({ limit: PAGE_ITEMS, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return { items, complete: true };
  }
  return { items, complete: false };
}
