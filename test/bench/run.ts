// `npm run bench [-- fire|ingest|activity|deliver|simulate|check|email|render|metrics] [--quick]`: reported, never asserted. Each
// number stands beside its floor in the same run, because the machine is shared and only ratios travel. The bundled PostgreSQL with
// fsync on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startBundledServer } from '../../packages/server/src/store/bundled.ts';
import { ENGINE, openDatabase } from '../../packages/server/src/store/database.ts';
import { migrate } from '../../packages/server/src/store/migrate.ts';
import { ensureMonth } from '../../packages/server/src/store/sql/partition.ts';
import { activityBench } from './activity.ts';
import { checkBench } from './check.ts';
import { deliverBench } from './deliver.ts';
import { emailBench } from './email.ts';
import { fire } from './fire.ts';
import { ingest } from './ingest.ts';
import { machine } from './machine.ts';
import { metricsBench } from './metrics.ts';
import { renderBench } from './render.ts';
import { simulateBench } from './simulate.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const asked =
  positionals.length === 0
    ? ['fire', 'ingest', 'activity', 'deliver', 'simulate', 'check', 'email', 'render', 'metrics']
    : positionals;
if (asked.includes('simulate')) simulateBench((line) => console.log(line));
if (asked.includes('check')) await checkBench((line) => console.log(line));
if (asked.includes('email')) await emailBench(values.quick ? 500 : 2_000, (line) => console.log(line));
if (asked.includes('render')) await renderBench((line) => console.log(line));
const withoutDatabase = new Set(['simulate', 'check', 'email', 'render']);
const wanted = asked.filter((name) => !withoutDatabase.has(name));
if (wanted.length === 0) process.exit();
const folder = mkdtempSync(join(tmpdir(), 'relance-bench-'));
const server = await startBundledServer({ dataDir: folder });
const say = (line: string): void => console.log(line);
try {
  for (const name of wanted) {
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    await admin.query(`CREATE DATABASE bench_${name}`);
    const version = (await admin.query('SHOW server_version')).rows[0].server_version as string;
    await admin.end();
    const url = Object.assign(new URL(server.url), { pathname: `/bench_${name}` }).href;
    await migrate(url);
    const database = openDatabase({ url });
    await database.transaction(ENGINE, async (tx) => {
      await ensureMonth(tx, Date.UTC(2026, 10, 2) as never);
      await ensureMonth(tx, Date.now() as never);
    });
    await database.close();
    say(machine(version));
    if (name === 'fire')
      await fire(url, values.quick ? { waiting: 100_000, due: 20_000 } : { waiting: 1_000_000, due: 100_000 }, say);
    else if (name === 'activity') await activityBench(url, values.quick ? 100_000 : 1_000_000, say);
    else if (name === 'deliver') await deliverBench(url, values.quick ? 2_000 : 10_000, say);
    else if (name === 'metrics') await metricsBench(url, values.quick ? 1_000_000 : 10_000_000, say);
    else await ingest(url, values.quick ? 4 : 10, say);
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
