// Eight worlds in every test run, two of them twice, and mutants that the simulation must catch. `npm run sim` runs thousands.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../packages/server/src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { MUTANTS, plant } from './mutants.ts';
import { simulate } from './sim.ts';

/** With and without slots of their own, and one (the eighth) that is brought to its end; 7 and 16 are replayed. */
const SEEDS = [1, 2, 3, 4, 6, 8];
/** Worlds wait for their database most of the time, so several run beside each other, each in one of its own. */
const LANES = 3;
let testDatabases: TestDatabase[];
let lanes: Database[];
let database: Database;
beforeAll(async () => {
  // One more, of which nobody else's world is left should one of theirs be cut off.
  testDatabases = await Promise.all(Array.from({ length: LANES + 1 }, () => createTestDatabase()));
  const opened = testDatabases.map(({ url }) => openDatabase({ url, connectionsMax: 1 }));
  database = opened.pop() as Database;
  lanes = opened;
});
afterAll(async () => {
  await Promise.all([database, ...lanes].map((lane) => lane.close()));
  await Promise.all(testDatabases.map((one) => one.drop()));
});

describe('the simulation', () => {
  it(`keeps every promise in ${SEEDS.length} worlds`, { timeout: 900_000 }, async () => {
    const told = { handOvers: 0, carried: 0, crashes: 0, intrusions: 0 };
    const seeds = SEEDS.values();
    await Promise.all(
      lanes.map(async (lane) => {
        for (const seed of seeds) {
          const result = await simulate(seed, lane);
          expect(result.broken, `seed ${seed}: replay it with: npm run sim -- --seed ${seed}`).toEqual([]);
          told.handOvers += result.handOvers;
          told.carried += result.carried;
          told.crashes += result.crashes;
          told.intrusions += result.intrusions;
        }
      }),
    );
    expect(told.handOvers).toBeGreaterThan(SEEDS.length * 5);
    expect(told.carried).toBeGreaterThan(SEEDS.length / 2);
    expect(told.crashes).toBeGreaterThan(SEEDS.length);
    expect(told.intrusions).toBeGreaterThan(SEEDS.length);
  });

  it.each([7, 16])('replays world %i exactly from its seed', { timeout: 600_000 }, async (seed) => {
    const lines = async (): Promise<string[]> => {
      const trace: string[] = [];
      const { broken, ...told } = await simulate(seed, database, { trace: (line) => trace.push(line) });
      expect(broken, `seed ${seed}: replay it with: npm run sim -- --seed ${seed}`).toEqual([]);
      return [...trace, JSON.stringify(told)];
    };
    const first = await lines();
    expect(first.length).toBeGreaterThan(30);
    expect(await lines()).toEqual(first);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'catches %s',
    { timeout: 600_000 }, // as many worlds as it takes, on a busy machine too
    async (_name, mutant) => {
      for (let seed = mutant.from; seed < mutant.from + 60; seed++) {
        const planted = plant(mutant);
        const { broken } = await simulate(seed, database, { mutate: planted.mutate });
        expect(planted.unreadable).toEqual([]);
        if (broken.length > 0) return expect(planted.bites).toBeGreaterThan(0);
      }
      expect.unreachable('no world noticed the mutant; npm run sim -- --mutants tells which do');
    },
  );
});
