// News that waits for its message: so much a tenant, and each tenant in its turn.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';
import { type Database, ENGINE, openDatabase, type Tx } from '../database.ts';
import { claimEarlyReceipts, EARLY_MAX, keepReceipts } from './receipt.ts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await createTestDatabase();
  drop = made.drop;
  database = openDatabase({ url: made.url });
});
afterAll(async () => {
  await database.close();
  await drop();
});
const run = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(ENGINE, work);
beforeEach(() => run((tx) => tx.query('DELETE FROM relance.early_receipts')));

const keep = (tenant: string, from: number, count: number): Promise<void> =>
  run((tx) =>
    keepReceipts(
      tx,
      tenant,
      'own',
      Array.from({ length: count }, (_, index) => ({ n: from + index })),
    ),
  );
const newsOf = async (tenant: string): Promise<number[]> =>
  (
    await run((tx) =>
      tx.query<{ n: number }>(
        `SELECT (news->>'n')::integer AS n FROM relance.early_receipts WHERE tenant = $1 ORDER BY 1`,
        [tenant],
      ),
    )
  ).map(({ n }) => n);

it('the oldest of a tenant make room, and those of others stay', async () => {
  await keep('small', 0, 3);
  await keep('large', 0, EARLY_MAX);
  await keep('large', EARLY_MAX, 10);
  const left = await newsOf('large');
  expect([left.length, left[0], left.at(-1)]).toEqual([EARLY_MAX, 10, EARLY_MAX + 9]);
  expect(await newsOf('small')).toEqual([0, 1, 2]);
});

it('a tenant with many has its turn, and no more than that', async () => {
  await keep('large', 0, 50);
  await keep('small', 0, 2);
  await run((tx) => tx.query(`UPDATE relance.early_receipts SET try_at = arrived_at - interval '1 minute'`));
  const claim = async (): Promise<string[]> => (await run((tx) => claimEarlyReceipts(tx, 10))).map((one) => one.tenant);
  const first = await claim();
  expect(first).toHaveLength(10);
  expect(first.filter((tenant) => tenant === 'small')).toHaveLength(2);
  for (let times = 0; times < 4; times++) expect(await claim()).toHaveLength(10);
  expect(await claim()).toHaveLength(2);
  expect(await claim()).toEqual([]); // each is put off once it was claimed
});
