// Seeded randomness for tests and the simulation: the same seed gives the same run.
import { randomOf as numbersOf } from '../packages/core/src/random.ts';

export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  bytes(count: number): Uint8Array;
}

export function randomOf(seed: number): Random {
  const next = numbersOf(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    pick: (list) => {
      const chosen = list[below(list.length)];
      if (chosen === undefined) throw new Error('an empty list has nothing to pick');
      return chosen;
    },
  };
}
