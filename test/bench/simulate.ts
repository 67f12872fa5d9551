// How long a decision takes, and a simulation: ten years of a weekly reminder, and a thousand runs of a policy of everyday
// size. All in memory, so there is no floor to stand beside; the first run reads the zone and is told apart.
import { advance } from '../../packages/core/src/advance.ts';
import { Scenario } from '../../packages/core/src/scenario.test-kit.ts';
import { simulatePolicy, simulatePolicyMany } from '../../packages/core/src/testing.ts';

const AT = '2026-11-02T09:00:00Z';
const WEEKLY = {
  policy: 'weekly',
  key: 'event.data.id',
  assignee: 'event.data.who',
  stages: [{ id: 'nag', at: 'opened', repeat: { every: '1 week', times: 521 }, notify: { via: ['email'] } }],
} as const;
const EVERYDAY = {
  policy: 'everyday',
  key: 'event.data.id',
  assignee: 'event.data.who',
  due: 'event.data.due',
  fallback: 'recipient(desk)',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email', 'inbox'] } },
    { id: 'reminder', at: 'due - 3 business days', window: '09:00-18:00', notify: { via: ['email', 'inbox'] } },
    { id: 'overdue', at: 'due + 1 day', repeat: { every: '2 business days', times: 3 }, notify: { via: ['push'] } },
    { id: 'boss', at: 'overdue.last + 5 business days', escalate: { to: ['manager(1)'] }, notify: { via: ['email'] } },
  ],
} as const;

export function simulateBench(say: (line: string) => void): void {
  const took = (work: () => unknown): number => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  };
  const weekly = () => simulatePolicy(structuredClone(WEEKLY) as never, { at: AT, zone: 'Europe/Paris' });
  const first = took(weekly);
  const times = Array.from({ length: 9 }, () => took(weekly)).sort((a, b) => a - b);
  say(
    `ten years of a weekly reminder, ${weekly().items.length} items: ${times[4]?.toFixed(1)} ms (first ${first.toFixed(0)} ms)`,
  );
  const behaviours = ['assignee resolves with 60% after 1 day..40 days'];
  const many = took(() =>
    simulatePolicyMany(structuredClone(EVERYDAY) as never, { at: AT, zone: 'Europe/Paris', behaviours, runs: 1_000 }),
  );
  say(`1,000 runs of four stages: ${many.toFixed(0)} ms`);
  say(`one decision about a policy of ten stages: ${(decideUs()).toFixed(1)} µs (median of 20,000)`);
}

const TEN_STAGES = {
  policy: 'ten',
  key: 'event.data.id',
  assignee: 'event.data.who',
  stages: Array.from({ length: 10 }, (_, index) => ({
    id: `s${index}`,
    at: index === 0 ? 'opened' : `s${index - 1} + 1 day`,
    notify: { via: ['email' as const] },
  })),
};

/** Median microseconds of the step that runs the second stage, told again and again from the same state. */
function decideUs(): number {
  const story = new Scenario(TEN_STAGES);
  const { policy, followUp, directory } = story;
  const now = followUp.wakeAt ?? story.now;
  const times = Array.from({ length: 22_000 }, () => {
    const begin = performance.now();
    advance({ policy, followUp, directory, now, inputs: [{ kind: 'tick' }] });
    return performance.now() - begin;
  });
  // The first ones are compiled while they run.
  return (times.slice(2_000).sort((a, b) => a - b)[10_000] ?? 0) * 1_000;
}
