// Work on many items, a few at a time: while one waits for the database, another decides.

/** Answers when nothing is under way any more, with the results in the order of the items; then throws the first failure. */
export async function abreast<T, R>(width: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = items.entries();
  const results: R[] = [];
  const row = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  for (const ended of await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, row)))
    if (ended.status === 'rejected') throw ended.reason;
  return results;
}
