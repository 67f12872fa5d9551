// People who are away: whom they named acts for them, the assignee's follow-ups are passed on when a stage would speak to
// them, and nobody is asked who is not there while somebody else is.
import { describe, expect, it } from 'vitest';
import { actingFor, awayAt } from './away.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, type Person, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';

const AWAY = { from: '2026-11-03', to: '2026-11-05' } as const;
const people: readonly Person[] = [
  { id: 'ana', manager: 'bo', away: [{ ...AWAY, delegate: 'eve' }] },
  { id: 'bo', manager: 'cleo', away: [AWAY] },
  { id: 'cleo' },
  { id: 'dan' },
  { id: 'eve', manager: 'dan' },
];
const run = (stages: PolicyInput['stages'], more: ScenarioOptions & { policy?: Partial<PolicyInput> } = {}) =>
  new Scenario({ fallback: 'recipient(dan)', ...more.policy, stages }, { people, ...more });

describe('a period', () => {
  const away = (timeZone: string | null, written: NonNullable<Person['away']>) =>
    run([{ id: 'a', at: 'opened' }], { people: [{ id: 'ana', timeZone, away: written }] });
  const isAway = (story: Scenario, when: string): boolean => {
    const ana = story.people.get('ana');
    return ana !== undefined && awayAt(ana, story.directory, at(when)) !== null;
  };
  it('has whole days of where the person is, the last one included', () => {
    const story = away('Asia/Tokyo', [AWAY]);
    expect(isAway(story, '2026-11-02T14:59:59Z')).toBe(false);
    expect(isAway(story, '2026-11-02T15:00:00Z')).toBe(true);
    expect(isAway(story, '2026-11-05T14:59:59Z')).toBe(true);
    expect(isAway(story, '2026-11-05T15:00:00Z')).toBe(false);
  });
  it('may have instants', () => {
    const story = away(null, [{ from: '2026-11-03T12:00:00Z', to: '2026-11-03T13:00:00Z' }]);
    expect([isAway(story, '2026-11-03T12:30:00Z'), isAway(story, '2026-11-03T13:00:00Z')]).toEqual([true, false]);
  });
  it('leads to whoever acts in the end, and to nobody in a circle', () => {
    const circle: readonly Person[] = [
      { id: 'a', away: [{ ...AWAY, delegate: 'b' }] },
      { id: 'b', away: [{ ...AWAY, delegate: 'c' }] },
      { id: 'c' },
      { id: 'x', away: [{ ...AWAY, delegate: 'y' }] },
      { id: 'y', away: [{ ...AWAY, delegate: 'x' }] },
      { id: 'z', away: [{ ...AWAY, delegate: 'nobody' }] },
    ];
    const { directory } = run([{ id: 's', at: 'opened + 1 day' }], { people: circle, opening: { assignee: 'c' } });
    const acting = ['a', 'b', 'c', 'x', 'z'].map((id) => actingFor(directory, id, at('2026-11-04')));
    expect(acting).toEqual(['c', 'c', 'c', null, null]);
  });
});

describe('an assignee who is away', () => {
  it('has passed it on to whoever they named, when the next stage speaks to them', () => {
    const story = run([
      { id: 'notice', at: 'opened' },
      { id: 'reminder', at: 'opened + 2 days' },
      { id: 'up', at: 'reminder + 1 day', escalate: { to: ['manager(1)'] } },
    ]);
    expect(story.forward('5 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-04 09:00 reminder eve',
      '11-05 09:00 up dan', // the manager of who is asked now
    ]);
    expect(story.followUp).toMatchObject({ assignee: 'eve', watchers: ['ana'] });
    expect(story.story('delegated')).toEqual(['delegated reminder eve away']);
  });
  it('is told themselves where they named nobody', () => {
    const story = run([{ id: 'reminder', at: 'opened + 2 days' }], { opening: { assignee: 'bo' } });
    expect(story.forward('3 days').sent()).toEqual(['11-04 09:00 reminder bo']);
  });
});

describe('others who are away', () => {
  it('are left out where somebody acts: the next manager up, the rest of a group', () => {
    const story = run(
      [
        { id: 'notice', at: 'opened' },
        { id: 'up', at: 'opened + 2 days', escalate: { to: ['manager(1)'] } },
        { id: 'all', at: 'opened + 2 days', notify: { to: ['group(office)'] } },
      ],
      {
        groups: { office: ['ana', 'bo', 'dan'] },
        opening: { assignee: 'eve' },
        people: [...people.slice(0, 4), { id: 'eve', manager: 'bo' }],
      },
    );
    story.sent();
    expect(story.forward('3 days').sent().toSorted()).toEqual([
      '11-04 09:00 all dan',
      '11-04 09:00 all eve',
      '11-04 09:00 up cleo',
    ]);
  });
  it('are told where nobody else is left: the fallback is somebody', () => {
    const story = run([{ id: 'up', at: 'opened + 2 days', escalate: { to: ['group(empty)'] } }], {
      groups: { empty: ['bo'] },
      policy: { fallback: 'recipient(bo)' },
    });
    expect(story.forward('3 days').sent()).toEqual(['11-04 09:00 up bo']);
    expect(story.alarms).toEqual(['target_empty']);
  });
  it('hear of the end as everybody does', () => {
    const story = run([{ id: 'notice', at: 'opened' }], { opening: { requester: 'bo' } });
    story.forward('2 days');
    story.sent();
    story.event('resolve');
    expect(story.sent()).toEqual(['11-04 09:00 resolved ana', '11-04 09:00 resolved bo']);
  });
});
