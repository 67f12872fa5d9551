// The server as npm starts it. npm and its shell end on SIGTERM without a word to their child, which must not stay behind
// with the port and the database.
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../database.ts';
import { API_KEY } from '../server.ts';
import { SECRET } from '../world.ts';

it('ends with the npm that started it', async () => {
  const database = await createTestDatabase();
  const { HOME = '', PATH = '' } = process.env;
  const npm = spawn('npm', ['run', 'relance', '--', 'serve'], {
    cwd: new URL('../..', import.meta.url),
    env: {
      HOME,
      PATH,
      RELANCE_DATABASE_URL: database.url,
      RELANCE_SECRET_KEY: SECRET,
      RELANCE_API_KEY: API_KEY,
      RELANCE_PORT: '0',
    },
  });
  try {
    let said = '';
    npm.stdout.on('data', (part) => (said += part));
    await expect.poll(() => said, { timeout: 40_000 }).toMatch(/listens on http/);
    const url = /listens on (http:\S+)/.exec(said)?.[1];
    npm.kill('SIGTERM');
    const answers = () =>
      fetch(`${url}/healthz`).then(
        () => true,
        () => false,
      );
    await expect.poll(answers, { timeout: 20_000, interval: 250 }).toBe(false);
  } finally {
    npm.kill('SIGKILL');
    await database.drop();
  }
}, 90_000);
