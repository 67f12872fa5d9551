// Differences as people read them.
import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';

describe('what differs', () => {
  it('is told place by place', () => {
    const before = { title: 'A', stages: [{ id: 'a', at: 'opened' }, { id: 'b' }], old: 1 };
    const after = { title: 'A', stages: [{ id: 'a', at: 'opened + 1 day' }], due: 'event.data.due' };
    expect(differences(before, after)).toEqual([
      'stages[0].at: "opened" → "opened + 1 day"',
      'stages[1]: {"id":"b"} → nothing',
      'due: nothing → "event.data.due"',
      'old: 1 → nothing',
    ]);
  });
  it('is nothing between what is the same, or says as little', () => {
    expect(differences({ a: [1, { b: null }], c: {} }, { a: [1, {}], d: [] })).toEqual([]);
    expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });
  it('is cut where it is long', () => {
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`k${index}`, index]));
    expect(differences({}, { x: 'y'.repeat(200) })[0]).toHaveLength('x: nothing → '.length + 80);
    expect(differences({ z: 0 }, { ...many, z: 0 })).toHaveLength(11);
    expect(differences({ z: 0 }, { ...many, z: 0 }).at(-1)).toBe('… and 4 more');
  });
});
