// Several who decide one thing together (POLICY.md, `require`), as stories: who is still asked, what decides it, who is told
// nothing more, and what becomes of unknown ids, of those who hand it on, and of what was on its way.
import { describe, expect, it } from 'vitest';
import type { Answer, Command, Input } from './input.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

const stages: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 1 day', repeat: { every: '1 day', times: 2 } },
];
const actions: NonNullable<PolicyInput['actions']> = [
  { id: 'approve', label: 'Approve', outcome: 'approved' },
  { id: 'reject', label: 'Reject', outcome: 'rejected', rejects: true },
  { id: 'seen', label: 'Seen', resolves: false },
];
const THREE = ['ana', 'bo', 'cleo'];
const open = (
  written: Partial<PolicyInput> = {},
  assignees: readonly string[] = THREE,
  options: ScenarioOptions = {},
) =>
  new Scenario(
    { stages, actions, assignee: undefined, assignees: 'event.data.all', require: 'all', ...written },
    { ...options, opening: { assignee: assignees[0] ?? null, assignees, ...options.opening } },
  );
const answer = (action: string): Command => ({ kind: 'answer', action, answer: null });
const changed: Answer = { kind: 'done', changed: true };
const unchanged: Answer = { kind: 'done', changed: false };
const byApi = (command: Command, id: string | null): Input => ({
  kind: 'command',
  command,
  actor: { kind: 'api', id },
  evidence: 'proven',
  channel: null,
  comment: null,
});

describe('several who are asked together', () => {
  it('are each asked until they have answered; the last one needed resolves it, and all are told', () => {
    const story = open();
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 notice bo', '11-02 09:00 notice cleo']);
    expect(story.command(answer('approve'))).toEqual(changed);
    expect(story.followUp).toMatchObject({ status: 'open', assignee: 'bo', assignees: THREE });
    expect(story.forward('1 day').sent()).toEqual(['11-03 09:00 reminder bo', '11-03 09:00 reminder cleo']);
    story.command(answer('approve'), 'cleo');
    expect(story.forward('1 day').sent()).toEqual(['11-04 09:00 reminder bo']);
    story.command(answer('approve'), 'bo');
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'approved', closedBy: 'bo' });
    expect(story.sent()).toEqual(['11-04 09:00 resolved ana', '11-04 09:00 resolved bo', '11-04 09:00 resolved cleo']);
    expect(story.forward('30 days').sent()).toEqual([]);
    expect(story.story('answered', 'resolved')).toEqual([
      'answered command',
      'answered command',
      'answered command',
      'resolved command',
    ]);
  });
  it('are enough when as many have resolved it as are required; a plain "done" counts', () => {
    const story = open({ require: 2 });
    story.command(answer('approve'), 'cleo');
    expect(story.command({ kind: 'resolve', outcome: 'fine' })).toEqual(changed);
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'fine', closedBy: 'ana' });
    expect(story.followUp.answers).toMatchObject({ ana: { action: 'resolve' }, cleo: { action: 'approve' } });
  });
  it('say it twice without effect, and may change their mind', () => {
    const story = open({ require: 2, rejectOn: 'majority' });
    story.command(answer('reject'));
    expect(story.command(answer('reject'))).toEqual(unchanged);
    story.command(answer('approve'));
    story.command(answer('approve'), 'bo');
    expect(story.followUp.outcome).toBe('approved');
  });
  it('are still asked when what they said only is recorded, which takes nothing back either', () => {
    const story = open();
    story.command(answer('seen'));
    expect(story.followUp.assignee).toBe('ana');
    story.command(answer('approve'));
    story.command(answer('seen'));
    expect(story.followUp.answers.ana).toMatchObject({ action: 'approve' });
    story.sent();
    expect(story.forward('1 day').sent()).toEqual(['11-03 09:00 reminder bo', '11-03 09:00 reminder cleo']);
  });
  it('that are fewer than are required must all answer, and the timeline says so', () => {
    const story = open({ require: 5 });
    expect(story.story('noted')).toEqual(['noted require_lowered']);
    for (const who of THREE) story.command(answer('approve'), who);
    expect(story.followUp.status).toBe('resolved');
    expect(open({ require: 3 }).story('noted')).toEqual([]);
  });
});

describe('a rejection', () => {
  it('decides it at once by default', () => {
    const story = open();
    story.command(answer('approve'));
    story.command(answer('reject'), 'bo');
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'rejected', closedBy: 'bo' });
  });
  it('decides it by more than half of them where the majority rejects', () => {
    const story = open({ rejectOn: 'majority', require: 1 }, [...THREE, 'dan']);
    story.command(answer('reject'));
    story.command(answer('reject'), 'bo');
    expect(story.followUp).toMatchObject({ status: 'open', assignee: 'cleo' });
    story.command(answer('reject'), 'cleo');
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'rejected' });
  });
  it('decides it when what is required is out of reach', () => {
    const story = open({ rejectOn: 'majority', require: 'all' });
    story.command(answer('reject'));
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'rejected' });
  });
});

describe('somebody else', () => {
  it('who may close it does so at once', () => {
    const requester = open({}, THREE, { opening: { requester: 'rita' } });
    requester.command(answer('reject'), 'rita');
    expect(requester.followUp).toMatchObject({ outcome: 'rejected', closedBy: 'rita' });
    const event = open();
    event.event('resolve', {}, 'granted');
    expect(event.followUp).toMatchObject({ status: 'resolved', outcome: 'granted' });
    const api = open();
    api.input(byApi({ kind: 'resolve', outcome: null }, 'ana'));
    expect(api.followUp.status).toBe('resolved');
  });
  it('who answers for one of them by API counts as that one', () => {
    const story = open();
    story.input(byApi(answer('approve'), 'bo'));
    expect(story.followUp).toMatchObject({ status: 'open', assignee: 'ana', answers: { bo: { action: 'approve' } } });
  });
  it('who only follows along claims', () => {
    const story = open({}, THREE, { opening: { watchers: ['dan'] } });
    story.command(answer('approve'), 'dan');
    expect(story.followUp).toMatchObject({ status: 'open', claim: { by: 'dan' } });
  });
  it('whom the policy does not trust only claims', () => {
    const story = open({ resolvableBy: ['requester'] });
    story.command(answer('approve'));
    expect(story.followUp).toMatchObject({ status: 'open', assignee: 'ana', claim: { by: 'ana' } });
  });
});

describe('what is on its way to one who has answered', () => {
  it('is revoked at once, and nothing waits for it', () => {
    const story = open();
    story.provider = ({ stage }) => (stage === 'reminder' ? 'hold' : 'accept');
    story.forward('1 day');
    story.command(answer('approve'));
    expect(story.waiting).toEqual(['reminder bo', 'reminder cleo']);
    expect(story.followUp.progress.reminder).toMatchObject({
      awaitingOf: { bo: 1, cleo: 1 },
      assigneeAwaited: { count: 2 },
    });
    story.command(answer('seen'), 'bo');
    story.sent();
    expect(story.release().sent()).toEqual(['11-03 09:00 reminder bo', '11-03 09:00 reminder cleo']);
    expect(story.followUp.progress.reminder).toMatchObject({ awaiting: null, assigneeAwaited: null });
  });
  it('does not hold the escalation over those who were told, nor let it pass while the others were not', () => {
    const up = [...stages, { id: 'up', at: 'opened + 2 hours', escalate: { to: 'recipient(eve)' } }];
    const held = open({ stages: up }, THREE, { provider: () => 'hold' });
    held.forward('1 day');
    expect(held.followUp.escalated).toEqual([]);
    held.command(answer('approve'));
    expect(held.forward('1 hour').followUp.escalated).toEqual([]);
    held.release();
    // They have the time that was planned for them, from when they were told.
    expect(held.forward('2 hours').followUp.escalated).toEqual(['eve']);
    const one = open({ stages: up }, THREE, { provider: ({ recipient }) => (recipient === 'bo' ? 'accept' : 'hold') });
    expect(one.forward('2 hours').followUp.escalated).toEqual(['eve']);
  });
  it('is nobody when none of them can be reached, and not before', () => {
    const up = [...stages, { id: 'up', at: 'opened + 2 hours', escalate: { to: 'recipient(eve)' } }];
    const some = open({ stages: up }, THREE, { provider: ({ recipient }) => (recipient === 'ana' ? 'fail' : 'hold') });
    expect(some.followUp.assigneeUnreachable).toBe(false);
    const none = open({ stages: up }, THREE, {
      provider: ({ recipient }) => (THREE.includes(recipient) ? 'fail' : 'accept'),
    });
    expect(none.followUp.assigneeUnreachable).toBe(true);
    expect(none.alarms).toEqual(['assignee_unreachable']);
    expect(none.forward('2 hours').story('escalated')).toEqual(['escalated up assignee_unreachable']);
  });
  it('reaches them by no other name until the end', () => {
    const asTeam = [{ id: 'all', at: 'opened + 1 day', notify: { to: ['team', 'notified', 'assignee'] } }];
    const story = open({ stages: [...stages.slice(0, 1), ...asTeam] }, ['ana', 'bo'], {
      opening: { team: 'desk' },
      groups: { desk: ['ana', 'eve'] },
    });
    story.command(answer('approve'));
    story.sent();
    expect(story.forward('1 day').sent()).toEqual(['11-03 09:00 all eve', '11-03 09:00 all bo']);
  });
});

describe('a pause', () => {
  it('of one who then answers does not hold what the others are to be told', () => {
    const story = open();
    story.command({ kind: 'acknowledge' });
    story.forward('6 hours');
    story.command(answer('approve'));
    expect(story.followUp).toMatchObject({ status: 'open', pause: null });
    story.sent();
    expect(story.forward('24 hours').sent()).toEqual(['11-03 15:00 reminder bo', '11-03 15:00 reminder cleo']);
  });
});

describe('handing it on', () => {
  it('puts somebody else in the place of who delegates, and tells only them', () => {
    const story = open();
    story.sent();
    story.command({ kind: 'delegate', to: 'eve' }, 'bo');
    expect(story.followUp).toMatchObject({ assignee: 'ana', assignees: ['ana', 'eve', 'cleo'], watchers: ['bo'] });
    expect(story.sent()).toEqual(['11-02 09:00 notice eve']);
    for (const who of ['ana', 'cleo', 'eve']) story.command(answer('approve'), who);
    expect(story.followUp.status).toBe('resolved');
  });
  it('goes to the manager of who declines', () => {
    const story = open({}, ['ana', 'cleo']);
    story.sent();
    story.command({ kind: 'decline', why: 'declined' }, 'cleo');
    expect(story.followUp.assignees).toEqual(['ana', 'dan']);
    expect(story.sent()).toEqual(['11-02 09:00 notice dan']);
  });
  it('to one who has answered may be enough', () => {
    const story = open({}, ['ana', 'bo']);
    story.command(answer('approve'));
    story.command({ kind: 'delegate', to: 'ana' }, 'bo');
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'approved', closedBy: 'ana' });
  });
  it('is not for who has answered: what the others are asked is theirs', () => {
    const story = open();
    story.command(answer('approve'));
    story.sent();
    expect(story.command({ kind: 'delegate', to: 'eve' }, 'ana')).toEqual(unchanged);
    expect(story.command({ kind: 'decline', why: 'declined' }, 'ana')).toEqual(unchanged);
    expect(story.followUp).toMatchObject({ assignees: THREE, watchers: [] });
    expect(story.sent()).toEqual([]);
  });
  it('asks anew whoever was asked no longer, whatever they said before', () => {
    const story = open({}, ['ana', 'bo']);
    story.command(answer('approve'));
    story.command({ kind: 'reassign', to: 'eve' }, 'rita');
    story.sent();
    story.command({ kind: 'delegate', to: 'ana' }, 'eve');
    expect(story.followUp).toMatchObject({ status: 'open', assignee: 'ana', assignees: ['ana'] });
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    story.command(answer('approve'));
    expect(story.followUp.status).toBe('resolved');
  });
  it('makes who it is reassigned to the only one', () => {
    const story = open();
    story.command(answer('approve'));
    story.sent();
    story.command({ kind: 'reassign', to: 'eve' }, 'rita');
    expect(story.followUp).toMatchObject({ assignee: 'eve', assignees: ['eve'] });
    expect(story.sent()).toEqual(['11-02 09:00 notice eve']);
    expect(story.forward('1 day').sent()).toEqual(['11-03 09:00 reminder eve']);
    story.command(answer('approve'), 'eve');
    expect(story.followUp.status).toBe('resolved');
  });
  it('is done for who is away', () => {
    const people = ['ana', 'cleo', 'eve'].map((id) => ({ id }));
    const away = [{ from: '2026-11-03', to: '2026-11-09', delegate: 'eve' }];
    const story = open({}, ['ana', 'bo'], { people: [...people, { id: 'bo', away }] });
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 notice bo']);
    expect(story.forward('1 day').sent()).toEqual(['11-03 09:00 reminder ana', '11-03 09:00 reminder eve']);
    expect(story.followUp.assignees).toEqual(['ana', 'eve']);
  });
  it('asks the manager of the first who has not answered', () => {
    const up = [...stages, { id: 'up', at: 'opened + 1 hour', escalate: { to: 'manager(1)' } }];
    const people = [{ id: 'ana', manager: 'eve' }, { id: 'bo', manager: 'dan' }, { id: 'eve' }, { id: 'dan' }];
    const story = open({ stages: up, fallback: 'recipient(eve)' }, ['ana', 'bo'], { people });
    story.command(answer('approve'));
    expect(story.forward('1 hour').followUp.escalated).toEqual(['dan']);
  });
});

describe('unknown ids among them', () => {
  it('are waited for, one after the other', () => {
    const story = open({}, ['ana', 'new', 'newer']);
    expect(story.sent()).toEqual([]);
    expect(story.followUp).toMatchObject({ unknownRecipient: 'new', waitsFor: 'unknown_recipient' });
    story.person({ id: 'new' });
    story.tick();
    expect(story.followUp).toMatchObject({ unknownRecipient: 'newer', assignees: ['ana', 'new', 'newer'] });
    story.person({ id: 'newer' });
    story.tick();
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 notice new', '11-02 09:00 notice newer']);
    expect(story.alarms).toEqual([]);
  });
  it('are dropped with an alarm when the grace is over', () => {
    const story = open({}, ['ghost', 'ana', 'bo']);
    expect(story.forward('59 minutes').sent()).toEqual([]);
    expect(story.forward('1 minute').sent()).toEqual(['11-02 10:00 notice ana', '11-02 10:00 notice bo']);
    expect(story.followUp).toMatchObject({ assignee: 'ana', assignees: ['ana', 'bo'] });
    expect(story.alarms).toEqual(['unknown_recipient']);
    expect(story.timeline.find(({ kind }) => kind === 'alarm')?.data).toMatchObject({ recipients: ['ghost'] });
  });
  it('leave what the others have answered meanwhile enough', () => {
    const story = open({}, ['ana', 'ghost']);
    story.command(answer('approve'));
    story.forward('1 hour');
    expect(story.followUp).toMatchObject({
      status: 'resolved',
      outcome: 'approved',
      closedAt: at('2026-11-02T10:00:00Z'),
    });
    expect(story.sent()).toEqual(['11-02 10:00 resolved ana']);
  });
  it('that are all of them leave it to the fallback', () => {
    const story = open({ fallback: 'recipient(eve)' }, ['ghost', 'spook']);
    expect(story.forward('1 hour').sent()).toEqual(['11-02 10:00 notice eve']);
    expect(story.followUp).toMatchObject({ assignee: 'eve', assignees: ['eve'] });
    const nobody = open({ fallback: 'recipient(eve)' }, []);
    expect(nobody.sent()).toEqual(['11-02 09:00 notice eve']);
    nobody.command(answer('approve'), 'eve');
    expect(nobody.followUp.outcome).toBe('approved');
  });
});

describe('opened again', () => {
  it('all of them are asked afresh', () => {
    const story = open({ require: 1 });
    story.command(answer('approve'), 'bo');
    story.sent();
    expect(story.reopen().followUp).toMatchObject({ status: 'open', assignee: 'ana', assignees: THREE, answers: {} });
    expect(story.sent()).toHaveLength(3);
  });
});
