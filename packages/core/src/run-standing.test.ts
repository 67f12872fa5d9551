// Whether a run is the last reminder, whether others come next, and whether anybody has answered: what words may say.
import { describe, expect, it } from 'vitest';
import { later } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { runStanding } from './run-standing.ts';
import { ms, Scenario } from './scenario.test-kit.ts';

const standing = (story: Scenario, stage: string, run = 1) =>
  runStanding(story.policy, story.followUp, { stage, run }, story.directory);
const nag: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'nag', at: 'opened + 1 day', repeat: { every: '1 day', times: 2 } },
];
const up: PolicyInput['stages'][number] = { id: 'up', at: 'nag.last + 1 day', escalate: { to: ['recipient(bo)'] } };

describe('the last reminder', () => {
  it('is the last run of the last stage that asks the assignee', () => {
    const story = new Scenario({ stages: [...nag, up] });
    expect(standing(story, 'notice').lastReminder).toBe(false);
    story.forward('1 day');
    expect(standing(story, 'nag')).toEqual({ lastReminder: false, othersNext: true, answered: false });
    story.forward('1 day');
    expect(standing(story, 'nag', 2)).toEqual({ lastReminder: true, othersNext: true, answered: false });
    // A message of the first run that leaves only now is not the last one.
    expect(standing(story, 'nag', 1).lastReminder).toBe(false);
  });
  it('is not called off by what may never come, or asks nobody', () => {
    const story = new Scenario({
      stages: [
        ...nag,
        { id: 'missed', at: 'commitment + 1 day' },
        { id: 'tell', at: 'opened + 9 days', notify: { to: 'requester' } },
      ],
      fallback: 'recipient(eve)',
    });
    story.forward('2 days');
    expect(standing(story, 'nag', 2).lastReminder).toBe(true);
  });
});

describe('others', () => {
  it('come next where an escalation is ahead that nothing may skip', () => {
    const has = (...more: PolicyInput['stages']) =>
      standing(new Scenario({ stages: [...nag, ...more], due: 'event.data.due' }), 'notice').othersNext;
    expect(has(up)).toBe(true);
    expect(has()).toBe(false);
    expect(has({ ...up, when: 'data.amount > 500' })).toBe(false);
    expect(has({ ...up, at: 'due + 1 day' })).toBe(false);
    const story = new Scenario({ stages: [...nag, up] });
    story.command({ kind: 'escalate' });
    expect(standing(story, 'notice').othersNext).toBe(false);
  });
});

describe('an answer', () => {
  it('is an acknowledgement, a snooze or a commitment', () => {
    for (const kind of ['acknowledge', 'snooze', 'commit'] as const) {
      const story = new Scenario({ stages: nag });
      const date = later(story.now, ms('1 hour'));
      story.command(kind === 'acknowledge' ? { kind } : kind === 'snooze' ? { kind, until: date } : { kind, by: date });
      expect(standing(story, 'notice').answered).toBe(true);
    }
  });
});
