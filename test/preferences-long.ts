// `npm run preferences`: a hundred of the lives of test/e2e/preferences.test.ts, or as many as are asked (`npm run preferences -- 1000`).
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'test/e2e/preferences.test.ts'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_TEST_PREFERENCES: process.argv[2] ?? '100' } },
);
process.exitCode = status ?? 1;
