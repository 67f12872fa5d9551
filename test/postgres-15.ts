// Runs the database and end-to-end tests on a PostgreSQL of the system (15 or newer) instead of the bundled one: started in
// a temporary folder as an unprivileged account, stopped afterwards. Says so when none is installed.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARY = '/usr/lib/postgresql';
const READY_MAX_MS = 30_000;

function newest(): string | null {
  if (!existsSync(LIBRARY)) return null;
  const versions = readdirSync(LIBRARY).filter(
    (name) => Number(name) >= 15 && existsSync(join(LIBRARY, name, 'bin', 'postgres')),
  );
  const best = versions.sort((a, b) => Number(b) - Number(a))[0];
  return best === undefined ? null : join(LIBRARY, best, 'bin');
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((one) => one.split(':'))
    .find(([name]) => name === 'postgres');
  return line === undefined ? {} : { uid: Number(line[2]), gid: Number(line[3]) };
}

const bin = newest();
if (bin === null) {
  console.log(
    'LEFT OUT: no PostgreSQL 15 or newer is installed under /usr/lib/postgresql (apt-get install postgresql).',
  );
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
const folder = mkdtempSync(join(tmpdir(), 'relance-postgres-'));
const as = account();
if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
const data = join(folder, 'data');
const made = spawnSync(
  join(bin, 'initdb'),
  ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
  { ...as, cwd: '/', encoding: 'utf8' },
);
if (made.status !== 0) throw new Error(made.stderr);
const port = await freePort();
const settings = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=200',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  `port=${port}`,
].flatMap((one) => ['-c', one]);
const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings], { ...as, cwd: '/', stdio: 'ignore' });
const since = performance.now();
while (
  !(existsSync(join(data, 'postmaster.pid')) && readFileSync(join(data, 'postmaster.pid'), 'utf8').includes('ready'))
) {
  if (performance.now() - since > READY_MAX_MS) throw new Error('the server does not become ready');
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(`On ${bin}:`);
const tests = spawnSync(
  'npx',
  ['vitest', 'run', '--project', 'database', '--project', 'e2e', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, RELANCE_TEST_DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/postgres` },
  },
);
server.kill('SIGINT');
await new Promise((resolve) => server.once('exit', resolve));
rmSync(folder, { recursive: true, force: true });
process.exitCode = tests.status ?? 1;
