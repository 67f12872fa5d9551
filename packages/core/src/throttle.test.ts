// The throttle in stories (POLICY.md, `throttle`): what comes too soon holds its stage, visibly, and nothing is lost by it.
import { describe, expect, it } from 'vitest';
import { later } from './instant.ts';
import { compilePolicy } from './policy/compile.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, ms, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

type Stage = PolicyInput['stages'][number];
const DAILY = { atMost: 1, per: '1 day' };
const run = (
  throttle: PolicyInput['throttle'],
  stages: readonly Stage[],
  { policy, ...options }: ScenarioOptions & { readonly policy?: Partial<PolicyInput> } = {},
) => new Scenario({ throttle, fallback: 'recipient(dan)', ...policy, stages: [...stages] }, options);
const NOTICE: Stage = { id: 'notice', at: 'opened' };

describe('a throttle', () => {
  it('holds what comes too soon, says so, and spaces repetitions', () => {
    const story = run(DAILY, [{ ...NOTICE, repeat: { every: '6 hours', times: 3 } }]);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana']);
    story.forward('6 hours');
    expect(story.story('waiting')).toEqual(['waiting notice throttled']);
    expect(story.followUp).toMatchObject({ nextAt: at('2026-11-03T09:00:00Z'), nextStage: 'notice' });
    expect(story.forward('18 hours').sent()).toEqual(['11-03 09:00 notice ana']);
    expect(story.forward('10 days').sent()).toEqual(['11-04 09:00 notice ana']);
    expect(story.followUp.waitsFor).toBe('stages_exhausted');
  });
  it('sends only the newest of what waits for the same moment, and later stages count from it', () => {
    const story = run(DAILY, [
      NOTICE,
      { id: 'early', at: 'opened + 2 hours' },
      { id: 'late', at: 'opened + 5 hours' },
      { id: 'after', at: 'late + 2 days' },
    ]);
    expect(story.forward('10 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-03 09:00 late ana',
      '11-05 09:00 after ana',
    ]);
    expect(story.story('stage_superseded')).toEqual(['stage_superseded early superseded']);
  });
  it('loses no repetition but the one that gives way', () => {
    const story = run(DAILY, [
      { ...NOTICE, repeat: { every: '2 hours', times: 3 } },
      { id: 'other', at: 'opened + 5 hours' },
    ]);
    expect(story.forward('10 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-03 09:00 other ana',
      '11-04 09:00 notice ana',
    ]);
  });
  it('never lets an escalation give way, nor what only others are told', () => {
    const story = run(DAILY, [
      NOTICE,
      { id: 'escalate', at: 'opened + 1 hour', escalate: { to: 'recipient(bo)' } },
      { id: 'watch', at: 'opened + 2 hours', notify: { to: 'recipient(rita)' } },
      { id: 'final', at: 'opened + 3 hours' },
    ]);
    expect(story.forward('10 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-03 09:00 escalate bo',
      '11-04 09:00 watch rita',
      '11-05 09:00 final ana',
    ]);
    expect(story.story('stage_superseded')).toEqual([]);
  });
  const EARLY: Stage = { id: 'early', at: 'opened + 2 hours' };
  const LATE: Stage = { id: 'late', at: 'opened + 5 hours' };
  it('lets nothing give way to what may yet be skipped', () => {
    const story = run(DAILY, [NOTICE, EARLY, { ...LATE, when: 'data.x == 1' }], { opening: { data: { x: 2 } } });
    expect(story.forward('9 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 early ana']);
    expect(story.story('stage_superseded', 'stage_skipped')).toEqual(['stage_skipped late condition_false']);
  });
  it('lets nothing give way to what a pause may hold back alone', () => {
    const story = run(DAILY, [NOTICE, { ...EARLY, until: 'resolved' }, LATE]);
    story.forward('6 hours').command({ kind: 'acknowledge' });
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 early ana']);
  });
  it('lets no repetitions go with the first of them', () => {
    const story = run(DAILY, [NOTICE, { ...EARLY, repeat: { every: '2 days', times: 2 } }, LATE]);
    expect(story.forward('9 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-03 09:00 early ana',
      '11-04 09:00 late ana',
      '11-05 09:00 early ana',
    ]);
  });
  it('lets everything have its turn, however often something else repeats', () => {
    const story = run(DAILY, [
      { ...NOTICE, repeat: { every: '6 hours', times: 20 } },
      { id: 'escalate', at: 'opened + 1 hour', escalate: { to: 'recipient(bo)' } },
    ]);
    expect(story.forward('3 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-03 09:00 escalate bo',
      '11-04 09:00 notice ana',
      '11-05 09:00 notice ana',
    ]);
  });
  it('holds nothing while there is room', () => {
    const story = run({ atMost: 2, per: '1 day' }, [{ ...NOTICE, repeat: { every: '1 hour', times: 5 } }]);
    expect(story.forward('3 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-02 10:00 notice ana',
      '11-03 09:00 notice ana',
      '11-03 10:00 notice ana',
      '11-04 09:00 notice ana',
    ]);
  });
  it('counts two of one moment one after the other', () => {
    const story = run(DAILY, [NOTICE, { id: 'copy', at: 'opened', notify: { to: 'recipient(rita)' } }]);
    expect(story.forward('3 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 copy rita']);
  });
  it('counts from the hand-over, and waits for the one on its way', () => {
    const story = run(DAILY, [NOTICE, { id: 'more', at: 'opened + 1 hour', notify: { to: 'recipient(rita)' } }], {
      provider: () => 'hold',
    });
    story.forward('20 hours');
    expect(story.followUp).toMatchObject({ waitsFor: 'hand_over_pending', wakeAt: null });
    story.release();
    expect(story.sent()).toEqual(['11-03 05:00 notice ana']);
    expect(story.forward('3 days').sent()).toEqual(['11-04 05:00 more rita']);
  });
  it('counts what had left when somebody responded', () => {
    const story = run(DAILY, [NOTICE, { id: 'more', at: 'opened + 2 days' }, { id: 'final', at: 'opened + 50 hours' }]);
    expect(story.forward('47 hours').sent()).toEqual(['11-02 09:00 notice ana']);
    story.provider = () => 'hold';
    story.forward('1 hour').command({ kind: 'acknowledge' });
    story.input({ kind: 'handedOver', stage: 'more', run: 1, recipient: 'ana', at: story.now });
    story.command({ kind: 'unacknowledge' });
    story.release().forward('5 days');
    expect(story.sent()).toEqual(['11-05 09:00 final ana']);
  });
  it('does not count what reached nobody', () => {
    const story = run(DAILY, [NOTICE, { id: 'more', at: 'opened + 1 hour', notify: { to: 'recipient(rita)' } }], {
      provider: ({ recipient }) => (recipient === 'ana' ? 'fail' : 'accept'),
    });
    expect(story.forward('2 hours').sent()).toEqual(['11-02 10:00 more rita']);
  });
  it('holds an event until it may be told, once, with the newest of what was said', () => {
    const story = run({ atMost: 1, per: '3 hours' }, [{ id: 'status', at: { changed: 'data.status' } }]);
    story.event('update', { data: { status: 'packed' } });
    story.forward('1 hour');
    story.event('update', { data: { status: 'shipped' } });
    story.forward('1 hour');
    story.event('update', { data: { status: 'delivered' } });
    expect(story.forward('3 days').sent()).toEqual(['11-02 09:00 status ana', '11-02 12:00 status ana']);
    expect(story.story('stage_ran', 'stage_superseded', 'waiting')).toEqual([
      'stage_ran status changed',
      'waiting status throttled',
      'stage_superseded status superseded',
      'stage_ran status changed',
    ]);
    expect(story.followUp.waitsFor).toBe('event_awaited');
  });
  it('tells no news that a pause has silenced meanwhile', () => {
    const story = run(DAILY, [{ id: 'status', at: { changed: 'data.status' }, until: 'acknowledged' }]);
    story.event('update', { data: { status: 'packed' } });
    story.event('update', { data: { status: 'shipped' } });
    story.command({ kind: 'acknowledge' });
    story.command({ kind: 'unacknowledge' });
    expect(story.forward('10 days').sent()).toEqual(['11-02 09:00 status ana']);
    expect(story.story('stage_skipped')).toEqual(['stage_skipped status held_by_pause']);
  });
  it('prolongs a pause whose end comes too soon', () => {
    const story = run({ atMost: 1, per: '2 days' }, [NOTICE], {
      policy: { acknowledged: { resumeAfter: '4 hours', max: 3 } },
    });
    story.command({ kind: 'acknowledge' });
    story.forward('4 hours');
    expect(story.followUp).toMatchObject({ status: 'acknowledged', pause: { until: at('2026-11-04T09:00:00Z') } });
    expect(story.forward('5 days').sent()).toEqual(['11-02 09:00 notice ana', '11-04 09:00 notice ana']);
  });
  it('prolongs a pause that ends with the first stage, after what an event has told', () => {
    const story = run({ atMost: 1, per: '2 days' }, [
      { id: 'status', at: { changed: 'data.status' } },
      { id: 'first', at: 'opened + 3 days' },
    ]);
    story.command({ kind: 'commit', by: later(story.now, ms('1 day')) });
    story.forward('23 hours').event('update', { data: { status: 'packed' } });
    expect(story.forward('5 days').sent()).toEqual(['11-03 08:00 status ana', '11-05 08:00 first ana']);
  });
  it('lets a pause end no sooner than what is on its way has left, and asks the clock for nothing meanwhile', () => {
    const nag: Stage = { id: 'nag', at: 'opened + 5 minutes', until: 'resolved', notify: { to: 'recipient(rita)' } };
    const story = run({ atMost: 1, per: '1 minute' }, [NOTICE, nag], {
      policy: { acknowledged: { resumeAfter: '1 hour', max: 3 } },
    });
    story.provider = () => 'hold';
    story.command({ kind: 'acknowledge' });
    const { steps } = story;
    story.forward('3 days');
    expect(story.steps - steps).toBeLessThan(5);
    expect(story.followUp).toMatchObject({ status: 'acknowledged', waitsFor: 'hand_over_pending', wakeAt: null });
    story.release();
    expect(story.forward('1 day').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-05 09:00 nag rita',
      '11-05 09:01 nag rita',
    ]);
  });
  it('lets pass what a person asks for, and counts it', () => {
    const story = run(DAILY, [NOTICE, { id: 'more', at: 'opened + 1 hour' }]);
    story.forward('30 minutes');
    story.command({ kind: 'delegate', to: 'bo' });
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:30 notice bo']);
    expect(story.forward('3 days').sent()).toEqual(['11-03 09:30 more bo']);
  });
  it('lets the confirmation pass, and nothing after it', () => {
    const story = run(DAILY, [NOTICE, { id: 'more', at: 'opened + 1 hour' }]);
    story.forward('2 hours');
    story.command({ kind: 'resolve', outcome: null });
    expect(story.forward('9 days').sent()).toEqual(['11-02 09:00 notice ana', '11-02 11:00 resolved ana']);
  });
  it('goes on after an outage where it stood', () => {
    const story = run(DAILY, [{ ...NOTICE, repeat: { every: '6 hours', times: 3 } }]);
    story.forward('7 hours');
    story.outage('3 days').forward('1 hour');
    expect(story.sent()).toHaveLength(2);
    expect(story.followUp.nextAt ?? 0).toBeGreaterThanOrEqual(later(story.now, ms('23 hours')));
  });
  it('is refused where it says nothing', () => {
    const result = compilePolicy(
      {
        policy: 'p',
        key: 'event.id',
        assignee: 'event.data.who',
        stages: [NOTICE],
        throttle: { atMost: 0, per: '0 days' },
      },
      1,
    );
    expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual(['throttle.atMost', 'throttle.per']);
  });
});
