// An empty database again: for the demo, whose story begins anew at each start. Refused while another Relance is
// connected, so that nothing is taken away from under a running one. Everything of Relance lives in one schema.
import pg from 'pg';

/** `ownPid`: the server process of the connection by which the caller itself shows that it is here (bundled.ts). */
export async function beginAnew(url: string, ownPid: number): Promise<'empty' | 'in_use'> {
  const client = new pg.Client({ connectionString: url, application_name: 'begin anew' });
  await client.connect();
  try {
    const others = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'relance%' AND pid <> $1`,
      [ownPid],
    );
    if ((others.rowCount ?? 0) > 0) return 'in_use';
    await client.query('DROP SCHEMA IF EXISTS relance CASCADE');
    return 'empty';
  } finally {
    await client.end();
  }
}
