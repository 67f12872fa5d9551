// What is packed comes back, whatever it is: any durations, added in any order, taken away again, and several packs one after the other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedSeconds, rankOf } from './duration-scale.ts';
import type { Wait } from './generation-figures.ts';
import type { Instant } from './instant.ts';
import { type Counted, unpacked } from './packed-times.test-kit.ts';
import { addWait, durationsOf, noTimes, packTimes, type Times, WAITS } from './packed-times.ts';
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
const timesOf = (all: readonly Kept[], sign: 1 | -1 = 1): Times => {
  const times = noTimes();
  for (const one of all) addWait(times, one.kind, one.wait, sign);
  return times;
};
const packed = (all: readonly Kept[]): Uint8Array => packTimes(timesOf(all));

/** The same, one by one. */
const countedOf = (all: readonly Kept[]): readonly Counted[] => {
  const sums = new Map<string, Counted>();
  for (const { kind, wait: own } of all) {
    const what = own.seconds === null ? 'waits' : own.ended ? 'came' : 'left';
    const at = own.seconds === null ? own.since : rankOf(own.seconds);
    const name = [kind, what, at].join();
    sums.set(name, { kind, what, at, count: (sums.get(name)?.count ?? 0) + 1 });
  }
  return [...sums.values()];
};
const inOrder = (counted: readonly Counted[]): readonly string[] => counted.map((one) => JSON.stringify(one)).sort();

describe('packed times', () => {
  it('are the same in whatever order they were added, one after the other, and as they are documented', () => {
    fc.assert(
      fc.property(fc.array(wait, { maxLength: 8 }), fc.array(wait), (some, others) => {
        const together = packed([...some, ...others]);
        expect(packed([...others, ...some])).toEqual(together);
        const both = Buffer.concat([packed(some), packed(others)]);
        expect(packTimes(noTimes(), both)).toEqual(together);
        expect(packTimes(timesOf(others), packed(some))).toEqual(together);
        expect(packTimes(timesOf(some), both)).toEqual(packed([...some, ...some, ...others]));
        expect(inOrder(unpacked(both))).toEqual(inOrder(countedOf([...some, ...others])));
        expect(inOrder(unpacked(together))).toEqual(inOrder(countedOf([...some, ...others])));
      }),
    );
  });

  it('are the same by the thousand', () => {
    const [some] = fc.sample(fc.array(wait, { minLength: 20, maxLength: 20 }), { seed: 1958, numRuns: 1 });
    const many = Array.from({ length: 500 }, () => packed(some ?? []));
    expect(packTimes(noTimes(), Buffer.concat(many))).toEqual(packed(many.flatMap(() => some ?? [])));
  });

  it('are read as they were written, however many there are of each and however far apart', () => {
    const counts = fc.oneof(fc.nat(8), fc.nat(130), fc.nat(2 ** 40));
    const place = fc.record({
      distance: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 300 })),
      came: counts,
      left: counts,
    });
    fc.assert(
      fc.property(fc.constantFrom(...WAITS), fc.array(place, { maxLength: 20 }), (kind, places) => {
        const times = noTimes();
        const counted: Counted[] = [];
        let at = -1;
        for (const { distance, came, left } of places) {
          at += distance;
          times[kind]?.ended.set(at, [came, left]);
          for (const [what, count] of [
            ['came', came],
            ['left', left],
          ] as const)
            if (count > 0) counted.push({ kind, what, at, count });
        }
        const bytes = packTimes(times);
        expect(inOrder(unpacked(bytes))).toEqual(inOrder(counted));
        expect(packTimes(noTimes(), bytes)).toEqual(bytes);
      }),
    );
    // Where one form ends and the next begins.
    expect(
      [
        [1, 3, 7],
        [4, 3, 7],
        [1, 4, 7],
        [1, 3, 8],
        [4, 31, 127],
        [5, 3, 7],
        [1, 32, 0],
        [1, 0, 128],
        [5, 7, 6],
        [5, 6, 7],
        [5, 7, 7],
        [5, 8, 0],
        [200, 1, 0],
      ].map(([distance = 0, came = 0, left = 0]) => {
        const times = noTimes();
        times.response?.ended.set(distance - 1, [came, left]);
        // Of others: how many places and minutes there are, which are none.
        return packTimes(times).length - 6;
      }),
    ).toEqual([1, 1, 2, 2, 2, 2, 4, 5, 2, 2, 4, 4, 3]);
  });

  it('are nothing when all of it is taken away, and never less', () => {
    fc.assert(
      fc.property(fc.array(wait), (all) => {
        expect(packTimes(timesOf(all, -1), packed(all))).toHaveLength(0);
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
    const [strange, next] = [noTimes(), packed([{ kind: 'response', wait: { since, seconds: 5, ended: true } }])];
    strange.response?.ended.set(5, [1, 0]).set(11_775, [1, 0]);
    expect(() => packTimes(strange)).toThrow('no duration at place 11775');
    // One place, 11,776 after there was none, with one that came.
    expect(() => durationsOf(Uint8Array.of(1, 0b11_001_000, 128, 92, 0, 0, 0, 0, 0), now)).toThrow('at place 11775');
    expect(durationsOf(next, now).response.events.reduce((sum, count) => sum + count)).toBe(1);
    // Two, the first of them with a place: after six, and one that came.
    expect(() => durationsOf(Uint8Array.of(2, 0b11_001_000, 6, 0b11_001_000, 128, 92, 0, 0, 0, 0, 0), now)).toThrow(
      'at place 11781',
    );
    expect(durationsOf(next, now).response.events.reduce((sum, count) => sum + count)).toBe(1);
    expect(durationsOf(new Uint8Array(), now)).toEqual(durationsOf(packed([]), now));
    expect(kaplanMeier(durationsOf(new Uint8Array(), now).response).n).toBe(0);
  });
});
