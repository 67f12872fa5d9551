// Stages as people write them: their hours, and those that events run. The rest of a policy is in compile.test.ts.
import { describe, expect, it } from 'vitest';
import { compiled, LEAST, message, refused, warned } from './compile.test-kit.ts';
import { compilePolicy } from './compile.ts';

describe('a window and quiet hours', () => {
  const stage = (more: Record<string, unknown>) => ({ stages: [{ id: 'a', at: 'opened', ...more }] });
  it('are read, over midnight and by the calendar', () => {
    const { stages } = compiled(stage({ window: 'calendar', quietHours: '22:00-07:00' }));
    expect(stages[0]?.hours).toEqual({ window: 'calendar', quietHours: { fromMinute: 1320, toMinute: 420 } });
    expect(compiled().stages[0]?.hours).toBeNull();
  });
  it('are refused at the character', () => {
    const result = compilePolicy({ ...LEAST, ...stage({ window: '09:00-25:00' }) }, 1);
    expect(result.ok ? [] : result.problems).toMatchObject([
      { code: 'policy_hours_invalid', path: 'stages[0].window', at: 6 },
    ]);
    expect(message(stage({ quietHours: 'at night' }))).toContain('"HH:MM-HH:MM" or "calendar" is expected');
  });
  it('are refused where they never let anything out', () => {
    expect(refused(stage({ window: '22:00-06:00', quietHours: '21:00-07:00' }))).toEqual([
      'policy_never_opens stages[0].window',
    ]);
    expect(refused(stage({ quietHours: '00:00-24:00' }))).toEqual(['policy_never_opens stages[0].quietHours']);
  });
  it('are warned of where they hold nothing', () => {
    expect(warned(stage({ window: '09:00-18:00', urgency: 'urgent' }))).toEqual(['policy_no_effect stages[0].window']);
    expect(warned(stage({ quietHours: '22:00-07:00', notify: { via: ['inbox'] } }))).toEqual([
      'policy_no_effect stages[0].quietHours',
    ]);
  });
});

describe('stages that events run', () => {
  const stages = (...more: Record<string, unknown>[]) => ({
    update: { on: ['x.changed', 'x.moved'] },
    stages: [{ id: 'a', at: 'opened' }, ...more],
  });
  it('listen to their own events, or to those that update the policy under a key of their own', () => {
    const { clauses, stages: all } = compiled(
      stages(
        { id: 'shipped', at: { on: 'x.shipped', when: 'event.data.ok', key: 'event.data.order' } },
        { id: 'status', at: { changed: 'data.status.name' } },
        { id: 'place', at: { changed: 'data.place', key: 'event.data.order' } },
      ),
    );
    expect(clauses.map(({ role, on, stage, key, when }) => [role, on, stage, key?.source, when?.source])).toEqual([
      ['update', ['x.changed', 'x.moved'], null, undefined, undefined],
      ['update', ['x.shipped'], 'shipped', 'event.data.order', 'event.data.ok'],
      ['update', ['x.changed', 'x.moved'], null, 'event.data.order', undefined],
    ]);
    expect(all.map(({ role, until, at: { anchor } }) => [role, until, anchor])).toEqual([
      ['notice', 'acknowledged', { kind: 'opened' }],
      ['update', 'resolved', { kind: 'event' }],
      ['update', 'resolved', { kind: 'changed', field: ['status', 'name'] }],
      ['update', 'resolved', { kind: 'changed', field: ['place'] }],
    ]);
  });
  it('leave the places of the others alone', () => {
    const first = {
      stages: [
        { id: 'news', at: { on: 'x' } },
        { id: 'a', at: 'opened' },
        { id: 'b', at: 'a + 1 day' },
      ],
    };
    expect(compiled(first).stages.map(({ role }) => role)).toEqual(['update', 'notice', 'reminder']);
  });
  it('are refused where they cannot work', () => {
    expect(refused(stages({ id: 'b', at: { changed: 'subject.title' } }))).toEqual([
      'policy_value_invalid stages[1].at.changed',
    ]);
    expect(refused(stages({ id: 'b', at: { on: 'x' }, repeat: { every: '1 day', times: 2 } }))).toEqual([
      'policy_repeat_invalid stages[1].repeat',
    ]);
    expect(refused(stages({ id: 'b', at: { on: 'x' } }, { id: 'c', at: 'b - 1 day' }))).toEqual([
      'policy_anchor_before stages[2].at',
    ]);
    expect(refused(stages({ id: 'b', at: { on: 'x', when: 'data.ok' } }))).toEqual([
      'policy_condition_invalid stages[1].at.when',
    ]);
    expect(warned({ stages: [{ id: 'b', at: { changed: 'data.x', key: 'event.id' } }] })).toEqual([
      'policy_no_effect stages[0].at.key',
    ]);
  });
});
