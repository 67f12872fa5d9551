// Playing in short stretches, and a few at a time: by a clock that moves by what is done.
import { describe, expect, it } from 'vitest';
import { Playing, STRETCH_MS, Turns } from './playing.ts';

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

describe('turns', () => {
  /** Asks for turns of these keys at once, and tells who has begun. */
  function asked(...keys: string[]) {
    const turns = new Turns();
    const begun: string[] = [];
    const refused: unknown[] = [];
    const ends: (() => void)[] = [];
    const all = keys.map((key) =>
      turns.take(key).then(
        (end) => {
          begun.push(key);
          ends.push(end);
        },
        (error: unknown) => refused.push(error),
      ),
    );
    const end = async () => {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { begun, refused, end, all: () => Promise.all(all) };
  }
  const soon = () => new Promise((resolve) => setImmediate(resolve));

  it('are two at a time, and the next one begins where one ends', async () => {
    const { begun, end } = asked('a', 'a', 'a', 'a');
    await soon();
    expect(begun).toEqual(['a', 'a']);
    await end();
    expect(begun).toEqual(['a', 'a', 'a']);
    for (let left = 0; left < 3; left++) await end();
    expect(begun).toHaveLength(4);
  });
  it('are refused where too many of a key wait, and of no other key', async () => {
    const { begun, refused, end, all } = asked(...Array<string>(20).fill('a'), 'b');
    await soon();
    expect(begun).toEqual(['a', 'a']);
    expect(refused).toHaveLength(14);
    expect(refused[0]).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('4 of this key wait') });
    await end();
    expect(begun).toEqual(['a', 'a', 'b']); // whoever has nothing under way comes first
    for (let left = 0; left < 6; left++) await end();
    await all();
    expect(begun).toHaveLength(7);
  });
});
