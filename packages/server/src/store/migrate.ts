// Brings a database to the newest schema: the numbered SQL files beside, each once, all in one transaction under a
// transaction-level advisory lock, so that two nodes starting at once do not collide (also behind a pooler).
// Run by `relance migrate`, by `serve` at start-up and by createRelance(). Refuses a schema newer than this program.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

const DIRECTORY = new URL('./migrations/', import.meta.url);
/** Any number no other program is likely to lock on. */
const LOCK = 7_305_411_952;
const SERVER_VERSION_MIN = 150_000;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

function migrations(): readonly Migration[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, DIRECTORY), 'utf8');
      return { number: Number.parseInt(name, 10), name, sql, digest: createHash('sha256').update(sql).digest('hex') };
    });
}

/** What this program knows, oldest first. */
export const migrationNames = (): readonly string[] => migrations().map(({ name }) => name);

export class MigrationError extends Error {
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.name = 'MigrationError';
    this.next = next;
  }
}

/** The names of migrations applied now, oldest first; empty when the schema was current. */
export async function migrate(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'relance migrate' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const applied = await apply(client);
    await client.query('COMMIT');
    return applied;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw explain(error);
  } finally {
    await client.end();
  }
}

async function apply(client: pg.Client): Promise<readonly string[]> {
  const version = Number((await client.query('SHOW server_version_num')).rows[0].server_version_num);
  if (version < SERVER_VERSION_MIN) {
    throw new MigrationError(`PostgreSQL ${Math.floor(version / 10_000)} is too old.`, 'Use PostgreSQL 15 or newer.');
  }
  // Looked at first: "if not exists" asks for the right to create also where nothing is to be created.
  const { rows: tables } = await client.query("SELECT to_regclass('relance.migrations') IS NOT NULL AS known");
  if (tables[0].known !== true) {
    await client.query('CREATE SCHEMA IF NOT EXISTS relance');
    await client.query(`CREATE TABLE relance.migrations (
    number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
  }
  const done = new Map<number, { name: string; digest: string }>(
    (await client.query('SELECT number, name, digest FROM relance.migrations')).rows.map((row) => [row.number, row]),
  );
  const known = migrations();
  for (const [number, row] of done) refuseUnknown(number, row, known);
  const missing = known.filter((migration) => !done.has(migration.number));
  if (missing.length > 0) await ensureRoles(client);
  for (const migration of missing) {
    await client.query(migration.sql);
    await client.query('INSERT INTO relance.migrations (number, name, digest) VALUES ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.digest,
    ]);
  }
  return missing.map((migration) => migration.name);
}

function refuseUnknown(number: number, row: { name: string; digest: string }, known: readonly Migration[]): void {
  const ours = known.find((migration) => migration.number === number);
  if (ours === undefined) {
    throw new MigrationError(
      `The database has migration ${row.name}, which this version does not know.`,
      'Run the version of Relance that made it, or a newer one.',
    );
  }
  if (ours.digest !== row.digest) {
    throw new MigrationError(
      `Migration ${row.name} differs from the one the database was made with.`,
      'Run the version of Relance that made it, or restore the file: applied migrations are never edited.',
    );
  }
}

const ROLES = ['relance_engine', 'relance_api'] as const;

async function ensureRoles(client: pg.Client): Promise<void> {
  for (const role of ROLES) {
    // Roles belong to the whole server: another database's migration may be making the same one at this moment.
    await client.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
    await client.query(`DO $$ BEGIN
      -- Since PostgreSQL 16 a member may be without the right to SET ROLE, and who makes a role is.
      IF NOT pg_has_role(current_user, '${role}', CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        EXECUTE format('GRANT ${role} TO %I', current_user);
      END IF;
    END $$`);
  }
}

function explain(error: unknown): unknown {
  const code = (error as { code?: string }).code;
  if (code === '42501') {
    return new MigrationError(
      `The database user may not do this: ${(error as Error).message}.`,
      `Let an administrator run (leaving out the roles that exist): CREATE ROLE relance_engine NOLOGIN; CREATE ROLE relance_api NOLOGIN; GRANT relance_engine, relance_api TO <user>; GRANT CREATE ON DATABASE <database> TO <user>;`,
    );
  }
  return error;
}
