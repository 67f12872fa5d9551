// The bundled PostgreSQL, started and supervised by Relance so that nothing need be installed. One server for one data
// directory, whoever starts first; others attach to it, also to one that outlived its parent. It runs in its own process
// group (Ctrl-C must not stop the database before Relance has drained), listens on loopback only, and is never used as
// superuser: `relance` owns its database and nothing more, or row-level security would be tested emptily.
//
// As root the server runs as an unprivileged account. Where that account cannot reach the data directory (a project of
// mode 0700), the files live under /var/lib/relance and the data directory remembers where.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { BundledServerError, prepareBinaries } from './bundled-binaries.ts';
import { holdLock, isAlive } from './bundled-lock.ts';
import { type Remembered, recall, remember, usualPlace } from './bundled-memory.ts';

export interface BundledServer {
  /** As the unprivileged owner of the database `relance`. */
  readonly url: string;
  readonly dataDir: string;
  /** True when the server was running already. */
  readonly attached: boolean;
  /** The server process of the connection that shows we are here. */
  readonly presencePid: number;
  /** Stops it unless another Relance is connected. The caller has closed its own pools. */
  stop(): Promise<'stopped' | 'left_running'>;
}

export interface BundledOptions {
  readonly dataDir: string;
  readonly log?: (line: string) => void;
  /** More server settings; the tests turn fsync off. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A free one by default; a restart may want its old one. */
  readonly port?: number;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  max_connections: '100',
  random_page_cost: '1.1',
  log_timezone: 'UTC',
  timezone: 'UTC',
  jit: 'off',
  dynamic_shared_memory_type: 'mmap',
};
const READY_MAX_MS = 60_000;
const POLL_MS = 20;
const STOP_MAX_MS = 30_000;

export async function startBundledServer(options: BundledOptions): Promise<BundledServer> {
  const dataDir = resolve(options.dataDir);
  const account = unprivilegedAccount();
  const log = options.log ?? (() => {});
  makeDataDir(dataDir);
  const release = await holdLock(join(dataDir, 'start.lock'));
  try {
    const binaries = prepareBinaries(account.uid !== undefined);
    const remembered = recall(dataDir) ?? initialise(dataDir, binaries, account, log);
    const running = await runningPort(remembered.place);
    const owner = ownerOf(remembered.place, account);
    const port = running ?? (await launch(binaries, remembered.place, owner, options, log));
    await ensureDatabase(remembered, port);
    const presence = await showPresence(remembered, port);
    log(
      running === null
        ? `The bundled PostgreSQL is ready on 127.0.0.1:${port}.`
        : `Attached to the PostgreSQL that is running on 127.0.0.1:${port}.`,
    );
    return {
      url: relanceUrl(remembered, port),
      dataDir,
      attached: running !== null,
      presencePid: presence.pid,
      stop: () => stopServer(dataDir, remembered, port, presence),
    };
  } finally {
    release();
  }
}

/** Where the bundled server of this directory runs at this moment; null when it does not. Starts and mends nothing. */
export function runningBundledUrl(dataDir: string): string | null {
  const remembered = recall(resolve(dataDir));
  const file = remembered === null ? null : readPidFile(remembered.place);
  if (remembered === null || file === null || !file.ready || !isAlive(file.pid)) return null;
  return urlOf('relance', remembered.password, file.port, 'relance');
}

const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
const relanceUrl = ({ password }: Remembered, port: number): string => urlOf('relance', password, port, 'relance');

/** Files that are there are served as whoever owns them: which accounts a machine has may change. */
function ownerOf(place: string, account: Account): Account {
  if (account.uid === undefined) return account;
  const { uid, gid } = statSync(place);
  return uid === 0 ? account : { uid, gid };
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new BundledServerError(
      `The data directory ${dataDir} cannot be made: ${(error as Error).message}.`,
      'Set RELANCE_DATA_DIR to a folder you may write to.',
    );
  }
}

/** As root, PostgreSQL refuses to run: it is given to an account that exists. Otherwise it runs as we do. */
function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  if (account === undefined)
    throw new BundledServerError(
      'PostgreSQL does not run as root, and there is neither a `postgres` nor a `nobody` account.',
      'Run Relance as another user, or set RELANCE_DATABASE_URL.',
    );
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** initdb into a temporary folder, which is put in place when complete. */
function initialise(dataDir: string, binaries: string, account: Account, log: (line: string) => void): Remembered {
  const place = choosePlace(dataDir, account);
  const remembered = {
    place,
    superPassword: randomBytes(24).toString('base64url'),
    password: randomBytes(24).toString('base64url'),
  };
  const temporary = `${place}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  const passwordFile = `${place}.password`;
  writeFileSync(passwordFile, remembered.superPassword, { mode: 0o600 });
  for (const path of [temporary, passwordFile])
    if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  log('Making a database (once, a few seconds) …');
  const made = spawnSync(
    join(binaries, 'bin', 'initdb'),
    [
      '-D',
      temporary,
      '-U',
      'postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
    ],
    { ...account, cwd: '/', encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0)
    throw new BundledServerError(
      `initdb failed: ${(made.stderr || made.error?.message || '').trim().slice(0, 500)}`,
      'See the message, or set RELANCE_DATABASE_URL to a PostgreSQL of your own.',
    );
  remember(dataDir, remembered, temporary);
  return remembered;
}

function choosePlace(dataDir: string, account: Account): string {
  if (account.uid === undefined || reachable(dataDir)) {
    if (account.uid !== undefined) chmodSync(dataDir, 0o711); // its files stay 0600; only PostgreSQL's own folder inside is entered
    return usualPlace(dataDir);
  }
  const shelter = '/var/lib/relance';
  mkdirSync(shelter, { recursive: true, mode: 0o755 });
  return join(shelter, randomBytes(9).toString('hex'));
}

/** Whether any account may pass through every folder above. */
function reachable(dataDir: string): boolean {
  for (let folder = dirname(dataDir); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

function readPidFile(place: string): PidFile | null {
  try {
    const lines = readFileSync(join(place, 'postmaster.pid'), 'utf8')
      .split('\n')
      .map((line) => line.trim());
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7] === 'ready' };
  } catch {
    return null;
  }
}

/** The port of a server that runs on these files. A pid file that a crash or another process's pid left behind is removed. */
async function runningPort(place: string): Promise<number | null> {
  for (const since = performance.now(); performance.now() - since < READY_MAX_MS; await pause()) {
    const file = readPidFile(place);
    if (file === null) return null;
    if (!isAlive(file.pid) || !isPostgres(file.pid, place)) {
      rmSync(join(place, 'postmaster.pid'), { force: true });
      return null;
    }
    if (file.ready) return file.port;
  }
  throw new BundledServerError(`A PostgreSQL on ${place} does not become ready.`, `See ${join(place, 'relance.log')}.`);
}

/** Linux tells what a pid runs; elsewhere a live pid in postmaster.pid is believed, as PostgreSQL itself does. */
function isPostgres(pid: number, place: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('postgres') && command.includes(place);
  } catch {
    return false;
  }
}

const pause = () => new Promise<void>((done) => setTimeout(done, POLL_MS));

async function launch(
  binaries: string,
  place: string,
  account: Account,
  { settings: more = {}, port: wanted }: BundledOptions,
  log: (line: string) => void,
): Promise<number> {
  const port = wanted ?? (await freePort());
  const settings = Object.entries({ ...SETTINGS, ...more, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const logFile = join(place, 'relance.log');
  const output = openSync(logFile, 'a', 0o600);
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', place, ...settings], {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
  });
  let failure: string | null = null;
  child.on('error', (error) => {
    failure = error.message;
  });
  child.on('exit', (code) => {
    failure ??= `it ended with code ${code}`;
  });
  child.unref();
  for (const since = performance.now(); performance.now() - since < READY_MAX_MS; await pause()) {
    if (failure !== null) break;
    const file = readPidFile(place);
    if (file?.ready === true && file.pid === child.pid) return port;
  }
  const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' ');
  log(tail);
  throw new BundledServerError(
    `The bundled PostgreSQL did not start: ${failure ?? 'it did not become ready'}. ${tail}`,
    `See ${logFile}, or set RELANCE_DATABASE_URL to a PostgreSQL of your own.`,
  );
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? done(address.port) : failed(new Error('no free port')),
      );
    });
  });
}

async function asSuperuser<T>(
  remembered: Remembered,
  port: number,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: urlOf('postgres', remembered.superPassword, port, 'postgres'),
    application_name: 'supervisor',
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureDatabase(remembered: Remembered, port: number): Promise<void> {
  await asSuperuser(remembered, port, async (client) => {
    const role = await client.query(`SELECT FROM pg_roles WHERE rolname = 'relance'`);
    if (role.rowCount === 0)
      await client.query(`CREATE ROLE relance LOGIN CREATEDB CREATEROLE PASSWORD '${remembered.password}'`);
    const database = await client.query(`SELECT FROM pg_database WHERE datname = 'relance'`);
    if (database.rowCount === 0) await client.query('CREATE DATABASE relance OWNER relance');
  });
}

interface Presence {
  readonly client: pg.Client;
  readonly pid: number;
}

/** One connection from before the lock is released, so that whoever stops meanwhile sees that we are on our way. */
async function showPresence(remembered: Remembered, port: number): Promise<Presence> {
  const client = new pg.Client({
    connectionString: relanceUrl(remembered, port),
    application_name: 'relance presence',
    keepAlive: true,
  });
  client.on('error', () => {}); // the server was stopped or has crashed: whoever needs it finds out
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0]?.pid ?? 0 };
}

async function stopServer(
  dataDir: string,
  remembered: Remembered,
  port: number,
  presence: Presence,
): Promise<'stopped' | 'left_running'> {
  const release = await holdLock(join(dataDir, 'start.lock'));
  try {
    const file = readPidFile(remembered.place);
    if (file === null || !isAlive(file.pid)) return 'stopped';
    const others = await asSuperuser(remembered, port, (client) =>
      client.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE 'relance%' AND pid <> $1`, [presence.pid]),
    );
    if ((others.rowCount ?? 0) > 0) return 'left_running';
    process.kill(file.pid, 'SIGINT');
    for (const since = performance.now(); performance.now() - since < STOP_MAX_MS; await pause()) {
      if (!isAlive(file.pid) || readPidFile(remembered.place) === null) return 'stopped';
    }
    return 'left_running';
  } finally {
    await presence.client.end().catch(() => {});
    release();
  }
}
