// The same stories on a PostgreSQL of the system (Debian's 15), beside the bundled one: test/postgres-15.ts starts it and runs
// them there. The whole suite on it is part of `npm run test:full`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const LIBRARY = '/usr/lib/postgresql';
const installed = existsSync(LIBRARY) && readdirSync(LIBRARY).some((version) => Number(version) >= 15);
if (!installed && process.env.CI === 'true')
  throw new Error('No system PostgreSQL is installed; .ci/run installs it so that nothing is left out.');
if (!installed)
  process.stderr.write('LEFT OUT: the stories on a PostgreSQL of the system (apt-get install postgresql).\n');
const inside = process.env.RELANCE_TEST_DATABASE_URL !== undefined; // already on one

it.runIf(installed && !inside)('tells the same stories on a PostgreSQL of the system', { timeout: 240_000 }, () => {
  const files = [
    'test/e2e/story.test.ts',
    'test/e2e/http-events.test.ts',
    'test/e2e/embedded.test.ts',
    'packages/server/src/http/routes/follow-up.db.test.ts',
  ];
  const run = spawnSync(process.execPath, ['test/postgres-15.ts', ...files], {
    encoding: 'utf8',
    env: {
      ...process.env,
      VITEST: undefined,
      VITEST_POOL_ID: undefined,
      VITEST_WORKER_ID: undefined,
    } as NodeJS.ProcessEnv,
  });
  expect(run.stdout + run.stderr).toMatch(/Test Files.*4 passed/);
  expect(run.status).toBe(0);
});
