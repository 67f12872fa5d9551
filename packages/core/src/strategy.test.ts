// Groups of which a policy picks one member: in turns, the least busy, the first who is there.
import { describe, expect, it } from 'vitest';
import type { Group } from './recipient.ts';
import { type Person, Scenario } from './scenario.test-kit.ts';
import { afterTurns } from './target.ts';

const AWAY = [{ from: '2026-11-01', to: '2026-11-09' }];
const pick = (
  strategy: string,
  more: Partial<Group> = {},
  people: readonly Person[] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
) => {
  const scenario = new Scenario(
    {
      fallback: 'recipient(z)',
      stages: [{ id: 'notice', at: 'opened + 1 hour', notify: { to: `group(desk, ${strategy})` } }],
    },
    { people: [{ id: 'ana' }, { id: 'z' }, ...people], groups: { desk: ['a', 'b', 'c'] } },
  );
  scenario.groups.set('desk', { id: 'desk', name: null, members: ['a', 'b', 'c'], size: 3, ...more });
  return scenario
    .forward('2 hours')
    .sent()
    .map((line) => line.split(' ').at(-1));
};

describe('in turns', () => {
  it('begins with the first, and goes on with the one whose turn was longest ago', () => {
    expect(pick('round-robin')).toEqual(['a']);
    expect(pick('round-robin', { turns: new Map([['a', 1]]) })).toEqual(['b']);
    const all = [['a', 7], ['b', 5], ['c', 9]] as const; // biome-ignore format: one line
    expect(pick('round-robin', { turns: new Map(all) })).toEqual(['b']);
  });
  it('leaves out who is away or unknown, and tells the fallback where nobody is left', () => {
    const away = [{ id: 'a', away: AWAY }, { id: 'c' }];
    expect(pick('round-robin', {}, away)).toEqual(['c']);
    expect(pick('round-robin', {}, [])).toEqual(['z']);
  });
  it('remembers within the same breath', () => {
    const scenario = new Scenario({ stages: [{ id: 's', at: 'opened' }] }, { groups: { desk: ['a', 'b'] } });
    const after = afterTurns(scenario.directory, [
      { kind: 'turn', group: 'desk', recipient: 'a' },
      { kind: 'turn', group: 'desk', recipient: 'b' },
      { kind: 'turn', group: 'gone', recipient: 'b' },
    ]);
    expect([...(after.groups.get('desk')?.turns ?? [])]).toEqual([['a', 1], ['b', 2]]); // biome-ignore format: one line
    expect(scenario.directory.groups.get('desk')?.turns).toBeUndefined();
  });
});

describe('the least busy', () => {
  it('is who is asked about least; of several, the one whose turn was longest ago', () => {
    const load = new Map([['a', 3], ['b', 1], ['c', 1]]); // biome-ignore format: one line
    expect(pick('least-busy', { load })).toEqual(['b']);
    expect(pick('least-busy', { load, turns: new Map([['b', 4]]) })).toEqual(['c']);
  });
});

describe('the first available', () => {
  it('is the first who is there and can be reached', () => {
    const unreachable = { id: 'b', email: null, phone: null };
    expect(pick('first-available')).toEqual(['a']);
    expect(pick('first-available', {}, [{ id: 'a', away: AWAY }, unreachable, { id: 'c' }])).toEqual(['c']);
  });
});
