// At nine in the morning everybody's digest is due: what is looked at to find the next few people, and what leaves alone beside
// them, does not grow with how much that is.
import type { Instant } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';
import { costOf } from '../../../../../test/plan.ts';
import { type Database, ENGINE, openDatabase } from '../database.ts';
import { keyedHash } from '../keyed-hash.ts';
import { claimOutbox } from './outbox.ts';
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

it('finds whose turn it is among all whose digest is due', async () => {
  const { most, rows } = await costOf(database, (tx) => claimTogether(tx, true, { ...WHO, rooms: ROOMS }));
  expect(new Set(rows.map(({ recipient }) => recipient)).size).toBe(25);
  expect(rows).toHaveLength(25 * OF_EACH);
  expect(most).toBeLessThan(5_000);
});
it('is not in the way of what leaves alone', async () => {
  const { most, rows } = await costOf(database, (tx) => claimOutbox(tx, 'each', { ...WHO, rooms: ROOMS }));
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
