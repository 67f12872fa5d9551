// A hundred worlds in every test run, and three mutants that the simulation must catch. `npm run sim` runs thousands.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase, type Tx } from '../../packages/server/src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { simulate } from './sim.ts';

const SEEDS = 100;
let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.url, connectionsMax: 1 });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** Rewrites statements as they go to the database: how a mutant breaks a rule without touching the source. */
const rewriting =
  (rewrite: (text: string) => string) =>
  (inner: Database): Database => ({
    transaction: (scope, work) =>
      inner.transaction(scope, (tx) =>
        work({
          query: ((text: string, values?: readonly unknown[]) => tx.query(rewrite(text), values)) as Tx['query'],
        }),
      ),
    close: () => inner.close(),
  });

describe('the simulation', () => {
  it(`keeps every promise in ${SEEDS} worlds`, { timeout: 300_000 }, async () => {
    let handOvers = 0;
    let crashes = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = await simulate(seed, database);
      expect(result.broken, `seed ${seed}: replay it with: npm run sim -- --seed ${seed}`).toEqual([]);
      handOvers += result.handOvers;
      crashes += result.crashes;
    }
    expect(handOvers).toBeGreaterThan(SEEDS * 5);
    expect(crashes).toBeGreaterThan(SEEDS / 4);
  });

  it('replays a world exactly from its seed', async () => {
    const lines = async (): Promise<string[]> => {
      const trace: string[] = [];
      const result = await simulate(7, database, { trace: (line) => trace.push(line) });
      return [...trace, `${result.handOvers} ${result.crashes}`];
    };
    expect(await lines()).toEqual(await lines());
  });

  it.each([
    [
      'commands that revoke nothing',
      (text: string) => text.replace("o.status IN ('planned', 'deferred', 'queued', 'leased')", 'false'),
    ],
    [
      'timers that are not moved',
      (text: string) =>
        text.includes('INSERT INTO relance.timers')
          ? text.replace('FROM unnest', 'FROM unnest').replace('ON CONFLICT DO NOTHING', 'LIMIT 0')
          : text,
    ],
    [
      'leases given back although the message was sent',
      (text: string) =>
        text.replace(
          "WHERE status = 'leased' AND lease_until",
          "WHERE status IN ('leased', 'sending') AND lease_until",
        ),
    ],
    [
      'keys that are never freed',
      (text: string) =>
        text
          .replace(
            'DELETE FROM relance.live_keys l USING',
            'SELECT FROM relance.live_keys l JOIN LATERAL (SELECT) AS q ON true,',
          )
          .replace(
            /SELECT FROM relance\.live_keys l JOIN LATERAL \(SELECT\) AS q ON true, (.*)/s,
            'SELECT 1 FROM relance.live_keys l, $1',
          ),
    ],
  ])('catches %s', { timeout: 120_000 }, async (_name, rewrite) => {
    for (let seed = 1; seed <= 60; seed++) {
      const result = await simulate(seed, database, { mutate: rewriting(rewrite) }).catch((error: Error) => ({
        broken: [error.message],
      }));
      if (result.broken.length > 0) return;
    }
    expect.unreachable('no world noticed the mutant');
  });
});
