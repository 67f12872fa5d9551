// `npm run naughty`: the whole Big List of Naughty Strings through every field of every channel and back. A sample of it runs
// with the tests (test/e2e/naughty.test.ts); this is the same story with all of it.
import { spawnSync } from 'node:child_process';

const run = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'test/e2e/naughty.test.ts'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_NAUGHTY: 'all' } },
);
process.exitCode = run.status ?? 1;
