// What doctor sees of the database: whether it answers, its version, user, schema and clock, and for the bundled one its
// folder and disk. The rest is examine.ts. Starts and changes nothing.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '@relance/core';
import pg from 'pg';
import { runningBundledUrl } from '../store/bundled.ts';
import { findBinaries } from '../store/bundled-binaries.ts';
import { migrationNames } from '../store/migrate.ts';
import type { Config } from './config.ts';
import { type Examined, fail, good, REACH_MAX_MS, warn } from './finding.ts';

const POSTGRES_MIN = 150_000;
const SKEW_MAX_MS = 5_000;
/** The bundled PostgreSQL begins with about 60 MB; below this it soon stops for want of room. */
const DISK_FREE_MIN = 1024 ** 3;

interface DatabaseRow {
  readonly version: string;
  readonly number: number;
  readonly now: string;
  readonly superuser: boolean;
  readonly migrated: boolean;
}

export async function examineDatabase(config: Config, now: () => Instant): Promise<readonly Examined[]> {
  if (config.databaseUrl !== null) return examineServer(config.databaseUrl, now, CHECK_URL);
  const place = [examineDataDir(config.dataDir), examineDisk(config.dataDir)];
  return [...(await examineBundled(config.dataDir, now)), ...place];
}

async function examineBundled(dataDir: string, now: () => Instant): Promise<readonly Examined[]> {
  try {
    findBinaries();
    const url = runningBundledUrl(dataDir);
    if (url !== null) return await examineServer(url, now, CHECK_BUNDLED);
    return [good('Database', 'the bundled PostgreSQL is not running; serve starts it')];
  } catch (error) {
    const { message, next = CHECK_BUNDLED } = error as Error & { next?: string };
    return [fail('Database', message, next)];
  }
}

const CHECK_URL = 'Check RELANCE_DATABASE_URL, and that the server runs and lets you in.';
const CHECK_BUNDLED = 'Stop every Relance on this data directory and start one: it starts the database afresh.';

async function examineServer(url: string, now: () => Instant, next: string): Promise<readonly Examined[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: REACH_MAX_MS,
    application_name: 'relance doctor',
  });
  client.on('error', () => {}); // a server that goes away meanwhile is reported by the query that fails
  try {
    await client.connect();
    const { rows } = await client.query<DatabaseRow>(`
      SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
        extract(epoch FROM clock_timestamp()) * 1000 AS now,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
        to_regclass('relance.migrations') IS NOT NULL AS migrated`);
    const [row] = rows;
    if (row === undefined) return [];
    return [
      examineVersion(row),
      examineUser(row),
      await examineSchema(client, row.migrated),
      examineSkew(now() - Number(row.now)),
    ];
  } catch (error) {
    const said = (error as Error).message || String((error as { code?: string }).code);
    return [fail('Database', said, next)];
  } finally {
    await client.end().catch(() => {});
  }
}

const examineVersion = ({ version, number }: DatabaseRow): Examined =>
  number >= POSTGRES_MIN
    ? good('Database', `PostgreSQL ${version}`)
    : fail('Database', `PostgreSQL ${version}`, 'Use PostgreSQL 15 or newer.');

const examineUser = ({ superuser }: DatabaseRow): Examined =>
  superuser
    ? warn(
        'Database user',
        'is a superuser, which Relance does not need',
        'Give it a user of its own that owns its database.',
      )
    : good('Database user', 'is not a superuser');

async function examineSchema(client: pg.Client, migrated: boolean): Promise<Examined> {
  if (!migrated) return good('Schema', 'is made at the first start');
  const applied = new Set(
    (await client.query<{ name: string }>('SELECT name FROM relance.migrations')).rows.map(({ name }) => name),
  );
  const names = migrationNames();
  const pending = names.filter((name) => !applied.has(name));
  const newer = [...applied].filter((name) => !names.includes(name));
  if (newer.length > 0)
    return fail('Schema', `was made by a newer Relance (${newer.join(', ')})`, 'Install the newer version.');
  return pending.length === 0
    ? good('Schema', 'is current')
    : warn('Schema', `${pending.join(', ')} not applied yet`, 'Run relance migrate, or start: serve does the same.');
}

function examineSkew(skewMs: number): Examined {
  const text = `${Math.round(skewMs)} ms against the database`;
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return good('Clock', text);
  return warn(
    'Clock',
    text,
    'Synchronise the clocks (NTP). Relance goes by the database, but signatures and sessions do not.',
  );
}

function examineDataDir(path: string): Examined {
  if (!existsSync(path)) return good('Data directory', `${path} is made at the first start`);
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return good('Data directory', path);
  } catch {
    return fail('Data directory', `${path} cannot be written`, 'Set RELANCE_DATA_DIR to a folder you may write to.');
  }
}

function examineDisk(path: string): Examined {
  let place = path;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  const text = `${((Number(bavail) * Number(bsize)) / 1024 ** 3).toFixed(1)} GiB free`;
  return Number(bavail) * Number(bsize) >= DISK_FREE_MIN
    ? good('Disk', text)
    : fail('Disk', text, 'Free some room, or set RELANCE_DATA_DIR to a larger disk.');
}
