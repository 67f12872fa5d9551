// At nine in the morning everybody's digest is due: what is looked at to find the next few people, and what leaves alone beside
// them, does not grow with how much that is.
import type { Instant } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';
import { type Database, ENGINE, openDatabase, type Tx } from '../database.ts';
import { keyedHash } from '../keyed-hash.ts';
import { claimOutbox, type OutboxRow } from './outbox.ts';
import { claimTogether } from './together.ts';

const PEOPLE = Number(process.env.RELANCE_TEST_PEOPLE ?? 4_000);
const OF_EACH = 5;
const NOW = Date.parse('2026-11-02T09:00:00Z') as Instant;
const WHO = { now: NOW, node: 'one', leaseMs: 30_000, except: [], served: [] };
const ROOMS = [{ channel: 'email', room: 50, ownOnly: false }] as const;

let database: Database;
let drop: () => Promise<void>;
beforeEach(async () => {
  const made = await createTestDatabase();
  drop = made.drop;
  database = openDatabase({ url: made.url, connectionsMax: 2, hash: keyedHash(Buffer.alloc(32, 1)) });
  await fill(PEOPLE * OF_EACH, 'digest', '0 seconds');
  await fill(20, null, '0 seconds');
  await fill(PEOPLE, null, '3 days');
}, 120_000);
afterEach(async () => {
  await database.close();
  await drop();
});

/** Rows of an outbox that belong to nothing, spread over the slots. */
const fill = (count: number, together: string | null, after: string): Promise<unknown> =>
  database.transaction(ENGINE, (tx) =>
    tx.query(
      `INSERT INTO relance.outbox (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, send_at, together, otherwise, role, urgency, stopped_by, reason, planned_at)
       SELECT 0, gen_random_uuid(), 'default', gen_random_uuid(), 'notice', 1, 0, 0, 'person-' || n % ${PEOPLE}, 'email', 'queued', $2::timestamptz + $4::interval, $3, false, 'notice', 1, 0, 'opened', $2 FROM generate_series(1, $1::integer) AS n`,
      [count, new Date(NOW), together, after],
    ),
  );

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}
/** Rows that scans have looked at. */
const looked = (plan: Plan): number =>
  (plan['Node Type'].includes('Scan')
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, one) => sum + looked(one), 0);

/** The most that one of its statements looks at; it does what it does. */
async function costOf(claim: (tx: Tx) => Promise<readonly OutboxRow[]>) {
  return database.transaction(ENGINE, async (tx) => {
    let most = 0;
    const told: Tx = {
      ...tx,
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        await tx.query('SAVEPOINT plan');
        const [row] = await tx.query<{ 'QUERY PLAN': readonly { Plan: Plan }[] }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
          values as unknown[],
        );
        await tx.query('ROLLBACK TO SAVEPOINT plan');
        const plan = row?.['QUERY PLAN'][0]?.Plan;
        most = Math.max(most, plan === undefined ? Number.POSITIVE_INFINITY : looked(plan));
        return tx.query<Row>(text, values as unknown[]);
      },
    };
    const began = performance.now();
    const rows = await claim(told);
    if (process.env.RELANCE_TEST_PEOPLE !== undefined) console.log(most, performance.now() - began);
    return { most, rows };
  });
}

it('finds whose turn it is among all whose digest is due', async () => {
  const { most, rows } = await costOf((tx) => claimTogether(tx, true, { ...WHO, rooms: ROOMS }));
  expect(new Set(rows.map(({ recipient }) => recipient)).size).toBe(25);
  expect(rows).toHaveLength(25 * OF_EACH);
  expect(most).toBeLessThan(5_000);
});
it('is not in the way of what leaves alone', async () => {
  const { most, rows } = await costOf((tx) => claimOutbox(tx, 'each', { ...WHO, rooms: ROOMS }));
  expect(rows).toHaveLength(20);
  expect(most).toBeLessThan(1_000);
});
it('leaves what a full channel has no place for, and takes what goes by a connection of its tenant', async () => {
  const rooms = [{ channel: 'email', ownOnly: true }] as const;
  const claim = (served: Parameters<typeof claimTogether>[2]['served']) =>
    database.transaction(ENGINE, (tx) => claimTogether(tx, true, { ...WHO, rooms, served }));
  expect(await claim([])).toEqual([]);
  expect(await claim([{ tenant: 'default', channel: 'email' }])).toHaveLength(25 * OF_EACH);
});
