// Every planted mutant is noticed by the invariant that it breaks, in a small world and after few acts. The core itself passes
// in all of these worlds (small-worlds.test.ts).
import { describe, expect, it } from 'vitest';
import { INVARIANTS, PENDING, STOPS } from './invariants.test-kit.ts';
import { MUTANTS, type Mutant, plant } from './mutants.test-kit.ts';
import { type Act, play, sequences, WORLDS, type World } from './small-worlds.test-kit.ts';

const DEPTH = 2;

/** How often it made a difference, and whether its invariant noticed it in the end. */
interface Hunt {
  readonly bites: number;
  readonly isNoticed: boolean;
}

function hunt(mutant: Mutant, depth: number): Hunt {
  let bites = 0;
  for (let length = 0; length <= depth; length++)
    for (const world of WORLDS)
      for (const acts of sequences(world.acts, length)) {
        const planted = plant(mutant);
        const isNoticed = notices(mutant, world, acts, planted.core);
        bites += planted.bites;
        if (isNoticed) return { bites, isNoticed };
      }
  return { bites, isNoticed: false };
}

/** Other invariants may notice as well; what counts is that this one does. */
function notices(
  { noticedBy }: Mutant,
  world: World,
  acts: readonly Act[],
  core: ReturnType<typeof plant>['core'],
): boolean {
  class Noticed extends Error {}
  const complain = (rule: string): void => {
    if (rule === noticedBy.name) throw new Noticed();
  };
  try {
    play(world, acts, { core, complain });
    return false;
  } catch (error) {
    return error instanceof Noticed || (error as Error).message.startsWith(noticedBy.name);
  }
}

describe('a planted mutant', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('%s', (_name, mutant) => {
    const { bites, isNoticed } = hunt(mutant, DEPTH);
    expect(bites, 'it never made a difference').toBeGreaterThan(0);
    expect(isNoticed, `"${mutant.noticedBy.name}" does not notice it`).toBe(true);
  });

  it('is there for every invariant', () => {
    const noticing = new Set(MUTANTS.map(({ noticedBy }) => noticedBy));
    expect(INVARIANTS.filter((one) => !noticing.has(one))).toEqual([]);
  });

  it('that makes no difference is not taken for one that is noticed', () => {
    for (const noticedBy of [STOPS, PENDING])
      expect(hunt({ name: 'harmless', noticedBy }, 1)).toEqual({ bites: 0, isNoticed: false });
  });
});
