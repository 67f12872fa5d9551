// `npm run races`: the races of test/e2e/races.test.ts fifty times over, or as many as are asked (`npm run races -- 100000`).
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'test/e2e/races.test.ts'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_TEST_RACES: process.argv[2] ?? '20000' } },
);
process.exitCode = status ?? 1;
