// All that a filter says, page after page, beside what a list shows: nothing of it stays, and news does not begin it anew.
import type { Page } from '@relance/client';

/** What is acted on at once has a limit: whoever has more narrows the filters. */
export const CHOSEN_MAX = 5_000;

export interface Matching<T> {
  readonly items: readonly T[];
  /** Whether these are all. */
  readonly complete: boolean;
}

export const atMost = <T>(items: readonly T[], complete: boolean): Matching<T> => ({
  items: items.slice(0, CHOSEN_MAX),
  complete: complete && items.length <= CHOSEN_MAX,
});

/** Null: it was stopped. `said` hears how many there are so far. */
export async function readMatching<T>(
  page: (cursor: { readonly cursor?: string }) => Promise<Page<T>>,
  signal: AbortSignal,
  said: (read: number) => void,
): Promise<Matching<T> | null> {
  const items: T[] = [];
  let cursor: string | null = null;
  while (!signal.aborted) {
    const next: Page<T> = await page(cursor === null ? {} : { cursor });
    if (signal.aborted) break;
    items.push(...next.items);
    said(items.length);
    cursor = next.nextCursor;
    if (cursor === null || items.length >= CHOSEN_MAX) return atMost(items, cursor === null);
  }
  return null;
}
