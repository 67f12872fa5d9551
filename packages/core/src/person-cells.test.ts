// Sums of a person: what is packed and unpacked is the same, whatever the counts are; and names come and go with what they are of.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GenerationFigures, type MessageFigures, packCounts } from './generation-figures.ts';
import { HOUR_KINDS } from './interruption.ts';
import { countMessage } from './metrics.ts';
import {
  addPeople,
  isNobody,
  type PackedDays,
  type PersonDays,
  type PersonDifferences,
  packPersonDays,
  unpackPersonDays,
  withPeople,
} from './person-cells.ts';

const KINDS = HOUR_KINDS.length;
/** Of some days of a quarter, each of a kind of hours. */
const days = (max: number): fc.Arbitrary<PersonDays> =>
  fc
    .array(fc.tuple(fc.nat({ max: 92 * KINDS - 1 }), fc.integer({ min: 1, max })), { maxLength: 100 })
    .map((all) => new Map(all));
const inOrder = (all: PersonDays) => [...all].sort(([a], [b]) => a - b);
const kept = (all: PersonDays, before: PackedDays | null = null) => {
  const { packed, missing } = packPersonDays(all, before);
  expect(missing).toBe(0);
  return packed;
};
const negative = (all: PersonDays): PersonDays => new Map([...all].map(([place, count]) => [place, -count]));

describe('the days of a person', () => {
  it('are the same when they are unpacked, from the first to the last, in as few bytes as they need', () => {
    fc.assert(
      fc.property(fc.oneof(days(2), days(300), days(100_000)), (all) => {
        const packed = kept(all);
        if (packed === null) {
          expect(all.size).toBe(0);
          return;
        }
        expect(inOrder(unpackPersonDays(packed))).toEqual(inOrder(all));
        const at = [...all.keys()].map((place) => Math.floor(place / KINDS));
        expect([packed.first, packed.last]).toEqual([Math.min(...at), Math.max(...at)]);
        const sums = HOUR_KINDS.map((_, kind) =>
          [...all].reduce((sum, [place, count]) => sum + (place % KINDS === kind ? count : 0), 0),
        );
        const width = Math.max(...sums) < 256 ? 1 : Math.max(...sums) < 65_536 ? 2 : 4;
        expect(packed.days.length).toBe((packed.last - packed.first + 1) * KINDS * width);
      }),
    );
  });

  it('are added to what was there, and taken away again', () => {
    fc.assert(
      fc.property(days(50), days(50_000), (before, more) => {
        const both = kept(more, kept(before));
        const sum = new Map(before);
        for (const [place, count] of more) sum.set(place, (sum.get(place) ?? 0) + count);
        expect(both).toEqual(kept(sum));
        expect(kept(negative(more), both)).toEqual(kept(before));
      }),
    );
  });

  it('are never less than none, and it is told how many are missing', () => {
    const before = kept(new Map([[40, 2]]));
    const less = new Map([
      [40, -3],
      [41, -4],
    ]);
    expect(packPersonDays(less, before)).toEqual({ packed: null, missing: 5 });
  });
});

const told = (to: string, channel: 'email' | 'inbox', hours: (typeof HOUR_KINDS)[number]): MessageFigures => ({
  ...{ stage: 'notice', channel, response: null, to },
  counts: packCounts(
    countMessage({
      channel,
      ...{ status: 'delivered', engagement: [], watched: { opens: false, clicks: false }, hours, carrier: null },
    }),
  ),
});
const opened = (...messages: readonly MessageFigures[]) =>
  ({ generation: 1, day: '2026-11-30', policy: 'bill', messages }) as unknown as GenerationFigures;

describe('what a generation adds', () => {
  it('is a place in the quarter for each policy and for all of them, of messages that interrupt', () => {
    const all: PersonDifferences = new Map();
    const one = opened(told('ana', 'email', 'night'), told('ana', 'email', 'night'), told('bo', 'inbox', 'business'));
    addPeople(all, 'acme', [], [one]);
    expect([...all.values()].map(({ tenant, key }) => [tenant, key])).toEqual([
      ['acme', { quarter: '2026-10-01', policy: '', recipient: 'ana' }],
      ['acme', { quarter: '2026-10-01', policy: 'bill', recipient: 'ana' }],
    ]);
    for (const each of all.values()) expect([...each.days]).toEqual([[60 * KINDS + HOUR_KINDS.indexOf('night'), 2]]);
    addPeople(all, 'acme', [one], []);
    expect([...all.values()].every(isNobody)).toBe(true);
    // What is as it was is nobody's.
    const same: PersonDifferences = new Map();
    addPeople(same, 'acme', [one], [opened(...one.messages.toReversed())]);
    expect(same.size).toBe(0);
  });

  it('is of somebody else, or of nobody, when a name goes', () => {
    const one = opened(told('ana', 'email', 'night'), told('bo', 'email', 'business'));
    const [renamed] = withPeople([one], (to) => (to === 'ana' ? 'erased-1' : to));
    expect(renamed?.messages.map(({ to }) => to)).toEqual(['erased-1', 'bo']);
    const [forgotten] = withPeople([one], () => undefined);
    expect(forgotten?.messages.some((message) => 'to' in message)).toBe(false);
    expect(forgotten?.messages.map(({ counts }) => counts)).toEqual(one.messages.map(({ counts }) => counts));
  });
});
