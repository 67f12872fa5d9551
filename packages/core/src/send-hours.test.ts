// Windows and quiet hours in stories (POLICY.md, *Waiting*): what is held and until when, what passes, what counts from a
// held stage, who gives way at one opening. START is Monday, 09:00 in London.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { at, type Person, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

type Stage = PolicyInput['stages'][number];
const NIGHT = '22:00-07:00';
const run = (stages: readonly Stage[], more: ScenarioOptions & { policy?: Partial<PolicyInput> } = {}) =>
  new Scenario({ fallback: 'recipient(dan)', ...more.policy, stages: [...stages] }, more);
const late = at('2026-11-02T23:30:00Z');
const everywhere: Person = { id: 'ana', phone: '+33600000000', endpoints: [{ channel: 'push', address: 'token' }] };

describe('quiet hours', () => {
  it('hold what falls into them until they are over, and say until when', () => {
    const story = run([{ id: 'notice', at: 'opened', quietHours: NIGHT }], { start: late });
    expect(story.sent()).toEqual([]);
    expect(story.story('message_deferred')).toEqual(['message_deferred notice ana quiet_hours']);
    expect(story.timeline.find(({ kind }) => kind === 'message_deferred')?.data).toEqual({
      until: at('2026-11-03T07:00:00Z'),
      channels: ['email'],
    });
    expect(story.followUp.waitsFor).toBe('hand_over_pending');
    expect(story.forward('30 days').sent()).toEqual(['11-03 07:00 notice ana']);
  });
  it('are those of where the recipient is, else the tenant, else the policy', () => {
    const sentTo = (person: Person, zone: string | null) =>
      run([{ id: 'notice', at: 'opened', quietHours: NIGHT }], {
        start: late,
        people: [person],
        zone,
        policy: { calendar: { zone: 'Asia/Tokyo', hours: { 'mon-fri': '09:00-17:00' } } },
      })
        .forward('1 day')
        .sent();
    expect(sentTo({ id: 'ana', timeZone: 'America/New_York' }, 'Europe/Paris')).toEqual(['11-02 23:30 notice ana']); // 18:30
    expect(sentTo({ id: 'ana' }, 'Europe/Paris')).toEqual(['11-03 06:00 notice ana']);
    expect(sentTo({ id: 'ana' }, null)).toEqual(['11-02 23:30 notice ana']); // 08:30 in Tokyo
  });
  it('move what counts from them by as much as they held, once', () => {
    const story = run(
      [
        { id: 'reminder', at: 'opened + 2 hours', quietHours: NIGHT },
        { id: 'escalate', at: 'reminder + 1 hour', escalate: { to: ['recipient(dan)'] } },
      ],
      { start: late },
    );
    expect(story.forward('3 days').sent()).toEqual(['11-03 07:00 reminder ana', '11-03 08:00 escalate dan']);
  });
  it('let through what is urgent, and what an escalation has made urgent', () => {
    const urgent = run([{ id: 'page', at: 'opened', quietHours: NIGHT, urgency: 'urgent' }], { start: late });
    expect(urgent.sent()).toEqual(['11-02 23:30 page ana']);
    const raised = run(
      [
        { id: 'notice', at: 'opened' },
        {
          id: 'up',
          at: 'opened + 30 minutes',
          escalate: { to: ['recipient(dan)'], raise: 'urgent' },
          quietHours: NIGHT,
        },
      ],
      { start: late },
    );
    expect(raised.forward('1 day').sent()).toEqual(['11-02 23:30 notice ana', '11-03 00:00 up dan']);
  });
  it('do not hold the closing notification', () => {
    const story = run([{ id: 'notice', at: 'opened', quietHours: NIGHT }], { start: late });
    story.event('resolve');
    expect(story.sent()).toEqual(['11-02 23:30 resolved ana']);
    expect(story.forward('30 days').sent()).toEqual([]);
  });
  it('are ignored by the inbox, which does not make the stage told', () => {
    const stages: Stage[] = [
      { id: 'notice', at: 'opened', quietHours: NIGHT, notify: { via: ['inbox', 'email'] } },
      { id: 'again', at: 'notice + 2 hours' },
    ];
    const story = run(stages, { start: late });
    expect(story.sent()).toEqual(['11-02 23:30 notice ana inbox']);
    expect(story.forward('1 day').sent()).toEqual(['11-03 07:00 notice ana', '11-03 09:00 again ana']);
    // Where the rest of it fails, the inbox is what they have.
    const failing = run(stages, { start: late, provider: ({ channel }) => (channel === 'inbox' ? 'accept' : 'fail') });
    expect(failing.forward('1 day').sent()).toEqual(['11-02 23:30 notice ana inbox']);
    expect(failing.alarms).toEqual([]);
    expect(failing.followUp.progress.notice?.firstAt).toBe(at('2026-11-03T07:00:00Z'));
  });
  it('hold what was to be tried again, or was due before them and nobody sent', () => {
    const story = run([{ id: 'notice', at: 'opened', quietHours: NIGHT }], {
      start: at('2026-11-02T21:59:00Z'),
      provider: () => 'hold',
    });
    story.forward('30 minutes');
    story.release();
    expect(story.sent()).toEqual([]);
    expect(story.forward('1 day').sent()).toEqual(['11-03 07:00 notice ana']);
  });
  it('hold the later channels of a contact plan by their own time', () => {
    const via = ['email', { channel: 'sms', after: '10 hours' }] as const;
    const story = run([{ id: 'notice', at: 'opened', quietHours: '18:00-08:00', notify: { via: [...via] } }], {
      people: [everywhere],
    });
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 08:00 notice ana sms']);
  });
  it('count `after` from the end of the night, not from what lies in the inbox', () => {
    const via = ['inbox', 'email', { channel: 'sms', after: '2 hours' }] as const;
    const story = run([{ id: 'notice', at: 'opened', quietHours: NIGHT, notify: { via: [...via] } }], {
      people: [everywhere],
      start: late,
    });
    story.sent();
    expect(story.forward('2 days').sent()).toEqual(['11-03 07:00 notice ana', '11-03 09:00 notice ana sms']);
  });
});

describe('a window', () => {
  it('of the calendar is open when the calendar is', () => {
    const story = run([{ id: 'notice', at: 'opened', window: 'calendar' }], {
      start: at('2026-11-06T18:00:00Z'), // a Friday
      policy: {
        calendar: { zone: 'UTC', hours: { 'mon-fri': '09:00-17:00' }, exceptions: { '2026-11-09': 'closed' } },
      },
    });
    expect(story.story('message_deferred')).toEqual(['message_deferred notice ana calendar']);
    expect(story.forward('30 days').sent()).toEqual(['11-10 09:00 notice ana']);
  });
  it('is the same hour by the clock on the wall after the clocks have changed', () => {
    const story = run([{ id: 'nag', at: 'opened', window: '09:00-10:00', repeat: { every: '1 day', times: 3 } }], {
      start: at('2026-10-24T12:00:00Z'), // the clocks go back on the 25th
      people: [{ id: 'ana', timeZone: 'Europe/Paris' }],
    });
    expect(story.forward('30 days').sent()).toEqual([
      '10-25 08:00 nag ana',
      '10-26 08:00 nag ana',
      '10-27 08:00 nag ana',
    ]);
  });
  it('that never opens where the recipient is, is told as somebody who cannot be reached', () => {
    const story = run([{ id: 'notice', at: 'opened', window: '09:00-10:00', quietHours: 'calendar' }], {
      policy: { calendar: { zone: 'UTC', hours: { mon: '09:00-10:00' } } },
      people: [{ id: 'ana', timeZone: 'Asia/Tokyo' }],
    });
    expect(story.forward('30 days').sent()).toEqual([]);
    expect(story.alarms).toEqual(['assignee_unreachable']);
    expect(story.story('message_suppressed')).toEqual(['message_suppressed notice ana never_allowed']);
    expect(story.followUp.waitsFor).toBe('stages_exhausted');
  });
});

describe('later stages', () => {
  it('count from the first real hand-over of a held one', () => {
    const story = run(
      [
        { id: 'notice', at: 'opened', quietHours: NIGHT },
        { id: 'again', at: 'notice + 3 hours' },
      ],
      { start: late },
    );
    expect(story.forward('1 day').sent()).toEqual(['11-03 07:00 notice ana', '11-03 10:00 again ana']);
  });
  it('escalate over nobody who has not been told, and keep their distance from the telling', () => {
    const story = run(
      [
        { id: 'notice', at: 'opened', quietHours: NIGHT },
        { id: 'up', at: 'opened + 2 hours', escalate: { to: ['manager(1)'] } },
      ],
      { start: late },
    );
    expect(story.forward('1 day').sent()).toEqual(['11-03 07:00 notice ana', '11-03 09:00 up bo']);
  });
  it('that hand it to somebody else take back what waits for who had it', () => {
    const story = run([
      { id: 'notice', at: 'opened' },
      { id: 'reminder', at: 'opened + 11 hours', window: '09:00-18:00' },
      { id: 'over', at: 'opened + 12 hours', escalate: { to: 'recipient(dan)', mode: 'reassign' }, urgency: 'urgent' },
      { id: 'after', at: 'reminder + 1 day' },
    ]);
    expect(story.forward('3 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-02 21:00 over dan',
      '11-03 20:00 after dan',
    ]);
  });
  it('repeat from the hand-over', () => {
    const story = run([{ id: 'nag', at: 'opened', quietHours: NIGHT, repeat: { every: '8 hours', times: 4 } }], {
      start: late,
    });
    expect(story.forward('3 days').sent()).toEqual([
      '11-03 07:00 nag ana',
      '11-03 15:00 nag ana',
      '11-04 07:00 nag ana', // 23:00
      '11-04 15:00 nag ana',
    ]);
  });
});

describe('of several stages that wait for one opening', () => {
  const three: Stage[] = [
    { id: 'notice', at: 'opened', quietHours: NIGHT },
    { id: 'reminder', at: 'opened + 2 hours', quietHours: NIGHT },
    { id: 'final', at: 'opened + 4 hours', quietHours: NIGHT },
    { id: 'after', at: 'opened + 1 day' },
  ];
  it('only the newest is sent; the others are superseded', () => {
    const story = run(three, { start: late });
    expect(story.forward('3 days').sent()).toEqual(['11-03 07:00 final ana', '11-03 23:30 after ana']);
    expect(story.story('stage_superseded')).toEqual([
      'stage_superseded notice ana superseded',
      'stage_superseded reminder ana superseded',
    ]);
    expect(story.alarms).toEqual([]);
  });
  it('leaves nothing behind that would only follow what gave way', () => {
    const via = ['email' as const, { channel: 'inbox' as const, else: true }];
    const night = { quietHours: NIGHT, notify: { via } };
    const story = run(
      [
        { id: 'notice', at: 'opened', ...night },
        { id: 'reminder', at: 'opened + 1 hour', ...night },
      ],
      {
        start: late,
      },
    );
    const still = story.forward('3 hours').unsent.map(({ stage, channel }) => `${stage} ${channel}`);
    expect(still).toEqual(['reminder email', 'reminder inbox']);
    const together = run(
      [
        { id: 'notice', at: 'opened', ...night },
        { id: 'hint', at: 'opened', ...night },
      ],
      {
        start: late,
      },
    );
    expect(together.unsent.map(({ stage, channel }) => `${stage} ${channel}`)).toEqual(['hint email', 'hint inbox']);
  });
  it('one that comes to wait later than the newest gives way to it', () => {
    const story = run(
      [
        { id: 'notice', at: 'opened', quietHours: NIGHT },
        { id: 'reminder', at: 'opened + 5 hours', quietHours: NIGHT },
        { id: 'later', at: 'reminder + 1 day' },
      ],
      { start: at('2026-11-02T18:00:00Z'), provider: () => 'hold' },
    );
    expect(story.forward('6 hours').story('message_deferred')).toEqual(['message_deferred reminder ana quiet_hours']);
    story.release();
    expect(story.forward('3 days').sent()).toEqual(['11-03 07:00 reminder ana', '11-04 07:00 later ana']);
    expect(story.story('stage_superseded')).toEqual(['stage_superseded notice ana superseded']);
  });
  it('those of other openings are sent at their own', () => {
    const story = run(
      [
        { id: 'notice', at: 'opened', window: '09:00-18:00' },
        { id: 'reminder', at: 'opened + 2 hours', quietHours: NIGHT },
      ],
      { start: late },
    );
    expect(story.forward('3 days').sent()).toEqual(['11-03 07:00 reminder ana', '11-03 09:00 notice ana']);
  });
  it('each person gets the newest that speaks to them, and the inbox keeps all', () => {
    const story = run(
      [
        {
          id: 'notice',
          at: 'opened',
          quietHours: NIGHT,
          notify: { to: ['assignee', 'requester'], via: ['inbox', 'email'] },
        },
        { id: 'reminder', at: 'opened + 2 hours', quietHours: NIGHT, notify: { via: ['inbox', 'email'] } },
      ],
      { start: late, opening: { requester: 'rita' } },
    );
    expect(story.forward('3 days').sent().toSorted()).toEqual([
      '11-02 23:30 notice ana inbox',
      '11-02 23:30 notice rita inbox',
      '11-03 01:30 reminder ana inbox',
      '11-03 07:00 notice rita',
      '11-03 07:00 reminder ana',
    ]);
  });
  it('an acknowledgement at night takes back what waits', () => {
    const story = run(three.slice(0, 2), { start: late });
    story.command({ kind: 'acknowledge' });
    expect(story.forward('2 days').sent()).toEqual([]);
    // It runs out at night: the repetition waits for the morning, and gives way to the reminder that has moved along.
    expect(story.forward('3 days').sent()).toEqual(['11-06 07:00 reminder ana']);
  });
});
