// An empty database again: for the demo, whose story begins anew at each start. Refused while another Relance is
// connected, so that nothing is taken away from under a running one. Everything of Relance lives in one schema.
import pg from 'pg';

export async function beginAnew(url: string): Promise<'empty' | 'in_use'> {
  const client = new pg.Client({ connectionString: url, application_name: 'begin anew' });
  await client.connect();
  try {
    const others = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'relance%'`,
    );
    if ((others.rowCount ?? 0) > 0) return 'in_use';
    await client.query('DROP SCHEMA IF EXISTS relance CASCADE');
    return 'empty';
  } finally {
    await client.end();
  }
}
