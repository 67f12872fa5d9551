// What a timeline says in words: who did it, by which event, and nothing that is not so.
import { describe, expect, it } from 'vitest';
import { DAY_MS, later } from './instant.ts';
import { Scenario, START } from './scenario.test-kit.ts';
import { sentence } from './sentence.ts';

const stages = [{ id: 'notice', at: 'opened' }];
const told = (story: Scenario): readonly string[] =>
  story.timeline.filter((line) => !/^(opened|stage|message)/.test(line.kind)).map((line) => sentence(line));

describe('an update', () => {
  it('names the event, or whoever said it by API', () => {
    const story = new Scenario({ stages });
    story.event('update', { data: { amount: 1 } });
    const said = { kind: 'event', role: 'update', event: null, outcome: null } as const;
    story.input({ ...said, facts: { data: { amount: 2 } } });
    story.input({ ...said, facts: { data: { amount: 3 } }, actor: 'bo' });
    expect(told(story)).toEqual(['Updated by event event-1.', 'Updated by an API key.', 'Updated by bo.']);
    expect(story.story('updated')).toEqual(['updated event', 'updated command', 'updated command']);
  });
});

describe('a due date that moves', () => {
  it('is one line, which says who moved it and why', () => {
    const story = new Scenario({ stages, due: 'event.data.due' });
    const dueAt = later(START, DAY_MS);
    const command = { kind: 'command', evidence: 'proven', channel: null } as const;
    story.input({
      ...command,
      command: { kind: 'reschedule', dueAt },
      actor: { kind: 'api', id: null },
      comment: null,
    });
    story.input({
      ...command,
      command: { kind: 'reschedule', dueAt: null },
      actor: { kind: 'recipient', id: 'ana' },
      comment: 'The client asked for more time',
    });
    story.event('update', { dueAt });
    expect(told(story)).toEqual([
      'The due date moved to 2026-11-03T09:00:00.000Z by an API key.',
      'The due date was taken away by ana: The client asked for more time.',
      'Updated by event event-3.',
      'The due date moved to 2026-11-03T09:00:00.000Z by event event-3.',
    ]);
    expect(story.timeline.find((line) => line.actor === 'ana')).toMatchObject({
      kind: 'rescheduled',
      reason: 'rescheduled',
      evidence: 'proven',
      data: { from: dueAt, to: null, comment: 'The client asked for more time' },
    });
  });
});

it('a day that is said again as the time at which it ends is told otherwise, and nothing runs anew', () => {
  const due = { dueAt: later(START, DAY_MS), dueDay: '2026-11-03' };
  const story = new Scenario({ stages, due: 'event.data.due' }, { opening: due });
  const planned = () => story.followUp.progress;
  const before = planned();
  story.event('update', { dueAt: due.dueAt });
  expect(story.followUp).toMatchObject({ dueAt: due.dueAt, dueDay: null });
  story.event('update', due);
  expect(story.followUp).toMatchObject(due);
  story.event('update', due);
  story.command({ kind: 'reschedule', dueAt: due.dueAt });
  expect(story.followUp).toMatchObject({ dueAt: due.dueAt, dueDay: null });
  expect(planned()).toEqual(before);
  expect(story.timeline.filter(({ kind }) => kind === 'rescheduled').map((line) => sentence(line))).toEqual([
    'The due date is now the time 2026-11-03T09:00:00.000Z by event event-1.',
    'The due date is now the day 2026-11-03 by event event-2.',
    'The due date is now the time 2026-11-03T09:00:00.000Z by ana.',
  ]);
});

it('says of a message that nobody carries that it was captured, not that it was sent', () => {
  const line = {
    seq: 1,
    at: START,
    kind: 'message_sent',
    reason: 'opened',
    stage: 'notice',
    recipient: 'ana',
  } as const;
  expect(sentence({ ...line, channel: 'email' })).toBe(
    'Sent "notice" to ana by email because the follow-up was opened.',
  );
  expect(sentence({ ...line, channel: 'email', data: { captured: true } })).toBe(
    'Captured in the mailbox: "notice" to ana by email because the follow-up was opened.',
  );
});
