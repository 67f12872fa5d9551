// Every figure of the API against a recount from the raw rows that shares nothing with it (recount.test-kit.ts), group by group, in random
// worlds. `npm run figures` runs many of them.
import { describe, expect, it } from 'vitest';
import { recountWorld } from './recount-campaign.test-kit.ts';

const SEEDS = (process.env.RELANCE_TEST_FIGURES ?? '1-3').split('-').map(Number);

describe('figures, counted again from the rows alone', () => {
  const [first = 1, last = first] = SEEDS;
  for (let seed = first; seed <= last; seed++)
    it(`are the same in world ${seed}`, { timeout: 300_000 }, async () => {
      const { asked, whole, acts } = await recountWorld(seed);
      expect(asked).toBeGreaterThan(100);
      console.log(acts.join('\n'), whole);
    });
});
