// Somebody who is erased is asked no longer: the fallback is, or the others are, or an alarm is raised; and nothing of the
// follow-up names them then.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { Scenario } from './scenario.test-kit.ts';
import { withoutPerson } from './without-person.ts';

const two: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 1 day' },
];

describe('an assignee who is erased', () => {
  it('is followed by the fallback, who is told at once and reminded at the same times', () => {
    const story = new Scenario({ stages: two, fallback: 'recipient(bo)' });
    story.settle();
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    story.erase('ana');
    expect(story.followUp).toMatchObject({ assignee: 'bo', status: 'open' });
    expect(story.story('reassigned')).toEqual(['reassigned bo recipient_erased']);
    story.forward('10 days');
    expect(story.sent()).toEqual(['11-02 09:00 notice bo', '11-03 09:00 reminder bo']);
  });

  it('had promised it: nobody waits for that any more', () => {
    const story = new Scenario({ stages: two, fallback: 'recipient(bo)' });
    story.settle();
    story.command({ kind: 'acknowledge' });
    story.erase('ana');
    expect(story.followUp).toMatchObject({ status: 'open', assignee: 'bo', pause: null });
  });

  it('leaves a follow-up without a fallback to whoever is told by the alarm', () => {
    const story = new Scenario({ stages: two });
    story.settle();
    story.erase('ana');
    expect(story.followUp).toMatchObject({ assignee: null, waitsFor: 'unknown_recipient', wakeAt: null });
    expect(story.alarms).toEqual(['nobody_reached']);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    expect(story.forward('10 days').sent()).toEqual([]);
  });

  it('is none of those who only follow along: nothing changes for the others', () => {
    const story = new Scenario({ stages: two, fallback: 'recipient(bo)' });
    story.settle();
    const before = story.followUp;
    story.erase('bo');
    expect(story.followUp).toEqual(before);
  });
});

it('takes the id out of everything, and leaves what only has the same name', () => {
  const story = new Scenario({ stages: [{ id: 'ana', at: 'opened' }] });
  story.settle();
  story.command({ kind: 'acknowledge' });
  const after = withoutPerson(story.followUp, 'ana', 'erased-1');
  expect(after).toMatchObject({
    assignee: 'erased-1',
    acknowledgedBy: 'erased-1',
    notified: ['erased-1'],
    stage: 'ana',
  });
  const { progress, lastRun, stage, nextStage, ...rest } = after;
  expect(Object.keys(progress)).toEqual(['ana']);
  expect([lastRun?.stage, stage, nextStage]).toEqual(['ana', 'ana', 'ana']);
  expect(JSON.stringify(rest)).not.toMatch(/"ana"/);
});
