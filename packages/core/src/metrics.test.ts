// Each definition of a figure at its edges: what is counted, what a rate is a share of, and when there is none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type WireMetricRow, wireMetricRow, withReached } from './contract/wire-metrics.ts';
import { NO_COUNTS } from './figure-cells.ts';
import type { FollowUpStatus } from './follow-up.ts';
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from './instant.ts';
import { HOUR_KINDS } from './interruption.ts';
import type { MessageStatus } from './message.ts';
import {
  type CountedMessage,
  type Counts,
  countFollowUp,
  countMessage,
  durationFigures,
  NO_FOLLOW_UPS,
  NO_MESSAGES,
  type Rates,
  ratesOf,
  stageConversion,
  stageResolvedAfter,
} from './metrics.ts';
import type { Channel } from './policy/policy.ts';
import { columnsOf } from './survival.ts';

const WATCHED = { opens: true, clicks: true };
const UNWATCHED = { opens: false, clicks: false };

const mail = (more: Partial<CountedMessage> = {}): CountedMessage => ({
  channel: 'email',
  status: 'accepted',
  engagement: [],
  watched: WATCHED,
  hours: null,
  carrier: null,
  ...more,
});
/** Counts of the same kind, added name by name. */
const addCounts = <C extends object>(all: readonly C[], nothing: C): C =>
  all.reduce(
    (sum, counts) =>
      Object.fromEntries(
        Object.entries(sum).map(([name, count]) => [name, Number(count) + Number(counts[name as keyof C])]),
      ) as C,
    nothing,
  );
const counted = (...messages: readonly CountedMessage[]): Counts => ({
  ...NO_FOLLOW_UPS,
  ...addCounts(messages.map(countMessage), NO_MESSAGES),
});
const rates = (...messages: readonly CountedMessage[]): Rates => ratesOf(counted(...messages));
const followUps = (...statuses: readonly FollowUpStatus[]): Counts => ({
  ...NO_MESSAGES,
  ...addCounts(
    statuses.map((status) => countFollowUp({ status, escalationLevel: 0 })),
    NO_FOLLOW_UPS,
  ),
});

describe('conversion and escalation', () => {
  it('is the resolved of those that nobody cancelled, whether they are over or not', () => {
    expect(ratesOf(followUps('resolved', 'open', 'acknowledged', 'expired', 'cancelled')).conversionRate).toBe(1 / 4);
    expect(followUps('resolved', 'open', 'acknowledged', 'expired', 'cancelled')).toMatchObject({
      followUps: 5,
      open: 2,
      resolved: 1,
      cancelled: 1,
      expired: 1,
    });
  });
  it('is none where all were cancelled, and none of nothing', () => {
    expect(ratesOf(followUps('cancelled', 'cancelled')).conversionRate).toBeNull();
    expect(ratesOf({ ...NO_FOLLOW_UPS, ...NO_MESSAGES })).toEqual({
      deliveryRate: null,
      openRate: null,
      openRateHuman: null,
      clickRate: null,
      actedRate: null,
      conversionRate: null,
      escalationRate: null,
      expiredRate: null,
      exhaustedRate: null,
      unreachedRate: null,
      commitmentKeptRate: null,
    });
  });
  it('is nothing, which is not none, where nobody has resolved any', () =>
    expect(ratesOf(followUps('open', 'expired')).conversionRate).toBe(0));
  it('are shares of all that opened for what has gone wrong, and of what is decided for promises', () => {
    const all = [
      countFollowUp({ status: 'expired', escalationLevel: 0, unreached: true }),
      countFollowUp({ status: 'open', escalationLevel: 0, exhausted: true, commitments: [1, 2, 1] }),
      countFollowUp({ status: 'resolved', escalationLevel: 0, exhausted: true }),
      countFollowUp({ status: 'cancelled', escalationLevel: 0 }),
    ];
    const counts = { ...NO_MESSAGES, ...addCounts(all, NO_FOLLOW_UPS) };
    expect(counts).toMatchObject({ commitments: 4, commitmentsKept: 1, commitmentsMissed: 2 });
    expect(ratesOf(counts)).toMatchObject({
      expiredRate: 1 / 4,
      exhaustedRate: 1 / 4,
      unreachedRate: 1 / 4,
      commitmentKeptRate: 1 / 3,
    });
  });
  it('counts an escalation once, however far it went, also of what was cancelled', () => {
    const all = [
      countFollowUp({ status: 'resolved', escalationLevel: 3 }),
      countFollowUp({ status: 'cancelled', escalationLevel: 1 }),
      countFollowUp({ status: 'open', escalationLevel: 0 }),
      countFollowUp({ status: 'open', escalationLevel: 0 }),
    ];
    expect(ratesOf({ ...NO_MESSAGES, ...addCounts(all, NO_FOLLOW_UPS) }).escalationRate).toBe(1 / 2);
  });
});

describe('a stage', () => {
  const at = (minutes: number): Instant => (minutes * MINUTE_MS) as Instant;
  const runs = [
    { stage: 'notice', at: at(0) },
    { stage: 'reminder', at: at(10) },
    { stage: 'escalate', at: at(20) },
    { stage: 'reminder', at: at(30) },
  ];
  it('has what was resolved after it and before the next one', () => {
    expect(stageResolvedAfter(runs, at(9))).toBe('notice');
    expect(stageResolvedAfter(runs, at(10))).toBe('reminder');
    expect(stageResolvedAfter(runs, at(29))).toBe('escalate');
    expect(stageResolvedAfter(runs, at(300))).toBe('reminder');
  });
  it('has nothing of what was resolved before any ran, or was not resolved', () => {
    expect(stageResolvedAfter(runs.slice(1), at(9))).toBeNull();
    expect(stageResolvedAfter(runs, null)).toBeNull();
  });
  it('converts of those that ran it, and has no rate where none has', () => {
    expect(stageConversion({ ran: 4, resolvedAfter: 1 })).toBe(1 / 4);
    expect(stageConversion({ ran: 0, resolvedAfter: 0 })).toBeNull();
  });
});

describe('messages', () => {
  it.each<[MessageStatus, number, number, number, number]>([
    ['planned', 0, 0, 0, 0],
    ['deferred', 0, 0, 0, 0],
    ['queued', 0, 0, 0, 0],
    ['leased', 0, 0, 0, 0],
    ['sending', 0, 0, 0, 0],
    ['suppressed', 0, 0, 0, 0],
    ['revoked', 0, 0, 0, 0],
    ['failed', 1, 0, 0, 0],
    ['uncertain', 1, 0, 0, 0],
    ['accepted', 1, 1, 0, 0],
    ['delivered', 1, 1, 1, 0],
    ['bounced', 1, 1, 0, 1],
  ])('count as %s', (status, messages, accepted, delivered, bounced) =>
    expect(countMessage(mail({ status }))).toMatchObject({ messages, accepted, delivered, bounced, merged: 0 }),
  );

  it('are opened of those that arrived: one that came back is no share of anything', () => {
    const opened = mail({ engagement: [{ kind: 'opened', evidence: 'likely' }] });
    const cameBack = mail({ status: 'bounced', engagement: [{ kind: 'opened', evidence: 'likely' }] });
    expect(rates(opened, mail(), cameBack).openRate).toBe(1 / 2);
    expect(rates(cameBack).openRate).toBeNull();
  });

  it('are opened by machines too, which is told apart', () => {
    const by = (evidence: 'machine' | 'likely' | 'proven') => mail({ engagement: [{ kind: 'opened', evidence }] });
    const all = rates(by('machine'), by('machine'), by('likely'), by('proven'), mail());
    expect([all.openRate, all.openRateHuman]).toEqual([4 / 5, 2 / 5]);
    const both = mail({
      engagement: [
        { kind: 'opened', evidence: 'machine' },
        { kind: 'opened', evidence: 'likely' },
      ],
    });
    expect(counted(both)).toMatchObject({ opened: 1, openedHuman: 1 });
  });

  it('are clicked by people: a scanner follows every link', () => {
    const by = (evidence: 'machine' | 'likely') => mail({ engagement: [{ kind: 'clicked', evidence }] });
    expect(rates(by('machine'), by('likely'), mail(), mail({ watched: UNWATCHED })).clickRate).toBe(1 / 3);
  });

  it.each<Channel>(['sms', 'push', 'chat', 'webhook'])('by %s cannot tell whether they were opened', (channel) => {
    const silent = mail({ channel });
    expect(rates(silent).openRate).toBeNull();
    const opened = mail({ engagement: [{ kind: 'opened', evidence: 'likely' }] });
    expect(rates(opened, silent).openRate).toBe(1);
    // What is told of it all the same would make more opened than could be.
    expect(rates(mail({ channel, engagement: [{ kind: 'opened', evidence: 'likely' }] })).openRate).toBeNull();
  });

  it('by email cannot either where nobody looks: whoever has said no to tracking has not left it unopened', () => {
    const opened = mail({ engagement: [{ kind: 'opened', evidence: 'likely' }] });
    expect(rates(opened, mail({ watched: UNWATCHED })).openRate).toBe(1);
    expect(rates(mail({ watched: UNWATCHED })).openRate).toBeNull();
  });

  it('in the inbox are opened when they are read, which needs no tracking', () => {
    const inbox = (engagement: CountedMessage['engagement']) =>
      mail({ channel: 'inbox', watched: UNWATCHED, engagement });
    const all = rates(inbox([{ kind: 'read', evidence: 'proven' }]), inbox([]));
    expect([all.openRate, all.openRateHuman, all.clickRate]).toEqual([1 / 2, 1 / 2, null]);
  });

  it('by text message tell of links alone', () => {
    const clicked = mail({ channel: 'sms', engagement: [{ kind: 'clicked', evidence: 'likely' }] });
    expect(rates(clicked, mail({ channel: 'sms' }))).toMatchObject({ openRate: null, clickRate: 1 / 2 });
  });

  it('are answered by a proven response, of all that a provider accepted', () => {
    const acted = (evidence: 'likely' | 'proven') => mail({ engagement: [{ kind: 'acted', evidence }] });
    const all = rates(acted('proven'), acted('likely'), mail({ status: 'bounced' }), mail({ status: 'failed' }));
    expect(all.actedRate).toBe(1 / 3);
    expect(rates(mail({ status: 'failed' })).actedRate).toBeNull();
  });
});

describe('a digest', () => {
  const carrier = mail({ status: 'delivered', engagement: [{ kind: 'opened', evidence: 'likely' }] });
  const item = (more: Partial<CountedMessage> = {}): CountedMessage =>
    mail({ status: 'merged', watched: UNWATCHED, carrier, ...more });

  it('has as many messages as items, each with the fate of their carrier', () => {
    expect(counted(carrier, item(), item())).toMatchObject({
      messages: 3,
      accepted: 3,
      delivered: 3,
      merged: 2,
      tellsOpens: 3,
      opened: 3,
    });
  });
  it('is answered item by item, and never more often than it was accepted', () => {
    const acted = item({ engagement: [{ kind: 'acted', evidence: 'proven' }] });
    expect(rates(carrier, acted, acted).actedRate).toBe(2 / 3);
    // What was answered in its carrier is not answered in it.
    const answeredCarrier = { ...carrier, engagement: [{ kind: 'acted', evidence: 'proven' }] } as const;
    expect(rates(answeredCarrier, item({ carrier: answeredCarrier })).actedRate).toBe(1 / 2);
  });
  it('came back with all that was in it', () => {
    const lost = { ...carrier, status: 'bounced' } as const;
    expect(counted(lost, item({ carrier: lost }))).toMatchObject({ accepted: 2, bounced: 2, tellsOpens: 0, opened: 0 });
    // An item that already says so itself has gone in another all the same.
    const told = item({ status: 'bounced', carried: true });
    expect(counted(lost, told)).toMatchObject({ accepted: 2, bounced: 2, merged: 1 });
    expect(counted({ ...told, hours: 'night' })).toMatchObject({ interruptedNight: 0 });
  });
  it('of which the carrier is no longer known was sent, and tells nothing', () => {
    expect(counted(item({ carrier: null }))).toMatchObject({ messages: 1, accepted: 1, delivered: 0, tellsOpens: 0 });
  });
});

it('is a share: no rate leaves 0 to 1, whatever messages there are', () => {
  const evidence = fc.constantFrom('machine', 'likely', 'proven');
  const engagement = fc.array(
    fc.record({ kind: fc.constantFrom('opened', 'clicked', 'read', 'replied', 'acted'), evidence }),
    { maxLength: 4 },
  ) as fc.Arbitrary<CountedMessage['engagement']>;
  const alone = fc.record({
    channel: fc.constantFrom<Channel>('email', 'sms', 'push', 'inbox', 'chat', 'webhook'),
    status: fc.constantFrom<MessageStatus>(
      'queued',
      'revoked',
      'merged',
      'failed',
      'uncertain',
      'accepted',
      'delivered',
      'bounced',
    ),
    engagement,
    watched: fc.record({ opens: fc.boolean(), clicks: fc.boolean() }),
    hours: fc.option(fc.constantFrom(...HOUR_KINDS)),
    carrier: fc.constant(null),
  });
  const message = fc
    .tuple(alone, fc.option(alone))
    .map(([own, carrier]): CountedMessage => ({ ...own, carrier: own.status === 'merged' ? carrier : null }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), (all) => {
      const counts = counted(...all);
      for (const rate of Object.values(ratesOf(counts))) expect(rate === null || (rate >= 0 && rate <= 1)).toBe(true);
      expect(counts.openedHuman).toBeLessThanOrEqual(counts.opened);
      expect(counts.accepted).toBeLessThanOrEqual(counts.messages);
      expect(counts.merged + counts.delivered + counts.bounced).toBeLessThanOrEqual(2 * counts.accepted);
    }),
  );
});

describe('durations', () => {
  it('have figures in seconds, with the unanswered among them', () => {
    const seconds = HOUR_MS / SECOND_MS;
    const figures = durationFigures(
      columnsOf([
        { duration: seconds, events: 60, censored: 0 },
        { duration: 2 * seconds, events: 20, censored: 20 },
      ]),
    );
    expect(figures).toMatchObject({ p50: seconds, p90: null, n: 100, censored: 20 });
    expect(figures.limits.p50.lower).toBe(seconds);
    expect(durationFigures(columnsOf([]))).toMatchObject({ p50: null, p90: null, n: 0, censored: 0 });
  });
});

describe('what goes wrong', () => {
  it('is exhausted only while it is open, and once unreached whatever became of it', () => {
    const one = (status: FollowUpStatus) =>
      countFollowUp({ status, escalationLevel: 0, exhausted: true, unreached: true });
    expect(one('open')).toMatchObject({ open: 1, exhausted: 1, unreached: 1 });
    expect(one('acknowledged')).toMatchObject({ exhausted: 1 });
    expect(one('resolved')).toMatchObject({ exhausted: 0, unreached: 1 });
    expect(countFollowUp({ status: 'open', escalationLevel: 0 })).toMatchObject({ exhausted: 0, unreached: 0 });
  });
});

describe('an interruption', () => {
  const of = (more: Partial<CountedMessage>) => {
    const { interruptedBusiness, interruptedEvening, interruptedNight, interruptedWeekend } = countMessage(mail(more));
    return [interruptedBusiness, interruptedEvening, interruptedNight, interruptedWeekend];
  };
  it('counts once, in the hours of whoever was interrupted, also where it bounced then', () => {
    expect(of({ hours: 'business' })).toEqual([1, 0, 0, 0]);
    expect(of({ hours: 'evening', status: 'delivered' })).toEqual([0, 1, 0, 0]);
    expect(of({ hours: 'night', channel: 'sms', status: 'bounced' })).toEqual([0, 0, 1, 0]);
    expect(of({ hours: 'weekend', channel: 'push' })).toEqual([0, 0, 0, 1]);
  });
  it('is none by an inbox or a webhook, in another message, where nobody took it, or where its hours are not known', () => {
    for (const channel of ['inbox', 'webhook'] as const) expect(of({ hours: 'night', channel })).toEqual([0, 0, 0, 0]);
    expect(of({ hours: 'night', status: 'merged' })).toEqual([0, 0, 0, 0]);
    expect(of({ hours: 'night', status: 'failed' })).toEqual([0, 0, 0, 0]);
    expect(of({ hours: null })).toEqual([0, 0, 0, 0]);
  });
});

describe('levels of escalation', () => {
  const row = (level: number | undefined, followUps: number, team?: string): WireMetricRow => ({
    ...wireMetricRow(
      { group: {}, counts: { ...NO_COUNTS, followUps }, times: new Uint8Array() },
      (10 * HOUR_MS) as Instant,
    ),
    ...(level === undefined ? {} : { level }),
    ...(team === undefined ? {} : { team }),
  });
  const told = (rows: readonly WireMetricRow[]) =>
    withReached(rows).map(({ level, team, reached, reachedRate }) => [team, level, reached, reachedRate]);

  it('tell how many got at least so far, of all that have the other keys, in whichever order', () => {
    expect(
      told([row(0, 6, 'ops'), row(3, 1, 'ops'), row(1, 3, 'ops'), row(0, 4, 'sales'), row(2, 4, 'sales')]),
    ).toEqual([
      ['ops', 0, 10, 1],
      ['ops', 3, 1, 0.1],
      ['ops', 1, 4, 0.4],
      ['sales', 0, 8, 1],
      ['sales', 2, 4, 0.5],
    ]);
  });
  it('are of nothing where nothing opened, and nothing is said of rows without one', () => {
    expect(told([row(1, 0)])).toEqual([[undefined, 1, 0, null]]);
    expect(told([row(undefined, 5)])).toEqual([[undefined, undefined, undefined, undefined]]);
  });
});
