// `npm run kills`: test/e2e/kill.test.ts with twenty kills of one node and twenty of two, or as many as are asked (`npm run kills -- 24`).
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'test/e2e/kill.test.ts'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_TEST_KILLS: process.argv[2] ?? '20' } },
);
process.exitCode = status ?? 1;
