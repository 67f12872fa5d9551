// Everything that can happen to small policies in up to three acts, not a sample of it: each sequence is played, then time
// passes to the end, and every rule of invariants.test-kit.ts judges every step. `npm run worlds` goes one act further.
import { describe, expect, it } from 'vitest';
import { playAll, WORLDS } from './small-worlds.test-kit.ts';

const DEPTH = Number(process.env.RELANCE_WORLDS_DEPTH ?? 3);
/** Most acts change something where they come, so that most sequences go on. */
const SHARE_MIN = 0.25;

describe(`every sequence of up to ${DEPTH} acts`, () => {
  it.each(WORLDS.map((world) => [world.name, world] as const))('%s', { timeout: 3_600_000 }, (_name, world) => {
    expect(playAll(world, DEPTH)).toBeGreaterThan(world.acts.length ** DEPTH * SHARE_MIN);
  });
});
