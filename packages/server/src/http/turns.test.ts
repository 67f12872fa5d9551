// Turns: how many at a time, who is next, and who is told to come again.
import { describe, expect, it } from 'vitest';
import { type TurnLimits, Turns } from './turns.ts';

describe('turns', () => {
  const TWO = { atOnceMax: 2, ofKeyMax: 2, waitingOfKeyMax: 4, words: '2 are made at a time' };

  /** Asks for turns of these keys at once, and tells who has begun. */
  function asked(keys: readonly string[], limits: TurnLimits = TWO) {
    const turns = new Turns(limits);
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
    const { begun, end } = asked(['a', 'a', 'a', 'a']);
    await soon();
    expect(begun).toEqual(['a', 'a']);
    await end();
    expect(begun).toEqual(['a', 'a', 'a']);
    for (let left = 0; left < 3; left++) await end();
    expect(begun).toHaveLength(4);
  });
  it('are refused where too many of a key wait, and of no other key', async () => {
    const { begun, refused, end, all } = asked([...Array<string>(20).fill('a'), 'b']);
    await soon();
    expect(begun).toEqual(['a', 'a']);
    expect(refused).toHaveLength(14);
    expect(refused[0]).toMatchObject({
      code: 'rate_limited',
      message: '2 are made at a time, and 4 of this key wait for their turn.',
    });
    await end();
    expect(begun).toEqual(['a', 'a', 'b']); // whoever has nothing under way comes first
    for (let left = 0; left < 6; left++) await end();
    await all();
    expect(begun).toHaveLength(7);
  });
  it('may be one of a key at a time, however many keys there are', async () => {
    const { begun, refused, end, all } = asked(['a', 'a', 'a', 'b', 'c'], {
      atOnceMax: Number.POSITIVE_INFINITY,
      ofKeyMax: 1,
      waitingOfKeyMax: 1,
      words: 'One is made at a time',
    });
    await soon();
    expect(begun).toEqual(['a', 'b', 'c']);
    expect(refused).toHaveLength(1);
    await end();
    expect(begun).toEqual(['a', 'b', 'c', 'a']); // once the first of its key has ended
    for (let left = 0; left < 3; left++) await end();
    await all();
    expect(begun).toHaveLength(4);
  });
  it('are nobody’s who has hung up, and their place is free', async () => {
    const turns = new Turns({ ...TWO, atOnceMax: 1, waitingOfKeyMax: 1 });
    const end = await turns.take('a');
    const gone = new AbortController();
    const waiting = turns.take('a', gone.signal);
    const refused = () => turns.take('a').then(String, ({ message }: Error) => message);
    expect(await refused()).toMatch(/1 of this key wait/);
    gone.abort();
    await expect(waiting).rejects.toThrow('has hung up');
    await expect(turns.take('a', gone.signal)).rejects.toThrow('has hung up');
    const next = turns.take('a');
    end();
    (await next)(); // the turn was not given to whoever had gone
    (await turns.take('a'))();
  });
});
