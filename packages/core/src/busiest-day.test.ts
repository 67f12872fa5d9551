// The fullest window of a tree of runs, against every placing of small trees on a grid.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busiest, type Run } from './busiest-day.ts';

const INFINITY = Number.POSITIVE_INFINITY;
const run = (stage: string, weight: number, ...next: Run['next']): Run => ({ label: { stage, run: 1 }, weight, next });

describe('the fullest window', () => {
  it('has what lies less than its length apart', () => {
    const tree = run('a', 2, { least: 23, most: 23, to: run('b', 2) }, { least: 24, most: 24, to: run('c', 1) });
    const { count, counted } = busiest(tree, 24);
    expect(count).toBe(4);
    expect(counted.map(({ run: { label }, afterMs }) => `${label?.stage} ${afterMs}`)).toEqual(['a 0', 'b 23']);
  });
  it('puts what may lie anywhere where it is fullest', () => {
    const later = run('b', 1, { least: 30, most: INFINITY, to: run('c', 1, { least: 5, most: 5, to: run('d', 1) }) });
    const tree = run('a', 1, { least: -INFINITY, most: -2, to: run('x', 1) }, { least: 10, most: 90, to: later });
    expect(busiest(tree, 24).count).toBe(3);
  });
  it('is what trying every placing gives', () => {
    const trees = (depth: number): fc.Arbitrary<Run> =>
      fc
        .tuple(
          fc.integer({ min: 0, max: 3 }),
          fc.array(
            fc.tuple(
              fc.integer({ min: -6, max: 9 }),
              fc.integer({ min: 0, max: 4 }),
              depth === 0 ? fc.constant(run('leaf', 1)) : trees(depth - 1),
            ),
            { maxLength: 2 },
          ),
        )
        .map(([weight, next]) =>
          run('s', weight, ...next.map(([least, more, to]) => ({ least, most: least + more, to }))),
        );
    fc.assert(
      fc.property(trees(1), (tree) => {
        const best = Math.max(...Array.from({ length: 80 }, (_, at) => tried(tree, at - 40)));
        expect(busiest(tree, 8).count).toBe(best);
      }),
      { numRuns: 200 },
    );
  });
});

/** Whole numbers are enough: all distances are. */
const tried = ({ weight, next }: Run, at: number): number =>
  next.reduce(
    (sum, { least, most, to }) =>
      sum + Math.max(...Array.from({ length: most - least + 1 }, (_, more) => tried(to, at + least + more))),
    at >= 0 && at < 8 ? weight : 0,
  );
