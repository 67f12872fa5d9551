// Sums of a person: what is packed and unpacked is the same, whatever the counts are; and names come and go with what they are of.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GenerationFigures, packCounts } from './generation-figures.ts';
import { HOUR_KINDS } from './interruption.ts';
import { countMessage } from './metrics.ts';
import {
  addPeople,
  isNobody,
  type PersonDifferences,
  packPersonDays,
  unpackPersonDays,
  withPeople,
} from './person-cells.ts';

const KINDS = HOUR_KINDS.length;
const PLACES = 92 * KINDS;
/** Of some days in a row, and of none before and after. */
const days = (max: number) =>
  fc
    .tuple(fc.nat({ max: 91 }), fc.array(fc.nat({ max }), { minLength: 1, maxLength: PLACES }))
    .map(([first, some]) => Int32Array.from({ length: PLACES }, (_, place) => some[place - first * KINDS] ?? 0));
const sumOf = (all: Iterable<number>) => [...all].reduce((sum, count) => sum + count, 0);

describe('the days of a person', () => {
  it('are the same when they are unpacked, in as few bytes as they need', () => {
    fc.assert(
      fc.property(fc.oneof(days(2), days(300), days(100_000)), (all) => {
        const kept = packPersonDays(all, null);
        if (kept === null) {
          expect(sumOf(all)).toBe(0);
          return;
        }
        expect(unpackPersonDays(kept)).toEqual(all);
        const most = Math.max(...HOUR_KINDS.map((_, kind) => sumOf(all.filter((_, place) => place % KINDS === kind))));
        const [first, last] = [all.findIndex(Boolean), all.findLastIndex(Boolean)].map((at) => Math.floor(at / KINDS));
        expect([kept.first, kept.last]).toEqual([first, last]);
        const width = most < 256 ? 1 : most < 65_536 ? 2 : 4;
        expect(kept.days.length).toBe((kept.last - kept.first + 1) * KINDS * width);
      }),
    );
  });

  it('are added to what was there, and taken away again', () => {
    fc.assert(
      fc.property(days(50), days(50_000), (before, more) => {
        const kept = packPersonDays(before, null);
        const both = packPersonDays(more, kept);
        const sum = before.map((count, place) => count + (more[place] ?? 0));
        expect(both).toEqual(packPersonDays(sum, null));
        const less = more.map((count) => -count);
        expect(packPersonDays(less, both)).toEqual(kept);
      }),
    );
  });

  it('are never less than none', () => {
    const less = new Int32Array(PLACES);
    less[40] = -1;
    expect(() => packPersonDays(less, null)).toThrow('a person would be interrupted -1 times');
  });
});

const told = (to: string, channel: 'email' | 'inbox', hours: (typeof HOUR_KINDS)[number]) => ({
  ...{ stage: 'notice', channel, response: null, to },
  counts: packCounts(
    countMessage({
      channel,
      ...{ status: 'delivered', engagement: [], watched: { opens: false, clicks: false }, hours, carrier: null },
    }),
  ),
});
const opened = (...messages: readonly ReturnType<typeof told>[]) =>
  ({ generation: 1, day: '2026-11-30', policy: 'bill', messages }) as unknown as GenerationFigures;

describe('what a generation adds', () => {
  it('is a place in the quarter for each policy and for all of them, of messages that interrupt', () => {
    const all: PersonDifferences = new Map();
    const one = opened(told('ana', 'email', 'night'), told('ana', 'email', 'night'), told('bo', 'inbox', 'business'));
    addPeople(all, 'acme', one, 1);
    expect([...all.values()].map(({ tenant, key }) => [tenant, key])).toEqual([
      ['acme', { quarter: '2026-10-01', policy: '', recipient: 'ana' }],
      ['acme', { quarter: '2026-10-01', policy: 'bill', recipient: 'ana' }],
    ]);
    for (const each of all.values()) expect(each.days[60 * KINDS + HOUR_KINDS.indexOf('night')]).toBe(2);
    addPeople(all, 'acme', one, -1);
    expect([...all.values()].every(isNobody)).toBe(true);
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
