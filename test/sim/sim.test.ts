// A hundred worlds in every test run, and mutants that the simulation must catch. `npm run sim` runs thousands.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase, type Tx } from '../../packages/server/src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { simulate } from './sim.ts';

const SEEDS = 100;
/** Worlds wait for their database most of the time, so several run beside each other, each in one of its own. */
const LANES = 3;
let testDatabases: TestDatabase[];
let lanes: Database[];
let database: Database;
beforeAll(async () => {
  testDatabases = await Promise.all(Array.from({ length: LANES }, () => createTestDatabase()));
  lanes = testDatabases.map(({ url }) => openDatabase({ url, connectionsMax: 1 }));
  database = lanes[0] as Database;
});
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await Promise.all(testDatabases.map((one) => one.drop()));
});

/** A statement as a mutant sends it, and what it answers instead of the rows. */
interface Mutant {
  readonly rewrite?: (text: string) => string;
  readonly answer?: (rows: readonly unknown[], text: string, values: readonly unknown[]) => readonly unknown[];
}
interface Planted {
  readonly mutate: (inner: Database) => Database;
  /** How often it got to bite, and what the server could not read: a mutant must break a rule, not the grammar. */
  bites: number;
  readonly unreadable: string[];
}

/** Breaks a rule without touching the source, between the engine and its database. */
function plant({ rewrite = (text) => text, answer = (rows) => rows }: Mutant): Planted {
  const planted: Planted = {
    bites: 0,
    unreadable: [],
    mutate: (inner) => ({
      transaction: (scope, work) =>
        inner.transaction(scope, (tx) => work({ query: (text, values) => ask(tx, text, values) })),
      close: () => inner.close(),
    }),
  };
  async function ask<R>(tx: Tx, text: string, values: readonly unknown[] = []): Promise<R[]> {
    const asked = rewrite(text);
    try {
      const rows = await tx.query<R>(asked, values);
      const answered = answer(rows, text, values) as R[];
      if (asked !== text || answered !== rows) planted.bites += 1;
      return answered;
    } catch (error) {
      if (asked !== text) planted.unreadable.push((error as Error).message);
      throw error;
    }
  }
  return planted;
}

/** With the seed to begin at: one that notices, found by trying from 1 on. */
const MUTANTS: readonly (readonly [string, number, Mutant])[] = [
  [
    'commands that revoke nothing',
    3,
    { rewrite: (text) => text.replace("o.status IN ('planned', 'deferred', 'queued', 'leased')", 'false') },
  ],
  [
    'a gate that believes what was claimed',
    13,
    {
      answer: (rows, text, values) =>
        text.includes("SET status = 'sending'") ? (values[1] as string[]).map((id) => ({ id })) : rows,
    },
  ],
  ['fences that never move', 37, { rewrite: (text) => text.replace('fence = o.fence + 1', 'fence = o.fence') }],
  [
    'timers that are not moved',
    1,
    { rewrite: (text) => text.replace('FROM x WHERE is_now IS NOT NULL', 'FROM x WHERE is_now IS NOT NULL AND false') },
  ],
  [
    'leases given back although the message was sent',
    4,
    {
      rewrite: (text) =>
        text.replace(
          "WHERE status = 'leased' AND lease_until",
          "WHERE status IN ('leased', 'sending') AND lease_until",
        ),
    },
  ],
  [
    'keys that are never freed',
    1,
    {
      rewrite: (text) =>
        text.includes('DELETE FROM relance.live_keys') ? text.replace(/\bWHERE\b/, 'WHERE false AND') : text,
    },
  ],
];

describe('the simulation', () => {
  it(`keeps every promise in ${SEEDS} worlds`, { timeout: 300_000 }, async () => {
    const told = { handOvers: 0, crashes: 0, intrusions: 0 };
    let next = 1;
    await Promise.all(
      lanes.map(async (lane) => {
        while (next <= SEEDS) {
          const seed = next++;
          const result = await simulate(seed, lane);
          expect(result.broken, `seed ${seed}: replay it with: npm run sim -- --seed ${seed}`).toEqual([]);
          told.handOvers += result.handOvers;
          told.crashes += result.crashes;
          told.intrusions += result.intrusions;
        }
      }),
    );
    expect(told.handOvers).toBeGreaterThan(SEEDS * 5);
    expect(told.crashes).toBeGreaterThan(SEEDS);
    expect(told.intrusions).toBeGreaterThan(SEEDS);
  });

  it.each([7, 16, 23])('replays world %i exactly from its seed', async (seed) => {
    const lines = async (): Promise<string[]> => {
      const trace: string[] = [];
      const { broken, ...told } = await simulate(seed, database, { trace: (line) => trace.push(line) });
      return [...trace, ...broken, JSON.stringify(told)];
    };
    const first = await lines();
    expect(first.length).toBeGreaterThan(30);
    expect(await lines()).toEqual(first);
  });

  it.each(MUTANTS)('catches %s', { timeout: 120_000 }, async (_name, from, mutant) => {
    for (let seed = from; seed < from + 60; seed++) {
      const planted = plant(mutant);
      const { broken } = await simulate(seed, database, { mutate: planted.mutate });
      expect(planted.unreadable).toEqual([]);
      if (broken.length > 0) return expect(planted.bites).toBeGreaterThan(0);
    }
    expect.unreachable('no world noticed the mutant');
  });
});
