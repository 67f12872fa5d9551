// `npm run sim -- --seeds 1000` runs worlds from a first seed on; `-- --seed 42` replays one, step by step.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBundledServer } from '../../packages/server/src/store/bundled.ts';
import { openDatabase } from '../../packages/server/src/store/database.ts';
import { migrate } from '../../packages/server/src/store/migrate.ts';
import { simulate } from './sim.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    steps: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'relance-sim-'));
const server = await startBundledServer({
  dataDir: folder,
  settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
});
await migrate(server.url);
const database = openDatabase({ url: server.url, connectionsMax: 1 });
const steps = values.steps === undefined ? {} : { steps: Number(values.steps) };
let failed = 0;
let handOvers = 0;
let crashes = 0;
let intrusions = 0;
const since = performance.now();
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
for (let seed = first; seed < first + count; seed++) {
  const result = await simulate(seed, database, {
    ...steps,
    ...(values.seed === undefined ? {} : { trace: (line: string) => console.log(line) }),
  });
  handOvers += result.handOvers;
  crashes += result.crashes;
  intrusions += result.intrusions;
  if (result.broken.length === 0) continue;
  failed += 1;
  console.log(`seed ${seed}: ${result.broken.slice(0, 3).join(' | ')}   replay: npm run sim -- --seed ${seed}`);
}
console.log(
  `${count} worlds, ${handOvers} hand-overs, ${crashes} crashes, ${intrusions} intrusions, ${failed} broken, ${Math.round((performance.now() - since) / 1000)} s`,
);
await database.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed === 0 ? 0 : 1;
