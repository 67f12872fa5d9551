// `npm run ready`: every story of every ready policy on the real engine, of which `npm test` plays the first ones.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'test/e2e/ready.test.ts'],
  { stdio: 'inherit', env: { ...process.env, RELANCE_READY: 'all' } },
);
process.exitCode = status ?? 1;
