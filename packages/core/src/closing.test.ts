// Closing, opening again, and handing on (POLICY.md, *Closing* and *Delegate, decline*): repeats change nothing, terminal
// statuses stay, an expired follow-up may still be resolved, and a new assignee is told at once.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { policyOf, Scenario } from './scenario.test-kit.ts';

const stages: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 2 days' },
];
const resolve = { kind: 'resolve', outcome: null } as const;
const cancel = { kind: 'cancel' } as const;

describe('closing', () => {
  it('answers a repetition with no change, and another terminal status with the follow-up', () => {
    const story = new Scenario({ stages });
    expect(story.command(resolve)).toEqual({ kind: 'done', changed: true });
    const closed = story.followUp;
    story.forward('1 day');
    expect(story.command(resolve)).toEqual({ kind: 'done', changed: false });
    expect(story.event('resolve')).toEqual({ kind: 'done', changed: false });
    expect(story.command(cancel)).toEqual({ kind: 'closed' });
    expect(story.event('cancel')).toEqual({ kind: 'closed' });
    expect(story.event('update', { data: { n: 1 } })).toEqual({ kind: 'closed' });
    expect(story.command({ kind: 'acknowledge' })).toEqual({ kind: 'closed' });
    expect(story.followUp).toBe(closed);
  });
  it('takes along what the event says, and tells those whom it says', () => {
    const story = new Scenario(
      { stages, cancelled: { notify: { to: ['assignee', 'requester'] } } },
      { opening: { requester: 'rita' } },
    );
    story.sent();
    story.event('cancel', { data: { why: 'voided' } });
    expect(story.followUp.data).toEqual({ why: 'voided' });
    expect(story.sent()).toEqual(['11-02 09:00 cancelled ana', '11-02 09:00 cancelled rita']);
  });
  it('is quiet when the policy says none', () => {
    const story = new Scenario({ stages, resolved: 'none' });
    story.sent();
    story.command(resolve);
    expect(story.sent()).toEqual([]);
  });
  it('lets a note be written afterwards, and nothing else', () => {
    const story = new Scenario({ stages });
    story.command(cancel);
    expect(story.command({ kind: 'note' })).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'cancelled', wakeAt: null });
  });
  it('is not urgent any more', () => {
    const story = new Scenario({ stages, urgency: 'urgent' });
    story.command(resolve);
    expect([...story.messages.values()].at(-1)).toMatchObject({
      stage: 'resolved',
      urgency: 'high',
      stoppedBy: 'nothing',
    });
  });
});

describe('expiry', () => {
  const expiring = { stages, expire: { after: '10 days' }, expired: { notify: { to: 'assignee' } } } as const;
  it('comes at its time, also in a pause, and also while nobody is known', () => {
    const story = new Scenario(expiring);
    story.command({ kind: 'snooze', until: (story.now + 12 * 86_400_000) as typeof story.now });
    story.sent();
    expect(story.forward('10 days').sent()).toEqual(['11-12 09:00 expired ana']);
    expect(story.followUp).toMatchObject({ status: 'expired', snoozedUntil: null });
    expect(new Scenario(expiring, { opening: { assignee: null } }).forward('10 days').followUp.status).toBe('expired');
  });
  it('is resolved by an event within 90 days, and confirmed; by command it is closed', () => {
    const story = new Scenario(expiring);
    story.forward('10 days');
    story.sent();
    expect(story.command(resolve)).toEqual({ kind: 'closed' });
    story.forward('89 days');
    expect(story.event('cancel')).toEqual({ kind: 'closed' });
    expect(story.event('resolve', {}, 'paid')).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'paid' });
    expect(story.sent()).toEqual(['02-09 09:00 resolved ana']);
  });
  it('stays expired after that', () => {
    const story = new Scenario(expiring);
    story.forward('101 days');
    story.sent();
    expect(story.event('resolve')).toEqual({ kind: 'closed' });
    expect(story.followUp.status).toBe('expired');
    expect(story.sent()).toEqual([]);
  });
});

describe('opening again', () => {
  it('is the next generation: everything afresh, other message ids, the timeline kept', () => {
    const story = new Scenario({ stages });
    story.forward('3 days');
    story.command({ kind: 'acknowledge' });
    story.command(resolve);
    story.forward('1 day');
    const lines = story.timeline.length;
    story.sent();
    story.reopen();
    expect(story.followUp).toMatchObject({ generation: 2, status: 'open', acknowledgements: 0, outcome: null });
    expect(story.followUp.timelineCount).toBeGreaterThan(lines);
    expect(story.forward('2 days').sent()).toEqual(['11-06 09:00 notice ana', '11-08 09:00 reminder ana']);
    // The scenario refuses two messages of one id.
    expect(story.messages.size).toBe(5);
  });
});

describe('versions', () => {
  it('a follow-up keeps the version it opened with', () => {
    const story = new Scenario(policyOf({ stages }, 4));
    story.forward('1 day');
    expect(story.followUp.version).toBe(4);
  });
});

describe('delegating', () => {
  const delegate = { kind: 'delegate', to: 'eve' } as const;
  it('tells the new assignee now, keeps the stage times, and the giver watches', () => {
    const story = new Scenario({ stages });
    story.forward('1 day');
    story.sent();
    expect(story.command(delegate)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ assignee: 'eve', watchers: ['ana'] });
    expect(story.sent()).toEqual(['11-03 09:00 notice eve']);
    expect(story.command(delegate)).toEqual({ kind: 'done', changed: false });
    expect(story.forward('30 days').sent()).toEqual(['11-04 09:00 reminder eve']);
  });
  it('revokes what is on its way to the giver, and only that', () => {
    const story = new Scenario(
      { stages: [{ id: 'notice', at: 'opened', notify: { to: ['assignee', 'team'] } }] },
      { opening: { team: 'desk' }, groups: { desk: ['dan'] }, provider: () => 'hold' },
    );
    story.command(delegate);
    expect(story.waiting).toEqual(['notice dan', 'notice eve']);
    story.release();
    expect(story.sent()).toEqual(['11-02 09:00 notice dan', '11-02 09:00 notice eve']);
    expect(story.followUp).toMatchObject({ assigneeTold: true, waitsFor: 'stages_exhausted' });
  });
  it('ends a pause: the new assignee has not said that they are at it', () => {
    const story = new Scenario({ stages, acknowledged: { resumeAfter: '9 days' } });
    story.command({ kind: 'acknowledge' });
    story.forward('5 days');
    story.sent();
    story.command({ kind: 'reassign', to: 'eve' });
    expect(story.followUp.status).toBe('open');
    expect(story.sent()).toEqual(['11-07 09:00 notice eve']);
    expect(story.forward('47 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-09 09:00 reminder eve']);
  });
  it('to nobody known is refused', () => {
    const story = new Scenario({ stages });
    expect(story.command({ kind: 'delegate', to: 'ghost' })).toMatchObject({ refusal: 'unknown_recipient' });
    expect(story.followUp).toMatchObject({ assignee: 'ana', watchers: [] });
  });
  it('holds escalations until the new assignee has been told', () => {
    const story = new Scenario(
      {
        stages: [
          { id: 'notice', at: 'opened' },
          { id: 'up', at: 'opened + 1 hour', escalate: { to: ['recipient(bo)'] } },
        ],
      },
      { provider: (one) => (one.recipient === 'eve' ? 'hold' : 'accept') },
    );
    story.command(delegate);
    expect(story.forward('2 hours').sent()).toEqual(['11-02 09:00 notice ana']);
    story.release();
    expect(story.sent()).toEqual(['11-02 11:00 notice eve']);
    expect(
      story
        .forward('1 hour')
        .sent()
        .map((line) => line.slice(12)),
    ).toContain('up bo');
  });
});

describe('declining', () => {
  const decline = (why: 'declined' | 'wrong_person') => ({ kind: 'decline', why }) as const;
  it('passes it to the manager, with the reason', () => {
    const story = new Scenario({ stages });
    story.sent();
    story.story();
    story.command(decline('wrong_person'));
    expect(story.sent()).toEqual(['11-02 09:00 notice bo']);
    expect(story.followUp).toMatchObject({ assignee: 'bo', watchers: [] });
    expect(story.story('declined')).toEqual(['declined bo wrong_person']);
  });
  it('else to the fallback, not back to the same person', () => {
    const people = [{ id: 'ana' }, { id: 'eve' }];
    const story = new Scenario({ stages, fallback: 'group(desk)' }, { people, groups: { desk: ['ana', 'eve'] } });
    story.command(decline('declined'));
    expect(story.followUp.assignee).toBe('eve');
  });
  it('is refused when there is nobody to pass it to', () => {
    const story = new Scenario({ stages }, { people: [{ id: 'ana' }] });
    expect(story.command(decline('declined'))).toMatchObject({ refusal: 'unknown_recipient' });
    expect(story.forward('2 days').sent()).toHaveLength(2);
  });
});
