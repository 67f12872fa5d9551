// Four projects: unit (pure, beside the code, and zones against zdump), database (server rooms against a real PostgreSQL),
// e2e (whole roads, real clients), tidy (rules a machine checks).
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { memoryFolder } from './test/memory-folder.ts';

// Workers, servers and browsers have it from here; whoever set one of their own keeps it.
const folder = process.env.TMPDIR ?? memoryFolder();
if (folder !== null) process.env.TMPDIR = folder;

const setupFiles = ['test/seed.setup.ts'];
// Browsers and servers of a busy machine are waited for; what never comes is told all the same.
const database = {
  setupFiles,
  expect: { poll: { timeout: 15_000 } },
  globalSetup: ['test/database.setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // One fewer than the cores, as it would be otherwise, is one file at a time on a small machine, most of it waiting.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          isolate: false, // pure: files may share their modules, which take longer to read than to test
          include: ['packages/*/src/**/*.test.ts', 'test/zones/**/*.test.ts'],
          exclude: ['packages/server/src/**/*.db.test.ts'],
          testTimeout: 60_000, // a limit for what never ends, not a measure of a busy machine
        },
      },
      { test: { name: 'database', isolate: false, include: ['packages/server/src/**/*.db.test.ts'], ...database } },
      {
        test: { name: 'e2e', isolate: false, include: ['test/e2e/**/*.test.ts', 'test/sim/**/*.test.ts'], ...database },
      },
      { test: { name: 'tidy', isolate: false, setupFiles, include: ['test/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
});
