// `npm run worlds`: the small worlds of packages/core/src/small-worlds.test.ts one act deeper than `npm test` goes, which takes
// minutes; or as deep as is asked (`npm run worlds -- 5`).
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'packages/core/src/small-worlds.test.ts'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_WORLDS_DEPTH: process.argv[2] ?? '4' } },
);
process.exitCode = status ?? 1;
