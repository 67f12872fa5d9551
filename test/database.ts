// A database of one's own for a test: a copy of the migrated template, dropped afterwards. Nothing is shared.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { TEMPLATE } from './database.setup.ts';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** `migrated: false` gives an empty database, for tests of the migrations themselves. */
export async function createTestDatabase(options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('databaseUrl');
  const name = `relance_test_${randomBytes(6).toString('hex')}`;
  // Its files as they are: written through the log, page by page, it takes four times as long.
  const template = options.migrated === false ? '' : ` TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY`;
  await onServer(server, `CREATE DATABASE ${name}${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/**
 * 55006: copying the template needs it to be unused for a moment, and another test file may be copying it too. 42501: whose
 * database it is may not end the vacuum that the server runs in it, which ends by itself.
 */
const PASSING = new Set(['55006', '42501']);

async function onServer(url: string, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(statement);
      return;
    } catch (error) {
      if (!PASSING.has((error as { code?: string }).code ?? '') || attempt >= 100) throw error;
    } finally {
      await client.end();
    }
    await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
  }
}
