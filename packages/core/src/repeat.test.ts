// Stages as written: repetitions, what stops them, anchors, conditions, and the zone that days keep (POLICY.md, *Stage keys*).
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { at, Scenario } from './scenario.test-kit.ts';

const acknowledge = { kind: 'acknowledge' } as const;
const run = (stages: PolicyInput['stages'], more: ConstructorParameters<typeof Scenario>[1] = {}) =>
  new Scenario({ due: 'event.data.due', stages }, more);

describe('repeat', () => {
  it('counts every run, the first included', () => {
    const story = run([{ id: 'nag', at: 'opened', repeat: { every: '1 day', times: 3 } }]);
    expect(story.forward('30 days').sent()).toEqual([
      '11-02 09:00 nag ana',
      '11-03 09:00 nag ana',
      '11-04 09:00 nag ana',
    ]);
    expect(story.followUp).toMatchObject({ waitsFor: 'stages_exhausted', wakeAt: null });
  });
  it('counts from the real hand-over', () => {
    const story = run([{ id: 'nag', at: 'opened', repeat: { every: '1 day', times: 2 } }], { provider: () => 'hold' });
    expect(story.forward('5 hours').sent()).toEqual([]);
    expect(story.followUp.waitsFor).toBe('hand_over_pending');
    story.release();
    expect(story.forward('30 days').sent()).toEqual(['11-02 14:00 nag ana', '11-03 14:00 nag ana']);
  });
  it('keeps its rhythm when a run reaches nobody', () => {
    const story = run([{ id: 'nag', at: 'opened', repeat: { every: '1 day', times: 4 } }], {
      provider: (one) => (one.run === 2 || one.run === 3 ? 'fail' : 'accept'),
    });
    expect(story.forward('1 day').sent()).toEqual(['11-02 09:00 nag ana']);
    expect(story.followUp.progress.nag?.runs).toBe(2);
    expect(story.forward('30 days').sent()).toEqual(['11-05 09:00 nag ana']);
  });
  it('keeps its rhythm when nobody has an address', () => {
    const story = run([{ id: 'nag', at: 'opened', repeat: { every: '1 day', times: 4 } }], {
      people: [{ id: 'ana', email: null }],
    });
    expect(story.followUp.progress.nag?.runs).toBe(1);
    story.forward('36 hours');
    expect(story.followUp.progress.nag?.runs).toBe(2);
  });
  it('`until: resolved` runs through an acknowledgement, and stops when it is resolved', () => {
    const story = run([
      { id: 'status', at: 'opened', repeat: { every: '1 day', times: 9, until: 'resolved' } },
      { id: 'nag', at: 'opened', repeat: { every: '1 day', times: 9 } },
    ]);
    story.command(acknowledge);
    story.sent();
    expect(story.forward('2 days').sent()).toEqual(['11-03 09:00 status ana', '11-04 09:00 status ana']);
    story.command({ kind: 'resolve', outcome: null });
    story.sent();
    expect(story.forward('30 days').sent()).toEqual([]);
  });
});

describe('anchors', () => {
  const due = at('2026-11-10T17:00:00Z');
  it('counts from the due date, before and after it', () => {
    const story = run(
      [
        { id: 'before', at: 'due - 3 days' },
        { id: 'after', at: 'due + 1 day' },
      ],
      { opening: { dueAt: due } },
    );
    expect(story.forward('30 days').sent()).toEqual(['11-07 17:00 before ana', '11-11 17:00 after ana']);
  });
  it('waits visibly without a due date, and goes on when there is one', () => {
    const story = run([{ id: 'after', at: 'due + 1 day' }]);
    expect(story.followUp).toMatchObject({ waitsFor: 'no_due_date', wakeAt: null });
    expect(story.forward('5 days').sent()).toEqual([]);
    story.event('update', { dueAt: due });
    expect(story.forward('30 days').sent()).toEqual(['11-11 17:00 after ana']);
  });
  it('counts from a field, as instant or as date at 17:00, and follows when it changes', () => {
    const story = run([{ id: 'renewal', at: 'data.renewsAt - 1 day' }], { zone: 'Europe/Paris' });
    expect(story.followUp.waitsFor).toBe('anchor_missing');
    story.event('update', { data: { renewsAt: '2026-11-20T10:00:00Z' } });
    expect(story.followUp.wakeAt).toBe(at('2026-11-19T10:00:00Z'));
    story.event('update', { data: { renewsAt: '2026-11-25' } });
    expect(story.followUp.wakeAt).toBe(at('2026-11-24T16:00:00Z'));
    story.event('update', { data: { renewsAt: 'soon' } });
    expect(story.followUp).toMatchObject({ wakeAt: null, waitsFor: 'anchor_missing' });
    expect(story.sent()).toEqual([]);
  });
  it('counts from the acknowledgement', () => {
    const story = run([
      { id: 'notice', at: 'opened' },
      { id: 'thanks', at: 'acknowledged + 1 hour', until: 'resolved' },
    ]);
    story.forward('5 hours');
    story.command(acknowledge);
    story.sent();
    expect(story.forward('1 hour').sent()).toEqual(['11-02 15:00 thanks ana']);
  });
  it('counts from the first and from the last run of a stage', () => {
    const story = run([
      { id: 'nag', at: 'opened', repeat: { every: '2 days', times: 3 } },
      { id: 'first', at: 'nag + 1 day' },
      { id: 'last', at: 'nag.last + 1 day' },
      { id: 'before', at: 'nag.last - 1 hour' },
    ]);
    expect(story.forward('30 days').sent()).toEqual([
      '11-02 09:00 nag ana',
      '11-03 09:00 first ana',
      '11-04 09:00 nag ana',
      '11-06 08:00 before ana',
      '11-06 09:00 nag ana',
      '11-07 09:00 last ana',
    ]);
  });
  it('counts from the planned time of a skipped stage', () => {
    const story = run(
      [
        { id: 'maybe', at: 'opened + 1 day', when: 'data.amount > 500', repeat: { every: '1 day', times: 3 } },
        { id: 'next', at: 'maybe + 1 day' },
        { id: 'last', at: 'maybe.last + 3 days' },
      ],
      { opening: { data: { amount: 3 } } },
    );
    expect(story.forward('30 days').sent()).toEqual(['11-04 09:00 next ana', '11-06 09:00 last ana']);
    expect(story.story('stage_skipped')).toEqual(['stage_skipped maybe condition_false']);
  });
});

describe('when', () => {
  it('that cannot be evaluated skips the stage and tells operators, and the rest goes on', () => {
    const story = run([
      { id: 'maybe', at: 'opened', when: 'data.amount > 500' },
      { id: 'next', at: 'opened + 1 day' },
    ]);
    expect(story.alarms).toEqual(['condition_failed']);
    expect(story.forward('30 days').sent()).toEqual(['11-03 09:00 next ana']);
  });
  it('is asked again at every repetition', () => {
    const story = run([{ id: 'nag', at: 'opened', when: 'data.open == true', repeat: { every: '1 day', times: 4 } }], {
      opening: { data: { open: true } },
    });
    story.forward('1 hour');
    story.event('update', { data: { open: false } });
    story.forward('1 day');
    story.event('update', { data: { open: true } });
    expect(story.forward('30 days').sent()).toEqual([
      '11-02 09:00 nag ana',
      '11-04 09:00 nag ana',
      '11-05 09:00 nag ana',
    ]);
  });
});

describe('days keep the wall time', () => {
  const start = at('2026-10-24T07:30:00Z'); // 09:30 in Paris; the clocks go back on the 25th
  const stages: PolicyInput['stages'] = [
    { id: 'next', at: 'opened + 1 day' },
    { id: 'exact', at: 'opened + 24 hours' },
  ];
  it('in the zone of the calendar, else the recipient, else the tenant', () => {
    expect(new Scenario({ calendar: { zone: 'Europe/Paris' }, stages }, { start }).forward('3 days').sent()).toEqual([
      '10-25 07:30 exact ana',
      '10-25 08:30 next ana',
    ]);
    const people = [{ id: 'ana', timeZone: 'Europe/Paris' }];
    expect(new Scenario({ stages }, { start, people }).forward('3 days').sent().at(-1)).toBe('10-25 08:30 next ana');
    expect(new Scenario({ stages }, { start, zone: 'Europe/Paris' }).forward('3 days').sent().at(-1)).toBe(
      '10-25 08:30 next ana',
    );
    expect(new Scenario({ stages }, { start }).forward('3 days').sent()).toEqual([
      '10-25 07:30 next ana',
      '10-25 07:30 exact ana',
    ]);
  });
});
