// Conditions that ask what somebody has done before: activity by type and window, what else waits for them, and what they did
// with the messages. What was not gathered has not happened.
import { describe, expect, it } from 'vitest';
import type { EngagementSeen } from './engagement.ts';
import type { Activity } from './history.ts';
import type { Directory } from './recipient.ts';
import { at, policyOf, Scenario } from './scenario.test-kit.ts';

const SEEN: Activity = {
  type: 'shop.viewed',
  at: at('2026-11-01T09:00:00Z'),
  data: { page: '/x' },
  location: { city: 'Lyon' },
};

/** Whether the stage ran, with this in the directory. */
function runs(when: string, known: Partial<Directory> = {}): boolean {
  const policy = policyOf({ stages: [{ id: 'offer', at: 'opened', when }] });
  return new Scenario(policy, { known }).sent().length > 0;
}
const activity = (last: readonly Activity[], counts: Readonly<Record<string, number>> = {}): Partial<Directory> => ({
  activity: new Map([
    ['ana', { last: new Map(last.map((one) => [one.type, one])), counts: new Map(Object.entries(counts)) }],
    ['bo', { last: new Map(), counts: new Map([['shop.viewed\n30 days', 99]]) }],
  ]),
});

describe('activity', () => {
  it('is the last of a type, with its data, place and time, or null', () => {
    expect(runs("activity.last('shop.viewed') == null")).toBe(true);
    const known = activity([SEEN]);
    expect(runs("activity.last('shop.viewed').data.page == '/x'", known)).toBe(true);
    expect(runs("activity.last('shop.viewed').location.city == 'Lyon'", known)).toBe(true);
    expect(runs("activity.last('shop.viewed').at > now - duration('25h')", known)).toBe(true);
    expect(runs("activity.last('shop.viewed').at > now - duration('23h')", known)).toBe(false);
    expect(runs("activity.last('shop.paid') == null", known)).toBe(true);
  });
  it('may have the name of anything', () => {
    for (const type of ['__proto__', 'constructor']) {
      expect(runs(`activity.last('${type}') == null && activity.count('${type}', '1 day') == 0`)).toBe(true);
      expect(runs(`activity.last('${type}').data.page == '/x'`, activity([{ ...SEEN, type }]))).toBe(true);
    }
  });
  it('is counted in a window, and is the assignee’s own', () => {
    const known = activity([], { 'shop.viewed\n30 days': 3, 'shop.viewed\n36h': 1 });
    expect(runs("activity.count('shop.viewed', '30 days') == 3", known)).toBe(true);
    expect(runs("activity.count('shop.viewed', duration('36h')) == 1", known)).toBe(true);
    expect(runs("activity.count('shop.viewed', '1 week') == 0", known)).toBe(true);
    expect(runs("['a'].exists(x, x == 'a' && activity.count('shop.viewed', '30 days') > 2)", known)).toBe(true);
  });
  it('is what a policy says it needs', () => {
    const when = "activity.count('a', '2 days') > 1 && activity.last('b') == null || activity.count('a', '2 days') > 5";
    expect(policyOf({ stages: [{ id: 's', at: 'opened', when }] }).needs).toMatchObject({
      activity: [
        { type: 'a', window: { text: '2 days', duration: { kind: 'days', days: 2, ms: 0 } } },
        { type: 'b', window: null },
      ],
      pending: false,
      engagement: false,
    });
  });
});

describe('what else waits for somebody', () => {
  it('is their other live follow-ups', () => {
    const one = {
      policy: 'review',
      key: 'k',
      title: 'Review 4',
      urgency: 'high',
      dueAt: at('2026-11-03'),
      url: null,
      dueDay: null,
    } as const;
    const story = new Scenario({ stages: [{ id: 's', at: 'opened + 1 day' }] });
    const pending = new Map([
      [
        'ana',
        [
          { ...one, id: 'other' },
          { ...one, id: story.followUp.id },
        ],
      ],
    ]);
    expect(runs('size(pending) == 1', { pending })).toBe(true); // the follow-up itself is none of them
    expect(runs("pending.exists(p, p.policy == 'review' && p.dueAt < now + duration('48h'))", { pending })).toBe(true);
    expect(runs('size(pending) == 0')).toBe(true);
  });
});

describe('engagement', () => {
  it('counts by its evidence: an open may be a machine’s, a click on a button of one’s own is proven', () => {
    const { id } = new Scenario({ stages: [{ id: 's', at: 'opened + 1 day' }] }).followUp;
    const engagements = new Map<string, readonly EngagementSeen[]>([
      [
        id,
        [
          { kind: 'opened', evidence: 'machine' },
          { kind: 'clicked', evidence: 'machine' },
          { kind: 'clicked', evidence: 'likely' },
          { kind: 'acted', evidence: 'proven' },
        ],
      ],
    ]);
    const holds = (when: string): boolean => runs(when, { engagements });
    expect(holds('engagement.opened.machine && !engagement.opened.likely && !engagement.opened.proven')).toBe(true);
    expect(holds('engagement.clicked.machine && engagement.clicked.likely && !engagement.clicked.proven')).toBe(true);
    expect(holds('engagement.acted.proven && engagement.acted.likely')).toBe(true);
    expect(holds('engagement.read.machine || engagement.replied.machine')).toBe(false);
    expect(runs('engagement.acted.proven')).toBe(false);
  });
});
