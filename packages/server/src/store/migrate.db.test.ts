// Starting on a database that an administrator prepared: a user who may create nothing finds nothing to create.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../../test/database.ts';
import { migrate } from './migrate.ts';

it('asks for no more rights than it needs once the schema is there', async () => {
  const { url, drop } = await createTestDatabase();
  const name = `plain_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'plain' NOSUPERUSER NOCREATEROLE NOCREATEDB`);
    await admin.query(`GRANT relance_engine, relance_api TO ${name}`);
    const own = Object.assign(new URL(url), { username: name, password: 'plain' });
    expect(await migrate(own.href)).toEqual([]);
  } finally {
    await admin.query(`DROP ROLE ${name}`).finally(() => admin.end());
    await drop();
  }
});
