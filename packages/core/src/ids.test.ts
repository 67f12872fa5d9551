// Ids carry their slot and their month, and deriving twice gives the same; instants are read strictly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveId, hashId, isId, mintId, SLOTS, slotOfId, slotOfKey, slotOfRecipient, timeOfId } from './ids.ts';
import { earliest, fromRfc3339, instant, later, toRfc3339 } from './instant.ts';

const moments = fc.integer({ min: 0, max: 253_402_300_799_999 }).map(instant);
const slots = fc.nat(SLOTS - 1);
const randomness = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('ids', () => {
  it('tell their slot and time, minted or derived, and sort by time', () => {
    fc.assert(
      fc.property(
        moments,
        moments,
        slots,
        randomness,
        fc.array(fc.string(), { minLength: 1 }),
        (at, other, slot, random, parts) => {
          const id = mintId(at, slot, random);
          const derived = deriveId(id, parts);
          for (const one of [id, derived]) {
            expect(isId(one)).toBe(true);
            expect([slotOfId(one), timeOfId(one)]).toEqual([slot, at]);
          }
          expect([id.charAt(14), derived.charAt(14)]).toEqual(['7', '8']);
          expect(deriveId(id, parts)).toBe(derived);
          if (at < other) expect(id < mintId(other, slot, random)).toBe(true);
        },
      ),
    );
  });
  it('differ in every part, wherever the parts are cut', () => {
    const id = mintId(instant(1_000), 3, new Uint8Array(10));
    const all = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['abc'],
      ['a', 'b', 'c'],
      ['message', 1],
      ['message', 11],
      ['message', 1, 1],
    ];
    expect(new Set(all.map((parts) => deriveId(id, parts))).size).toBe(all.length);
    expect(new Set(all.map((parts) => hashId(parts))).size).toBe(all.length);
    expect(all.every((parts) => isId(hashId(parts)))).toBe(true);
  });
  it('spread keys over all slots, by tenant as well', () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => `key-${index}`);
    expect(new Set(keys.map((key) => slotOfKey('t', 'p', key))).size).toBe(SLOTS);
    expect(new Set(keys.map((key) => slotOfRecipient('t', key))).size).toBe(SLOTS);
    expect(keys.some((key) => slotOfKey('t', 'p', key) !== slotOfKey('u', 'p', key))).toBe(true);
  });
  it('refuses what is none', () => {
    for (const text of ['', 'x', '01a19b7c-a680-4142-8304-05060708090a', '01A19B7C-A680-7142-8304-05060708090A'])
      expect(isId(text)).toBe(false);
  });
});

describe('instants', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(moments, (at) => {
        expect(fromRfc3339(toRfc3339(at))).toBe(at);
      }),
    );
  });
  it('take offsets and cut nanoseconds', () => {
    expect(fromRfc3339('2026-11-02T10:00:00.123456789+01:00')).toBe(Date.UTC(2026, 10, 2, 9, 0, 0, 123));
    expect(fromRfc3339('2026-11-02 09:00:00z')).toBe(Date.UTC(2026, 10, 2, 9));
  });
  it('refuse what is no real time', () => {
    const wrong = [
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-11-02',
      '2026-11-02T09:00:00',
      '2026-11-02T25:00:00Z',
      '2026-11-02T09:60:00Z',
      '',
      'now',
    ];
    for (const text of wrong) expect([text, fromRfc3339(text)]).toEqual([text, null]);
  });
  it('compare and add', () => {
    expect(earliest(null, instant(5), undefined, instant(3))).toBe(3);
    expect(earliest(null, undefined)).toBeNull();
    expect(later(instant(5), 2)).toBe(7);
  });
});
