// One command for many: each is answered for itself, few are on their way at once, and only what was changed is taken back.
import { type FollowUp, RelanceProblem } from '@relance/client';
import { describe, expect, it } from 'vitest';
import { runBulk, undoOf } from './bulk.ts';

const many = (count: number): readonly FollowUp[] =>
  Array.from({ length: count }, (_, n) => ({ id: `f${n}`, assignee: n === 0 ? null : `p${n}` }) as FollowUp);

describe('a command for many', () => {
  it('is answered for each, in their order, whatever the others answer', async () => {
    const said: number[] = [];
    const told = await runBulk(
      async (id) => {
        await Promise.resolve();
        if (id === 'f1') throw new RelanceProblem(409, { detail: 'It is resolved already.', code: 'follow_up_closed' });
        if (id === 'f2') throw new TypeError('fetch failed');
        return { changed: id !== 'f3' };
      },
      { name: 'acknowledge', followUps: many(5), bodyFor: () => ({}) },
      (through) => said.push(through),
    );
    expect(told.map(({ followUp, became, detail }) => [followUp.id, became, detail])).toEqual([
      ['f0', 'changed', null],
      ['f1', 'refused', 'It is resolved already.'],
      ['f2', 'refused', 'The server could not be asked: fetch failed'],
      ['f3', 'same', null],
      ['f4', 'changed', null],
    ]);
    expect(said).toEqual([1, 2, 3, 4, 5]);
  });

  it('has six on their way at most', async () => {
    let under = 0;
    let most = 0;
    const run = async () => {
      most = Math.max(most, ++under);
      await Promise.resolve();
      under -= 1;
      return { changed: true };
    };
    const told = await runBulk(run, { name: 'cancel', followUps: many(40), bodyFor: () => ({}) }, () => {});
    expect(told).toHaveLength(40);
    expect(most).toBe(6);
  });
});

describe('taking it back', () => {
  const [first, second, third] = many(3) as [FollowUp, FollowUp, FollowUp];
  const told = [
    { followUp: first, became: 'changed', detail: null },
    { followUp: second, became: 'changed', detail: null },
    { followUp: third, became: 'same', detail: null },
  ] as const;

  it('is for what was changed alone', () => {
    expect(undoOf('acknowledge', told)).toMatchObject({ name: 'unacknowledge', followUps: [first, second] });
    expect(undoOf('resolve', told)).toMatchObject({ name: 'reopen', followUps: [first, second] });
    expect(undoOf('acknowledge', [told[2]])).toBeNull();
  });

  it('gives each back to whoever had it', () => {
    const undo = undoOf('reassign', told);
    expect(undo?.followUps).toEqual([second]); // nobody had the first
    expect(undo?.bodyFor(second)).toEqual({ to: 'p1' });
  });

  it('is not there for what cannot be taken back', () => {
    expect(undoOf('note', told)).toBeNull();
    expect(undoOf('escalate', told)).toBeNull();
  });
});
