// Stages that events run, in stories (POLICY.md, `at: {on}` and `{changed}`): status updates go on while somebody has it,
// count for what is anchored to them, and are silent when the event closes.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

type Stage = PolicyInput['stages'][number];
const run = (stages: readonly Stage[], more: ScenarioOptions & { policy?: Partial<PolicyInput> } = {}) =>
  new Scenario({ fallback: 'recipient(dan)', ...more.policy, stages: [...stages] }, more);
const NOTICE: Stage = { id: 'notice', at: 'opened' };
const SHIPPED: Stage = { id: 'shipped', at: { on: 'order.shipped' } };
const STATUS: Stage = { id: 'status', at: { changed: 'data.order.status' } };
const shipped = (story: Scenario, more: object = {}) =>
  story.input({
    kind: 'event',
    role: 'update',
    event: `shipped-${story.inputs.length}`,
    facts: { data: { at: story.inputs.length } },
    outcome: null,
    stage: 'shipped',
    ...more,
  });

describe('a stage on an event', () => {
  it('runs once for each, and merges what it says', () => {
    const story = run([NOTICE, SHIPPED]);
    story.sent();
    expect(story.followUp.waitsFor).toBe('event_awaited');
    story.forward('1 hour');
    shipped(story);
    story.forward('1 hour');
    shipped(story);
    expect(story.sent()).toEqual(['11-02 10:00 shipped ana', '11-02 11:00 shipped ana']);
    expect(story.followUp.data.at).toBeGreaterThan(1);
    expect(story.story('stage_ran')).toEqual([
      'stage_ran notice opened',
      'stage_ran shipped event',
      'stage_ran shipped event',
    ]);
    expect(story.forward('30 days').sent()).toEqual([]);
  });
  it('goes on while somebody has it, and is not what is repeated when that runs out', () => {
    const story = run([NOTICE, SHIPPED]);
    story.command({ kind: 'acknowledge' });
    story.sent();
    story.forward('1 day');
    shipped(story);
    expect(story.sent()).toEqual(['11-03 09:00 shipped ana']);
    expect(story.forward('5 days').sent()).toEqual(['11-05 09:00 notice ana']);
  });
  it('is left out during a pause where it says so', () => {
    const story = run([NOTICE, { ...SHIPPED, until: 'acknowledged' }]);
    story.command({ kind: 'acknowledge' });
    story.sent();
    shipped(story);
    expect(story.story('stage_skipped')).toEqual(['stage_skipped shipped held_by_pause']);
    expect(story.forward('1 day').sent()).toEqual([]);
  });
  it('has a condition that sees what the event said, and leaves no trace when it is false', () => {
    const story = run([NOTICE, { ...SHIPPED, when: 'data.at > 2' }, { id: 'after', at: 'shipped + 1 day' }]);
    story.sent();
    shipped(story);
    expect(story.forward('3 days').sent()).toEqual([]);
    shipped(story);
    shipped(story);
    expect(story.forward('3 days').sent()).toEqual(['11-05 09:00 shipped ana', '11-06 09:00 after ana']);
  });
  it('is counted from by others: its first run, and with `.last` its newest', () => {
    const story = run([SHIPPED, { id: 'first', at: 'shipped + 2 days' }, { id: 'last', at: 'shipped.last + 2 days' }]);
    shipped(story);
    story.forward('1 day');
    shipped(story);
    story.sent();
    expect(story.forward('5 days').sent()).toEqual(['11-04 09:00 first ana', '11-05 09:00 last ana']);
  });
  it('says nothing when the event closes', () => {
    const story = run([NOTICE, SHIPPED, STATUS]);
    story.sent();
    story.input({
      kind: 'event',
      role: 'update',
      event: 'e',
      facts: { data: { order: { status: 'done' } } },
      outcome: null,
      closes: true,
    });
    story.event('resolve');
    expect(story.sent()).toEqual(['11-02 09:00 resolved ana']);
  });
  it('is not told of while nobody knows the assignee', () => {
    const story = run([NOTICE, SHIPPED], { opening: { assignee: 'zoe' } });
    shipped(story);
    expect(story.sent()).toEqual([]);
    expect(story.story('stage_skipped')).toEqual(['stage_skipped shipped unknown_recipient']);
  });
  it('escalates once', () => {
    const story = run([NOTICE, { ...SHIPPED, escalate: { to: ['manager(1)'] } }]);
    story.sent();
    shipped(story);
    shipped(story);
    expect(story.sent()).toEqual(['11-02 09:00 shipped bo', '11-02 09:00 shipped bo']);
    expect(story.followUp.escalationLevel).toBe(1);
  });
  it('at night gives way to the newest news', () => {
    const story = run([NOTICE, { ...SHIPPED, quietHours: '08:00-20:00' }]);
    story.sent();
    shipped(story);
    shipped(story);
    expect(story.forward('1 day').sent()).toEqual(['11-02 20:00 shipped ana']);
  });
});

describe('a stage on a change', () => {
  const status = (name: string) => ({ data: { order: { status: name } } });
  it('runs when the value differs, and only then', () => {
    const story = run([NOTICE, STATUS], { opening: { data: { order: { status: 'new', note: 1 } } } });
    story.sent();
    story.event('update', { data: { order: { status: 'new', note: 2 } } });
    expect(story.sent()).toEqual([]);
    story.event('update', status('paid'));
    story.event('update', status('paid'));
    expect(story.sent()).toEqual(['11-02 09:00 status ana']);
    story.event('update', { data: { order: null } });
    expect(story.sent()).toEqual(['11-02 09:00 status ana']);
    expect(story.story('stage_ran')).toContain('stage_ran status changed');
  });
});
