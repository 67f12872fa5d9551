// `relance doctor`: looks at everything a start needs, says what is wrong and what to do. Exit code 1 when something is.
import { accessSync, constants, existsSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import type { Command } from 'commander';
import pg from 'pg';
import { type Config, readConfig, readStoredKeys } from '../app/config.ts';
import { readProject } from '../app/project.ts';
import { say } from './say.ts';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly text: string;
  readonly next?: string;
}

const NODE_MIN = [22, 18] as const;
const SKEW_MAX_MS = 5_000;
const REACH_MAX_MS = 3_000;

export function doctorCommand(program: Command): void {
  program.command('doctor').description('look at everything a start needs').option('--json', 'as JSON').action(async ({ json }: { json?: boolean }) => {
    const config = readConfig();
    const findings = [node(), ...(await database(config)), keys(config), await project(config), ...(await smtp(config))];
    if (json === true) say(JSON.stringify({ ok: findings.every((one) => one.ok), findings }, null, 2));
    else for (const one of findings) say(`${one.ok ? 'ok  ' : 'BAD '} ${one.what}: ${one.text}${one.next === undefined ? '' : `\n     Next: ${one.next}`}`);
    if (findings.some((one) => !one.ok)) process.exitCode = 1;
  });
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return { what: 'Node', ok, text: process.versions.node, ...(ok ? {} : { next: `Install Node ${NODE_MIN.join('.')} or newer.` }) };
}

async function database(config: Config): Promise<Finding[]> {
  if (config.databaseUrl === null) return [dataDir(config.dataDir)];
  const client = new pg.Client({ connectionString: config.databaseUrl, connectionTimeoutMillis: REACH_MAX_MS, application_name: 'relance doctor' });
  try {
    await client.connect();
    const { rows } = await client.query(`SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number, extract(epoch FROM clock_timestamp()) * 1000 AS now,
      (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser, to_regclass('relance.migrations') IS NOT NULL AS migrated`);
    const [row] = rows;
    const skewMs = Math.round(Date.now() - Number(row.now));
    return [
      { what: 'Database', ok: row.number >= 150_000, text: `PostgreSQL ${row.version}`, ...(row.number >= 150_000 ? {} : { next: 'Use PostgreSQL 15 or newer.' }) },
      { what: 'Database user', ok: true, text: row.superuser ? 'is a superuser: row-level security is a second net only for roles that are not; give Relance a user of its own' : 'is not a superuser' },
      { what: 'Schema', ok: true, text: row.migrated ? 'is there' : 'is made at the first start' },
      { what: 'Clock skew', ok: Math.abs(skewMs) <= SKEW_MAX_MS, text: `${skewMs} ms against the database`, ...(Math.abs(skewMs) <= SKEW_MAX_MS ? {} : { next: 'Synchronise the clocks (NTP); Relance itself goes by the database’s.' }) },
    ];
  } catch (error) {
    return [{ what: 'Database', ok: false, text: (error as Error).message, next: 'Check RELANCE_DATABASE_URL, and that the server runs and lets you in.' }];
  } finally {
    await client.end().catch(() => {});
  }
}

function dataDir(path: string): Finding {
  if (!existsSync(path)) return { what: 'Data directory', ok: true, text: `${path} is made at the first start` };
  try {
    accessSync(path, constants.W_OK);
    return { what: 'Data directory', ok: true, text: path };
  } catch {
    return { what: 'Data directory', ok: false, text: `${path} cannot be written`, next: 'Set RELANCE_DATA_DIR to a folder you may write to.' };
  }
}

function keys(config: Config): Finding {
  if (config.apiKey !== null && config.secretKey !== null) return { what: 'Keys', ok: true, text: 'are set' };
  if (config.databaseUrl !== null) return { what: 'Keys', ok: false, text: 'RELANCE_API_KEY and RELANCE_SECRET_KEY must be set with a database of your own', next: 'Make each with: openssl rand -base64 36' };
  return { what: 'Keys', ok: true, text: readStoredKeys(config.dataDir) === null ? 'are made at the first start' : 'are kept in the data directory' };
}

async function project(config: Config): Promise<Finding> {
  if (config.project === null) return { what: 'Project', ok: true, text: 'none; policies come over HTTP' };
  try {
    const read = await readProject(config.project);
    return { what: 'Project', ok: true, text: `${read.policies.length} policies, ${read.templates.length} templates, ${read.recipients.length} recipients, ${read.groups.length} groups` };
  } catch (error) {
    return { what: 'Project', ok: false, text: (error as Error).message, next: 'Correct the files that are named.' };
  }
}

async function smtp(config: Config): Promise<Finding[]> {
  if (config.smtpUrl === null) return [{ what: 'Mail', ok: true, text: 'no RELANCE_SMTP_URL: mail is captured in the mailbox' }];
  const url = new URL(config.smtpUrl);
  const port = url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port);
  const reached = await new Promise<string | null>((resolve) => {
    const socket = connectTcp({ host: url.hostname, port, timeout: REACH_MAX_MS });
    socket.on('connect', () => { socket.destroy(); resolve(null); });
    socket.on('timeout', () => { socket.destroy(); resolve('no answer in three seconds'); });
    socket.on('error', (error) => resolve(error.message));
  });
  return [{ what: 'Mail', ok: reached === null, text: reached ?? `${url.hostname}:${port} answers`, ...(reached === null ? {} : { next: 'Check RELANCE_SMTP_URL.' }) }];
}
