// Everything that can happen to small policies in up to three acts, not a sample of it: each sequence is played, then time
// passes to the end, and every rule of invariants.test-kit.ts judges every step. `npm run worlds` goes one act further, and
// knows more acts.
import { describe, expect, it } from 'vitest';
import { MORE_ACTS, playAll, WORLDS } from './small-worlds.test-kit.ts';

const { RELANCE_WORLDS_DEPTH: asked } = process.env;
const DEPTH = Number(asked ?? 3);
const MORE = asked === undefined ? [] : MORE_ACTS;
/** Most acts change something where they come, so that most sequences go on. */
const SHARE_MIN = 0.25;

describe(`every sequence of up to ${DEPTH} acts`, () => {
  it.each(WORLDS.map((world) => [world.name, world] as const))('%s', { timeout: 3_600_000 }, (_name, world) => {
    const acts = [...world.acts, ...MORE];
    expect(playAll({ ...world, acts }, DEPTH)).toBeGreaterThan(acts.length ** DEPTH * SHARE_MIN);
  });
});
