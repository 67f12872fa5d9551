// One PostgreSQL for all database tests: RELANCE_TEST_DATABASE_URL when set (an external server, PostgreSQL 15 or newer),
// else the bundled one in a temporary folder, with fsync off because no test pulls the plug on it. A migrated template
// database is made once; test/database.ts copies it for each test file.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startBundledServer } from '../packages/server/src/store/bundled.ts';
import { isAlive } from '../packages/server/src/store/bundled-lock.ts';
import { migrate } from '../packages/server/src/store/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

export const TEMPLATE = 'relance_template';
const PREFIX = 'relance-test-';

interface Shared {
  server: Promise<{ url: string; stop: () => Promise<void> }>;
  users: number;
}
/** Each project reads this file anew, in one process: what they share is where each of them finds it. */
const here = globalThis as { relanceTestDatabases?: Shared };

async function begin(): Promise<{ url: string; stop: () => Promise<void> }> {
  const external = process.env.RELANCE_TEST_DATABASE_URL;
  if (external !== undefined && external !== '') {
    await makeTemplate(external);
    return { url: external, stop: async () => {} };
  }
  removeOrphans();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const bundled = await startBundledServer({
    dataDir: folder,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  await makeTemplate(bundled.url);
  return {
    url: bundled.url,
    stop: async () => {
      await bundled.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a run that was killed has left; a server that has lost its folder ends by itself. */
function removeOrphans(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = name.startsWith(PREFIX) ? (/^(\d+)-/.exec(name.slice(PREFIX.length)) ?? []) : [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function makeTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href);
  await makeMonths(template.href);
}

/** Those of today, and those in which worlds begin (test/world.ts): making them anew for each takes a third of its beginning. */
async function makeMonths(url: string): Promise<void> {
  const template = new pg.Client({ connectionString: url });
  await template.connect();
  await template.query(
    `SELECT relance.ensure_month(m + n * interval '1 month')
     FROM unnest(ARRAY[date_trunc('month', now()), '2026-11-01Z'::timestamptz]) AS m, generate_series(0, 1) AS n`,
  );
  await template.end();
}

/** Called once for each project that needs a database; they share one server. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  here.relanceTestDatabases ??= { server: begin(), users: 0 };
  const shared = here.relanceTestDatabases;
  shared.users += 1;
  const { url, stop } = await shared.server;
  project.provide('databaseUrl', url);
  return async () => {
    shared.users -= 1;
    if (shared.users === 0) await stop();
  };
}
