// Acknowledge, snooze and commit as stories (POLICY.md, *Acknowledge*): what is held, what comes back when it runs out,
// and how far everything ahead moves.
import { describe, expect, it } from 'vitest';
import { later } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, ms, Scenario } from './scenario.test-kit.ts';

const acknowledge = { kind: 'acknowledge' } as const;
const three: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 2 days' },
  { id: 'last', at: 'reminder + 2 days' },
];
const acknowledged = { resumeAfter: '1 day', max: 2 };

describe('an acknowledgement that runs out', () => {
  it('opens again, repeats the last stage and moves what is ahead by the time since its last real run', () => {
    const story = new Scenario({ acknowledged, stages: three });
    story.forward('1 day');
    story.command(acknowledge);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-04 09:00 notice ana']);
    expect(story.followUp).toMatchObject({ status: 'open', pause: null, nextStage: 'reminder' });
    expect(story.followUp.progress.notice).toMatchObject({ runs: 1, extraRuns: 1 });
    expect(story.story('resumed', 'stage_ran')).toEqual([
      'stage_ran notice opened',
      'resumed acknowledgement_expired',
      'stage_ran notice acknowledgement_expired',
    ]);
    expect(story.forward('47 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-06 09:00 reminder ana']);
    expect(story.forward('47 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-08 09:00 last ana']);
    expect(story.forward('60 days').sent()).toEqual([]);
    expect(story.followUp.waitsFor).toBe('stages_exhausted');
  });
  it('moves remaining repetitions as well, and does not count the extra one', () => {
    const story = new Scenario({
      acknowledged,
      stages: [
        { id: 'overdue', at: 'opened', repeat: { every: '2 days', times: 3 } },
        { id: 'last', at: 'overdue.last + 1 day' },
      ],
    });
    story.forward('2 days');
    story.forward('12 hours');
    expect(story.sent()).toEqual(['11-02 09:00 overdue ana', '11-04 09:00 overdue ana']);
    story.command(acknowledge);
    expect(story.forward('1 day').sent()).toEqual(['11-05 21:00 overdue ana']);
    expect(story.forward('60 days').sent()).toEqual(['11-07 21:00 overdue ana', '11-08 21:00 last ana']);
  });
  it('repeats once only, also when the run it stopped had not been handed over', () => {
    const story = new Scenario({
      acknowledged,
      stages: [{ id: 'overdue', at: 'opened', repeat: { every: '2 days', times: 3 } }],
    });
    story.forward('1 day');
    story.provider = () => 'hold';
    story.forward('1 day');
    expect(story.waiting).toEqual(['overdue ana']);
    story.command(acknowledge);
    story.provider = () => 'accept';
    story.sent();
    expect(story.forward('1 day').sent()).toEqual(['11-05 09:00 overdue ana']);
    expect(story.forward('30 days').sent()).toEqual(['11-07 09:00 overdue ana']);
  });
  it('moves once only what counts from a run that was never handed over', () => {
    const story = new Scenario({
      acknowledged,
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'next', at: 'notice + 2 days' },
      ],
    });
    const other = new Scenario(
      {
        acknowledged,
        stages: [
          { id: 'notice', at: 'opened' },
          { id: 'next', at: 'notice + 2 days' },
        ],
      },
      { provider: () => 'hold' },
    );
    for (const one of [story, other]) {
      one.command(acknowledge);
      one.provider = () => 'accept';
      one.forward('1 day');
    }
    story.sent();
    other.sent();
    expect(story.forward('30 days').sent()).toEqual(['11-05 09:00 next ana']);
    expect(other.forward('30 days').sent()).toEqual(['11-05 09:00 next ana']);
  });
  it('is counted: the last allowed one ends with the next stage, remaining repetitions are superseded', () => {
    const story = new Scenario({
      acknowledged,
      stages: [
        { id: 'overdue', at: 'opened', repeat: { every: '4 days', times: 5 } },
        { id: 'later', at: 'opened + 30 days' },
        { id: 'last', at: 'opened + 40 days' },
      ],
    });
    story.command(acknowledge);
    expect(story.forward('1 day').sent()).toEqual(['11-02 09:00 overdue ana', '11-03 09:00 overdue ana']);
    story.command(acknowledge);
    story.story();
    expect(story.forward('1 day').sent()).toEqual(['11-04 09:00 later ana']);
    expect(story.story()).toEqual(
      [
        'resumed ana acknowledgement_expired',
        'stage_superseded overdue acknowledgement_expired',
        'stage_ran later acknowledgement_expired',
      ].map((line) => line.replace(' ana', '')),
    );
    // Further ones are recorded and pause nothing.
    expect(story.command(acknowledge)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'open', pause: null, acknowledgements: 3, acknowledgedBy: 'ana' });
    expect(story.story('acknowledged')).toEqual(['acknowledged acknowledgement_limit']);
    const silence = story.forward('9 days').sent();
    expect(silence).toEqual([]);
    expect(story.forward('60 days').sent()).toHaveLength(1);
  });
  it('ends with a repetition when there is no next stage: not in silence', () => {
    const story = new Scenario({
      acknowledged: { resumeAfter: '1 day', max: 1 },
      stages: [{ id: 'notice', at: 'opened' }],
    });
    story.command(acknowledge);
    story.sent();
    expect(story.forward('30 days').sent()).toEqual(['11-03 09:00 notice ana']);
  });
  it('is not changed by being said twice', () => {
    const story = new Scenario({ acknowledged, stages: three });
    story.command(acknowledge);
    const before = story.followUp;
    expect(story.command(acknowledge, 'bo')).toEqual({ kind: 'done', changed: false });
    expect(story.followUp).toBe(before);
  });
});

describe('taking an acknowledgement back', () => {
  it('opens again without a message, and what came due meanwhile keeps its distance', () => {
    const story = new Scenario({ acknowledged: { resumeAfter: '5 days' }, stages: three });
    story.forward('1 day');
    story.command(acknowledge);
    story.forward('2 days');
    story.sent();
    expect(story.command({ kind: 'unacknowledge' })).toEqual({ kind: 'done', changed: true });
    expect(story.followUp.status).toBe('open');
    expect(story.command({ kind: 'unacknowledge' })).toEqual({ kind: 'done', changed: false });
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-06 09:00 reminder ana']);
  });
  it('does not count the first pause twice when a second one runs out', () => {
    const story = new Scenario({ acknowledged: { resumeAfter: '3 days', max: 5 }, stages: three });
    story.command(acknowledge);
    story.forward('1 day');
    story.command({ kind: 'unacknowledge' });
    story.command(acknowledge);
    story.sent();
    expect(story.forward('3 days').sent()).toEqual(['11-06 09:00 notice ana']);
    // Two days after the notice's last run, as written.
    expect(story.forward('47 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-08 09:00 reminder ana']);
  });
});

describe('a snooze', () => {
  it('ends as an acknowledgement does', () => {
    const story = new Scenario({ stages: three });
    story.forward('1 day');
    story.command({ kind: 'snooze', until: later(story.now, ms('4 days')) });
    story.sent();
    expect(story.forward('30 days').sent()).toEqual([
      '11-07 09:00 notice ana',
      '11-09 09:00 reminder ana',
      '11-11 09:00 last ana',
    ]);
  });
});

describe('a pause while another one runs', () => {
  const paused = { acknowledged: { resumeAfter: '1 day' }, stages: three };
  it('an acknowledgement keeps the silence that a longer snooze has promised', () => {
    const story = new Scenario(paused);
    const until = later(story.now, ms('5 days'));
    story.command({ kind: 'snooze', until });
    story.forward('1 day');
    story.sent();
    expect(story.command(acknowledge)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({
      status: 'acknowledged',
      acknowledgements: 1,
      snoozedUntil: until,
      pause: { kind: 'acknowledgement', until },
    });
    expect(story.timeline.at(-1)).toMatchObject({ kind: 'acknowledged', data: { until } });
    expect(story.forward('95 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-07 09:00 notice ana']);
    expect(story.followUp).toMatchObject({ status: 'open', pause: null, snoozedUntil: null });
  });
  it('an acknowledgement that lasts longer than the snooze goes on after it', () => {
    const story = new Scenario(paused);
    story.command({ kind: 'snooze', until: later(story.now, ms('1 hour')) });
    story.command(acknowledge);
    expect(story.followUp.snoozedUntil).toBeNull();
    story.sent();
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-03 09:00 notice ana']);
  });
  it('a commitment and another snooze name a date, which counts', () => {
    for (const kind of ['commit', 'snooze'] as const) {
      const story = new Scenario(paused);
      story.command({ kind: 'snooze', until: later(story.now, ms('5 days')) });
      const date = later(story.now, ms('2 hours'));
      story.command(kind === 'commit' ? { kind, by: date } : { kind, until: date });
      story.sent();
      expect(story.forward('2 hours').sent()).toHaveLength(1);
    }
  });
  it('everything has been held since the first of them', () => {
    const story = new Scenario({
      acknowledged: { resumeAfter: '3 days' },
      stages: [{ id: 'only', at: 'opened + 1 day' }],
    });
    story.command(acknowledge);
    story.forward('2 days');
    story.command({ kind: 'snooze', until: later(story.now, ms('3 days')) });
    expect(story.forward('3 days').sent()).toEqual([]);
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-08 09:00 only ana']);
    const early = new Scenario(paused);
    early.command(acknowledge);
    early.forward('12 hours');
    early.command({ kind: 'commit', by: later(early.now, ms('9 days')) });
    early.forward('84 hours');
    early.sent();
    early.command({ kind: 'unacknowledge' });
    expect(early.forward('47 hours').sent()).toEqual([]);
    expect(early.forward('1 hour').sent()).toEqual(['11-08 09:00 reminder ana']);
  });
});

describe('a commitment', () => {
  const by = at('2026-11-06T12:00:00Z');
  it('holds everything until its date, and then goes on with the next stage', () => {
    const story = new Scenario({ stages: three });
    story.forward('1 day');
    expect(story.command({ kind: 'commit', by })).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'acknowledged', commitment: { dueAt: by, by: 'ana' } });
    expect(story.command({ kind: 'commit', by })).toEqual({ kind: 'done', changed: false });
    story.sent();
    story.story();
    expect(story.forward('3 days').sent()).toEqual([]);
    expect(story.forward('3 hours').sent()).toEqual(['11-06 12:00 reminder ana']);
    expect(story.story('resumed', 'stage_ran')).toEqual([
      'resumed commitment_missed',
      'stage_ran reminder commitment_missed',
    ]);
    expect(story.followUp.status).toBe('open');
    expect(story.forward('30 days').sent()).toEqual(['11-08 12:00 last ana']);
  });
  it('is silent for ever when it is kept', () => {
    const story = new Scenario({ resolved: 'none', stages: three });
    story.command({ kind: 'commit', by });
    story.forward('2 days');
    story.event('resolve');
    story.sent();
    expect(story.forward('60 days').sent()).toEqual([]);
  });
  it('refuses the past and too far ahead', () => {
    const story = new Scenario({ commit: { max: '2 days' }, stages: three });
    expect(story.command({ kind: 'commit', by: story.now })).toMatchObject({ refusal: 'time_in_past' });
    expect(story.command({ kind: 'commit', by })).toMatchObject({ refusal: 'commit_too_long' });
    expect(story.followUp.status).toBe('open');
  });
  it('anchors stages before and after it, also when it is missed', () => {
    const story = new Scenario({
      stages: [
        { id: 'notice', at: 'opened' },
        { id: 'before', at: 'commitment - 1 day', until: 'resolved' },
        { id: 'missed', at: 'commitment + 1 day' },
      ],
    });
    story.sent();
    expect(story.followUp.waitsFor).toBe('anchor_missing');
    story.command({ kind: 'commit', by });
    expect(story.forward('3 days 2 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-05 12:00 before ana']);
    // A missed commitment resumes at the next stage, at once.
    expect(story.forward('30 days').sent()).toEqual(['11-06 12:00 missed ana']);
  });
});
