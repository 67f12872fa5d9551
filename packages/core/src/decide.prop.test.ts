// Random policies and random histories: what must hold whatever is written and whatever happens. The rules are those of
// invariants.test-kit.ts, which every story is judged by. A failure prints its seed; run it again with `{ seed, path }`.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLive } from './follow-up.ts';
import type { Command, Input } from './input.ts';
import { DAY_MS, HOUR_MS, type Instant, later, MINUTE_MS } from './instant.ts';
import { compilePolicy } from './policy/compile.ts';
import type { Policy } from './policy/policy.ts';
import type { HandingOver } from './rehearsal.ts';
import { at, type Person, Scenario, START } from './scenario.test-kit.ts';

const RUNS = 400;
const PEOPLE = ['ana', 'bo', 'cleo', 'dan', 'eve', 'rita'];
const spans = fc.constantFrom('1 minute', '30 minutes', '4 hours', '1 day', '2 days 3 hours', '1 week');
const targets = fc.constantFrom(
  'assignee',
  'requester',
  'team',
  'watchers',
  'notified',
  'manager(1)',
  'manager(2)',
  'group(desk)',
  'group(empty)',
  'recipient(eve)',
  'onCall(duty)',
  'onCall(duty, 2)',
  'resolver(crm)',
);
const via = fc.constantFrom<unknown>(
  'preferred',
  ['email'],
  ['sms', { channel: 'email', else: true }],
  ['push', { channel: 'email', after: '2 hours' }],
  ['email', 'inbox', { channel: 'sms', after: '10 minutes' }, { channel: 'chat', else: true }],
);

const anchor = (index: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('opened', 'due', 'acknowledged', 'commitment', 'data.when') },
    { weight: index === 0 ? 0 : 3, arbitrary: fc.nat(Math.max(0, index - 1)).map((other) => `s${other}`) },
    { weight: index === 0 ? 0 : 2, arbitrary: fc.nat(Math.max(0, index - 1)).map((other) => `s${other}.last`) },
  );
const offset = (index: number) =>
  fc
    .tuple(anchor(index), fc.constantFrom('', '+', '+', '+', '-'), spans)
    .map(([from, sign, span]) =>
      sign === '' || (sign === '-' && /^(opened|acknowledged)/.test(from)) ? from : `${from} ${sign} ${span}`,
    );

const stage = (index: number) =>
  fc.record(
    {
      id: fc.constant(`s${index}`),
      at: fc.oneof(
        { weight: 9, arbitrary: offset(index) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>({ on: 'news' }, { changed: 'data.n' }) },
      ),
      window: fc.constantFrom('09:00-18:00', '22:00-06:00'),
      quietHours: fc.constantFrom('22:00-07:00', '02:00-03:00'),
      when: fc.constantFrom('true', 'false', 'data.n > 1', 'followUp.escalationLevel == 0'),
      repeat: fc.record({ every: spans, times: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: ['every', 'times'] }),
      until: fc.constantFrom('acknowledged', 'resolved'),
      urgency: fc.constantFrom('low', 'urgent'),
      notify: fc.oneof(
        fc.record({ to: fc.array(targets, { minLength: 1, maxLength: 3 }), via }, { requiredKeys: ['via'] }),
        fc.constant([{ via: ['email'] }, { to: ['requester', 'team'], via: 'preferred' }]),
      ),
      escalate: fc.record(
        {
          to: fc.array(targets, { minLength: 1, maxLength: 2 }),
          mode: fc.constantFrom('add', 'reassign'),
          raise: fc.constantFrom('high', 'urgent'),
        },
        { requiredKeys: ['to', 'mode'] },
      ),
    },
    { requiredKeys: ['id', 'at'] },
  );

const COMMON = {
  policy: 'p',
  key: 'event.id',
  due: 'event.data.due',
  actions: [
    { id: 'approve', label: 'Approve' },
    { id: 'reject', label: 'Reject', rejects: true },
    { id: 'seen', label: 'Seen', resolves: false },
  ],
};
const SEVERAL = { assignee: undefined, assignees: 'event.data.all' };
const policies: fc.Arbitrary<Policy> = fc
  .integer({ min: 1, max: 5 })
  .chain((count) =>
    fc.record(
      {
        stages: fc.tuple(...Array.from({ length: count }, (_, index) => stage(index))),
        fallback: fc.constantFrom('group(desk)', 'group(empty)', 'recipient(rita)', 'recipient(ghost)', 'onCall(duty)'),
        assignee: fc.constantFrom<unknown>(
          'event.data.who',
          { target: 'onCall(duty)' },
          { target: 'group(empty)' },
          { target: 'resolver(crm)' },
        ),
        urgency: fc.constantFrom('normal', 'urgent'),
        late: fc.record({
          atOpening: fc.constantFrom('first', 'newest', 'all', 'skip'),
          afterOutage: fc.constantFrom('newest', 'all', 'skip'),
        }),
        acknowledged: fc.record({ resumeAfter: spans, max: fc.integer({ min: 1, max: 3 }) }),
        expire: fc.record({ after: fc.constantFrom('3 days', '60 days') }),
        resolvableBy: fc
          .subarray(['assignee', 'requester', 'team', 'escalated'])
          .map((people) => [...people, 'event', 'api']),
        claim: fc.record({ for: spans }),
        throttle: fc.record({ atMost: fc.integer({ min: 1, max: 3 }), per: spans }),
        rejectOn: fc.constantFrom('first', 'majority'),
        require: fc.constantFrom(1, 2, 'all'),
      },
      { requiredKeys: ['stages', 'fallback', 'assignee'] },
    ),
  )
  .map((written) => ({
    written,
    result: compilePolicy({ ...COMMON, ...(written as object), ...('require' in written ? SEVERAL : {}) }, 1),
  }))
  .filter(({ result }) => result.ok)
  .map(({ written, result }) => ({
    ...(result as { readonly policy: Policy }).policy,
    [fc.toStringMethod]: () => JSON.stringify(written),
  }));

type Act = (story: Scenario) => void;
const command =
  (make: (story: Scenario) => Command): Act =>
  (story) =>
    void story.command(make(story));
const inHours = fc.integer({ min: -50, max: 500 });
const acts: fc.Arbitrary<readonly [string, Act]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('1 minute', '5 hours', '1 day', '3 days', '2 weeks'), fc.boolean())
      .map(
        ([by, dark]) =>
          [
            `${dark ? 'outage' : 'forward'} ${by}`,
            (story: Scenario) => void (dark ? story.outage(by) : story.forward(by)),
          ] as const,
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<Command>(
        { kind: 'acknowledge' },
        { kind: 'unacknowledge' },
        { kind: 'escalate' },
        { kind: 'note' },
        { kind: 'decline', why: 'declined' },
      )
      .map((one) => [one.kind, command(() => one)] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.subarray([...PEOPLE, 'ghost']),
        fc.constantFrom('0 minutes', '2 days'),
        fc.constantFrom(null, 'HTTP 500'),
      )
      .map(
        ([to, holds, detail]) =>
          [`crm answers ${to} for ${holds}`, (story: Scenario) => void story.answer('crm', to, holds, detail)] as const,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('reassign', 'delegate'), fc.constantFrom(...PEOPLE, 'ghost'))
      .map(([kind, to]) => [`${kind} ${to}`, command(() => ({ kind, to }) as Command)] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('approve', 'reject', 'seen', 'resolve'), fc.constantFrom(...PEOPLE))
      .map(([action, who]) => {
        const made: Command =
          action === 'resolve' ? { kind: action, outcome: null } : { kind: 'answer', action, answer: null };
        return [`${action} by ${who}`, (story: Scenario) => void story.command(made, who)] as const;
      }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('snooze', 'commit', 'reschedule'), inHours).map(([kind, hours]) => {
      const made = (story: Scenario): Command => {
        const moment = later(story.now, hours * HOUR_MS);
        if (kind === 'snooze') return { kind: 'snooze', until: moment };
        return kind === 'commit'
          ? { kind: 'commit', by: moment }
          : { kind: 'reschedule', dueAt: hours < -40 ? null : moment };
      };
      return [`${kind} ${hours}h`, command(made)] as const;
    }),
  },
  {
    weight: 2,
    arbitrary: inHours.map(
      (hours) =>
        [
          `update ${hours}h`,
          (story: Scenario) =>
            void story.event('update', {
              data: { n: hours, when: new Date(later(story.now, hours * HOUR_MS)).toISOString() },
              ...(hours % 2 === 0 ? { dueAt: later(story.now, hours * HOUR_MS) } : {}),
            }),
        ] as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(4), fc.boolean()).map(([index, closes]) => {
      const news = { kind: 'event', role: 'update', event: 'e', facts: {}, outcome: null, stage: `s${index}` } as const;
      return [`news s${index}`, (story: Scenario) => void story.input({ ...news, closes })] as const;
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<HandingOver>('accept', 'accept', 'fail', 'hold').map(
      (verdict) =>
        [
          `provider ${verdict}`,
          (story: Scenario) => {
            story.provider = () => verdict;
          },
        ] as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...PEOPLE, 'new').chain((id) =>
      fc.boolean().map(
        (gone) =>
          [
            `${gone ? 'delete' : 'create'} ${id}`,
            (story: Scenario) => {
              if (gone) story.people.delete(id);
              else story.person({ ...WORLD.find((one) => one.id === id), id, manager: 'bo' });
              story.tick();
            },
          ] as const,
      ),
    ),
  },
);
const DONE: Input = {
  kind: 'command',
  command: { kind: 'resolve', outcome: 'done' },
  actor: { kind: 'api', id: 'ana' },
  evidence: 'proven',
  channel: null,
  comment: null,
};
const endings: fc.Arbitrary<readonly [string, Act]> = fc.constantFrom(
  ['resolve', (story: Scenario) => void story.input(DONE)] as const,
  ['cancel', command(() => ({ kind: 'cancel' }))] as const,
  ['resolve event', (story: Scenario) => void story.event('resolve')] as const,
);
const histories = fc.array(acts, { maxLength: 14 });
/** Before the clocks go back in Paris, and forward there; before they go forward in New York. */
const STARTS = ['2026-10-23T15:00:00Z', '2026-11-02T09:00:00Z', '2027-03-13T02:00:00Z', '2027-03-27T21:30:00Z'].map(at);
const openings = fc.record({
  start: fc.constantFrom(...STARTS),
  assignee: fc.constantFrom('ana', 'ana', 'ana', 'new', null),
  requester: fc.constantFrom('rita', 'bo', null),
  team: fc.constantFrom('desk', 'empty', null),
  dueAt: fc.option(inHours.map((hours) => later(START, hours * HOUR_MS))),
  data: fc.constantFrom({}, { n: 3 }, { n: 0, when: '2026-11-04' }),
});
type Opening = typeof openings extends fc.Arbitrary<infer T> ? T : never;

const WORLD: readonly Person[] = [
  { id: 'ana', manager: 'bo', timeZone: 'Europe/Paris', phone: '+33600000000' },
  { id: 'bo', manager: 'cleo', timeZone: 'America/New_York' },
  { id: 'cleo', manager: 'dan', timeZone: 'Australia/Lord_Howe', away: [{ from: '2026-11-01', to: '2026-11-20' }] },
  { id: 'dan' },
  { id: 'eve', away: [{ from: '2026-11-03', to: '2026-11-09', delegate: 'rita' }] },
  { id: 'rita', timeZone: 'Asia/Kathmandu' },
];

/** Six hours each, nobody from ten to four at night, and now and then somebody unknown; level 2 works on weekdays. */
const DUTY = {
  timeZone: 'Europe/Madrid',
  layers: [
    {
      rotation: { every: '6 hours', handover: { at: '04:00' }, start: '2026-10-01', members: ['bo', 'ghost', 'dan'] },
      restrictions: [{ from: '04:00', to: '22:00' }],
    },
    {
      level: 2,
      rotation: { every: '1 week', handover: { at: '09:00' }, start: '2026-10-01', members: [['eve', 'ana']] },
      restrictions: [{ days: 'mon-fri' }],
    },
  ],
};
const asking = ({ require }: Policy, { assignee }: Opening) =>
  require === null || assignee === null ? {} : { assignees: [...new Set([assignee, 'bo', 'ghost', 'cleo'])] };
const open = (policy: Policy, opening: Opening): Scenario =>
  new Scenario(policy, {
    opening: { ...opening, ...asking(policy, opening) },
    groups: { desk: ['eve', 'dan'], empty: [] },
    schedules: { duty: DUTY },
    people: WORLD,
    start: opening.start,
  });
function play(policy: Policy, opening: Opening, history: readonly (readonly [string, Act])[]): Scenario {
  const story = open(policy, opening);
  for (const [, act] of history) act(story);
  return story;
}
const shown = (acts: typeof histories): typeof histories =>
  acts.map((all) => Object.assign(all, { [fc.toStringMethod]: () => all.map(([name]) => name).join(', ') }));

describe('whatever is written and whatever happens', () => {
  it('every rule holds at every step, and the end comes', { timeout: 300_000 }, () => {
    fc.assert(
      fc.property(
        policies,
        openings,
        shown(histories),
        fc.option(endings, { nil: null, freq: 3 }),
        shown(histories),
        (policy, opening, before, ending, after) => {
          const story = play(policy, opening, before);
          ending?.[1](story);
          if (ending !== null) expect(isLive(story.followUp.status)).toBe(false);
          for (const [, act] of after) act(story);
          story.end();
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('deciding twice gives the same, ids too', { timeout: 300_000 }, () => {
    fc.assert(
      fc.property(policies, openings, shown(histories), (policy, opening, history) => {
        const [one, two] = [play(policy, opening, history), play(policy, opening, history)];
        expect([two.followUp, [...two.messages.values()], two.timeline]).toEqual([
          one.followUp,
          [...one.messages.values()],
          one.timeline,
        ]);
      }),
      { numRuns: RUNS / 10 },
    );
  });

  it('nothing that is not urgent leaves at an hour it must not, in any zone, whenever clocks change', {
    timeout: 300_000,
  }, () => {
    fc.assert(
      fc.property(zones, hours, fc.integer({ min: 2020, max: 2037 }), fc.nat(11), (timeZone, span, year, nth) => {
        const changes = changesOf(timeZone, year);
        const change = changes[nth % Math.max(1, changes.length)] ?? at(`${year}-06-01`);
        const repeat = { every: '25 minutes', times: 100 };
        const stages = [{ id: 'nag', at: 'opened', repeat, ...span, notify: { via: ['email'] } }];
        const result = compilePolicy({ ...COMMON, assignee: 'event.data.who', stages }, 1);
        if (!result.ok) return fc.pre(false); // the two leave no hour between them
        const start = later(change, -DAY_MS + 7 * MINUTE_MS);
        const story = new Scenario(result.policy, { people: [{ id: 'ana', timeZone }], start });
        story.forward('2 days');
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

const zones = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'));
const minute = fc.nat(95).map((quarter) => toTime(quarter * 15));
const span = fc.tuple(minute, minute).map(([from, to]) => (from === to ? `${from}-24:00` : `${from}-${to}`));
const hours = fc.record({ window: span, quietHours: span }, { requiredKeys: [] });
const toTime = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** When clocks change in a year, to the minute, by what they show. */
function changesOf(timeZone: string, year: number): readonly Instant[] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const offset = (moment: number): string => clock.format(moment).split(' ').at(-1) ?? '';
  const changes: Instant[] = [];
  for (let day = at(`${year}-01-01`); day < at(`${year + 1}-01-01`); day = later(day, 7 * DAY_MS)) {
    let [before, after] = [day, later(day, 7 * DAY_MS)];
    if (offset(before) === offset(after)) continue;
    while (after - before > MINUTE_MS) {
      const middle = later(before, Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS);
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}
