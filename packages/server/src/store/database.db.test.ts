// The pool over a server that has become read-only, as the old primary is after a fail-over.
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../../test/database.ts';
import { ENGINE, isDatabaseDown, openDatabase } from './database.ts';

it('drops a connection whose server is read-only by now', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url, connectionsMax: 1 });
  try {
    const pid = () => database.transaction(ENGINE, (tx) => tx.query('SELECT pg_backend_pid() AS pid'));
    const first = await pid();
    const failure = await database
      .transaction(ENGINE, async (tx) => {
        await tx.query('SET TRANSACTION READ ONLY');
        await tx.query(`UPDATE relance.clock SET scale = 1`);
      })
      .catch((error: unknown) => error);
    expect(isDatabaseDown(failure)).toBe(true);
    expect(await pid()).not.toEqual(first);
  } finally {
    await database.close();
    await drop();
  }
});
