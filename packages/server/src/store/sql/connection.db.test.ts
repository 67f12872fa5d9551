// What a node that keeps connections in memory sees of changes that overtake each other on their way into the store.
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';
import { ENGINE, openDatabase } from '../database.ts';
import { connectionsChanged } from './connection.ts';

const INSERT = `INSERT INTO relance.connections (tenant, id, channel, provider, settings, position, receipt_key) VALUES ('t', $1, 'email', 'smtp', '{}', 1, $1)`;

it('a change that is committed after a later one is seen as well, and so is one that is deleted', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url });
  const slow = new pg.Client({ connectionString: url });
  await slow.connect();
  const mark = (): Promise<string> => database.transaction(ENGINE, connectionsChanged);
  try {
    await slow.query('BEGIN');
    await slow.query(INSERT, ['a']);
    await database.transaction(ENGINE, (tx) => tx.query(INSERT, ['b']));
    await database.transaction(ENGINE, (tx) => tx.query(INSERT, ['c']));
    const before = await mark();
    await database.transaction(ENGINE, (tx) => tx.query(`DELETE FROM relance.connections WHERE id = 'b'`));
    await slow.query('COMMIT');
    expect(await mark()).not.toBe(before);
    expect(await mark()).toBe(await mark());
  } finally {
    await slow.end();
    await database.close();
    await drop();
  }
});
