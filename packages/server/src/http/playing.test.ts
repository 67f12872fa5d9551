// Playing in short stretches, by a clock that moves by what is done.
import { describe, expect, it } from 'vitest';
import { Playing, STRETCH_MS } from './playing.ts';

describe('playing', () => {
  it('rests after each stretch, and counts its own time alone', async () => {
    let now = 0;
    const stretches: number[] = [];
    let begun = 0;
    const rest = async () => {
      stretches.push(now - begun);
      now += 1_000; // others
      begun = now;
    };
    const playing = new Playing(() => now, rest);
    function* steps() {
      for (let step = 0; step < 100; step++) {
        now += 3;
        yield;
      }
      return 'played';
    }
    expect(await playing.play(steps())).toBe('played');
    expect(stretches).toEqual(Array(25).fill(12));
    expect(Math.max(...stretches)).toBeLessThan(STRETCH_MS + 3);
    expect(playing.spentMs).toBe(300);
  });
});
