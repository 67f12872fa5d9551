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
  it('shows the change of a long text, wherever it is', () => {
    const words = (end: string) =>
      `${'The same words, over and over. '.repeat(10)}Pay until ${end}. ${'And more. '.repeat(20)}`;
    const [line = ''] = differences({ text: words('Monday') }, { text: words('Friday') });
    expect(line).toBe(
      'text: …and over. Pay until Monday. And more. And more. And more. And more. And more. … → ' +
        '…and over. Pay until Friday. And more. And more. And more. And more. And more. …',
    );
    // What only became longer ends where the other goes on.
    const long = 'x'.repeat(200);
    expect(differences({ a: long }, { a: `${long} and on` })).toEqual([
      `a: …${'x'.repeat(20)}" → …${'x'.repeat(20)} and on"`,
    ]);
  });
  it('is cut where it is long', () => {
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`k${index}`, index]));
    expect(differences({}, { x: 'y'.repeat(200) })[0]).toHaveLength('x: nothing → '.length + 80);
    expect(differences({ z: 0 }, { ...many, z: 0 })).toHaveLength(11);
    expect(differences({ z: 0 }, { ...many, z: 0 }).at(-1)).toBe('… and 4 more');
  });
});
