// A server that cannot start stops what it began: nobody is left with a listener and loops that no hand can end.
import pg from 'pg';
import { afterEach, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../../../../test/database.ts';
import { quietLog, SECRET } from '../../../../test/world.ts';
import { ConnectionBook } from '../engine/connection-book.ts';
import { readConfig } from './config.ts';
import { startServer } from './serve.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('nothing of it is left where the database fails while it says which channels are captured', async () => {
  const { url, drop } = await createTestDatabase();
  const looker = new pg.Client({ connectionString: url });
  await looker.connect();
  const config = readConfig({
    RELANCE_DATABASE_URL: url,
    RELANCE_PORT: '0',
    RELANCE_SECRET_KEY: SECRET,
    RELANCE_API_KEY: 'an-api-key-for-tests-of-32-characters',
  });
  try {
    vi.spyOn(ConnectionBook.prototype, 'refresh').mockRejectedValue(new Error('the database went away'));
    await expect(startServer(config, { log: quietLog })).rejects.toThrow('the database went away');
    await expect
      .poll(
        async () =>
          (
            await looker.query(
              'SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND client_port IS NOT NULL',
            )
          ).rows,
      )
      .toEqual([]);
  } finally {
    await looker.end();
    await drop();
  }
});
