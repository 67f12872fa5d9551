// `npm run sim -- --seeds 1000` runs worlds from a first seed on; `-- --seed 42` replays one, step by step;
// `-- --mutants` tells which of the worlds notice each planted mutant.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBundledServer } from '../../packages/server/src/store/bundled.ts';
import { openDatabase } from '../../packages/server/src/store/database.ts';
import { migrate } from '../../packages/server/src/store/migrate.ts';
import { MUTANTS, plant } from './mutants.ts';
import { simulate } from './sim.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    steps: { type: 'string' },
    mutants: { type: 'boolean', default: false },
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
let carried = 0;
let crashes = 0;
let intrusions = 0;
const since = performance.now();
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds ?? (values.mutants ? 20 : 1000)) : 1;
await (values.mutants ? huntMutants() : runWorlds());
await database.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed === 0 ? 0 : 1;

async function runWorlds(): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const result = await simulate(seed, database, {
      ...steps,
      ...(values.seed === undefined ? {} : { trace: (line: string) => console.log(line) }),
    });
    handOvers += result.handOvers;
    carried += result.carried;
    crashes += result.crashes;
    intrusions += result.intrusions;
    if (result.broken.length === 0) continue;
    failed += 1;
    console.log(`seed ${seed}: ${result.broken.slice(0, 3).join(' | ')}   replay: npm run sim -- --seed ${seed}`);
  }
  console.log(
    `${count} worlds, ${handOvers} hand-overs that carried ${carried} others, ${crashes} crashes, ${intrusions} intrusions, ${failed} broken, ${Math.round((performance.now() - since) / 1000)} s`,
  );
}

/** A mutant that no world notices is a hole in the simulation. */
async function huntMutants(): Promise<void> {
  for (const mutant of MUTANTS) {
    const noticed: number[] = [];
    for (let seed = first; seed < first + count; seed++)
      if ((await simulate(seed, database, { mutate: plant(mutant).mutate })).broken.length > 0) noticed.push(seed);
    if (noticed.length === 0) failed += 1;
    console.log(`${mutant.name}: noticed by ${noticed.length} of ${count} worlds: ${noticed.slice(0, 12).join(', ')}`);
  }
}
