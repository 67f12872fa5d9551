// Every figure of the API against a recount from the raw rows that shares nothing with it (recount.test-kit.ts), group by group, in random
// worlds. `npm run figures` runs many of them.
import { describe, expect, it } from 'vitest';
import { type Recounted, recountWorld } from './recount-campaign.test-kit.ts';

/** `1-20`: from the first to the last. */
const asked = process.env.RELANCE_TEST_FIGURES;
const [FIRST = 1, LAST = FIRST] = (asked ?? '1-2').split('-').map(Number);
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);

describe('figures, counted again from the rows alone', () => {
  const worlds: Recounted[] = [];
  it.each(SEEDS)('are the same in world %i', { timeout: 300_000 }, async (seed) => {
    const world = await recountWorld(seed);
    worlds.push(world);
    expect(world.asked).toBeGreaterThan(100);
  });

  it('had something of everything to count', () => {
    const had = new Set(worlds.flatMap((world) => [...world.had]));
    // Upper limits of quantiles need more than such a world has; test/e2e/survival.test.ts has them.
    const missing = worlds
      .flatMap(({ names }) => [...names])
      .filter((name) => !had.has(name) && !/limits.*upper/.test(name));
    // In one that is replayed alone there may be something missing.
    expect(SEEDS.length === 1 ? [] : missing).toEqual([]);
    expect(had.size).toBeGreaterThan(30);
  });
});
