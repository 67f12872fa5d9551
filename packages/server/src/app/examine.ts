// Looks at everything a start needs and says what is wrong and what to do: Node, the database, keys, the project folder,
// mail, disk. Changes nothing. `relance doctor` prints it.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '@relance/core';
import pg from 'pg';
import { verifySmtp } from '../channels/providers/smtp.ts';
import { migrationNames } from '../store/migrate.ts';
import { type Config, readStoredKeys } from './config.ts';
import { readProject } from './project.ts';

export interface Examined {
  readonly what: string;
  readonly ok: boolean;
  readonly text: string;
  readonly next?: string;
}

const NODE_MIN = [22, 18] as const;
const POSTGRES_MIN = 150_000;
const SKEW_MAX_MS = 5_000;
const REACH_MAX_MS = 3_000;
/** The bundled PostgreSQL begins with about 60 MB; below this it soon stops for want of room. */
const DISK_FREE_MIN = 1024 ** 3;

const good = (what: string, text: string): Examined => ({ what, ok: true, text });
const bad = (what: string, text: string, next: string): Examined => ({ what, ok: false, text, next });

export async function examine(config: Config, now: () => Instant): Promise<readonly Examined[]> {
  const [database, project, mail] = await Promise.all([
    examineDatabase(config, now),
    examineProject(config),
    examineMail(config),
  ]);
  return [
    examineNode(process.versions.node),
    examineVariables(config),
    ...database,
    examineKeys(config),
    project,
    mail,
  ];
}

export function examineNode(version: string): Examined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return enough ? good('Node', version) : bad('Node', version, `Install Node ${NODE_MIN.join('.')} or newer.`);
}

function examineVariables({ unknown }: Config): Examined {
  if (unknown.length === 0) return good('Environment', 'every RELANCE_ variable is known');
  return bad('Environment', `${unknown.join(', ')}: no such variable`, 'Correct the name, or remove it.');
}

interface DatabaseRow {
  readonly version: string;
  readonly number: number;
  readonly now: string;
  readonly superuser: boolean;
  readonly migrated: boolean;
}

async function examineDatabase(config: Config, now: () => Instant): Promise<readonly Examined[]> {
  if (config.databaseUrl === null) return [examineDataDir(config.dataDir), examineDisk(config.dataDir)];
  const client = new pg.Client({
    connectionString: config.databaseUrl,
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
    return [bad('Database', said, 'Check RELANCE_DATABASE_URL, and that the server runs and lets you in.')];
  } finally {
    await client.end().catch(() => {});
  }
}

const examineVersion = ({ version, number }: DatabaseRow): Examined =>
  number >= POSTGRES_MIN
    ? good('Database', `PostgreSQL ${version}`)
    : bad('Database', `PostgreSQL ${version}`, 'Use PostgreSQL 15 or newer.');

const examineUser = ({ superuser }: DatabaseRow): Examined =>
  good(
    'Database user',
    superuser
      ? 'is a superuser, which Relance does not need: better give it a user of its own that owns its database'
      : 'is not a superuser',
  );

async function examineSchema(client: pg.Client, migrated: boolean): Promise<Examined> {
  if (!migrated) return good('Schema', 'is made at the first start');
  const applied = new Set(
    (await client.query<{ name: string }>('SELECT name FROM relance.migrations')).rows.map(({ name }) => name),
  );
  const names = migrationNames();
  const pending = names.filter((name) => !applied.has(name));
  const newer = [...applied].filter((name) => !names.includes(name));
  if (newer.length > 0)
    return bad('Schema', `was made by a newer Relance (${newer.join(', ')})`, 'Install the newer version.');
  return good(
    'Schema',
    pending.length === 0 ? 'is current' : `${pending.join(', ')} will be applied at the next start`,
  );
}

function examineSkew(skewMs: number): Examined {
  const text = `${Math.round(skewMs)} ms against the database`;
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return good('Clock', text);
  return bad(
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
    return bad('Data directory', `${path} cannot be written`, 'Set RELANCE_DATA_DIR to a folder you may write to.');
  }
}

function examineDisk(path: string): Examined {
  let place = path;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  const text = `${((Number(bavail) * Number(bsize)) / 1024 ** 3).toFixed(1)} GiB free`;
  return Number(bavail) * Number(bsize) >= DISK_FREE_MIN
    ? good('Disk', text)
    : bad('Disk', text, 'Free some room, or set RELANCE_DATA_DIR to a larger disk.');
}

function examineKeys(config: Config): Examined {
  if (config.apiKey !== null && config.secretKey !== null) return good('Keys', 'are set');
  if (config.databaseUrl !== null) {
    return bad(
      'Keys',
      'RELANCE_API_KEY and RELANCE_SECRET_KEY must be set with a database of your own',
      'Make each with: openssl rand -base64 36',
    );
  }
  try {
    return good(
      'Keys',
      readStoredKeys(config.dataDir) === null ? 'are made at the first start' : 'are kept in the data directory',
    );
  } catch (error) {
    return bad('Keys', (error as Error).message, (error as { next?: string }).next ?? 'Restore keys.json.');
  }
}

async function examineProject(config: Config): Promise<Examined> {
  if (config.project === null) return good('Project', 'none; policies come over HTTP');
  try {
    const { policies, templates, recipients, groups } = await readProject(config.project);
    return good(
      'Project',
      `${policies.length} policies, ${templates.length} templates, ${recipients.length} recipients, ${groups.length} groups`,
    );
  } catch (error) {
    return bad('Project', (error as Error).message, 'Correct the files that are named.');
  }
}

async function examineMail(config: Config): Promise<Examined> {
  if (config.smtpUrl === null) return good('Mail', 'no RELANCE_SMTP_URL: mail is captured in the mailbox');
  const refused = await verifySmtp(config.smtpUrl, REACH_MAX_MS);
  return refused === null
    ? good('Mail', `${new URL(config.smtpUrl).host} lets us in`)
    : bad('Mail', refused, 'Check RELANCE_SMTP_URL: host, port, user and password.');
}
