// Schedules are found wherever a target may stand, and not in words that only speak of them.
import { expect, it } from 'vitest';
import { schedulesNamedIn } from './named-schedule.ts';

it('finds schedules in targets, alone, in lists, and as the assignee', () => {
  const written = {
    title: 'onCall(title) is not a target here',
    assignee: { target: 'onCall(primary)' },
    fallback: ' onCall( backup , 2 ) ',
    stages: [{ notify: [{ to: ['assignee', 'onCall(night)'] }] }, { escalate: { to: 'group(onCall)' } }],
  };
  expect([...schedulesNamedIn(written)].sort()).toEqual(['backup', 'night', 'primary']);
  expect(schedulesNamedIn(null).size).toBe(0);
});
