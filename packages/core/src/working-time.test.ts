// Policies that count in working time: before the due date, between repetitions, in hours, through holidays; and what a
// calendar that changes, or never opens, does to a follow-up that is under way (POLICY.md, `calendar` and *Durations*).
import { describe, expect, it } from 'vitest';
import { withCalendar } from './policy/policy.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, policyOf, Scenario } from './scenario.test-kit.ts';

const OFFICE = { zone: 'UTC', hours: { 'mon-fri': '09:00-17:00' } } as const;
const run = (
  stages: PolicyInput['stages'],
  calendar: NonNullable<PolicyInput['calendar']> = OFFICE,
  more: ConstructorParameters<typeof Scenario>[1] = {},
) => new Scenario({ calendar, due: 'event.data.due', stages }, more);

describe('working days', () => {
  it('before the due date leave out weekends and days off', () => {
    const story = run(
      [{ id: 'reminder', at: 'due - 3 business days' }],
      { ...OFFICE, exceptions: { '2026-11-09': 'closed' } },
      { opening: { dueAt: at('2026-11-11T17:00:00Z') } }, // a Wednesday
    );
    expect(story.forward('30 days').sent()).toEqual(['11-05 17:00 reminder ana']);
  });
  it('between repetitions too', () => {
    const story = run([{ id: 'nag', at: 'opened + 2 days', repeat: { every: '2 business days', times: 3 } }]);
    expect(story.forward('30 days').sent()).toEqual([
      '11-04 09:00 nag ana',
      '11-06 09:00 nag ana',
      '11-10 09:00 nag ana',
    ]);
  });
  it('are Monday to Friday where a policy has no calendar', () => {
    const story = new Scenario({ stages: [{ id: 'nag', at: 'opened + 6 business days' }] });
    expect(story.forward('30 days').sent()).toEqual(['11-10 09:00 nag ana']);
  });
  it('bound how long an acknowledgement pauses', () => {
    const story = new Scenario({
      calendar: OFFICE,
      acknowledged: { resumeAfter: '5 business days' },
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'nag', at: 'opened + 1 day' },
      ],
    });
    story.command({ kind: 'acknowledge' });
    story.sent();
    expect(story.forward('7 days').sent()).toEqual(['11-09 09:00 notice ana']);
  });
});

describe('working hours', () => {
  it('pass only while the calendar is open', () => {
    const story = run([{ id: 'nag', at: 'opened + 12 business hours' }], OFFICE, { start: at('2026-11-06T13:00:00Z') });
    expect(story.forward('7 days').sent()).toEqual(['11-09 17:00 nag ana']); // 4 h on Friday, 8 on Monday
  });
  it('have a rest at noon', () => {
    const calendar = { zone: 'UTC', hours: { 'mon-fri': '09:00-12:00, 14:00-18:00' } };
    const story = run([{ id: 'nag', at: 'opened + 4 business hours' }], calendar);
    expect(story.forward('1 day').sent()).toEqual(['11-02 15:00 nag ana']);
  });
});

describe('a calendar that changes', () => {
  it('moves what is ahead, and the timeline says so once', () => {
    const story = run([
      { id: 'notice', at: 'opened' },
      { id: 'nag', at: 'opened + 2 business days' },
    ]);
    story.sent();
    const closed = policyOf({
      calendar: { ...OFFICE, exceptions: { '2026-11-03': 'closed', '2026-11-04': 'closed' } },
      stages: [{ id: 'notice', at: 'opened' }],
    });
    story.policy = withCalendar(story.policy, closed.calendar);
    story.story();
    story.tick();
    story.tick();
    expect(story.story()).toEqual(['replanned nag calendar_changed']);
    expect(story.timeline.at(-1)?.data).toEqual({ from: at('2026-11-04T09:00:00Z'), to: at('2026-11-06T09:00:00Z') });
    expect(story.forward('30 days').sent()).toEqual(['11-06 09:00 nag ana']);
  });
  it('may make what was ahead due now', () => {
    const story = run([{ id: 'nag', at: 'opened + 3 business days' }], {
      ...OFFICE,
      exceptions: { '2026-11-03': 'closed', '2026-11-04': 'closed' },
    });
    story.forward('4 days');
    story.sent();
    story.policy = withCalendar(
      story.policy,
      policyOf({ calendar: OFFICE, stages: [{ id: 'a', at: 'opened' }] }).calendar,
    );
    story.tick();
    expect(story.sent()).toEqual(['11-06 09:00 nag ana']);
  });
});

it('nobody waits for ever for a calendar that never opens', () => {
  const shut = Object.fromEntries(
    Array.from({ length: 900 }, (_, day) => [
      new Date(Date.UTC(2026, 10, 1) + day * 86_400_000).toISOString().slice(0, 10),
      'closed',
    ]),
  );
  const story = run([{ id: 'nag', at: 'opened + 2 business days' }], { ...OFFICE, exceptions: shut });
  expect(story.forward('30 days').sent()).toEqual(['11-04 09:00 nag ana']);
});
