// The looks of many streams while the database is away: one of them finds out, and all are told. The clock is moved by hand.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Database } from '../store/database.ts';
import { InboxNews, type InboxQuestion } from './inbox-news.ts';
import type { RecipientPass } from './recipient-token.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const STREAMS = 600; // three statements
const question = (index: number): InboxQuestion => ({
  of: { tenant: 'default', recipient: `r${index}` } as RecipientPass,
  after: 0,
  told: [],
  count: false,
});

/** What becomes of the look of all, where its first transaction fails like this, and how many it makes. */
async function lookedAt(failure: Error): Promise<{ readonly transactions: number; readonly failed: number }> {
  let transactions = -1; // the first look, which is of one alone
  const transaction = async () => {
    if (++transactions === 1) throw failure;
    return [];
  };
  const news = new InboxNews({ database: { transaction } as unknown as Database });
  let failed = 0;
  for (let index = 0; index <= STREAMS; index++)
    news.next(question(index)).catch((error) => {
      expect(error).toBe(failure);
      failed += 1;
    });
  await vi.advanceTimersByTimeAsync(1_000);
  return { transactions, failed };
}

it('fails for all at once where the database is away', async () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(await lookedAt(away)).toEqual({ transactions: 1, failed: 600 });
});

it('fails for those alone who were looked for, where something else is wrong', async () => {
  expect(await lookedAt(new Error('a bug'))).toEqual({ transactions: 3, failed: 250 });
});
