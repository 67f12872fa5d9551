// Policies that speak to people on call (POLICY.md, *Targets* and *Nobody there*): whoever it is when the stage runs, by
// level; a gap, a level nobody holds, an unknown person or schedule is nobody, and falls on. START is a Monday, 09:00.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { Scenario, type ScenarioOptions } from './scenario.test-kit.ts';
import { sentence } from './sentence.ts';

const DAILY = { every: '1 day', handover: { at: '12:00' }, start: '2026-11-01' };
/** Bo until Monday noon, then Cleo, Dan, Bo, …; behind them always Eve. */
const primary = {
  timeZone: 'UTC',
  layers: [
    { rotation: { ...DAILY, members: ['bo', 'cleo', 'dan'] } },
    { level: 2, rotation: { ...DAILY, members: ['eve'] } },
  ],
  overrides: [{ id: 'swap', from: '2026-11-02T10:30', to: '2026-11-02T11:30', recipient: 'rita' }],
};
const page = (more: Partial<PolicyInput>, options: ScenarioOptions = {}): Scenario =>
  new Scenario(
    { stages: [{ id: 'page', at: 'opened', notify: { to: 'onCall(primary)' } }], ...more },
    { schedules: { primary }, ...options },
  );
const hourly: PolicyInput['stages'] = [
  { id: 'page', at: 'opened', repeat: { every: '1 hour', times: 5 }, notify: { to: 'onCall(primary)' } },
];

describe('onCall', () => {
  it('is whoever is on call when the stage runs: before and after a hand-over, and during an override', () => {
    expect(page({ stages: hourly }).forward('1 day').sent()).toEqual([
      '11-02 09:00 page bo',
      '11-02 10:00 page bo',
      '11-02 11:00 page rita',
      '11-02 12:00 page cleo',
      '11-02 13:00 page cleo',
    ]);
  });
  it('is decided when the stage runs, with the schedule as it is then', () => {
    const story = page({ stages: hourly });
    story.schedule('primary', { timeZone: 'UTC', layers: [{ rotation: { ...DAILY, members: ['eve'] } }] });
    expect(story.forward('1 hour').sent()).toEqual(['11-02 09:00 page bo', '11-02 10:00 page eve']);
  });
  it('escalates level by level, and its repetitions speak to whom it escalated to', () => {
    const story = page({
      fallback: 'recipient(rita)',
      stages: [
        { id: 'page', at: 'opened', notify: { to: 'onCall(primary)' } },
        {
          id: 'backup',
          at: 'opened + 1 hour',
          escalate: { to: ['onCall(primary, 2)'] },
          repeat: { every: '2 hours', times: 2 },
        },
        { id: 'both', at: 'opened + 4 hours', escalate: { to: ['onCall(primary)', 'onCall(primary, 2)'] } },
      ],
    });
    expect(story.forward('1 day').sent()).toEqual([
      '11-02 09:00 page bo',
      '11-02 10:00 backup eve',
      '11-02 12:00 backup eve',
      '11-02 13:00 both cleo',
      '11-02 13:00 both eve',
    ]);
    expect(story.alarms).toEqual([]);
  });
  it('tells everybody who is on call together, and nobody twice', () => {
    const together = { timeZone: 'UTC', layers: [{ rotation: { ...DAILY, members: [['bo', 'dan']] } }] };
    const stages = [{ id: 'page', at: 'opened', notify: { to: ['recipient(dan)', 'onCall(pair)'] } }] as const;
    expect(page({ stages: [...stages] as never }, { schedules: { pair: together } }).sent()).toEqual([
      '11-02 09:00 page dan',
      '11-02 09:00 page bo',
    ]);
  });
});

describe('nobody on call', () => {
  const rescued = ['11-02 09:00 page rita'];
  const stagesTo = (to: string | readonly string[]): PolicyInput['stages'] =>
    [{ id: 'page', at: 'opened', notify: { to } }] as never;
  it.each([
    ['a level nobody holds', 'onCall(primary, 3)'],
    ['a schedule that there is not, or no longer', 'onCall(gone)'],
    ['a person nobody knows', 'onCall(strangers)'],
    ['a gap', 'onCall(nights)'],
    ['an override that says nobody', 'onCall(off)'],
  ])('%s falls to the fallback at once, with an alarm', (_what, to) => {
    const rotation = { ...DAILY, members: ['bo'] };
    const schedules = {
      primary,
      strangers: { timeZone: 'UTC', layers: [{ rotation: { ...DAILY, members: ['casper'] } }] },
      nights: { timeZone: 'UTC', layers: [{ rotation, restrictions: [{ from: '20:00', to: '08:00' }] }] },
      off: {
        timeZone: 'UTC',
        layers: [{ rotation }],
        overrides: [{ id: 'o', from: '2026-11-02', to: '2026-11-03', recipient: null }],
      },
    };
    const story = page({ stages: stagesTo(to), fallback: 'recipient(rita)' }, { schedules });
    expect(story.sent()).toEqual(rescued);
    expect(story.alarms).toEqual(['target_empty']);
  });
  it('falls to the others of its list without one', () => {
    const story = page({ stages: stagesTo(['onCall(primary, 3)', 'recipient(rita)']), fallback: 'recipient(dan)' });
    expect(story.sent()).toEqual(rescued);
    expect(story.alarms).toEqual([]);
  });
  it('is an alarm of its own where the fallback is nobody as well', () => {
    const story = page({ stages: stagesTo('onCall(primary, 3)'), fallback: 'onCall(gone)' });
    expect(story.sent()).toEqual([]);
    expect(story.alarms).toEqual(['nobody_reached']);
  });
});

describe('a fallback on call', () => {
  it('is told in place of an empty target, and becomes the assignee where there is none', () => {
    const stages: PolicyInput['stages'] = [
      { id: 'notice', at: 'opened' },
      { id: 'later', at: 'opened + 4 hours', notify: { to: 'watchers' } },
    ];
    const story = page({ stages, fallback: 'onCall(primary)' }, { opening: { assignee: null } });
    expect(story.followUp.assignee).toBe('bo');
    expect(story.forward('4 hours').sent()).toEqual(['11-02 09:00 notice bo', '11-02 13:00 later cleo']);
  });
  it('is asked when the grace of an unknown assignee is over, not before', () => {
    const stages: PolicyInput['stages'] = [{ id: 'notice', at: 'opened' }];
    const story = page(
      { stages, fallback: 'onCall(primary)', unknownGrace: '4 hours' },
      { opening: { assignee: 'new' } },
    );
    expect(story.forward('4 hours').sent()).toEqual(['11-02 13:00 notice cleo']);
  });
});

describe('an assignee on call', () => {
  const asked = (target: string, opening: ScenarioOptions['opening'], more: Partial<PolicyInput> = {}) =>
    page(
      {
        assignee: { target },
        stages: [
          { id: 'notice', at: 'opened' },
          { id: 'reminder', at: 'opened + 4 hours' },
        ],
        ...more,
      },
      { opening: { assignee: null, ...opening }, groups: { desk: ['casper', 'dan'], empty: [] } },
    );
  it('is whoever is on call at the opening, and stays it', () => {
    const story = asked('onCall(primary)', {});
    expect(story.followUp.assignee).toBe('bo');
    expect(story.timeline.slice(0, 1).map((line) => sentence(line))).toEqual([
      'Opened for bo because the follow-up was opened.',
    ]);
    expect(story.forward('1 day').sent()).toEqual(['11-02 09:00 notice bo', '11-02 13:00 reminder bo']);
    expect(story.alarms).toEqual([]);
  });
  it('is not asked where somebody is named, and is the first who is known of a group or the team', () => {
    expect(asked('onCall(primary)', { assignee: 'ana' }).followUp.assignee).toBe('ana');
    expect(asked('group(desk)', {}).followUp.assignee).toBe('dan');
    expect(asked('team', { team: 'desk' }).followUp.assignee).toBe('dan');
  });
  it('is the fallback’s first person where nobody is on call, and waits visibly without one', () => {
    const rescued = asked('onCall(primary, 3)', {}, { fallback: 'onCall(primary, 2)' });
    expect(rescued.sent()).toEqual(['11-02 09:00 notice eve']);
    expect(rescued.alarms).toEqual(['target_empty']);
    const waiting = asked('group(empty)', {});
    expect(waiting.sent()).toEqual([]);
    expect(waiting.alarms).toEqual(['nobody_reached']);
    expect(waiting.followUp).toMatchObject({ assignee: null, waitsFor: 'unknown_recipient' });
    waiting.command({ kind: 'reassign', to: 'dan' });
    expect(waiting.sent()).toEqual(['11-02 09:00 notice dan']);
  });
});
