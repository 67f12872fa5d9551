// No message that is not essential ever violates a preference once its choice has been answered, in any interleaving of changes,
// sends, wake-ups and clock steps, on two nodes. A sample in every run; as many lives as you like by `npm run preferences`.
import { describe, expect, it } from 'vitest';
import { live } from '../preference-world.ts';

const LIVES = Number(process.env.RELANCE_TEST_PREFERENCES ?? 1);
const FIRST = Number(process.env.RELANCE_TEST_SEED ?? 1);
const STEPS = 8;
const SEEDS = Array.from({ length: LIVES }, (_, index) => FIRST + index);

describe('preferences, changed while two nodes send', () => {
  it.each(SEEDS)(
    'hold from their answer on, whatever meets whatever (RELANCE_TEST_SEED=%i)',
    {
      timeout: 300_000,
    },
    async (seed) => {
      const { broken, started, refused, held, missed, stuck } = await live(seed, STEPS);
      expect(broken).toEqual([]);
      // What is essential is never kept back, and nothing waits for ever.
      expect(missed).toEqual([]);
      expect(stuck).toBe(0);
      // The life was one: much was sent, much was not wanted, and much had to wait.
      expect(started).toBeGreaterThan(STEPS * 2);
      expect(refused).toBeGreaterThan(STEPS);
      expect(held).toBeGreaterThan(STEPS / 2);
    },
  );
});
