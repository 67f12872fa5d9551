// A new month's partitions are made beside whoever reads or writes: a backup that takes hours at the turn of a month must
// not stop everything, and a caller's own open transaction must not wait for itself.
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';

let url: string;
let drop: () => Promise<void>;
let backup: pg.Client;
let node: pg.Client;
beforeAll(async () => {
  ({ url, drop } = await createTestDatabase());
  [backup, node] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([backup.connect(), node.connect()]);
});
afterAll(async () => {
  await Promise.all([backup.end(), node.end()]);
  await drop();
});

const PARENTS = ['attempts', 'events', 'messages', 'receipts', 'timeline'];
const indexes = async (month: string) =>
  (
    await node.query(
      `SELECT replace(c.relname, $1, '') AS name, i.indisprimary AS primary, pg_get_indexdef(i.indexrelid, 1, true) AS first FROM pg_index i
       JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname LIKE '%\\_' || $1 ORDER BY 1, 2, 3`,
      [month],
    )
  ).rows;

it('while another transaction holds what it read and wrote', async () => {
  await node.query(`SELECT relance.ensure_month('2031-05-01Z')`);
  await backup.query('BEGIN');
  for (const parent of PARENTS) await backup.query(`LOCK TABLE relance.${parent} IN ROW EXCLUSIVE MODE`);
  await node.query(`SET lock_timeout = '2s'`);
  await node.query(`SELECT relance.ensure_month('2031-07-01Z')`);
  await backup.query('COMMIT');
  const { rows } = await node.query(
    `SELECT p.relname AS parent FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_class p ON p.oid = inhparent
     WHERE c.relname LIKE '%\\_203107' AND c.relkind = 'r' ORDER BY 1`,
  );
  expect(rows.map(({ parent }) => parent)).toEqual(PARENTS);
  expect(await indexes('203107')).toEqual(await indexes('203105'));
  expect((await indexes('203107')).length).toBeGreaterThan(PARENTS.length);
});

it('and again changes nothing', async () => {
  await node.query(`SELECT relance.ensure_month('2031-07-31Z')`);
});
