// Policies as people write them: defaults, refusals with their places, and what is not built yet.
// The example of POLICY.md is in yaml.test.ts.
import { describe, expect, it } from 'vitest';
import { compiled, duration, LEAST, message, refused, warned } from './compile.test-kit.ts';
import { compilePolicy } from './compile.ts';
import { definePolicy, policyJsonSchema, policySchema } from './schema.ts';

describe('defaults', () => {
  it('fills in what POLICY.md says', () => {
    expect(compiled()).toMatchObject({
      id: 'p',
      version: 3,
      title: 'p',
      description: '',
      category: 'general',
      urgency: 'normal',
      clauses: [],
      subject: { type: 'p', id: null, title: null, url: null },
      data: null,
      assignees: null,
      requester: null,
      team: null,
      watchers: null,
      due: null,
      calendarSource: null,
      calendar: null,
      fallback: null,
      unknownGrace: duration('1 hour'),
      acknowledged: { resumeAfter: duration('3 days'), max: 2 },
      snooze: { max: duration('14 days'), times: 3 },
      commit: { max: duration('30 days') },
      late: { atOpening: 'first', afterOutage: 'newest' },
      expireAfter: null,
      onRepeat: { kind: 'new' },
      onUncertain: 'next-channel',
      closing: {
        resolved: [
          { to: [{ kind: 'assignee' }, { kind: 'requester' }, { kind: 'team' }], template: null, via: 'preferred' },
        ],
        cancelled: [],
        expired: [],
      },
      needs: { managerLevels: 0, groups: [], recipients: [] },
    });
    expect(compiled().stages).toEqual([
      {
        id: 'notice',
        hours: null,
        index: 0,
        role: 'notice',
        at: { anchor: { kind: 'opened' }, sign: 1, duration: { kind: 'exact', ms: 0 } },
        when: null,
        repeat: null,
        until: 'acknowledged',
        urgency: null,
        consequence: null,
        notify: [{ to: [{ kind: 'assignee' }], template: null, via: 'preferred' }],
        escalate: null,
      },
    ]);
  });

  it('shortens them for urgent policies', () => {
    expect(compiled({ urgency: 'urgent' })).toMatchObject({
      unknownGrace: { kind: 'exact', ms: 0 },
      acknowledged: { resumeAfter: { kind: 'exact', ms: 30 * 60_000 }, max: 3 },
    });
    expect(compiled({ urgency: 'urgent', unknownGrace: '1 day', acknowledged: { max: 5 } })).toMatchObject({
      unknownGrace: duration('1 day'),
      acknowledged: { resumeAfter: { ms: 30 * 60_000 }, max: 5 },
    });
  });

  it('gives stages their role by place', () => {
    const stages = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `s${index}`, at: `opened + ${index} days` }));
    const roles = (list: readonly unknown[]) =>
      compiled({ stages: list, fallback: 'recipient(bo)' }).stages.map((stage) => stage.role);
    expect(roles(stages(1))).toEqual(['notice']);
    expect(roles(stages(2))).toEqual(['notice', 'reminder']);
    expect(roles(stages(4))).toEqual(['notice', 'reminder', 'reminder', 'final']);
    expect(roles([...stages(3), { id: 'e', at: 's2 + 1 day', escalate: { to: 'manager(1)' } }])).toEqual([
      'notice',
      'reminder',
      'final',
      'escalation',
    ]);
    expect(roles([{ id: 'a', at: 'opened', role: 'update' }])).toEqual(['update']);
  });

  it('tells the escalated on a stage that escalates, and gathers whom a decision needs', () => {
    const policy = compiled({
      team: 'billing',
      fallback: 'group(desk)',
      cancelled: { notify: { to: ['recipient(cy)', 'watchers', 'onCall(primary)', 'onCall(night, 1)'] } },
      resolved: 'none',
      stages: [
        { id: 'a', at: 'opened', notify: { to: ['onCall(primary)', 'onCall(primary, 2)'] } },
        {
          id: 'b',
          at: 'a + 1 day',
          escalate: { to: ['manager(2)', 'group(leads)', 'recipient(bo)'], mode: 'reassign', raise: 'urgent' },
        },
      ],
    });
    expect(policy.stages[1]).toMatchObject({
      role: 'escalation',
      notify: [{ to: [{ kind: 'escalated' }] }],
      escalate: { mode: 'reassign', raise: 'urgent' },
    });
    expect(policy.needs).toEqual({
      managerLevels: 2,
      groups: ['leads', 'desk', 'billing'],
      picks: [],
      activity: [],
      pending: false,
      engagement: false,
      recipients: ['bo', 'cy'],
      resolvers: [],
      schedules: [
        { id: 'primary', level: 1 },
        { id: 'primary', level: 2 },
        { id: 'night', level: 1 },
      ],
    });
    expect(policy.closing.resolved).toEqual([]);
    expect(policy.closing.cancelled).toHaveLength(1);
  });

  it('reads clauses one or many, with their own key', () => {
    const policy = compiled({
      open: { on: 'a.b' },
      resolve: [{ on: ['c', 'd.*'], outcome: 'paid', key: 'event.data.id', when: 'event.data.ok' }, { on: 'e' }],
      onRepeat: 'reopen(7 days)',
    });
    expect(policy.clauses.map(({ role, on, outcome }) => ({ role, on, outcome }))).toEqual([
      { role: 'open', on: ['a.b'], outcome: null },
      { role: 'resolve', on: ['c', 'd.*'], outcome: 'paid' },
      { role: 'resolve', on: ['e'], outcome: null },
    ]);
    expect(policy.onRepeat).toEqual({ kind: 'reopen', within: duration('7 days') });
  });

  it('repeats a number of times, and takes `until` from either place', () => {
    const stage = (more: object) => compiled({ stages: [{ id: 'a', at: 'opened', ...more }] }).stages[0];
    expect(stage({ repeat: { every: '1 day', times: 2 } })).toMatchObject({
      repeat: { times: 2, until: null },
      until: 'acknowledged',
    });
    expect(stage({ repeat: { every: '1 day', times: 3, until: 'resolved' } })).toMatchObject({
      repeat: { times: 3, until: 'resolved' },
      until: 'resolved',
    });
    expect(
      refused({
        stages: [{ id: 'a', at: 'opened', until: 'resolved', repeat: { every: '1 day', times: 2, until: 'resolved' } }],
      }),
    ).toEqual(['policy_repeat_invalid stages[0].repeat.until']);
  });
});

describe('refusals', () => {
  it('names unknown keys and the nearest known one', () => {
    expect(message({ titel: 'x' })).toBe('Unknown key "titel": write "title", or remove it.');
    expect(message({ zzz: 'x' })).toBe('Unknown key "zzz": remove it.');
    expect(message({ stages: [{ id: 'a', at: 'opened', notfy: {} }] })).toContain('write "notify"');
    expect(message({ stages: [{ id: 'a', at: 'opened', notify: [{ tempalte: 'x' }] }] })).toContain('write "template"');
    expect(
      message({ stages: [{ id: 'a', at: 'opened', notify: { via: [{ channel: 'sms', affter: '1 hour' }] } }] }),
    ).toContain('write "after"');
    expect(message({ open: [{ on: 'a', whenn: 'true' }] })).toContain('write "when"');
    expect(refused(JSON.parse('{"__proto__": {"x": 1}}'))).toEqual(['policy_key_unknown __proto__']);
    expect(compilePolicy(JSON.parse('{"policy": "p", "__proto__": {"x": 1}}'), 1)).toMatchObject({
      ok: false,
      problems: [{ path: '__proto__' }],
    });
  });

  it('says where a key belongs that is known a level further in or out', () => {
    const inStage = (more: object) => message({ stages: [{ id: 'a', at: 'opened', ...more }] });
    const belongs = (key: string, where: string) =>
      `Unknown key "${key}": it belongs ${where}; write it there, or remove it.`;
    expect(inStage({ template: 'x' })).toBe(belongs('template', 'inside "notify"'));
    expect(inStage({ notify: [{ to: 'assignee' }], template: 'x' })).toBe(belongs('template', 'inside "notify"'));
    expect(inStage({ times: 3 })).toBe(belongs('times', 'inside "repeat"'));
    expect(inStage({ to: 'team' })).toBe(belongs('to', 'inside "notify" or "escalate"'));
    expect(inStage({ to: 'team', notify: {} })).toBe(belongs('to', 'inside "notify"'));
    expect(inStage({ notify: [{ escalate: {} }] })).toBe(belongs('escalate', 'beside "notify"'));
    expect(inStage({ fallback: 'group(x)' })).toBe(belongs('fallback', 'beside "stages"'));
    expect(message({ after: '3 days' })).toBe(belongs('after', 'inside "expire"'));
    expect(message({ notify: {} })).toBe(belongs('notify', 'inside "stages"'));
    // Known in too many places.
    expect(
      compilePolicy({ policy: 'p', key: 'event.id', assignee: "'a'", outcome: 'done', stages: [] }, 1),
    ).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ message: 'Unknown key "outcome": remove it.' })]),
    });
  });

  it('finds all problems of a policy at once', () => {
    const result = compilePolicy(
      {
        policy: 'p',
        titel: 'x',
        key: 'event.id +',
        urgency: 'hot',
        window: 'x',
        stages: [
          { id: 'a', at: 'nowhere + 1 day', when: 'foo > 1' },
          { id: 'a', at: 'opened + 1 dya', notify: { to: 'asignee', template: 5 } },
          { at: 'opened', escalate: { to: 'manager(1)' } },
        ],
      },
      1,
    );
    expect(result.ok).toBe(false);
    const found = result.ok ? [] : result.problems.map((one) => `${one.code} ${one.path} ${one.at ?? ''}`.trim());
    expect(found).toEqual(
      expect.arrayContaining([
        'policy_key_unknown titel',
        'policy_key_unknown window',
        'policy_value_invalid urgency',
        'policy_value_invalid stages[1].notify.template',
        'policy_key_missing stages[2].id',
        'policy_condition_invalid key 9',
        'policy_condition_invalid stages[0].when 0',
        'policy_anchor_unknown stages[0].at',
        'policy_offset_invalid stages[1].at 11',
        'policy_target_invalid stages[1].notify.to 0',
        'policy_stage_duplicate stages[1].id',
        'policy_fallback_missing stages[2].escalate.to',
        'policy_assignee_invalid',
      ]),
    );
  });

  it('refuses what is no policy at all', () => {
    for (const written of [null, 5, 'x', [], undefined, new Map()])
      expect(compilePolicy(written, 1)).toMatchObject({ ok: false });
    expect(compilePolicy({}, 1)).toMatchObject({ ok: false });
    let deep: unknown = {};
    for (let level = 0; level < 20_000; level++) deep = { deep };
    expect(compilePolicy(deep, 1)).toMatchObject({ ok: false, problems: [{ code: 'policy_not_readable' }] });
    expect(refused({ title: 'a\u0000b' })).toEqual(['policy_value_invalid title']);
    expect(refused({ title: '\ud800' })).toEqual(['policy_value_invalid title']);
  });

  it('refuses stages that cannot be', () => {
    const stages = (...list: readonly object[]) => refused({ stages: list });
    for (const id of ['opened', 'due', 'acknowledged', 'commitment', 'data', 'resolved', 'constructor'])
      expect(stages({ id, at: 'opened' })).toEqual(['policy_stage_reserved stages[0].id']);
    expect(stages({ id: 'a b', at: 'opened' })).toEqual(['policy_value_invalid stages[0].id']);
    expect(stages({ id: 'a', at: 'b' }, { id: 'b', at: 'a + 1 day' }, { id: 'c', at: 'b' })).toEqual([
      'policy_anchor_cycle stages[0].at',
      'policy_anchor_cycle stages[1].at',
    ]);
    expect(stages({ id: 'a', at: 'a + 1 day' })).toEqual(['policy_anchor_cycle stages[0].at']);
    // Nothing repeats without end: POLICY.md writes `{every, times, until?}`.
    expect(stages({ id: 'a', at: 'opened', repeat: { every: '1 day' } }, { id: 'b', at: 'a.last + 1 day' })).toEqual([
      'policy_key_missing stages[0].repeat.times',
    ]);
    expect(message({ stages: [{ id: 'a', at: 'opened', repeat: { every: '1 day' } }] })).toBe(
      '"times" is required; add how many runs there are in all, the first included, as in `times: 3`.',
    );
    expect(stages({ id: 'a', at: 'opened - 1 day' })).toEqual(['policy_anchor_before stages[0].at']);
    expect(stages({ id: 'a', at: 'opened', repeat: { every: '0 days', times: 2 } })).toEqual([
      'policy_duration_invalid stages[0].repeat.every',
    ]);
    for (const times of [0, 1001, 1.5, '3'])
      expect(stages({ id: 'a', at: 'opened', repeat: { every: '1 day', times } })).toEqual([
        'policy_value_invalid stages[0].repeat.times',
      ]);
    expect(refused({ stages: [] })).toEqual(['policy_value_invalid stages']);
    expect(refused({ stages: Array.from({ length: 51 }, (_, index) => ({ id: `s${index}`, at: 'opened' })) })).toEqual([
      'policy_value_invalid stages',
    ]);
  });

  it('refuses consequences that are not Liquid', () => {
    const consequence = (text: string) => refused({ stages: [{ id: 'a', at: 'opened', consequence: text }] });
    expect(consequence('late fee of {{ data.lateFee }}')).toEqual(['accepted']);
    expect(consequence('late fee of {{ data.lateFee')).toEqual(['policy_text_invalid stages[0].consequence']);
    expect(consequence('{% if data.x %}more')).toEqual(['policy_text_invalid stages[0].consequence']);
  });

  it('refuses contact plans that cannot work', () => {
    const via = (...list: readonly unknown[]) =>
      refused({ stages: [{ id: 'a', at: 'opened', notify: { via: list } }] });
    expect(via('push', { channel: 'sms', after: '2 hours' }, { channel: 'email', else: true })).toEqual(['accepted']);
    expect(via({ channel: 'sms', after: '2 hours' })).toEqual(['policy_plan_invalid stages[0].notify.via[0]']);
    expect(via({ channel: 'sms', else: true })).toEqual(['policy_plan_invalid stages[0].notify.via[0]']);
    expect(via('push', { channel: 'sms', after: '2 hours', else: true })).toEqual([
      'policy_plan_invalid stages[0].notify.via[1]',
    ]);
    expect(via('pigeon')).toEqual(['policy_value_invalid stages[0].notify.via[0]']);
    expect(via()).toEqual(['policy_value_invalid stages[0].notify.via']);
  });

  it('wants somebody reached, and exactly one way to say who acts', () => {
    const escalate = (to: unknown, more: object = {}) =>
      refused({ stages: [{ id: 'a', at: 'opened', escalate: { to } }], ...more });
    expect(escalate('manager(1)')).toEqual(['policy_fallback_missing stages[0].escalate.to']);
    expect(escalate(['recipient(bo)', 'group(x)'])).toEqual(['policy_fallback_missing stages[0].escalate.to']);
    expect(escalate('recipient(bo)')).toEqual(['accepted']);
    expect(escalate('manager(1)', { fallback: 'group(desk)' })).toEqual(['accepted']);
    expect(escalate('manager(1)', { fallback: 'requester' })).toEqual(['policy_fallback_invalid fallback']);
    expect(refused({ assignees: 'event.data.all' })).toEqual(['policy_assignee_invalid assignees']);
    expect(refused({ assignee: undefined })).toEqual(['policy_assignee_invalid ']);
    for (const target of ['assignee', 'manager(1)', 'notified', 'recipient(ana)'])
      expect(refused({ assignee: { target } })).toEqual(['policy_target_invalid assignee.target']);
    expect(refused({ assignee: { target: 'onCall()' } })).toEqual(['policy_target_invalid assignee.target']);
    expect(refused({ assignee: { target: 'onCall(a)', cel: 'event.data.who' } })).toEqual([
      'policy_key_unknown assignee.cel',
    ]);
    const { assignee, assigneeTarget, needs } = compiled({ assignee: { target: 'onCall(primary, 2)' } });
    expect({ assignee, assigneeTarget, schedules: needs.schedules }).toEqual({
      assignee: null,
      assigneeTarget: { kind: 'onCall', schedule: 'primary', level: 2 },
      schedules: [{ id: 'primary', level: 2 }],
    });
  });

  it('warns of what does nothing', () => {
    expect(warned({ stages: [{ id: 'a', at: 'due - 1 day' }] })).toEqual(['policy_due_missing stages[0].at']);
    expect(warned({ open: { on: 'a', outcome: 'x' } })).toEqual(['policy_no_effect open.outcome']);
    expect(warned({ stages: [{ id: 'a', at: 'opened', notify: { to: 'requester' } }] })).toEqual([
      'policy_target_empty stages[0]',
    ]);
    expect(warned({})).toEqual([]);
  });

  it('refuses names an expression does not see', () => {
    expect(refused({ key: 'data.id' })).toEqual(['policy_condition_invalid key']);
    expect(refused({ stages: [{ id: 'a', at: 'opened', when: 'event.id == "x"' }] })).toEqual([
      'policy_condition_invalid stages[0].when',
    ]);
    expect(refused({ due: "now + duration('72h')", watchers: 'data.followers' })).toEqual(['accepted']);
  });
});

describe('what is not built yet', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['category', { category: { title: 'Bills', essential: true } }, 'category'],
  ])('refuses %s by name', (name, written, path) => {
    expect(refused(written)).toEqual([`policy_key_not_built ${path}`]);
    expect(message(written)).toContain(`\`${name}\` is not built yet. Remove it, or `);
  });

  it('lets the same keys stand with the values that are built', () => {
    const built = {
      resolve: { on: 'x', onReply: false },
      calendar: { zone: 'Europe/Paris', hours: { 'mon-fri': '09:00-18:00' }, exceptions: { '2026-12-24': 'closed' } },
      consolidate: 'none',
      resolvableBy: ['api', 'escalated', 'team', 'requester', 'assignee', 'event'],
    };
    expect(refused(built)).toEqual(['accepted']);
    const { calendar } = compiled(built);
    expect(calendar?.zone).toBe('Europe/Paris');
    expect(calendar?.week.map((hours) => hours.length)).toEqual([1, 1, 1, 1, 1, 0, 0]);
    expect(calendar?.special.get('2026-12-24')?.hours).toEqual([]);
    expect(compiled({ calendar: 'office' })).toMatchObject({
      calendarSource: { kind: 'named', id: 'office' },
      calendar: null,
    });
    expect(compiled({ calendar: { zone: 'UTC', holidays: 'FR' } }).calendar).toBeNull();
    expect(refused({ calendar: { zone: 'Europe/Pari' } })).toEqual(['policy_value_invalid calendar.zone']);
  });
});

describe('the schema', () => {
  it('types policies in TypeScript and gives editors JSON Schema', () => {
    expect(JSON.stringify(policyJsonSchema())).toContain('"required":["every","times"]');
    const written = definePolicy({
      policy: 'p',
      key: 'event.id',
      assignee: 'event.data.who',
      stages: [{ id: 'a', at: 'opened', notify: { via: ['email'] } }],
    });
    expect(compilePolicy(written, 1).ok).toBe(true);
    const schema = policyJsonSchema() as {
      properties: Record<string, unknown>;
      required: string[];
      additionalProperties: boolean;
    };
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required.toSorted()).toEqual(['key', 'policy', 'stages']);
    expect(Object.keys(schema.properties).toSorted()).toEqual(Object.keys(policySchema.shape).toSorted());
  });

  it('gives every default in its own parse', () => {
    expect(policySchema.parse(LEAST)).toMatchObject({
      category: 'general',
      urgency: 'normal',
      snooze: { max: '14 days', times: 3 },
      onRepeat: 'new',
      consolidate: 'none',
      onUncertain: 'next-channel',
    });
  });
});

describe('what a person has not surely done', () => {
  const when = (text: string, more: object = {}) => ({
    fallback: 'recipient(bo)',
    stages: [
      { id: 'notice', at: 'opened' },
      { id: 'next', at: 'opened + 1 day', when: text, ...more },
    ],
  });
  const escalates = { escalate: { to: ['recipient(bo)'] } };
  it('keeps no escalation back', () => {
    const weak = [
      '!engagement.opened.likely',
      '!engagement.opened.machine',
      'data.x > 1 && !(engagement.clicked.likely || engagement.acted.proven)',
    ];
    for (const text of weak) expect(refused(when(text, escalates))).toEqual(['policy_evidence_weak stages[1].when']);
    expect(message(when('!engagement.opened.likely', escalates))).toBe(
      'Stage "next" escalates, and `engagement.opened.likely` may be a machine, or somebody who only looked; ask for an answer (`engagement.acted.proven`), or for `engagement.opened.proven`.',
    );
    expect(warned(when('!engagement.acted.proven && !engagement.clicked.proven', escalates))).toEqual([]);
    expect(warned(when('!engagement.read.likely', escalates))).toEqual([]); // in one's own inbox
  });
  it('and nothing else without a word', () => {
    expect(warned(when('!engagement.clicked.likely'))).toEqual(['policy_evidence_weak stages[1].when']);
    expect(warned(when('engagement.opened.proven'))).toEqual([]);
  });
});
