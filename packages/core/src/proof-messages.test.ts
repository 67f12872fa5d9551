// How many messages a day somebody may get at the most, and which: told of a few policies in full, and held against what
// really happens in random ones when nobody answers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import type { KnownWorld } from './proof-claim.ts';
import { proveMessages } from './proof-messages.ts';
import { type Person, policyOf, Scenario, START } from './scenario.test-kit.ts';

type Written = Partial<PolicyInput> & Pick<PolicyInput, 'stages'>;
const SILENT = { resolved: 'none' } as const;
const by = (...via: readonly unknown[]) => ({ notify: { via } }) as object;
const stages = (...all: readonly object[]) => all as unknown as PolicyInput['stages'];

const worldOf = ({ directory, now }: Scenario): KnownWorld => ({ directory, now, strangers: 'nobody' });
const told = (written: Written, max: number | null = null, world: KnownWorld | null = null) =>
  proveMessages(policyOf({ ...SILENT, ...written }), world, max);
const most = (written: Written, world: KnownWorld | null = null): number =>
  Number(/at most (\d+)/.exec(told(written, null, world).text)?.[1] ?? 0);

describe('how many messages a day one person may get', () => {
  it('is told with the day on which that is so', () => {
    const proof = told({
      stages: stages(
        { id: 'notice', at: 'opened', ...by('email', { channel: 'sms', after: '2 hours' }) },
        { id: 'nag', at: 'notice + 4 hours', repeat: { every: '8 hours', times: 5 }, ...by('email') },
      ),
    });
    expect(proof).toMatchObject({
      holds: true,
      problems: [],
      text: 'One person gets at most 5 messages of one follow-up within 24 hours: 1 of "notice" at the opening, 1 of "notice" 2 hours after the opening, 1 of "nag" 4 hours after the opening, 1 of "nag" 12 hours after the opening, 1 of "nag" 20 hours after the opening.',
    });
  });
  it('is an error beyond what is allowed', () => {
    const written = { stages: stages({ id: 'a', at: 'opened', ...by('email', 'push', 'sms') }) };
    expect(told(written, 3)).toMatchObject({ holds: true, problems: [] });
    expect(told(written, 2)).toMatchObject({
      holds: false,
      problems: [
        {
          code: 'policy_messages_exceeded',
          severity: 'error',
          message:
            'One person gets at most 3 messages of one follow-up within 24 hours: 3 of "a" at the opening. That is more than the 2 that are allowed: let its stages lie further apart, repeat less often or use fewer channels, or allow more.',
        },
      ],
    });
  });
  it('is that of one stage where they are a day apart', () => {
    const daily = { id: 'b', at: 'a + 1 day', repeat: { every: '1 day', times: 9 }, ...by('email') };
    expect(most({ stages: stages({ id: 'a', at: 'opened', ...by('email') }, daily) })).toBe(1);
    const working = { ...daily, at: 'a + 1 business day', repeat: { every: '1 business day', times: 9 } };
    expect(most({ stages: stages({ id: 'a', at: 'opened', ...by('email') }, working) })).toBe(1);
    const more = { ...daily, repeat: { every: '1 hour', times: 1_000 } };
    expect(most({ stages: stages({ id: 'a', at: 'opened', ...by('email') }, more) })).toBe(25);
  });
  it('counts what goes instead of something once', () => {
    const via = by('push', { channel: 'sms', after: '5 minutes' }, { channel: 'email', else: true });
    expect(most({ stages: stages({ id: 'a', at: 'opened', ...via }) })).toBe(2);
    expect(most({ stages: stages({ id: 'a', at: 'opened' }) })).toBe(2); // the inbox and email
    expect(most({ stages: stages({ id: 'a', at: 'opened', urgency: 'urgent' }) })).toBe(4);
    const raised = { id: 'b', at: 'a + 1 day', escalate: { to: ['assignee'], raise: 'urgent' } };
    const written = { fallback: 'recipient(eve)', stages: stages({ id: 'a', at: 'opened', ...by('email') }, raised) };
    expect(most(written)).toBe(4);
  });
  it('counts all that one person may be', () => {
    const notify = [
      { to: 'assignee', via: ['email'] },
      { to: ['requester', 'team'], via: ['email'] },
      { to: 'group(desk)', via: ['email'] },
      { to: 'manager(1)', via: ['email'] },
    ];
    const written: Written = { team: 'desk', stages: stages({ id: 'a', at: 'opened', notify }) };
    expect(most(written)).toBe(3); // whoever is the manager of the assignee is not the assignee
    const story = new Scenario(policyOf(written), { groups: { desk: [] } });
    expect(most(written, worldOf(story))).toBe(2);
    story.group('desk', ['eve']);
    expect(told(written, null, worldOf(story)).text).toContain('"eve" gets at most 3 messages');
  });
  it('knows who has which addresses, and their plans', () => {
    const written: Written = { stages: stages({ id: 'a', at: 'opened', notify: { to: 'recipient(eve)' } }) };
    const people: readonly Person[] = [{ id: 'eve', plan: ['email', 'sms', 'chat'] }];
    expect(most(written, worldOf(new Scenario(policyOf(written), { people })))).toBe(1);
    const reached = [{ id: 'eve', plan: ['email', 'sms', 'chat'], phone: '+33600000000' }];
    expect(most(written, worldOf(new Scenario(policyOf(written), { people: reached })))).toBe(2);
  });
  it('lets dates lie as they like, and a late opening bring what is past closer to what is not', () => {
    const due = (at: string, id: string) => ({ id, at, ...by('email') });
    const apart = stages(due('due - 10 days', 'a'), due('due - 6 days', 'b'), due('due', 'c'));
    const opened = [{ id: 'o', at: 'opened', ...by('email') }];
    expect(most({ due: 'event.data.due', stages: apart })).toBe(2);
    expect(most({ due: 'event.data.due', stages: [...stages(...opened), ...apart] })).toBe(3);
    expect(most({ due: 'event.data.due', late: { atOpening: 'all' }, stages: apart })).toBe(3);
    expect(most({ due: 'event.data.due', late: { atOpening: 'skip' }, stages: apart })).toBe(1);
  });
  it('takes hours at their worst: they bring what they hold closer to what they do not', () => {
    const window = '09:00-18:00';
    const held = (at: string, id: string, more: object = {}) => ({ id, at, window, ...by('email'), ...more });
    expect(
      most({ stages: stages(held('opened', 'a'), held('opened + 1 day', 'b'), held('opened + 2 days', 'c')) }),
    ).toBe(1);
    expect(most({ stages: stages(held('opened', 'a'), held('opened + 1 day', 'b', { window: undefined })) })).toBe(2);
    expect(most({ stages: stages(held('opened', 'a'), held('opened + 1 day', 'b', { urgency: 'urgent' })) })).toBe(2);
    expect(most({ stages: stages(held('opened', 'a', by('email', 'inbox')), held('opened + 1 day', 'b')) })).toBe(2);
  });
  it('counts what ends it, what an acknowledgement repeats on the same day, and each event', () => {
    const a = { id: 'a', at: 'opened', ...by('email') };
    expect(most({ stages: stages(a), resolved: { notify: { via: ['email'] } } })).toBe(2);
    const again = { stages: stages(a), acknowledged: { resumeAfter: '2 hours', max: 3 } };
    expect(told(again).text).toBe(
      'One person gets at most 4 messages of one follow-up within 24 hours: 1 of "a" at the opening; 3 × 1 as an acknowledgement runs out.',
    );
    expect(told({ stages: stages(a, { id: 'news', at: { on: 'shipped' }, ...by('email', 'sms') }) }).text).toMatch(
      /^One person gets at most 1 message .* Each event that it tells of adds 2 of "news"\.$/,
    );
  });
});

describe('a throttle', () => {
  const nag = { id: 'nag', at: 'opened', repeat: { every: '1 hour', times: 40 }, ...by('email', 'sms') };
  it('bounds it, events included', () => {
    const news = { id: 'news', at: { on: 'shipped' }, ...by('email') };
    expect(told({ throttle: { atMost: 2, per: '12 hours' }, stages: stages(nag, news) }).text).toBe(
      'One person gets at most 8 messages of one follow-up within 24 hours: 4 × 2 of the runs that its throttle lets pass.',
    );
  });
  it('is a number also where hours of a calendar hold what it lets pass, and events', () => {
    const news = { id: 'news', at: { changed: 'data.x' }, window: 'calendar', ...by('email') };
    const notice = { id: 'a', at: 'opened', ...by('email') };
    const text = (calendar: PolicyInput['calendar']) =>
      told({ throttle: { atMost: 1, per: '1 day' }, calendar, stages: stages(notice, news) }, 9).text;
    expect(text({ zone: 'Europe/Paris' })).toMatch(
      /at most 4 messages .* 4 × 1 of the runs that its throttle lets pass\.$/,
    );
    expect(text('elsewhere')).toMatch(/at most 1 message .* Each event that it tells of adds 1 of "news"\.$/);
  });
  it('bounds nothing where there are fewer runs', () => {
    const twice = { ...nag, repeat: { every: '1 hour', times: 2 } };
    expect(most({ throttle: { atMost: 9, per: '1 day' }, stages: stages(twice) })).toBe(4);
  });
  it('counts what its runs of the day before send later', () => {
    const late = { ...nag, ...by('email', { channel: 'sms', after: '2 days' }) };
    expect(most({ throttle: { atMost: 1, per: '1 day' }, stages: stages(late) })).toBe(6);
  });
});

describe('what really happens when nobody answers', () => {
  const spans = fc.constantFrom(
    '30 minutes',
    '4 hours',
    '20 hours',
    '1 day',
    '2 days',
    '3 days 1 hour',
    '1 business day',
    '3 business days',
    '6 business hours',
  );
  const anchors = (index: number) =>
    fc.constantFrom('opened', 'opened', 'due', ...(index === 0 ? [] : [`s${index - 1}`, `s${index - 1}.last`]));
  const at = (index: number) =>
    fc
      .tuple(anchors(index), fc.constantFrom('', '+', '+', '-'), spans)
      .map(([anchor, sign, span]) =>
        sign === '' || (sign === '-' && anchor !== 'due') ? anchor : `${anchor} ${sign} ${span}`,
      );
  const stage = (index: number) =>
    fc.record(
      {
        id: fc.constant(`s${index}`),
        at: at(index),
        window: fc.constantFrom('09:00-18:00', '20:00-03:00', 'calendar'),
        quietHours: fc.constantFrom('22:00-07:00', '12:00-13:00'),
        urgency: fc.constantFrom('normal', 'urgent'),
        repeat: fc.record({ every: spans, times: fc.constantFrom(2, 3, 30) }),
        escalate: fc.record({
          to: fc.constantFrom(['recipient(bo)'], ['assignee'], ['manager(1)']),
          mode: fc.constantFrom('add', 'reassign'),
        }),
        notify: fc.record({
          via: fc.constantFrom(['email'], ['email', 'inbox'], ['inbox', { channel: 'email', after: '5 hours' }]),
        }),
      },
      { requiredKeys: ['id', 'at', 'notify'] },
    );
  const policies = fc.record({
    stages: fc
      .tuple(stage(0), stage(1), stage(2), stage(3))
      .chain((all) => fc.integer({ min: 1, max: 4 }).map((count) => all.slice(0, count))),
    atOpening: fc.constantFrom('first', 'first', 'newest', 'all', 'skip'),
    throttle: fc.option(fc.record({ atMost: fc.integer({ min: 1, max: 3 }), per: spans }), { nil: undefined }),
    dueHours: fc.integer({ min: -300, max: 300 }),
    startHours: fc.integer({ min: 0, max: 7 * 24 }),
  });

  it('is never more than was said', () => {
    fc.assert(
      fc.property(policies, ({ stages: all, atOpening, throttle, dueHours, startHours }) => {
        const start = later(START, startHours * HOUR_MS + 17 * MINUTE_MS);
        const policy = policyOf({
          ...SILENT,
          due: 'event.data.due',
          fallback: 'recipient(cleo)',
          late: { atOpening },
          throttle,
          stages: all as never,
        });
        const people = ['ana', 'bo', 'cleo'].map((id, index, ids) => ({ id, manager: ids[index + 1] ?? null }));
        const story = new Scenario(policy, {
          start,
          people,
          opening: { dueAt: later(start, dueHours * HOUR_MS) },
        }).forward('60 days');
        const said = Number(/at most (\d+)/.exec(proveMessages(policy, worldOf(story), null).text)?.[1] ?? 0);
        for (const { id } of people) {
          const sent = [...story.messages.values()].flatMap(({ recipient, sentAt }) =>
            recipient === id && sentAt !== null ? [sentAt] : [],
          );
          const busiest = Math.max(
            0,
            ...sent.map((from) => sent.filter((one) => one >= from && one < from + DAY_MS).length),
          );
          expect(busiest, `${id}: ${sent.map((one) => new Date(one).toISOString())}`).toBeLessThanOrEqual(said);
        }
      }),
      { numRuns: 150 },
    );
  });
});
