// What is packed comes back, whatever it is: any durations, added in any order, taken away again, and several packs one after the other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedSeconds } from './duration-scale.ts';
import type { Wait } from './generation-figures.ts';
import type { Instant } from './instant.ts';
import { addPacked, addWait, durationsOf, mergedTimes, noTimes, packTimes, WAITS } from './packed-times.ts';
import { kaplanMeier } from './survival.ts';

const wait = fc.record({
  kind: fc.constantFrom(...WAITS),
  wait: fc.record({
    since: fc.integer({ min: 0, max: 60_000_000 }),
    seconds: fc.option(fc.integer({ min: 0, max: 2 ** 40 }).map(countedSeconds)),
    ended: fc.boolean(),
  }),
});
type Kept = { readonly kind: (typeof WAITS)[number]; readonly wait: Wait };
const packed = (all: readonly Kept[]): Uint8Array => {
  const times = noTimes();
  for (const one of all) addWait(times, one.kind, one.wait, 1);
  return packTimes(times);
};

describe('packed times', () => {
  it('are the same in whatever order they were added, and one after the other', () => {
    fc.assert(
      fc.property(fc.array(wait, { maxLength: 8 }), fc.array(wait), (some, others) => {
        const together = packed([...some, ...others]);
        expect(packed([...others, ...some])).toEqual(together);
        const one = noTimes();
        addPacked(one, packed(some));
        addPacked(one, packed(others));
        expect(packTimes(one)).toEqual(together);
        expect(mergedTimes(Buffer.concat([packed(some), packed(others)]))).toEqual(together);
        const after = noTimes();
        addPacked(after, Buffer.concat([packed(some), packed(others)]));
        expect(packTimes(after)).toEqual(together);
      }),
    );
  });

  it('are the same by the thousand', () => {
    const [some] = fc.sample(fc.array(wait, { minLength: 20, maxLength: 20 }), { seed: 1958, numRuns: 1 });
    const many = Array.from({ length: 500 }, () => packed(some ?? []));
    const bytes = Buffer.concat(many);
    expect(bytes.length).toBeGreaterThan(20_000);
    expect(mergedTimes(bytes)).toEqual(packed(many.flatMap(() => some ?? [])));
  });

  it('are nothing when all of it is taken away, and never less', () => {
    fc.assert(
      fc.property(fc.array(wait), (all) => {
        const times = noTimes();
        addPacked(times, packed(all));
        for (const one of all) addWait(times, one.kind, one.wait, -1);
        expect(packTimes(times)).toHaveLength(0);
      }),
    );
    const times = noTimes();
    addWait(times, 'resolve', { since: 1, seconds: 2, ended: true }, -1);
    expect(() => packTimes(times)).toThrow(RangeError);
  });

  it('become counts in which what waits has waited until now, a response for ninety days at most', () => {
    const now = (1_000_000 * 60_000) as Instant;
    const since = 1_000_000 - 60 * 24 * 100; // a hundred days
    const bytes = packed([
      { kind: 'response', wait: { since, seconds: null, ended: false } },
      { kind: 'response', wait: { since, seconds: 5, ended: true } },
      { kind: 'response', wait: { since, seconds: 5, ended: false } },
      { kind: 'resolve', wait: { since, seconds: null, ended: false } },
    ]);
    const durations = durationsOf(bytes, now);
    expect(WAITS.map((kind) => kaplanMeier(durations[kind]))).toEqual([
      kaplanMeier([
        { duration: 5, events: 1, censored: 1 },
        { duration: 90 * 86_400, events: 0, censored: 1 },
      ]),
      kaplanMeier([{ duration: 100 * 86_400, events: 0, censored: 1 }]),
      kaplanMeier([]),
    ]);
    // What has no place on the scale is refused, and nothing of it is left for whoever asks next.
    const strange = noTimes();
    strange.response?.ended.set(5, [1, 0]).set(11_775, [1, 0]);
    expect(() => durationsOf(packTimes(strange), now)).toThrow('no duration at place 11775');
    expect(durationsOf(new Uint8Array(), now)).toEqual(durationsOf(packed([]), now));
    expect(kaplanMeier(durationsOf(new Uint8Array(), now).response).n).toBe(0);
  });
});
