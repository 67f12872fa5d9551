// A stream's place: what was told is not told again, and what commits late under a lower number is, whichever node resumes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, MOMENT_MS, readInboxCursor, toldBefore, writeInboxCursor } from './inbox-cursor.ts';

const at = (changed: number, ms = 1_000_000): Change => ({ changed, changed_at: ms });
const numbers = (changes: readonly Change[]): number[] => changes.map(({ changed }) => changed);

describe('the place of a stream', () => {
  it('is read as it was written', () => {
    expect(readInboxCursor('1234')).toEqual({ last: 1234, told: null });
    expect(readInboxCursor('1234~')).toEqual({ last: 1234, told: [] });
    expect(readInboxCursor('1234~1233.1230')).toEqual({ last: 1234, told: [1233, 1230] });
    const others = ['', '-1', '1.5', '1e9', '1~2..3', 'x', '9'.repeat(16), undefined, ['1', '2']];
    for (const text of others) expect(readInboxCursor(text)).toBeNull();
  });

  it('finds again what committed late under a lower number', () => {
    const place = readInboxCursor(writeInboxCursor(at(12), [at(12), at(10)]));
    expect(place).not.toBeNull();
    // 11 took its number before 12 and was committed after it was told.
    const told = toldBefore(place ?? { last: 0, told: [] }, [at(12), at(11), at(10), at(9, 1_000_000 - MOMENT_MS - 1)]);
    expect(numbers(told)).toEqual([12, 10, 9]);
  });

  it('of any history: told is told, and of its moment nothing else is passed over', () => {
    const history = fc.uniqueArray(
      fc.record({
        changed: fc.integer({ min: 1, max: 60 }),
        ms: fc.integer({ min: 0, max: 200_000 }),
        told: fc.boolean(),
      }),
      {
        selector: ({ changed }) => changed,
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(history, (changes) => {
        // Numbers are taken in time.
        const times = changes.map(({ ms }) => ms).sort((a, b) => a - b);
        const all = [...changes]
          .sort((a, b) => a.changed - b.changed)
          .map((one, index) => ({ changed: one.changed, changed_at: times[index] ?? 0, told: one.told }));
        const newest = all.findLast(({ told }) => told);
        if (newest === undefined) return;
        const place = readInboxCursor(
          writeInboxCursor(
            newest,
            all.filter(({ told }) => told),
          ),
        );
        if (place === null) throw new Error('a place of ours cannot be read');
        const upTo = all.filter(({ changed }) => changed <= place.last).reverse();
        const known = new Set(numbers(toldBefore(place, upTo)));
        for (const { changed, changed_at: ms, told } of upTo) {
          if (told) expect(known).toContain(changed);
          else if (ms >= newest.changed_at - MOMENT_MS) expect(known).not.toContain(changed);
        }
      }),
    );
  });
});
