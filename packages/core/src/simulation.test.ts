// Simulations, as stories: what a policy would do when nobody answers, when somebody does, and when a channel fails; who
// stands in for whom; and what is said of a request that cannot be played.
import { describe, expect, it } from 'vitest';
import { toRfc3339 } from './instant.ts';
import { compilePolicy } from './policy/compile.ts';
import type { PolicyInput } from './policy/schema.ts';
import type { Group } from './recipient.ts';
import { sentence } from './sentence.ts';
import { type SimulationOptions, simulate } from './simulation.ts';
import { planSimulation } from './simulation-plan.ts';
import { type PolicyTest, simulatePolicy, simulatePolicyMany } from './testing.ts';

const AT = '2026-11-02T09:00:00Z'; // a Monday
const INVOICE: PolicyInput = {
  policy: 'invoice',
  open: { on: 'invoice.issued', when: 'event.data.amount > 100' },
  resolve: { on: 'invoice.paid', outcome: 'paid' },
  key: "'invoice/' + string(event.data.id)",
  subject: { type: 'invoice', id: 'event.data.id', title: "'Invoice ' + event.data.number" },
  assignee: 'event.data.customer',
  due: 'event.data.dueDate',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email', { channel: 'sms', else: true }] } },
    { id: 'reminder', at: 'due - 3 days', window: '09:00-18:00', notify: { via: ['email'] } },
    { id: 'overdue', at: 'due + 1 day', repeat: { every: '2 days', times: 3 }, notify: { via: ['push'] } },
    {
      id: 'boss',
      at: 'overdue.last + 5 days',
      when: 'data.amount > 500',
      escalate: { to: ['manager(1)'] },
      notify: { via: ['email'] },
    },
  ],
  fallback: 'recipient(desk)',
};
const play = (test: Partial<PolicyTest> = {}, policy = INVOICE) => simulatePolicy(policy, { at: AT, ...test });
/** `11-02 09:00 message_sent notice assignee email`. */
const story = ({ items }: ReturnType<typeof play>, ...kinds: readonly string[]): readonly string[] =>
  items
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ at, kind, stage, recipient, channel }) =>
      [toRfc3339(at).slice(5, 16).replace('T', ' '), kind, stage, recipient, channel].filter(Boolean).join(' '),
    );

describe('nobody answers', () => {
  it('plays every stage to the end, with an invented event and invented people', () => {
    const played = play({ dueAt: '2026-11-20' });
    expect(story(played, 'message_sent', 'escalated')).toEqual([
      '11-02 09:00 message_sent notice assignee email',
      '11-17 17:00 message_sent reminder assignee email',
      '11-21 17:00 message_sent overdue assignee push',
      '11-23 17:00 message_sent overdue assignee push',
      '11-25 17:00 message_sent overdue assignee push',
      '11-30 17:00 escalated boss',
      '11-30 17:00 message_sent boss assignee.manager email',
    ]);
    expect(played.outcome).toMatchObject({ status: 'open', end: 'waits', waitsFor: 'stages_exhausted' });
    expect(played.invented).toEqual(['assignee', 'assignee.manager', 'desk']);
    expect(played.followUp.subject).toMatchObject({ id: '1001', title: 'Invoice 1001' });
  });
  it('says what was skipped and what the condition saw, and what is held until when', () => {
    const played = play({ dueAt: '2026-11-20T20:00:00Z', data: { amount: 200 }, zone: 'Europe/Paris' });
    expect(played.items.filter(({ kind }) => kind === 'stage_skipped')).toMatchObject([
      { stage: 'boss', data: { when: 'data.amount > 500', seen: { 'data.amount': 200 } } },
    ]);
    const [held] = played.items.filter(({ kind }) => kind === 'message_deferred');
    expect(held).toMatchObject({ stage: 'reminder', reason: 'window' });
    expect(toRfc3339(held?.data?.until as never)).toBe('2026-11-18T08:00:00.000Z');
  });
  it('ends where it is told to', () => {
    const played = play({ dueAt: '2026-11-20', until: '10 days' });
    expect(story(played, 'message_sent')).toHaveLength(1);
    expect(played.outcome).toMatchObject({ end: 'until', endedAt: Date.parse('2026-11-12T09:00:00Z') });
  });
  it('ends with its age limit', () => {
    const chatty: PolicyInput = {
      policy: 'chatty',
      key: 'event.data.id',
      assignee: 'event.data.who',
      stages: [{ id: 'nag', at: 'opened', repeat: { every: '1 minute', times: 100 } }],
      expire: { after: '30 days' },
    };
    expect(play({}, chatty).outcome).toMatchObject({ status: 'expired', end: 'closed' });
  });
});

describe('somebody answers', () => {
  it('and the pause, the repetition after it and the end are told', () => {
    const played = play({
      dueAt: '2026-11-04',
      behaviours: ['assignee acknowledges after 2 hours of overdue', 'event invoice.paid after 20 days'],
    });
    expect(story(played, 'acknowledged', 'resumed', 'resolved', 'escalated')).toEqual([
      '11-05 19:00 acknowledged',
      '11-08 19:00 resumed',
      '11-17 19:00 escalated boss',
      '11-22 09:00 resolved',
    ]);
    expect(played.outcome).toMatchObject({ status: 'resolved', outcome: 'paid', end: 'closed' });
    expect(story(played, 'message_sent').at(-1)).toBe('11-22 09:00 message_sent resolved assignee email');
  });
  it('by passing it on to somebody who is invented too', () => {
    const played = play({ behaviours: ['assignee delegates to cleo after 1 hour', 'cleo resolves after 2 hours'] });
    expect(played.invented).toContain('cleo');
    expect(story(played, 'delegated', 'resolved')).toEqual(['11-02 10:00 delegated cleo', '11-02 11:00 resolved']);
  });
  it('by promising a date, or by saying that it is for somebody else', () => {
    const committed = play({ dueAt: '2026-11-20', behaviours: ['assignee commits to 5 days after 1 hour of notice'] });
    expect(story(committed, 'committed', 'resumed')).toEqual(['11-02 10:00 committed', '11-07 10:00 resumed']);
    const declined = play({ behaviours: ['assignee declines after 1 hour'] });
    expect(story(declined, 'declined')).toEqual(['11-02 10:00 declined assignee.manager']);
    expect(declined.followUp.assignee).toBe('assignee.manager');
  });
  it('and what is refused, or nobody can do, is noted', () => {
    const played = play({
      behaviours: ['assignee snoozes for 60 days after 1 hour', 'requester resolves after 2 hours'],
    });
    expect(played.notes).toEqual([
      expect.stringMatching(
        /^"assignee snoozes for 60 days after 1 hour" was refused: This policy allows a snooze until/,
      ),
      '"requester resolves after 2 hours": there is no requester.',
    ]);
  });
});

describe('somebody answers on a channel', () => {
  it('and is told there how it ended, once', () => {
    const ended = (behaviour: string): readonly string[] =>
      story(play({ behaviours: [behaviour] }), 'message_sent').filter((line) => line.includes(' resolved '));
    expect(ended('assignee resolves by email after 1 hour')).toEqual([
      '11-02 10:00 message_sent resolved assignee email',
    ]);
    expect(ended('assignee resolves by inbox after 1 hour')).toEqual([
      '11-02 10:00 message_sent resolved assignee inbox',
    ]);
    expect(ended('assignee resolves after 1 hour')).toEqual([
      '11-02 10:00 message_sent resolved assignee inbox',
      '11-02 10:00 message_sent resolved assignee email',
    ]);
  });
});

describe('somebody answers with an action of the policy', () => {
  const approval: PolicyInput = {
    policy: 'approval',
    open: { on: 'expense.filed' },
    key: 'event.data.id',
    assignees: 'event.data.approvers',
    require: 2,
    actions: [
      { id: 'approve', label: 'Approve', outcome: 'approved' },
      {
        id: 'partly',
        label: 'A part',
        answer: { type: 'object', required: ['amount'], properties: { amount: { type: 'number' } } },
      },
    ],
    stages: [{ id: 'notice', at: 'opened', notify: { via: ['email'] } }],
  };
  const answers = (...behaviours: readonly string[]) =>
    play({ data: { approvers: ['ana', 'bo'] }, behaviours: [...behaviours] }, approval);
  it('and enough answers resolve it', () => {
    const played = answers(
      'ana answers approve after 1 hour',
      'bo answers partly {"amount": 20} after 1 day of notice',
    );
    expect(story(played, 'answered', 'resolved')).toEqual([
      '11-02 10:00 answered',
      '11-03 09:00 answered',
      '11-03 09:00 resolved',
    ]);
    expect(played.followUp.answers.bo).toMatchObject({ action: 'partly', answer: { amount: 20 } });
    expect([played.outcome.outcome, played.notes]).toEqual(['partly', []]);
  });
  it('and what does not fit is refused, at its field', () => {
    expect(answers('ana answers partly {"amount": "much"} after 1 hour').notes).toEqual([
      expect.stringMatching(
        /^"ana answers partly .*" was refused: The answer to "partly" cannot be taken: answer\.amount /,
      ),
    ]);
  });
  it('and an action that there is not is said at its place, with the one that is meant', () => {
    expect(() => answers('ana answers aprove after 1 hour')).toThrow(
      'behaviours[0]: "ana answers aprove after 1 hour": an action of the policy is expected: approve, partly, not "aprove"; did you mean "approve"? (at character 13).',
    );
    expect(() => play({ behaviours: ['ana answers approve after 1 hour'] })).toThrow(
      /no actions of its own.*character 13/,
    );
  });
});

describe('a channel', () => {
  it('that bounces gives way to the next', () => {
    expect(story(play({ behaviours: ['email bounces'], until: '1 day' }), 'message_sent', 'message_bounced')).toEqual([
      '11-02 09:00 message_sent notice assignee email',
      '11-02 09:00 message_bounced notice assignee email',
      '11-02 09:00 message_sent notice assignee sms',
    ]);
  });
  it('that fails for one fails for nobody else', () => {
    const played = play({ behaviours: ['email fails for assignee'] });
    expect(story(played, 'message_failed')).toEqual([
      '11-02 09:00 message_failed notice assignee email',
      '11-13 09:00 message_failed reminder assignee email',
    ]);
    expect(story(played, 'message_sent').at(-1)).toMatch(/boss assignee\.manager email$/);
  });
  it('that is uncertain is handled as the policy says', () => {
    const test = { behaviours: ['email is uncertain'], until: '1 day' };
    expect(story(play(test), 'message_uncertain', 'message_sent')).toEqual([
      '11-02 09:00 message_uncertain notice assignee email',
      '11-02 09:00 message_sent notice assignee sms',
    ]);
    expect(story(play(test, { ...INVOICE, onUncertain: 'resend' }), 'message_retried', 'message_sent')).toEqual([
      '11-02 09:00 message_retried notice assignee email',
      '11-02 09:01 message_sent notice assignee email',
    ]);
  });
});

describe('people', () => {
  it('who are known are as they are', () => {
    const played = play({
      data: { customer: 'ana' },
      people: [
        { id: 'ana', phone: '+33600000001', manager: 'bo' },
        { id: 'bo', email: 'bo@x.test' },
      ],
    });
    expect(played.invented).toEqual(['desk']);
    expect(story(played, 'message_sent')[0]).toBe('11-02 09:00 message_sent notice ana sms');
    expect(story(played, 'message_sent').at(-1)).toMatch(/boss bo email$/);
  });
});

describe('events that say something of their own', () => {
  const order: PolicyInput = {
    policy: 'order',
    open: { on: 'order.placed' },
    update: { on: 'order.changed' },
    key: 'event.data.id',
    assignee: 'event.data.customer',
    due: 'event.data.promised',
    stages: [
      { id: 'status', at: { changed: 'data.status' }, notify: { via: ['email'] } },
      { id: 'late', at: 'due + 1 day', notify: { via: ['email'] } },
    ],
  };
  const data = { status: 'placed', promised: '2026-11-05' };
  const behaviours = ['event order.changed after 1 day'];
  it('run the stages that watch what has changed, and move the due date', () => {
    const eventData = { 'order.changed': { status: 'shipped', promised: '2026-11-10' } };
    expect(story(play({ data, behaviours, eventData }, order), 'message_sent')).toEqual([
      '11-03 09:00 message_sent status assignee email',
      '11-11 17:00 message_sent late assignee email',
    ]);
  });
  it('say that and nothing else, as in earnest: only their key may be left to the opening event', () => {
    const written = { ...order, data: "{'customer': event.data.customer, 'status': event.data.status}" };
    const eventData = { 'order.changed': { status: 'shipped' } };
    const played = play({ data, behaviours, eventData }, written);
    expect(story(played, 'message_sent')[0]).toBe('11-03 09:00 message_sent status assignee email');
    expect(played.followUp.data).toEqual({ customer: 'assignee', status: 'shipped' });
    const calculated = { ...order, data: "event.data.status == 'x' ? event.data.one : {'is': event.data.promised}" };
    expect(play({ data, behaviours, eventData }, calculated).notes).toEqual([
      expect.stringMatching(
        /^"event order.changed after 1 day": The expression for `data` failed: no such field "promised"/,
      ),
    ]);
  });
  it('may be about another follow-up, which is said', () => {
    const eventData = { 'order.changed': { id: 7, status: 'shipped' } };
    expect(play({ data, behaviours, eventData }, order).notes).toEqual([
      '"event order.changed after 1 day": its key is "7", so it is about another follow-up than this one, whose key is "1001".',
    ]);
  });
  it('change what they update and then close it, and what only closes changes nothing', () => {
    const closing: PolicyInput = { ...order, update: { on: 'order.*' }, resolve: { on: 'order.done' } };
    const done = {
      data,
      behaviours: ['event order.done after 1 day'],
      eventData: { 'order.done': { status: 'done' } },
    };
    expect(play(done, closing)).toMatchObject({
      outcome: { status: 'resolved' },
      followUp: { data: { status: 'done' } },
    });
    expect(play(done, { ...closing, update: { on: 'order.changed' } }).followUp.data.status).toBe('placed');
  });
  it('without anything of their own change nothing', () => {
    expect(story(play({ data, behaviours }, order), 'message_sent')).toEqual([
      '11-06 17:00 message_sent late assignee email',
    ]);
  });
});

describe('what events tell of people', () => {
  const offer: PolicyInput = {
    policy: 'offer',
    open: { on: 'cart.left' },
    key: 'event.data.id',
    assignee: 'event.data.who',
    stages: [
      { id: 'first', at: 'opened', when: "activity.count('cart.left', '1 day') == 1", notify: { via: ['email'] } },
      {
        id: 'offer',
        at: 'opened + 3 days',
        when: "activity.count('shop.viewed', '2 days') == 1 && activity.last('called').data.by == 'cleo'",
        notify: { via: ['email'] },
      },
    ],
  };
  const activity = [
    { on: ['shop.*', 'cart.left'], recipient: 'event.data.who' },
    { on: 'crm.call', recipient: 'event.data.who', type: "'called'", data: "{'by': event.data.by}" },
  ];
  const behaviours = [
    'event shop.viewed after 5 hours',
    'event shop.viewed after 2 days',
    'event crm.call after 50 hours',
    'event crm.call after 51 hours',
  ];
  const test = {
    data: { who: 'ana', by: 'bo' },
    activity,
    behaviours,
    eventData: { 'crm.call': { who: 'ana', by: 'cleo' } },
  };
  it('is asked by its stages when they run, as the mappings say: the opening too, and only within the window', () => {
    const played = play(test, offer);
    expect(story(played, 'message_sent')).toEqual([
      '11-02 09:00 message_sent first ana email',
      '11-05 09:00 message_sent offer ana email',
    ]);
    expect(played.notes).toEqual([]);
  });
  it('is nothing without them, of somebody else, or outside of the window', () => {
    const without = play({ ...test, activity: [] }, offer);
    expect(story(without, 'message_sent')).toEqual([]);
    expect(without.notes[0]).toBe(
      '"event shop.viewed after 5 hours": no clause of the policy means such an event, and it tells nothing of anybody.',
    );
    const other = { ...test, eventData: { ...test.eventData, 'shop.viewed': { who: 'eve' } } };
    expect(story(play(other, offer), 'message_sent')).toHaveLength(1);
    const early = { ...test, behaviours: ['event shop.viewed after 5 hours', 'event crm.call after 50 hours'] };
    expect(story(play(early, offer), 'message_sent')).toHaveLength(1);
  });
  it('is told of a mapping that cannot be read, and of data that no event says', () => {
    expect(() => play({ ...test, activity: [{ on: 'x', recipient: 'evnt.data.who' }] }, offer)).toThrow(
      /^activity\[0\]\.recipient: .*evnt/,
    );
    expect(play({ ...test, behaviours: [] }, offer).notes).toEqual([
      'Nothing sends "crm.call", so its data is not used; add a behaviour such as "event crm.call after 1 day".',
    ]);
  });
});

describe('an event that only claims', () => {
  it('runs its stage as well, as it does when it happens', () => {
    const arrived = { id: 'arrived', at: { on: 'invoice.paid' }, notify: { via: ['email' as const] } };
    const stages = [...INVOICE.stages, arrived];
    const policy: PolicyInput = { ...INVOICE, stages, resolvableBy: ['team'] };
    const played = play(
      { dueAt: '2026-11-20', behaviours: ['event invoice.paid after 1 hour'], until: '1 day' },
      policy,
    );
    expect(story(played, 'claimed', 'resolved', 'stage_ran')).toEqual([
      '11-02 09:00 stage_ran notice',
      '11-02 10:00 claimed',
      '11-02 10:00 stage_ran arrived',
    ]);
  });
});

describe('people whom the event brings along', () => {
  it('are as it says, over what was known of them', () => {
    const customer = { id: 'ana', phone: '+33600000009', timeZone: 'Asia/Tokyo' };
    const played = play({ data: { customer }, people: [{ id: 'ana', name: 'Ana' }], until: '1 day' });
    expect(story(played, 'message_sent')).toEqual(['11-02 09:00 message_sent notice ana sms']);
    expect(played.directory.recipients.get('ana')).toMatchObject({ name: 'Ana', timeZone: 'Asia/Tokyo', email: null });
    expect(played.invented).toEqual(['desk']);
  });
});

describe('a group', () => {
  const news = (notify: object, group: Group, options: SimulationOptions = {}) => {
    const stages = [{ id: 'news', at: 'opened', notify }] as never;
    const compiled = compilePolicy({ policy: 'all', key: 'event.data.id', assignee: 'event.data.who', stages }, 1);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const planned = planSimulation(compiled.policy, {}, { now: Date.parse(AT) as never, tenantZone: null });
    if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
    const directory = {
      recipients: new Map(),
      groups: new Map([[group.id, group]]),
      schedules: new Map(),
      tenant: { zone: null, locale: 'en', alarmTo: null, name: null },
    };
    return simulate(planned.plan, directory, options);
  };
  it('that is large is told as one, where only its first members are known', () => {
    const everybody = { id: 'everybody', name: null, members: ['ana'], size: 250 };
    const played = news({ to: 'group(everybody)', via: ['email'] }, everybody);
    expect(played.items.map((item) => sentence(item)).at(-1)).toMatch(/^Sent "news" to 250 of a group because/);
    expect(played.outcome.waitsFor).toBe('stages_exhausted');
  });
  it('that is told much at one moment takes no longer than there is time', () => {
    const members = Array.from({ length: 100 }, (_, index) => `p${index}`);
    const notify = Array.from({ length: 20 }, () => ({ to: 'group(everybody)', via: ['email', 'sms', 'push'] }));
    let asked = 0;
    const goesOn = () => ++asked <= 50;
    const played = news(notify, { id: 'everybody', name: null, members, size: 100 }, { goesOn });
    expect(played.outcome.end).toBe('truncated');
    expect(story(played, 'message_sent')).toHaveLength(50);
  });
});

describe('many runs', () => {
  const many = (seed: number) =>
    simulatePolicyMany(INVOICE, {
      at: AT,
      runs: 200,
      seed,
      behaviours: [
        'assignee acknowledges with 60% after 1 day..5 days',
        'assignee resolves with 50% after 6 days..40 days',
      ],
    });
  it('are reported in numbers, the same for the same seed', () => {
    const report = many(7);
    expect(many(7)).toEqual(report);
    expect(many(8)).not.toEqual(report);
    expect(report.ends.resolved + report.ends.exhausted).toBe(200);
    expect(report.ends.resolved).toBeGreaterThan(70);
    expect(report.ends.resolved).toBeLessThan(130);
    expect(report.messages).toMatchObject({
      n: 200,
      byChannel: { email: expect.any(Number), push: expect.any(Number) },
    });
    expect(report.firstResponse?.median).toBeGreaterThan(86_400);
    expect(report.resolution?.max).toBeLessThanOrEqual(40 * 86_400);
    expect(report.escalated).toBeGreaterThan(0.2);
  });
});

describe('a request that cannot be played', () => {
  it.each<[Partial<PolicyTest>, RegExp]>([
    [
      { event: { type: 'x', data: {} } },
      /^event: An event of type "x" does not open it; it opens on invoice\.issued\.$/,
    ],
    [{ event: { type: 'invoice.issued', data: { amount: 1 } } }, /^event: The `when` of its open clause is not true/],
    [{ data: { id: [] } }, /^event: The event that was invented opens nothing: The expression for `key` failed/],
    [{ behaviours: ['ana waits'] }, /^behaviours\[0\]: "ana waits": one of .* not "waits" \(at character 5\)\.$/],
    [
      { behaviours: ['ana resolves after 1 day of nothing'] },
      /a stage of the policy is expected: notice, .* \(at character 29\)/,
    ],
    [{ dueAt: 'soon' }, /^dueAt: "soon" is no time; write RFC 3339/],
    [{ until: '600 weeks' }, /^until: "600 weeks" is no end: at most 10 years/],
    [{ until: '2020-01-01' }, /^until: It must end after its opening/],
  ])('%j says what is wrong', (test, message) => {
    expect(() => play(test)).toThrow(message);
  });
});

describe('the invented event', () => {
  const invented = (when: string, more: Partial<PolicyInput> = {}) =>
    play({}, { ...INVOICE, open: { on: ['order.*', 'x'], when }, stages: [{ id: 'notice', at: 'opened' }], ...more })
      .followUp.data;
  it.each([
    ["event.data.kind == 'gold' && event.data.open", { kind: 'gold', open: true }],
    ["event.data.kind != 'gold' && !event.data.paid", { kind: 'other', paid: false }],
    ['event.data.amount >= 10 && event.data.amount > 40 && 100 > event.data.amount', { amount: 41 }],
    ["event.data.country in ['FR', 'DE'] || event.data.amount > 5", { country: 'FR', amount: 100 }],
    ["has(event.data.a.b) && event.data.a.b.startsWith('x') == false", { a: { b: 'b' } }],
    ['!has(event.data.closedAt)', {}],
    ["timestamp(event.data.start) > timestamp('2020-01-01T00:00:00Z')", { start: '2026-11-16T09:00:00.000Z' }],
    ["(event.data.vip ? 'a' : 'b') == 'a'", { vip: true }],
  ])('of a policy that opens when %s fulfils it', (when, data) => {
    expect(invented(when)).toMatchObject(data);
  });
  it('has what the other expressions read, by its use and its name', () => {
    const data = invented('true', {
      assignee: undefined as never,
      assignees: 'event.data.people',
      requester: 'event.data.by.id',
      due: "has(event.data.dueOn) ? event.data.dueOn : ''",
    });
    expect(data).toEqual({
      id: '1001',
      number: '1001',
      people: ['assignee'],
      by: { id: 'requester' },
      dueOn: '2026-11-16T09:00:00.000Z',
    });
  });
});
