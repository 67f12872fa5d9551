// Late starts and outages as stories (POLICY.md, *Late*): what is sent at once, what follows at which distance, what is
// superseded, and that nobody gets a pile of reminders.
import { describe, expect, it } from 'vitest';
import { DAY_MS, later, MINUTE_MS } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, ms, Scenario, START } from './scenario.test-kit.ts';

const due = (days: number) => (START + days * 86_400_000) as typeof START;
const stages: PolicyInput['stages'] = [
  { id: 'early', at: 'due - 10 days' },
  { id: 'middle', at: 'due - 7 days' },
  { id: 'late', at: 'due - 1 day' },
];
type LateInput = NonNullable<PolicyInput['late']>;
const open = (
  dueAt: typeof START,
  late: LateInput,
  more: PolicyInput['stages'] = stages,
  other: Partial<PolicyInput> = {},
) => new Scenario({ due: 'event.data.due', late, stages: more, ...other }, { opening: { dueAt } });

describe('at opening', () => {
  it('first: the first past stage is sent now, later past ones follow at their distance', () => {
    const story = open(due(5), {});
    expect(story.sent()).toEqual(['11-02 09:00 early ana']);
    expect(story.timeline.find((line) => line.kind === 'stage_ran')?.reason).toBe('late_at_opening');
    expect(story.forward('71 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-05 09:00 middle ana']);
    expect(story.forward('30 days').sent()).toEqual(['11-06 09:00 late ana']);
  });
  it('first: one that would land on or after a stage still ahead is superseded', () => {
    const story = open(due(4), {});
    expect(story.sent()).toEqual(['11-02 09:00 early ana']);
    expect(story.forward('30 days').sent()).toEqual(['11-05 09:00 late ana']);
    expect(story.story('stage_superseded')).toEqual(['stage_superseded middle late_at_opening']);
  });
  it('first: is superseded where another stage is sent at this moment', () => {
    const story = open(due(5), {}, [{ id: 'notice', at: 'opened' }, ...stages]);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    expect(story.forward('30 days').sent()).toEqual(['11-05 09:00 middle ana', '11-06 09:00 late ana']);
  });
  it('first: one that counts from the late one moves with it and overtakes nothing', () => {
    const story = open(due(3), {}, [
      { id: 'early', at: 'due - 10 days' },
      { id: 'middle', at: 'due - 5 days' },
      { id: 'chained', at: 'early + 9 days' },
    ]);
    expect(story.forward('30 days').sent()).toEqual([
      '11-02 09:00 early ana',
      '11-07 09:00 middle ana',
      '11-11 09:00 chained ana',
    ]);
  });
  it('everything past: spaced as written, not at once', () => {
    const story = open(due(-30), {});
    expect(story.forward('60 days').sent()).toEqual([
      '11-02 09:00 early ana',
      '11-05 09:00 middle ana',
      '11-11 09:00 late ana',
    ]);
  });
  it('newest, all and skip', () => {
    expect(open(due(5), { atOpening: 'newest' }).sent()).toEqual(['11-02 09:00 middle ana']);
    expect(open(due(5), { atOpening: 'newest' }).forward('30 days').sent()).toHaveLength(2);
    expect(open(due(5), { atOpening: 'all' }).sent()).toEqual(['11-02 09:00 early ana', '11-02 09:00 middle ana']);
    const skip = open(due(5), { atOpening: 'skip' });
    expect(skip.sent()).toEqual([]);
    expect(skip.forward('30 days').sent()).toEqual(['11-06 09:00 late ana']);
    const nothing = open(due(-5), { atOpening: 'skip' });
    expect(nothing.sent()).toEqual([]);
    expect(nothing.followUp.waitsFor).toBe('stages_exhausted');
  });
  it('a superseded stage anchors at the time it counted for', () => {
    const story = open(due(5), {}, [
      { id: 'notice', at: 'opened' },
      { id: 'early', at: 'due - 10 days' },
      { id: 'next', at: 'early + 2 days' },
    ]);
    expect(story.forward('30 days').sent()).toEqual(['11-02 09:00 notice ana', '11-04 09:00 next ana']);
  });
  it('an escalation keeps its distance from the first hand-over', () => {
    const escalating: PolicyInput['stages'] = [
      { id: 'reminder', at: 'due - 1 day' },
      { id: 'up', at: 'due + 2 days', escalate: { to: ['recipient(bo)'] } },
    ];
    const story = open(due(-10), {}, escalating);
    expect(story.sent()).toEqual(['11-02 09:00 reminder ana']);
    expect(story.forward('71 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-05 09:00 up bo']);
    const slow = new Scenario(
      { due: 'event.data.due', stages: escalating },
      { opening: { dueAt: due(-10) }, provider: () => 'hold' },
    );
    expect(slow.forward('2 days').sent()).toEqual([]);
    slow.release();
    expect(slow.sent()).toEqual(['11-04 09:00 reminder ana']);
    expect(slow.forward('71 hours').sent()).toEqual([]);
    expect(slow.forward('1 hour').sent()).toEqual(['11-07 09:00 up bo']);
  });
  it('an escalation that keeps its distance comes because nobody has responded, not because it is late', () => {
    const story = open(due(-10), {}, [
      { id: 'reminder', at: 'due - 1 day' },
      { id: 'up', at: 'due + 2 days', escalate: { to: ['recipient(bo)'] } },
    ]);
    story.forward('3 days');
    expect(story.story('stage_ran')).toEqual(['stage_ran reminder late_at_opening', 'stage_ran up no_response']);
  });
  it('an escalation that is past alone goes at once, after the assignee', () => {
    const story = open(due(-10), {}, [
      { id: 'notice', at: 'opened' },
      { id: 'up', at: 'due + 2 days', escalate: { to: ['recipient(bo)'] } },
    ]);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 up bo']);
  });
});

describe('after an outage', () => {
  const daily: PolicyInput['stages'] = [
    { id: 'notice', at: 'opened' },
    { id: 'one', at: 'opened + 1 day' },
    { id: 'two', at: 'opened + 2 days' },
    { id: 'three', at: 'opened + 3 days' },
    { id: 'four', at: 'opened + 6 days' },
  ];
  it('sends the newest overdue stage alone, spread over a minute, and spaces the rest from that send', () => {
    const story = new Scenario({ stages: daily });
    story.sent();
    story.outage('3 days 23 hours');
    expect(story.story('stage_superseded', 'stage_ran')).toEqual([
      'stage_ran notice opened',
      'stage_superseded one after_outage',
      'stage_superseded two after_outage',
      'stage_ran three after_outage',
    ]);
    const sendAt = [...story.messages.values()].find((one) => one.stage === 'three')?.sendAt ?? 0;
    expect(sendAt - story.now).toBeGreaterThanOrEqual(0);
    expect(sendAt - story.now).toBeLessThan(MINUTE_MS);
    expect(
      story
        .forward('1 minute')
        .sent()
        .map((line) => line.slice(12)),
    ).toEqual(['three ana']);
    expect(story.forward('2 days 23 hours 58 minutes').sent()).toEqual([]);
    expect(
      story
        .forward('2 minutes')
        .sent()
        .map((line) => line.slice(12)),
    ).toEqual(['four ana']);
  });
  it('leaves nothing of a chain that hangs from superseded stages', () => {
    const story = new Scenario({ stages: [...daily.slice(0, 3), { id: 'chained', at: 'one + 12 hours' }] });
    story.sent();
    story.outage('10 days');
    expect(
      story
        .forward('10 days')
        .sent()
        .map((line) => line.slice(12)),
    ).toEqual(['two ana']);
  });
  it('sends one of many missed repetitions, and keeps the rhythm from it', () => {
    const story = new Scenario({ stages: [{ id: 'nag', at: 'opened', repeat: { every: '1 day', times: 20 } }] });
    story.sent();
    story.outage('7 days 5 hours');
    expect(story.forward('1 minute').sent()).toHaveLength(1);
    expect(story.forward('23 hours 58 minutes').sent()).toEqual([]);
    expect(story.forward('2 minutes').sent()).toHaveLength(1);
  });
  it('all and skip', () => {
    const all = new Scenario({ late: { afterOutage: 'all' }, stages: daily });
    all.sent();
    all.outage('3 days 23 hours');
    expect(all.forward('1 minute').sent()).toHaveLength(3);
    expect(all.forward('2 days 23 hours 58 minutes').sent()).toEqual([]);
    expect(all.forward('2 minutes').sent()).toHaveLength(1);
    const skip = new Scenario({ late: { afterOutage: 'skip' }, stages: daily });
    skip.sent();
    skip.outage('1 day 1 hour');
    expect(skip.forward('22 hours').sent()).toEqual([]);
    expect(skip.forward('1 hour').sent()).toEqual(['11-04 09:00 two ana']);
  });
  it('does not escalate over an assignee whom the outage kept from being told', () => {
    const written: PolicyInput['stages'] = [
      { id: 'notice', at: 'opened + 1 hour' },
      { id: 'up', at: 'opened + 3 hours', escalate: { to: ['recipient(bo)'] } },
    ];
    const story = new Scenario({ stages: written });
    story.outage('10 hours');
    expect(
      story
        .forward('1 minute')
        .sent()
        .map((line) => line.slice(12)),
    ).toEqual(['notice ana']);
    expect(story.forward('1 hour 58 minutes').sent()).toEqual([]);
    expect(
      story
        .forward('2 minutes')
        .sent()
        .map((line) => line.slice(12)),
    ).toEqual(['up bo']);
    const urgent = new Scenario({ urgency: 'urgent', stages: written });
    urgent.outage('10 hours');
    expect(
      urgent
        .forward('1 minute')
        .sent()
        .map((line) => line.slice(12))
        .toSorted(),
    ).toEqual(['notice ana', 'up bo']);
  });
  it('a pause is no outage: what it held says so, and only the newest of it is sent', () => {
    const held: PolicyInput['stages'] = [
      { id: 'notice', at: 'opened' },
      { id: 'one', at: 'opened + 1 day' },
      { id: 'two', at: 'opened + 26 hours' },
      { id: 'status', at: 'opened + 2 days', until: 'resolved' },
    ];
    for (const afterOutage of ['newest', 'skip'] as const) {
      const story = new Scenario({ acknowledged: { resumeAfter: '4 days' }, late: { afterOutage }, stages: held });
      story.command({ kind: 'acknowledge' });
      story.sent();
      story.story();
      // The status of the second day is the last run that everything moves by: the others' time passes in the pause.
      expect(story.forward('4 days').sent()).toEqual([
        '11-04 09:00 status ana',
        '11-06 09:00 status ana',
        '11-06 09:00 two ana',
      ]);
      expect(story.story('stage_ran', 'stage_superseded')).toEqual([
        'stage_ran status stage_due',
        'stage_ran status acknowledgement_expired',
        'stage_superseded one superseded',
        'stage_ran two held_by_pause',
      ]);
    }
  });
  it('a commitment holds what was to come before it', () => {
    const story = new Scenario({
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'before', at: 'commitment - 1 day' },
        { id: 'next', at: 'opened + 20 days' },
      ],
    });
    story.command({ kind: 'commit', by: later(START, 5 * DAY_MS) });
    story.forward('3 days');
    story.command({ kind: 'acknowledge' });
    story.forward('4 days');
    expect(story.timeline.filter((line) => line.reason === 'after_outage')).toEqual([]);
  });
  it('an escalation that was held for the assignee is no outage', () => {
    const story = new Scenario(
      {
        stages: [
          { id: 'notice', at: 'opened' },
          { id: 'up', at: 'opened + 1 hour', escalate: { to: ['recipient(bo)'] } },
          { id: 'further', at: 'opened + 2 hours', escalate: { to: ['recipient(dan)'] } },
        ],
      },
      { provider: (one) => (one.recipient === 'ana' ? 'hold' : 'accept') },
    );
    story.forward('5 hours');
    story.provider = (one) => (one.recipient === 'ana' ? 'fail' : 'accept');
    story.outage('1 second');
    expect(story.sent()).toEqual(['11-02 14:00 further dan']);
    expect(story.story('stage_ran', 'stage_superseded')).toEqual([
      'stage_ran notice opened',
      'stage_superseded up superseded',
      'stage_ran further assignee_unreachable',
    ]);
  });
  it('a slow tick is no outage', () => {
    const story = new Scenario({ stages: daily });
    story.sent();
    story.outage('1 day 59 seconds');
    expect(story.sent()).toEqual(['11-03 09:00 one ana']);
    expect(story.story('stage_ran').at(-1)).toBe('stage_ran one stage_due');
  });
});

describe('a due date that moves', () => {
  const overdue: PolicyInput['stages'] = [
    { id: 'notice', at: 'opened' },
    { id: 'before', at: 'due - 2 days' },
    { id: 'overdue', at: 'due + 1 day', repeat: { every: '2 days', times: 3 } },
  ];
  const reschedule = (dueAt: typeof START | null) => ({ kind: 'reschedule', dueAt }) as const;
  it('moves what is pending', () => {
    const story = open(due(5), {}, overdue);
    story.sent();
    story.forward('1 day');
    expect(story.command(reschedule(due(20)))).toEqual({ kind: 'done', changed: true });
    expect(story.command(reschedule(due(20)))).toEqual({ kind: 'done', changed: false });
    expect(story.forward('18 days').sent()).toEqual(['11-20 09:00 before ana']);
  });
  it('revokes what is queued for the old date, and runs it again at its new time', () => {
    const story = open(due(5), {}, overdue);
    story.provider = () => 'hold';
    story.forward('3 days 1 hour');
    expect(story.waiting).toEqual(['before ana']);
    story.event('update', { dueAt: due(20) });
    expect(story.waiting).toEqual([]);
    expect(story.story('stage_ran', 'stage_superseded').slice(1)).toEqual([
      'stage_ran before stage_due',
      'stage_superseded before rescheduled',
    ]);
    story.sent();
    story.release();
    // The notice was the last that ran: an acknowledgement that runs out says that again, not the reminder.
    story.command({ kind: 'acknowledge' });
    expect(story.forward('14 days').sent()).toEqual(['11-08 10:00 notice ana']);
    expect(story.forward('20 days').sent()[0]).toMatch(/ before ana$/);
  });
  it('holds repetitions of what is not overdue any more', () => {
    const story = open(due(2), {}, overdue);
    story.forward('4 days');
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 before ana', '11-05 09:00 overdue ana']);
    story.command(reschedule(due(30)));
    expect(story.forward('26 days').sent()).toEqual([]);
    expect(story.forward('10 days').sent()).toEqual(['12-03 09:00 overdue ana', '12-05 09:00 overdue ana']);
  });
  it('revokes a queued repetition as well', () => {
    const story = open(due(2), {}, overdue);
    story.forward('4 days');
    story.provider = () => 'hold';
    story.forward('2 days');
    expect(story.waiting).toEqual(['overdue ana']);
    story.command(reschedule(due(30)));
    expect(story.waiting).toEqual([]);
    story.sent();
    story.release();
    expect(story.forward('60 days').sent()).toEqual(['12-03 09:00 overdue ana', '12-05 09:00 overdue ana']);
  });
  it('into the past is a late start of what it moved, and of nothing else', () => {
    const story = open(due(30), {}, [...overdue, { id: 'other', at: 'opened + 5 days' }]);
    story.forward('1 day');
    story.sent();
    story.command(reschedule(due(-1)));
    expect(story.sent()).toEqual(['11-03 09:00 before ana']);
    expect(story.forward('4 days').sent()).toEqual(['11-06 09:00 overdue ana', '11-07 09:00 other ana']);
  });
  it('says why what it made late is sent or not', () => {
    const story = open(due(30), { atOpening: 'newest' }, overdue);
    story.forward('1 day');
    story.story();
    story.command(reschedule(due(-1)));
    story.forward('60 days');
    expect(story.story('stage_ran', 'stage_superseded')).toEqual([
      'stage_superseded before late_after_change',
      'stage_ran overdue late_after_change',
      'stage_ran overdue repeat_elapsed',
      'stage_ran overdue repeat_elapsed',
    ]);
    const field = new Scenario({
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'call', at: 'data.when - 1 day' },
      ],
    });
    field.forward('2 days');
    field.event('update', { data: { when: '2026-11-04' } });
    expect(field.story('stage_ran').at(-1)).toBe('stage_ran call late_after_change');
  });
  it('that is taken away holds what counts from it', () => {
    const story = open(due(2), {}, overdue);
    story.forward('4 days');
    story.command(reschedule(null));
    story.sent();
    expect(story.forward('60 days').sent()).toEqual([]);
    expect(story.followUp.waitsFor).toBe('no_due_date');
  });
  it('stays where a person sees it', () => {
    const story = open(due(5), {}, overdue);
    story.command(reschedule(at('2026-12-01')));
    expect(story.followUp.dueAt).toBe(at('2026-12-01'));
    expect(story.story('rescheduled')).toEqual(['rescheduled rescheduled']);
    expect(ms('1 day')).toBe(86_400_000);
  });
});
