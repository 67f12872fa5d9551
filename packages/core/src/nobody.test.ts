// Nobody there, and nobody told yet (POLICY.md, *Nobody there* and *Waiting*): unknown and empty people, fallbacks,
// escalations held until the assignee has been told, managers, and who is told by whom.
import { describe, expect, it } from 'vitest';
import { HOUR_MS, later } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { personOf, Scenario, START } from './scenario.test-kit.ts';
import { sentence } from './sentence.ts';

const two: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 1 day' },
];
const up: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'up', at: 'opened + 1 hour', escalate: { to: ['recipient(bo)'] } },
];

describe('an unknown assignee', () => {
  it('is waited for, and everything goes on when they are created', () => {
    const story = new Scenario({ stages: two }, { opening: { assignee: 'new' } });
    // Somebody who looks at it sees when the waiting ends, whatever happens then.
    const graceEnds = later(START, HOUR_MS);
    expect(story.followUp).toMatchObject({
      waitsFor: 'unknown_recipient',
      wakeAt: graceEnds,
      nextAt: graceEnds,
      nextStage: null,
    });
    story.forward('30 minutes');
    expect(story.sent()).toEqual([]);
    story.person({ id: 'new' });
    story.tick();
    expect(story.sent()).toEqual(['11-02 09:30 notice new']);
    expect(story.story('waiting', 'resumed')).toEqual(['waiting new unknown_recipient', 'resumed new recipient_known']);
    expect(story.forward('30 days').sent()).toEqual(['11-03 09:00 reminder new']);
  });
  it('says truly why it waited, goes on and sends', () => {
    const arrived = new Scenario({ stages: two }, { opening: { assignee: 'new' } });
    arrived.forward('30 minutes');
    arrived.person({ id: 'new' });
    arrived.tick();
    const lines = (story: Scenario) =>
      story.timeline.filter((line) => line.kind !== 'opened').map((line) => sentence(line));
    expect(lines(arrived)).toEqual([
      'Waiting for new until 2026-11-02T10:00:00.000Z because the recipient is not known yet.',
      'Going on because the recipient is known now.',
      'Stage "notice" ran because the stage was already past when the assignee became known.',
    ]);
    const replaced = new Scenario(
      { fallback: 'group(desk)', stages: two },
      { opening: { assignee: 'new' }, groups: { desk: ['eve'] } },
    );
    replaced.forward('1 hour');
    expect(replaced.story('stage_ran')).toEqual(['stage_ran notice late_for_assignee']);
    const given = new Scenario({ stages: two }, { opening: { assignee: null } });
    given.forward('5 days');
    given.command({ kind: 'reassign', to: 'eve' });
    expect(given.story('stage_ran')).toEqual(['stage_ran notice late_for_assignee']);
    // At the very opening nothing is late for anybody.
    const atOnce = new Scenario(
      { fallback: 'group(desk)', due: 'event.data.due', stages: [{ id: 'early', at: 'due - 10 days' }] },
      { opening: { assignee: null, dueAt: START }, groups: { desk: ['eve'] } },
    );
    expect(atOnce.story('stage_ran')).toEqual(['stage_ran early late_at_opening']);
  });
  it('is replaced by the first person of the fallback after the grace', () => {
    const story = new Scenario(
      { fallback: 'group(desk)', stages: two },
      { opening: { assignee: 'new' }, groups: { desk: ['ghost', 'eve', 'dan'] } },
    );
    expect(story.forward('59 minutes').sent()).toEqual([]);
    expect(story.forward('1 minute').sent()).toEqual(['11-02 10:00 notice eve']);
    expect(story.followUp.assignee).toBe('eve');
    expect(story.alarms).toEqual(['target_empty']);
    expect(story.forward('30 days').sent()).toEqual(['11-03 09:00 reminder eve']);
  });
  it('is not waited for when it is urgent, or when there is none at all', () => {
    const groups = { desk: ['eve'] };
    const urgent = new Scenario(
      { urgency: 'urgent', fallback: 'group(desk)', stages: two },
      { opening: { assignee: 'new' }, groups },
    );
    expect(urgent.sent()).toEqual(['11-02 09:00 notice eve']);
    const none = new Scenario({ fallback: 'group(desk)', stages: two }, { opening: { assignee: null }, groups });
    expect(none.sent()).toEqual(['11-02 09:00 notice eve']);
    expect(none.alarms).toEqual(['target_empty']);
  });
  it('without anybody to fall back to waits visibly, with one alarm', () => {
    const story = new Scenario({ stages: two }, { opening: { assignee: 'new' } });
    expect(story.forward('300 days').sent()).toEqual([]);
    expect(story.alarms).toEqual(['nobody_reached']);
    expect(story.followUp).toMatchObject({ waitsFor: 'unknown_recipient', wakeAt: null, nextAt: null });
    story.person({ id: 'new' });
    story.tick();
    expect(story.sent()).toHaveLength(1);
    expect(story.alarms).toHaveLength(1);
  });
  it('goes on when it is reassigned: late, one message now, the rest at its distance', () => {
    const story = new Scenario({ stages: two }, { opening: { assignee: null } });
    story.forward('5 days');
    expect(story.command({ kind: 'reassign', to: 'eve' })).toEqual({ kind: 'done', changed: true });
    expect(story.sent()).toEqual(['11-07 09:00 notice eve']);
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-08 09:00 reminder eve']);
  });
  it('can still be resolved, and is silent then', () => {
    const story = new Scenario({ stages: two, resolved: 'none' }, { opening: { assignee: 'new' } });
    story.event('resolve');
    expect(story.forward('30 days').sent()).toEqual([]);
    expect(story.alarms).toEqual([]);
  });
});

describe('an empty target', () => {
  const tell = (to: readonly string[], more: Partial<PolicyInput> = {}) =>
    new Scenario(
      { stages: [{ id: 'notice', at: 'opened', notify: { to: to as ['team'] } }], ...more },
      { groups: { desk: ['eve', 'dan'], empty: [], ghosts: ['casper'] } },
    );
  it('falls to the others of its list', () => {
    const story = tell(['requester', 'group(empty)', 'assignee']);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    expect(story.alarms).toEqual([]);
  });
  it('falls to the fallback, with an alarm', () => {
    const story = tell(['requester', 'group(ghosts)'], { fallback: 'group(desk)' });
    expect(story.sent()).toEqual(['11-02 09:00 notice eve', '11-02 09:00 notice dan']);
    expect(story.alarms).toEqual(['target_empty']);
  });
  it('is an alarm of its own when the fallback is empty as well, and the rest goes on', () => {
    const story = new Scenario({
      fallback: 'group(empty)',
      stages: [
        { id: 'notice', at: 'opened', notify: { to: 'requester' } },
        { id: 'next', at: 'notice + 1 day' },
      ],
    });
    expect(story.alarms).toEqual(['nobody_reached']);
    expect(story.forward('30 days').sent()).toEqual(['11-03 09:00 next ana']);
  });
  it('is one alarm for one run, however many of its notifications and whoever it escalates to are nobody', () => {
    const story = new Scenario(
      {
        fallback: 'group(empty)',
        stages: [
          { id: 'notice', at: 'opened' },
          {
            id: 'up',
            at: 'opened + 1 hour',
            escalate: { to: ['group(empty)'] },
            notify: [{ to: 'escalated' }, { to: 'requester' }],
            repeat: { every: '1 hour', times: 2 },
          },
        ],
      },
      { groups: { empty: [] } },
    );
    story.forward('1 hour');
    expect(story.alarms).toEqual(['nobody_reached']);
    expect(story.story('alarm')).toEqual(['alarm up nobody_reached']);
    // The next run is another one.
    story.forward('1 hour');
    expect(story.alarms).toHaveLength(2);
    const rescued = new Scenario(
      {
        fallback: 'recipient(eve)',
        stages: [{ id: 'notice', at: 'opened', notify: [{ to: 'requester' }, { to: 'watchers' }] }],
      },
      {},
    );
    expect(rescued.alarms).toEqual(['target_empty']);
  });
  it('tells nobody twice of one notification', () => {
    expect(tell(['assignee', 'recipient(ana)', 'group(desk)', 'recipient(eve)']).sent()).toHaveLength(3);
  });
  it('is told as a group when it is large', () => {
    const story = new Scenario(
      { stages: [{ id: 'notice', at: 'opened + 1 hour', notify: { to: ['assignee', 'group(all)'] } }] },
      {},
    );
    story.groups.set('all', { id: 'all', name: null, members: ['eve'], size: 5_000 });
    expect(story.forward('1 hour').sent()).toEqual(['11-02 10:00 notice ana']);
    expect(story.fanOuts).toEqual(['notice all']);
  });
});

describe('escalating over the assignee', () => {
  it('waits until their message is handed over, and then keeps its distance', () => {
    const story = new Scenario({ stages: up }, { provider: () => 'hold' });
    expect(story.forward('5 hours').sent()).toEqual([]);
    expect(story.followUp).toMatchObject({ waitsFor: 'hand_over_pending', escalationLevel: 0 });
    // Whatever else happens meanwhile.
    story.command({ kind: 'note' });
    expect(story.followUp.escalationLevel).toBe(0);
    story.release();
    expect(story.sent()).toEqual(['11-02 14:00 notice ana']);
    expect(story.forward('59 minutes').sent()).toEqual([]);
    expect(story.forward('1 minute').sent()).toEqual(['11-02 15:00 up bo']);
  });
  it('waits for the assignee, not for somebody else told by the same stage', () => {
    const story = new Scenario(
      { stages: [{ id: 'notice', at: 'opened', notify: { to: ['assignee', 'team'] } }, ...up.slice(1)] },
      {
        opening: { team: 'desk' },
        groups: { desk: ['eve'] },
        provider: (one) => (one.recipient === 'ana' ? 'hold' : 'accept'),
      },
    );
    expect(story.forward('5 hours').sent()).toEqual(['11-02 09:00 notice eve']);
    expect(story.followUp).toMatchObject({ wakeAt: null, waitsFor: 'hand_over_pending' });
    story.release();
    expect(story.forward('1 hour').sent()).toEqual(['11-02 14:00 notice ana', '11-02 15:00 up bo']);
  });
  it('does not wait for somebody who cannot be reached, and says so', () => {
    const story = new Scenario({ stages: up }, { provider: (one) => (one.recipient === 'ana' ? 'fail' : 'accept') });
    expect(story.alarms).toEqual(['assignee_unreachable']);
    expect(story.forward('2 hours').sent()).toEqual(['11-02 10:00 up bo']);
    expect(story.story('escalated')).toEqual(['escalated up assignee_unreachable']);
  });
  it('does not wait for somebody without any address', () => {
    const people = [{ id: 'ana', email: null, plan: ['email', 'sms'] }, { id: 'bo' }];
    const story = new Scenario({ stages: up }, { people });
    expect(story.alarms).toEqual(['assignee_unreachable']);
    expect(story.forward('2 hours').sent()).toEqual(['11-02 10:00 up bo']);
  });
  it('does not call somebody unreachable whom another notification of the stage still may reach', () => {
    const story = new Scenario(
      {
        stages: [
          { id: 'notice', at: 'opened', notify: [{ via: ['sms'] }, { via: ['email'] }] },
          { id: 'up', at: 'opened + 1 hour', escalate: { to: ['recipient(bo)'] } },
        ],
      },
      { provider: () => 'hold' },
    );
    expect(story.alarms).toEqual([]);
    expect(story.forward('5 hours').sent()).toEqual([]);
    story.provider = () => 'fail';
    expect(story.forward('1 minute').sent()).toEqual([]);
    story.outage('1 second');
    expect(story.alarms).toEqual(['assignee_unreachable']);
  });
  it('says so when no stage has told the assignee, and goes on: there is nothing to wait for', () => {
    const alone = new Scenario({ stages: [{ ...up[1], id: 'up', at: 'opened + 1 hour' }] });
    expect(alone.forward('1 hour').sent()).toEqual(['11-02 10:00 up bo']);
    const skipped = new Scenario({ stages: [{ id: 'notice', at: 'opened', when: 'false' }, ...up.slice(1)] });
    expect(skipped.forward('1 hour').sent()).toEqual(['11-02 10:00 up bo']);
    const late = new Scenario(
      {
        due: 'event.data.due',
        late: { atOpening: 'skip' },
        stages: [
          { id: 'notice', at: 'due - 1 day' },
          { ...up[1], id: 'up', at: 'due + 2 days' },
        ],
      },
      { opening: { dueAt: START } },
    );
    expect(late.forward('3 days').sent()).toHaveLength(1);
    for (const story of [alone, skipped, late]) {
      const lines = story.timeline.filter((line) => line.stage === 'up' && !line.kind.startsWith('message'));
      expect(lines.map((line) => line.reason)).toEqual(['assignee_not_told', 'assignee_not_told']);
      expect([...story.messages.values()].at(-1)?.reason).toBe('assignee_not_told');
    }
    const escalated = alone.timeline.filter((line) => line.kind === 'escalated').map((line) => sentence(line));
    expect(escalated).toEqual(['Escalated to bo because its time came and nothing has told the assignee yet.']);
    const told = new Scenario({ stages: up });
    told.forward('1 hour');
    expect(told.story('escalated')).toEqual(['escalated up no_response']);
  });
  it('by hand says so, whoever can be reached', () => {
    const story = new Scenario({ stages: up }, { provider: (one) => (one.recipient === 'ana' ? 'fail' : 'accept') });
    story.command({ kind: 'escalate' });
    expect(story.story('escalated')).toEqual(['escalated up escalated_by_hand']);
  });
  it('does not wait when it is urgent', () => {
    const story = new Scenario(
      { stages: up, urgency: 'urgent' },
      { provider: (one) => (one.recipient === 'ana' ? 'hold' : 'accept') },
    );
    expect(story.forward('1 hour').sent()).toEqual(['11-02 10:00 up bo']);
  });
  it('raises the urgency for good, adds or reassigns', () => {
    const story = new Scenario({
      stages: [
        { id: 'notice', at: 'opened' },
        {
          id: 'up',
          at: 'opened + 1 hour',
          escalate: { to: ['recipient(bo)'], mode: 'reassign', raise: 'urgent' },
          notify: [{ to: 'escalated' }, { to: 'watchers' }],
        },
        { id: 'last', at: 'opened + 2 hours', urgency: 'low' },
      ],
    });
    expect(story.forward('1 hour').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-02 10:00 up bo',
      '11-02 10:00 up ana',
    ]);
    expect(story.followUp).toMatchObject({ assignee: 'bo', watchers: ['ana'], urgency: 'urgent', escalationLevel: 1 });
    expect(story.forward('1 hour').sent()).toEqual(['11-02 11:00 last bo']);
    expect([...story.messages.values()].at(-1)?.urgency).toBe('urgent');
  });
  it('speaks to the same people in its repetitions, and counts one level', () => {
    const story = new Scenario({
      fallback: 'recipient(dan)',
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'up', at: 'opened + 1 hour', escalate: { to: ['manager(1)'] }, repeat: { every: '1 hour', times: 3 } },
      ],
    });
    expect(
      story
        .forward('1 day')
        .sent()
        .slice(1)
        .map((line) => line.slice(12)),
    ).toEqual(['up bo', 'up bo', 'up bo']);
    expect(story.followUp.escalationLevel).toBe(1);
  });
  it('by hand goes now, also where its condition would say no', () => {
    const story = new Scenario({
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'up', at: 'opened + 9 days', when: 'false', escalate: { to: ['recipient(bo)'] } },
      ],
    });
    story.sent();
    expect(story.command({ kind: 'escalate' })).toEqual({ kind: 'done', changed: true });
    expect(story.sent()).toEqual(['11-02 09:00 up bo']);
    expect(story.command({ kind: 'escalate' })).toMatchObject({ refusal: 'nothing_to_escalate' });
  });
  it('by hand ends a pause without a pile of what it held', () => {
    const story = new Scenario({
      acknowledged: { resumeAfter: '10 days' },
      stages: [
        ...two,
        { id: 'third', at: 'opened + 2 days' },
        { id: 'up', at: 'opened + 9 days', escalate: { to: ['recipient(bo)'] } },
      ],
    });
    story.command({ kind: 'acknowledge' });
    story.forward('5 days');
    story.sent();
    story.command({ kind: 'escalate' });
    expect(story.sent()).toEqual(['11-07 09:00 up bo']);
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-08 09:00 reminder ana']);
  });
});

describe('manager(n)', () => {
  const climb = (
    to: string,
    more: ConstructorParameters<typeof Scenario>[1] = {},
    first: readonly string[] = ['assignee'],
  ) =>
    new Scenario(
      {
        fallback: 'recipient(rita)',
        stages: [
          { id: 'notice', at: 'opened', notify: { to: first as ['assignee'] } },
          { id: 'up', at: 'opened + 1 hour', escalate: { to: [to as 'manager(1)'] } },
        ],
      },
      more,
    )
      .forward('1 hour')
      .sent()
      .at(-1);
  it('counts up from the assignee', () => {
    expect(climb('manager(1)')).toBe('11-02 10:00 up bo');
    expect(climb('manager(3)')).toBe('11-02 10:00 up dan');
    expect(climb('manager(4)')).toBe('11-02 10:00 up rita');
  });
  it('climbs over the requester and whoever has been told', () => {
    expect(climb('manager(1)', { opening: { requester: 'bo' } })).toBe('11-02 10:00 up cleo');
    expect(climb('manager(1)', {}, ['assignee', 'recipient(bo)', 'recipient(cleo)'])).toBe('11-02 10:00 up dan');
  });
  it('ends in a circle, at oneself and at somebody unknown', () => {
    const people = (manager: string) => [{ id: 'ana', manager: 'bo' }, { id: 'bo', manager }, { id: 'rita' }];
    expect(climb('manager(2)', { people: people('ana') })).toBe('11-02 10:00 up rita');
    expect(climb('manager(2)', { people: people('bo') })).toBe('11-02 10:00 up rita');
    expect(climb('manager(2)', { people: people('nobody') })).toBe('11-02 10:00 up rita');
    expect(climb('manager(1)', { people: [{ id: 'ana', manager: 'ana' }, { id: 'rita' }] })).toBe(
      '11-02 10:00 up rita',
    );
  });
});

describe('several notifies', () => {
  it('tell different people different things at one moment', () => {
    const story = new Scenario(
      {
        stages: [
          {
            id: 'notice',
            at: 'opened',
            notify: [
              { template: 'for-you', via: ['email'] },
              { to: ['requester', 'watchers'], template: 'for-them', via: ['email'] },
            ],
          },
        ],
      },
      { opening: { requester: 'rita', watchers: ['eve', 'gone'] } },
    );
    expect([...story.messages.values()].map((one) => `${one.recipient} ${one.template}`)).toEqual([
      'ana for-you',
      'rita for-them',
      'eve for-them',
    ]);
    expect(story.followUp.notified).toEqual(['ana', 'rita', 'eve']);
    expect(story.now).toBe(START);
    expect(personOf({ id: 'x' }).plan.normal).toHaveLength(1);
  });
});
