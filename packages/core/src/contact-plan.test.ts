// One notification on several channels (POLICY.md, *Contact plan*), as stories and case by case: at once, `after`, `else`,
// missing addresses, all failed, and what happens when somebody responds meanwhile.
import { describe, expect, it } from 'vitest';
import { onUncertain, type PlanMessage, settlePlan } from './contact-plan.ts';
import { type MessageStatus, outranks } from './message.ts';
import { at, type Person, policyOf, Scenario, type ScenarioOptions, START } from './scenario.test-kit.ts';
import { sentence } from './sentence.ts';

const everywhere: Person = { id: 'ana', phone: '+33600000000', endpoints: [{ channel: 'push', address: 'token' }] };
type Via = readonly unknown[];
const plan = (via: Via, options: ScenarioOptions = {}, person: Person = everywhere) =>
  new Scenario(
    { stages: [{ id: 'notice', at: 'opened', notify: { via: via as ['email'] } }] },
    { people: [person], ...options },
  );
const channels = (story: Scenario): readonly string[] =>
  story.sent().map((line) => line.slice(6).replace('notice ana', '').trim());

const URGENT = ['push', 'inbox', { channel: 'sms', after: '10 minutes' }, { channel: 'chat', else: true }];
const ELSE = ['push', { channel: 'sms', else: true }, { channel: 'email', else: true }];

describe('a contact plan', () => {
  it('sends entries without `after` or `else` at once, and `after` counts from the hand-over', () => {
    const story = plan(URGENT);
    expect(channels(story)).toEqual(['09:00  push', '09:00  inbox']);
    expect(channels(story.forward('9 minutes'))).toEqual([]);
    expect(channels(story.forward('30 days'))).toEqual(['09:10  sms']);
  });
  it('counts `after` from when it really left', () => {
    const story = plan(URGENT, { provider: () => 'hold' });
    story.forward('5 hours');
    story.release();
    expect(channels(story.forward('1 day'))).toEqual(['14:00  push', '14:00  inbox', '14:10  sms']);
  });
  it('counts `after` in business time where it says so, by the calendar of the policy', () => {
    const story = new Scenario(
      {
        calendar: { zone: 'Europe/Paris', hours: { 'mon-fri': '09:00-12:00' } },
        stages: [
          { id: 'notice', at: 'opened', notify: { via: ['push', { channel: 'sms', after: '4 business hours' }] } },
        ],
      },
      { people: [everywhere] },
    );
    expect(channels(story.forward('1 hour'))).toEqual(['09:00  push']);
    expect(story.forward('3 days').sent()).toEqual(['11-03 10:00 notice ana sms']);
  });
  it('counts `after` in days on the wall, where the clocks go back meanwhile', () => {
    const via = ['push', { channel: 'sms', after: '1 day' }];
    const start = { zone: 'Europe/Paris', start: at('2026-10-24T07:00:00Z') };
    expect(plan(via, start).forward('3 days').sent()).toEqual([
      '10-24 07:00 notice ana push',
      '10-25 08:00 notice ana sms',
    ]);
  });
  it('drops what has not gone when somebody responds', () => {
    const story = plan(URGENT);
    story.sent();
    story.forward('5 minutes');
    story.command({ kind: 'acknowledge' });
    expect(channels(story.forward('1 day'))).toEqual([]);
  });
  it('runs `after` at once when everything before it failed or is missing', () => {
    const via = ['push', { channel: 'sms', after: '2 hours' }];
    expect(channels(plan(via, { provider: (one) => (one.channel === 'push' ? 'fail' : 'accept') }))).toEqual([
      '09:00  sms',
    ]);
    expect(channels(plan(via, {}, { ...everywhere, endpoints: [] }))).toEqual(['09:00  sms']);
    expect(channels(plan(via, {}, everywhere))).toEqual(['09:00  push']);
  });
  it('goes down `else` one by one', () => {
    const failing = (...bad: readonly string[]) =>
      plan(ELSE, { provider: (one) => (bad.includes(one.channel) ? 'fail' : 'accept') });
    expect(channels(failing())).toEqual(['09:00  push']);
    expect(channels(failing('push'))).toEqual(['09:00  sms']);
    expect(channels(failing('push', 'sms'))).toEqual(['09:00']);
    const none = failing('push', 'sms', 'email');
    expect(channels(none)).toEqual([]);
    expect(none.alarms).toEqual(['assignee_unreachable']);
    expect(none.followUp.waitsFor).toBe('stages_exhausted');
  });
  it('skips entries without an address, and says which', () => {
    const story = plan(ELSE, {}, { ...everywhere, endpoints: [], phone: null });
    expect(channels(story)).toEqual(['09:00']);
    expect([...story.messages.values()].map((one) => `${one.channel} ${one.reason}`)).toEqual([
      'push no_endpoint',
      'sms no_endpoint',
      'email channel_failed',
    ]);
    expect(story.items.map((line) => sentence(line)).filter((line) => line.startsWith('Did not send'))).toEqual([
      'Did not send "notice" to ana by push, SMS because the recipient has no address on this channel.',
    ]);
  });
  it('of the recipient is used where the policy leaves it to them', () => {
    const own = new Scenario(
      { stages: [{ id: 'notice', at: 'opened' }] },
      { people: [{ ...everywhere, plan: ['sms'] }] },
    );
    expect(channels(own)).toEqual(['09:00  sms']);
  });
});

describe('a preferred plan of somebody without one', () => {
  const sent = (urgency: 'normal' | 'urgent') => {
    const story = new Scenario(
      { urgency, stages: [{ id: 'notice', at: 'opened' }] },
      { people: [{ ...everywhere, plan: [] }] },
    );
    return channels(story.forward('1 day'));
  };
  it('is inbox and email, and louder when it is urgent', () => {
    expect(sent('normal')).toEqual(['09:00  inbox', '09:00']);
    expect(sent('urgent')).toEqual(['09:00  push', '09:00  inbox', '09:00', '09:10  sms']);
  });
});

describe('settling', () => {
  const message = (entry: number, status: MessageStatus, more: Partial<PlanMessage> = {}): PlanMessage => ({
    id: `m${entry}`,
    entry,
    channel: 'email',
    held: false,
    status,
    after: null,
    otherwise: false,
    ...more,
  });
  it('says nothing while something is on its way', () => {
    expect(settlePlan([message(0, 'sending'), message(1, 'planned', { otherwise: true })], START, null)).toEqual({
      changes: [],
      verdict: null,
    });
    expect(settlePlan([message(0, 'failed'), message(1, 'queued')], START, null).verdict).toBeNull();
  });
  it('takes an uncertain message for told, and still tries the next channel', () => {
    const result = settlePlan([message(0, 'uncertain'), message(1, 'planned', { otherwise: true })], START, null);
    expect(result.changes).toMatchObject([{ id: 'm1', status: 'queued' }]);
    expect(settlePlan([message(0, 'uncertain')], START, null).verdict).toBe('handed_over');
  });
  it('keeps `else` in hand once something has been delivered: it may still come back', () => {
    const plan = (status: MessageStatus) =>
      settlePlan([message(0, status), message(1, 'planned', { otherwise: true })], START, null);
    expect(plan('delivered')).toEqual({ changes: [], verdict: 'handed_over' });
    expect(plan('bounced').changes).toMatchObject([{ id: 'm1', status: 'queued', reason: 'channel_failed' }]);
  });
  it('does not depend on the order it is given', () => {
    const all = [
      message(0, 'failed'),
      message(1, 'planned', { otherwise: true }),
      message(2, 'planned', { after: { duration: { kind: 'exact', ms: 5 }, zone: 'UTC' } }),
    ];
    expect(settlePlan(all.toReversed(), START, null)).toEqual(settlePlan(all, START, null));
  });
  it('resends the uncertain only where the policy asks, or it is urgent and the last channel', () => {
    const stages = [{ id: 'notice', at: 'opened' }] as const;
    const next = policyOf({ stages: [...stages] });
    expect(onUncertain(next, 'normal', false)).toBe('leave');
    expect(onUncertain(next, 'urgent', true)).toBe('leave');
    expect(onUncertain(next, 'urgent', false)).toBe('resend');
    expect(onUncertain(policyOf({ stages: [...stages], onUncertain: 'resend' }), 'low', true)).toBe('resend');
    expect(onUncertain(policyOf({ stages: [...stages], onUncertain: 'wait' }), 'normal', false)).toBe('leave');
  });
  it('moves a status only forward', () => {
    expect([
      outranks('delivered', 'accepted'),
      outranks('accepted', 'delivered'),
      outranks('bounced', 'delivered'),
    ]).toEqual([true, false, true]);
    expect([
      outranks('accepted', 'accepted'),
      outranks('accepted', 'uncertain'),
      outranks('queued', 'revoked'),
    ]).toEqual([false, true, false]);
  });
});
