// What stops what (POLICY.md, *Stop*): resolve and cancel stop everything but the closing notification; acknowledge and
// snooze stop reminders and escalations, while stages `until: resolved` go on. Silence is asserted.
import { describe, expect, it } from 'vitest';
import { later } from './instant.ts';
import type { PolicyInput } from './policy/schema.ts';
import { ms, Scenario } from './scenario.test-kit.ts';

const STAGES: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 1 day' },
  { id: 'status', at: 'opened + 2 days', until: 'resolved' },
  { id: 'last', at: 'opened + 10 days' },
];

describe('resolve and cancel', () => {
  it('sends the closing notification and then nothing for ever', () => {
    const story = new Scenario({ stages: STAGES });
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    story.forward('5 hours');
    expect(story.command({ kind: 'resolve', outcome: 'paid' })).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'paid', closedBy: 'ana', wakeAt: null });
    expect(story.sent()).toEqual(['11-02 14:00 resolved ana']);
    expect(story.forward('365 days').sent()).toEqual([]);
  });
  it('revokes what is queued, also what runs through an acknowledgement', () => {
    const story = new Scenario({ stages: STAGES }, { provider: (one) => (one.stage === 'status' ? 'hold' : 'accept') });
    story.forward('3 days');
    expect(story.waiting).toEqual(['status ana']);
    story.event('cancel');
    expect(story.waiting).toEqual([]);
    story.sent();
    expect(story.release().forward('30 days').sent()).toEqual([]);
    expect(story.followUp.status).toBe('cancelled');
  });
  it('does not let the closing notification be stopped by anything', () => {
    const story = new Scenario(
      { stages: STAGES },
      { provider: (one) => (one.stage === 'resolved' ? 'hold' : 'accept') },
    );
    story.command({ kind: 'resolve', outcome: null });
    story.command({ kind: 'cancel' });
    story.event('resolve');
    story.sent();
    expect(story.release().sent()).toEqual(['11-02 09:00 resolved ana']);
  });
});

describe('acknowledge and snooze', () => {
  it('acknowledging silences reminders, not stages until resolved', () => {
    const story = new Scenario({ acknowledged: { resumeAfter: '3 days' }, stages: STAGES });
    story.sent();
    story.command({ kind: 'acknowledge' });
    expect(story.followUp.status).toBe('acknowledged');
    expect(story.forward('2 days 23 hours').sent()).toEqual(['11-04 09:00 status ana']);
  });
  it('snoozing silences until then, and stays open', () => {
    const story = new Scenario({ stages: STAGES });
    story.sent();
    const until = later(story.now, ms('36 hours'));
    story.command({ kind: 'snooze', until });
    expect(story.followUp).toMatchObject({ status: 'open', snoozedUntil: until });
    expect(story.forward('35 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-03 21:00 notice ana']);
    expect(story.followUp.snoozedUntil).toBeNull();
    expect(story.story('resumed', 'stage_ran')).toEqual([
      'stage_ran notice opened',
      'resumed snooze_ended',
      'stage_ran notice snooze_ended',
    ]);
  });
  it('revokes what is queued when it is acknowledged, and says it again when that runs out', () => {
    const story = new Scenario({ acknowledged: { resumeAfter: '1 day' }, stages: STAGES }, { provider: () => 'hold' });
    expect(story.waiting).toEqual(['notice ana']);
    story.command({ kind: 'acknowledge' });
    expect(story.waiting).toEqual([]);
    story.provider = () => 'accept';
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-03 09:00 notice ana']);
    // The reminder was a day after the notice's first run, and is a day after its repetition.
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-04 09:00 reminder ana', '11-04 09:00 status ana']);
  });
});

describe('snooze limits', () => {
  it('refuses the past, too long, and too often', () => {
    const story = new Scenario({ snooze: { max: '2 days', times: 2 }, stages: STAGES });
    const snooze = (by: string) => story.command({ kind: 'snooze', until: later(story.now, ms(by)) });
    expect(story.command({ kind: 'snooze', until: story.now })).toMatchObject({ refusal: 'time_in_past' });
    expect(snooze('49 hours')).toMatchObject({ refusal: 'snooze_too_long' });
    expect(story.followUp.snoozes).toBe(0);
    expect(snooze('2 days')).toMatchObject({ changed: true });
    expect(snooze('2 days')).toMatchObject({ changed: false });
    expect(snooze('1 day')).toMatchObject({ changed: true });
    expect(snooze('1 hour')).toMatchObject({ refusal: 'snooze_limit' });
    story.sent();
    expect(story.forward('23 hours').sent()).toEqual([]);
    expect(story.forward('1 hour').sent()).toEqual(['11-03 09:00 notice ana']);
  });
});

describe('somebody who waited for it, was asked, and is asked no more', () => {
  it('leaves no stage waiting for what was taken back from them', () => {
    const story = new Scenario(
      {
        stages: [
          { id: 'notice', at: 'opened', notify: [{ via: ['email'] }, { to: 'requester', via: ['email'] }] },
          { id: 'other', at: 'opened', notify: { to: 'requester', via: ['email'] } },
          { id: 'again', at: 'other + 1 day' },
        ],
      },
      { opening: { requester: 'bo' }, provider: () => 'hold' },
    );
    story.command({ kind: 'reassign', to: 'bo' });
    story.command({ kind: 'reassign', to: 'ana' });
    expect(story.waiting.some((line) => line.endsWith('bo'))).toBe(false);
    story.release();
    expect(story.followUp.waitsFor).toBeNull();
    expect(story.forward('2 days').sent()).toContain('11-03 09:00 again ana');
  });
});
