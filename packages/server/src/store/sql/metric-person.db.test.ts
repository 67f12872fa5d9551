// Two who add to the sums of the same people at once: whoever comes second adds to what the first has made, or taken away.
import type { PersonDifferences } from '@relance/core';
import { personName } from '@relance/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, type World } from '../../../../../test/world.ts';
import { ENGINE, type Tx } from '../database.ts';
import { addPersonDifferences, readInterrupted } from './metric-person.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.end());

const KEY = { quarter: '2026-10-01', policy: '' };
const PLACE = 4 * 31 + 2; // the first of November, at night
const of = (people: Readonly<Record<string, number>>): PersonDifferences =>
  new Map(
    Object.entries(people).map(([recipient, count]) => {
      const key = { ...KEY, recipient };
      return [personName('default', key), { tenant: 'default', key, days: new Map([[PLACE, count]]) }];
    }),
  );
const add = (people: Readonly<Record<string, number>>) =>
  world.database.transaction(ENGINE, (tx) => addPersonDifferences(tx, of(people)));
const nights = async (from = '2026-11-01', to = '2026-11-01') => {
  const asked = { tenant: 'default', from, to, policy: null, recipient: null };
  const rows = await world.database.transaction(ENGINE, (tx) => readInterrupted(tx, asked, 10));
  return Object.fromEntries(rows.map(({ recipient, night }) => [recipient, night]));
};

/** One has added and not committed while the other begins. */
async function whileOther(first: Readonly<Record<string, number>>, second: Readonly<Record<string, number>>) {
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const one = world.database.transaction(ENGINE, async (tx: Tx) => {
    await addPersonDifferences(tx, of(first));
    begun.resolve();
    await go.promise;
  });
  await begun.promise;
  const other = add(second);
  const waiting = await Promise.race([other.then(() => 'done'), new Promise((then) => setImmediate(then, 'waits'))]);
  go.resolve();
  await Promise.all([one, other]);
  return waiting;
}

it('adds to a row that was made meanwhile', async () => {
  expect(await whileOther({ ana: 2, bo: 1 }, { ana: 3, cleo: 1 })).toBe('waits');
  expect(await nights()).toEqual({ ana: 5, bo: 1, cleo: 1 });
});

it('makes a row again that was taken away meanwhile', async () => {
  await add({ ana: 2, bo: 1 });
  await whileOther({ ana: -2 }, { ana: 3, bo: 1 });
  expect(await nights()).toEqual({ ana: 3, bo: 2 });
  await whileOther({ ana: 1 }, { ana: -4, bo: -2 });
  expect(await nights()).toEqual({});
});

it('adds many thousands bite by bite, and reads the days that are asked for', async () => {
  const many = Object.fromEntries(Array.from({ length: 6_000 }, (_, n) => [`r${n}`, 1 + (n % 3)]));
  expect(await add(many)).toBe(0);
  await add({ r1: 300, r2: 70_000 });
  expect(Object.entries(await nights()).slice(0, 2)).toEqual([
    ['r2', 70_003],
    ['r1', 302],
  ]);
  expect(await nights('2026-07-01', '2026-10-31')).toEqual({});
  expect(await nights('2026-11-02', '2027-12-31')).toEqual({});
  expect((await nights('2026-10-31', '2026-11-02')).r2).toBe(70_003);
  const [rows] = await world.database.transaction(ENGINE, (tx) =>
    tx.query<{ n: number }>('SELECT count(*)::int AS n FROM relance.metric_people'),
  );
  expect(rows?.n).toBe(6_000);
});
