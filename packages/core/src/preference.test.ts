// What a reader has chosen, in stories (POLICY.md, *Waiting*): a pause, quiet hours of their own, a digest instead of each
// message, and budgets. START is Monday 2026-11-02, 09:00 in London.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetSchema, heldByBudget, readBudget } from './budget.ts';
import { NO_CONSENT_KNOWN } from './consent.ts';
import { DAY_MS, HOUR_MS, type Instant } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { digestAfter, NO_PREFERENCES, type Preferences, readPreferences } from './preference.ts';
import { at, type Person, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';
import { toLocal } from './timing.ts';

type Stage = PolicyInput['stages'][number];
const run = (
  chosen: Partial<Preferences>,
  stages: readonly Stage[],
  more: ScenarioOptions & { policy?: Partial<PolicyInput>; person?: Partial<Person> } = {},
) =>
  new Scenario(
    { fallback: 'recipient(dan)', category: 'billing', ...more.policy, stages: [...stages] },
    { people: [{ id: 'ana', ...more.person, preferences: { ...NO_PREFERENCES, ...chosen } }, { id: 'dan' }], ...more },
  );
const NOTICE: Stage = { id: 'notice', at: 'opened' };
const essential = {
  consent: { ...NO_CONSENT_KNOWN, essential: new Set(['billing']) },
};

describe('a pause', () => {
  const pausedUntil = at('2026-11-09T12:00:00Z');

  it('holds everything that is not essential until it ends, urgent or not, and says so', () => {
    for (const urgency of ['normal', 'urgent'] as const) {
      const story = run({ pausedUntil }, [{ ...NOTICE, urgency }]);
      expect(story.story('message_deferred')).toEqual(['message_deferred notice ana paused']);
      expect(story.forward('30 days').sent()).toEqual(['11-09 12:00 notice ana']);
    }
  });
  it('holds nothing that is essential, and nothing in the inbox', () => {
    expect(run({ pausedUntil }, [NOTICE], { known: essential }).sent()).toEqual(['11-02 09:00 notice ana']);
    expect(run({ pausedUntil }, [NOTICE], { person: { plan: ['inbox'] } }).sent()).toEqual([
      '11-02 09:00 notice ana inbox',
    ]);
  });
  it('escalates over nobody who could not be told, and sends only the newest of what waited', () => {
    const story = run({ pausedUntil }, [
      NOTICE,
      { id: 'reminder', at: 'opened + 2 days' },
      { id: 'escalate', at: 'reminder + 1 day', escalate: { to: ['recipient(dan)'] } },
    ]).forward('30 days');
    expect(story.sent()).toEqual(['11-09 12:00 reminder ana', '11-10 12:00 escalate dan']);
  });
  it('ends as soon as it is over for what is planned later', () => {
    const story = run({ pausedUntil }, [{ id: 'notice', at: 'opened + 8 days' }]).forward('30 days');
    expect(story.sent()).toEqual(['11-10 09:00 notice ana']);
  });
});

describe('quiet hours of a reader', () => {
  const night = { fromMinute: 20 * 60, toMinute: 8 * 60 };
  const late = at('2026-11-02T23:30:00Z');

  it('hold what no stage would hold, and let through what is urgent', () => {
    expect(run({ quietHours: night }, [NOTICE], { start: late }).forward('2 days').sent()).toEqual([
      '11-03 08:00 notice ana',
    ]);
    expect(run({ quietHours: night }, [{ ...NOTICE, urgency: 'urgent' }], { start: late }).sent()).toEqual([
      '11-02 23:30 notice ana',
    ]);
  });
  it('hold beside those of the stage, in the zone of the reader', () => {
    const story = run({ quietHours: night }, [{ ...NOTICE, quietHours: '07:00-10:00' }], {
      start: late,
      person: { timeZone: 'Europe/Paris' },
    });
    expect(story.forward('2 days').sent()).toEqual(['11-03 09:00 notice ana']); // 10:00 in Paris
  });
  it('hold against a window that they leave no hour open: a choice of when is no refusal', () => {
    const story = run({ quietHours: { fromMinute: 8 * 60, toMinute: 19 * 60 } }, [
      { ...NOTICE, window: '09:00-18:00' },
    ]);
    expect(story.forward('2 days').sent()).toEqual(['11-02 19:00 notice ana']);
  });
  it('of the tenant hold for those who have none, and for no system', () => {
    const tenant = { zone: null, locale: 'en', alarmTo: null, name: null, quietHours: night };
    const told = (chosen: Partial<Preferences>, plan: readonly string[]) => {
      const endpoints = [{ channel: 'webhook' as const, address: 'https://ana.example/hook' }];
      return run(chosen, [NOTICE], { start: late, person: { plan, endpoints }, known: { tenant } })
        .forward('2 days')
        .sent();
    };
    expect(told({}, ['email'])).toEqual(['11-03 08:00 notice ana']);
    expect(told({ quietHours: { fromMinute: 0, toMinute: 60 } }, ['email'])).toEqual(['11-02 23:30 notice ana']);
    expect(told({}, ['webhook'])).toEqual(['11-02 23:30 notice ana webhook']);
  });
});

describe('a digest', () => {
  it('holds what a reader wants together until the next morning, or Monday, where they are', () => {
    const sent = (frequency: 'daily' | 'weekly', timeZone: string) =>
      run({ frequency: { billing: frequency } }, [NOTICE], { person: { timeZone } })
        .forward('20 days')
        .sent();
    expect(sent('daily', 'Europe/London')).toEqual(['11-03 09:00 notice ana']);
    expect(sent('daily', 'America/New_York')).toEqual(['11-02 14:00 notice ana']);
    expect(sent('weekly', 'Europe/London')).toEqual(['11-09 09:00 notice ana']);
  });
  it('says why, holds the stage, and lets pass what is urgent, essential or of another category', () => {
    const daily = { frequency: { billing: 'daily' } } as const;
    const story = run(daily, [NOTICE, { id: 'reminder', at: 'notice + 1 day' }]);
    expect(story.story('message_deferred')).toEqual(['message_deferred notice ana digest']);
    expect(story.forward('1 day').sent()).toEqual(['11-03 09:00 notice ana']);
    expect(story.forward('3 days').sent()).toEqual(['11-05 09:00 reminder ana']);
    expect(run(daily, [{ ...NOTICE, urgency: 'urgent' }]).sent()).toEqual(['11-02 09:00 notice ana']);
    expect(run(daily, [NOTICE], { known: essential }).sent()).toEqual(['11-02 09:00 notice ana']);
    expect(run({ frequency: { news: 'daily' } }, [NOTICE]).sent()).toEqual(['11-02 09:00 notice ana']);
  });
  it('leaves no later than the next stage', () => {
    const story = run({ frequency: { billing: 'weekly' } }, [NOTICE, { id: 'reminder', at: 'opened + 3 days' }]);
    expect(story.unsent.map(({ sendAt }) => sendAt)).toEqual([at('2026-11-05T09:00:00Z')]);
  });
  it('is not waited for twice, and gives way to what became newer while it waited', () => {
    const story = run({ frequency: { billing: 'daily' } }, [NOTICE, { id: 'reminder', at: 'opened + 30 hours' }]);
    expect(story.forward('5 days').sent()).toEqual(['11-03 09:00 notice ana', '11-04 09:00 reminder ana']);
  });
  it('leaves at nine in every zone and on every day of a year', () => {
    const zones = fc.constantFrom('Europe/London', 'Asia/Kathmandu', 'Pacific/Apia', 'America/New_York', 'Asia/Tehran');
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 366 * 24 }), fc.boolean(), (zone, hours, weekly) => {
        const now = (at('2026-01-01T00:00:00Z') + hours * HOUR_MS) as Instant;
        const digest = digestAfter(weekly ? 'weekly' : 'daily', now, zone);
        expect(digest).toBeGreaterThan(now);
        expect(digest - now).toBeLessThanOrEqual((weekly ? 7 : 1) * DAY_MS + HOUR_MS);
        expect((toLocal(digest, zone) % DAY_MS) / HOUR_MS).toBe(9);
        if (weekly) expect(new Date(toLocal(digest, zone)).getUTCDay()).toBe(1);
      }),
    );
  });
});

describe('a budget', () => {
  const of = (written: object) => readBudget(budgetSchema.parse(written)) ?? expect.fail('no budget');
  const noon = at('2026-11-02T12:00:00Z');
  const ago = (hours: number, channel: 'email' | 'sms' = 'email') => ({
    at: (noon - hours * HOUR_MS) as Instant,
    channel,
  });
  const asked = (budget: object, uses: readonly { at: Instant; channel: 'email' | 'sms' }[], now: Instant = noon) =>
    heldByBudget(of(budget), uses, { channel: 'email', urgency: 'normal' }, 'Europe/London', now);

  it('of a day holds what is over it until the next morning, and counts no other day', () => {
    expect(asked({ perDay: 2 }, [ago(1)])).toBeNull();
    expect(asked({ perDay: 2 }, [ago(1), ago(2, 'sms')])).toBe(at('2026-11-03T09:00:00Z'));
    expect(asked({ perDay: 2 }, [ago(1), ago(13)])).toBeNull();
    expect(asked({ perDay: 1 }, [ago(11)], at('2026-11-02T01:30:00Z'))).toBe(at('2026-11-03T09:00:00Z'));
  });
  it('of a channel holds that channel alone', () => {
    const budget = { perDay: 5, channels: { sms: 1 } };
    expect(asked(budget, [ago(1, 'sms')])).toBeNull();
    expect(heldByBudget(of(budget), [ago(1, 'sms')], { channel: 'sms', urgency: 'high' }, 'Europe/London', noon)).toBe(
      at('2026-11-03T09:00:00Z'),
    );
  });
  it('out of hours is one of its own, from evening to morning', () => {
    const budget = { perDay: 3, outOfHours: 1 };
    const night = at('2026-11-02T23:30:00Z');
    const evening = { at: at('2026-11-02T20:15:00Z'), channel: 'email' as const };
    expect(asked(budget, [ago(1), ago(2), ago(3)], night)).toBeNull();
    expect(asked(budget, [evening], night)).toBe(at('2026-11-03T08:00:00Z'));
    expect(asked(budget, [evening], at('2026-11-03T03:00:00Z'))).toBe(at('2026-11-03T08:00:00Z'));
    expect(asked(budget, [evening], at('2026-11-03T08:00:00Z'))).toBeNull();
    expect(asked({ perDay: 1, outOfHours: 1 }, [evening], at('2026-11-02T20:30:00Z'))).toBe(at('2026-11-03T08:00:00Z'));
  });
  it('lets through at night what its own hours only open at night, or it would wait for ever', () => {
    const evening = at('2026-11-02T20:30:00Z');
    const message = { channel: 'email', urgency: 'normal' } as const;
    const none = of({ outOfHours: 0 });
    const opens = (hour: string) => (from: Instant) => at(`${new Date(from).toISOString().slice(0, 10)}T${hour}:00Z`);
    expect(heldByBudget(none, [], message, 'UTC', evening, opens('09:30'))).toBe(at('2026-11-03T08:00:00Z'));
    expect(heldByBudget(none, [], message, 'UTC', evening, opens('20:30'))).toBeNull();
  });
  it('of a channel is at least one, or what waits for tomorrow waits for ever', () => {
    expect(budgetSchema.safeParse({ channels: { sms: 0 } }).error?.message).toContain('leave it out of `via`');
  });
  it('holds nothing that is urgent, in the inbox, or for a system', () => {
    const spent = of({ perDay: 1 });
    for (const message of [
      { channel: 'email', urgency: 'urgent' },
      { channel: 'inbox', urgency: 'low' },
      { channel: 'webhook', urgency: 'low' },
    ] as const)
      expect(heldByBudget(spent, [ago(1)], message, 'UTC', noon)).toBeNull();
  });
  it('holds the stage in a story: what is over it is told the next morning', () => {
    const tenant = { zone: null, locale: 'en', alarmTo: null, name: null, budget: of({ perDay: 1 }) };
    const story = run({}, [NOTICE, { id: 'reminder', at: 'notice + 2 hours' }], { known: { tenant } });
    expect(story.forward('3 hours').unsent.map(({ stage, heldBy }) => `${stage} ${heldBy}`)).toEqual([
      'reminder budget',
    ]);
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 reminder ana']);
  });
  it('is refused where it makes no sense', () => {
    for (const wrong of [{ perDay: 0 }, { channels: { inbox: 1 } }, { hours: 'by day' }, { perday: 3 }])
      expect(budgetSchema.safeParse(wrong).success).toBe(false);
  });
});

it('reads what was stored, and takes what cannot be read for no choice', () => {
  expect(readPreferences(null)).toEqual(NO_PREFERENCES);
  expect(readPreferences({ pausedUntil: '2026-11-09T12:00:00Z', quietHours: '20:00-08:00' })).toEqual({
    pausedUntil: at('2026-11-09T12:00:00Z'),
    quietHours: { fromMinute: 1200, toMinute: 480 },
    frequency: {},
    tracking: true,
  });
  expect(readPreferences({ tracking: false }).tracking).toBe(false);
  expect(readPreferences({ quietHours: 'never', pausedUntil: 'soon' })).toEqual(NO_PREFERENCES);
});
