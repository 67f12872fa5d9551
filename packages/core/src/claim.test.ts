// Claims as stories: somebody whom the policy does not trust to close it says that it is done. It pauses, and when nobody
// confirms it everything resumes where it stood.
import { describe, expect, it } from 'vitest';
import type { Actor, Command, Input } from './input.ts';
import { later } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, ms, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

const stages: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 2 days' },
  { id: 'news', at: 'opened + 3 days', until: 'resolved', notify: { to: 'requester' } },
  { id: 'last', at: 'reminder + 2 days' },
];
const done: Command = { kind: 'resolve', outcome: null };
const claim = { for: '2 days' };
const open = (written: Partial<PolicyInput> = {}, options: ScenarioOptions = {}) =>
  new Scenario({ stages, resolvableBy: ['event', 'team'], claim, ...written }, options);
const by = (actor: Actor, command: Command = done): Input => ({
  kind: 'command',
  command,
  actor,
  evidence: 'proven',
  channel: null,
  comment: null,
});

describe('a claim', () => {
  it('pauses, and then resumes where it stood: nothing is repeated, everything ahead comes later by as long', () => {
    const story = open({}, { opening: { requester: 'rita' } });
    story.forward('1 day');
    expect(story.command(done)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({
      status: 'open',
      claim: { by: 'ana', at: at('2026-11-03T09:00:00Z'), until: at('2026-11-05T09:00:00Z') },
      nextAt: at('2026-11-05T09:00:00Z'),
      nextStage: 'news',
      acknowledgements: 1,
    });
    story.sent();
    // What runs until it is resolved goes on.
    expect(story.forward('2 days').sent()).toEqual(['11-05 09:00 news rita']);
    expect(story.followUp).toMatchObject({ status: 'open', claim: null, pause: null, nextStage: 'reminder' });
    expect(story.story('claimed', 'resumed')).toEqual(['claimed claimed', 'resumed claim_ended']);
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('60 days').sent()).toEqual(['11-06 09:00 reminder ana', '11-08 09:00 last ana']);
  });
  it('ends when somebody who may says so', () => {
    const story = open({}, { opening: { team: 'desk' }, groups: { desk: ['dan'] } });
    story.command(done);
    expect(story.command(done, 'dan')).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'resolved', closedBy: 'dan', claim: null, pause: null });
    expect(story.story('claimed', 'resolved', 'resumed')).toEqual(['claimed claimed', 'resolved command']);
  });
  it('is no news while it is in effect, and counts again after it', () => {
    const story = open();
    story.command(done);
    expect(story.command(done)).toEqual({ kind: 'done', changed: false });
    expect(story.story('claimed')).toHaveLength(1);
    story.forward('2 days');
    expect(story.command(done)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp.acknowledgements).toBe(2);
  });
  it('counts as an acknowledgement: beyond the most it is recorded and pauses nothing', () => {
    const story = open({ acknowledged: { resumeAfter: '1 day', max: 1 } });
    story.command(done);
    story.forward('2 days');
    story.sent();
    expect(story.command(done)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ claim: null, pause: null, acknowledgements: 2 });
    expect(story.story('claimed')).toEqual(['claimed claimed', 'claimed acknowledgement_limit']);
    expect(story.forward('2 days').sent()).toEqual(['11-06 09:00 reminder ana']);
  });
  it('of somebody else lasts as long as the longer one', () => {
    const story = open();
    story.command(done);
    story.forward('1 day');
    story.command(done, 'bo');
    expect(story.followUp.claim).toMatchObject({ by: 'bo', until: at('2026-11-05T09:00:00Z') });
    story.sent();
    story.forward('60 days');
    expect(story.sent()[0]).toBe('11-07 09:00 reminder ana');
  });
  it('counts in the calendar of the policy', () => {
    const story = open({ claim: {}, calendar: { zone: 'UTC', hours: { 'mon-fri': '09:00-17:00' } } });
    story.forward('3 days');
    story.command(done);
    expect(story.followUp.claim?.until).toBe(at('2026-11-10T09:00:00Z'));
  });
  it('lets an acknowledgement that was running go on where it stood', () => {
    const story = open({ acknowledged: { resumeAfter: '1 day', max: 3 } });
    story.command({ kind: 'acknowledge' });
    story.forward('12 hours');
    story.command(done);
    expect(story.followUp).toMatchObject({ status: 'acknowledged', pause: { kind: 'claim' } });
    story.forward('2 days');
    expect(story.followUp).toMatchObject({ status: 'acknowledged', pause: { kind: 'acknowledgement' }, claim: null });
    story.sent();
    expect(story.forward('11 hours').sent()).toEqual([]);
    // The notice again, 3 days after it ran; the rest has the distance to it that it had.
    expect(story.forward('1 hour').sent()).toEqual(['11-05 09:00 notice ana']);
    expect(story.forward('2 days').sent()).toEqual(['11-07 09:00 reminder ana']);
  });
  it('is ended by hand, and keeps a date that was promised', () => {
    const story = open();
    story.command({ kind: 'snooze', until: later(story.now, ms('3 days')) });
    story.command(done);
    story.forward('2 days');
    expect(story.followUp).toMatchObject({ pause: { kind: 'snooze' }, snoozedUntil: at('2026-11-05T09:00:00Z') });
    story.command(done);
    story.command({ kind: 'unacknowledge' });
    expect(story.followUp).toMatchObject({ status: 'open', pause: null, claim: null, snoozedUntil: null });
  });
  it('by an answer keeps what was answered', () => {
    const story = open({ actions: [{ id: 'paid', label: 'Paid' }] });
    story.command({ kind: 'answer', action: 'paid', answer: 'on Monday' });
    expect(story.followUp).toMatchObject({ status: 'open', answers: { ana: { action: 'paid', answer: 'on Monday' } } });
    expect(story.timeline.at(-1)).toMatchObject({ kind: 'claimed', data: { action: 'paid', answer: 'on Monday' } });
  });
  it('is revoked with what it pauses: nothing of it is sent meanwhile', () => {
    const story = open();
    story.provider = () => 'hold';
    story.forward('2 days');
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    expect(story.waiting).toEqual(['reminder ana']);
    story.command(done);
    expect(story.waiting).toEqual([]);
    expect(story.release().sent()).toEqual([]);
  });
});

describe('who may close', () => {
  const people: ScenarioOptions = {
    opening: { requester: 'rita', team: 'desk' },
    groups: { desk: ['dan'] },
  };
  const closedBy = (resolvableBy: NonNullable<PolicyInput['resolvableBy']>, actor: Actor): boolean => {
    const escalation = { id: 'up', at: 'opened + 1 day', escalate: { to: 'recipient(eve)' } };
    const story = open({ stages: [...stages, escalation], resolvableBy }, people);
    story.forward('1 day');
    story.input(by(actor));
    return story.followUp.status === 'resolved';
  };
  const person = (id: string): Actor => ({ kind: 'recipient', id });
  it.each<[NonNullable<PolicyInput['resolvableBy']>[number], Actor]>([
    ['assignee', person('ana')],
    ['requester', person('rita')],
    ['team', person('dan')],
    ['escalated', person('eve')],
    ['api', { kind: 'api', id: 'ana' }],
  ])('is %s where it is named, and where it is not that is a claim', (closer, actor) => {
    const others = (['assignee', 'requester', 'team', 'escalated', 'api'] as const).filter((one) => one !== closer);
    expect(closedBy([closer], actor)).toBe(true);
    expect(closedBy(others, actor)).toBe(false);
  });
  it('is everybody where nobody is left out', () => {
    const all = ['event', 'assignee', 'requester', 'team', 'escalated', 'api'] as const;
    expect(closedBy([...all], person('cleo'))).toBe(true);
    expect(closedBy(['assignee', 'requester', 'team', 'escalated', 'api'], person('cleo'))).toBe(false);
  });
  it('is no event that the policy does not trust, after it has expired either', () => {
    const story = open({ resolvableBy: ['team'], expire: { after: '1 day' } });
    story.forward('1 day');
    expect(story.event('resolve', {}, 'paid')).toEqual({ kind: 'closed' });
    expect(story.followUp).toMatchObject({ status: 'expired', outcome: null, claim: null });
  });
  it('is an event only where it is named; one that cancels always does', () => {
    const story = open({ resolvableBy: ['team'] });
    expect(story.event('resolve', {}, 'paid')).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'open', claim: { by: null } });
    expect(story.event('resolve', {}, 'paid')).toEqual({ kind: 'done', changed: false });
    story.event('cancel');
    expect(story.followUp).toMatchObject({ status: 'cancelled', claim: null });
  });
});
