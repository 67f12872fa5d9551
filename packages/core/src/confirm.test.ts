// How it ended is told once to each: to whoever ended it on the channel they acted on, whatever their part in it, and to the
// others by their own plan. What an author wrote is kept, and `none` is none.
import { describe, expect, it } from 'vitest';
import type { PolicyInput } from './policy/schema.ts';
import { Scenario } from './scenario.test-kit.ts';

const stages: PolicyInput['stages'] = [{ id: 'notice', at: 'opened', notify: { via: ['email'] } }];
const resolve = { kind: 'resolve', outcome: 'paid' } as const;
const plan = ['inbox', 'email'] as const;
const PEOPLE = [
  { id: 'ana', phone: '+34600000001', plan },
  { id: 'rita', plan },
  { id: 'dan', plan },
  { id: 'bo', phone: '+34600000002', plan },
];
const world = { people: PEOPLE, groups: { desk: ['dan', 'ana'] }, opening: { requester: 'rita', team: 'desk' } };
/** What of the confirmation was sent, without its time. */
const confirmed = (story: Scenario): readonly string[] =>
  story
    .sent()
    .filter((line) => / (?:resolved|cancelled) /.test(line))
    .map((line) => line.slice('11-02 09:00 resolved '.length))
    .sort();

describe('the built-in confirmation', () => {
  it('answers who acted where they acted, and tells the requester and the team by their own plans', () => {
    const others = ['dan', 'dan inbox', 'rita', 'rita inbox'];
    for (const [channel, line] of [
      ['sms', 'ana sms'],
      ['email', 'ana'],
      ['inbox', 'ana inbox'],
    ] as const) {
      const story = new Scenario({ stages }, world);
      story.command(resolve, 'ana', channel);
      // The assignee is in the team as well, and hears of it once.
      expect(confirmed(story)).toEqual([line, ...others]);
    }
  });
  it('goes on to the rest of their plan where that channel fails', () => {
    const story = new Scenario(
      { stages },
      { ...world, provider: (one) => (one.channel === 'sms' ? 'fail' : 'accept') },
    );
    story.command(resolve, 'ana', 'sms');
    expect(confirmed(story)).toEqual(['ana inbox', 'dan', 'dan inbox', 'rita', 'rita inbox']);
  });
  it('tells whoever has no part in it but ended it, such as one it was escalated to', () => {
    const escalating: PolicyInput['stages'] = [
      ...stages,
      { id: 'up', at: 'opened + 1 day', escalate: { to: ['recipient(bo)'] }, notify: { via: ['sms'] } },
    ];
    const story = new Scenario({ stages: escalating, fallback: 'recipient(bo)' }, world);
    story.forward('1 day');
    story.sent();
    story.command(resolve, 'bo', 'sms');
    expect(confirmed(story)).toEqual(['ana', 'ana inbox', 'bo sms', 'dan', 'dan inbox', 'rita', 'rita inbox']);
  });
  it('tells nobody more where nobody says who or where: events, programs, a word that is no channel', () => {
    const everybody = ['ana', 'ana inbox', 'dan', 'dan inbox', 'rita', 'rita inbox'];
    const byEvent = new Scenario({ stages }, world);
    byEvent.event('resolve');
    expect(confirmed(byEvent)).toEqual(everybody);
    for (const channel of [null, 'webhook', 'pigeon']) {
      const story = new Scenario({ stages }, world);
      story.command(resolve, 'bo', channel);
      expect(confirmed(story)).toEqual(everybody);
    }
    const stranger = new Scenario({ stages }, world);
    stranger.command(resolve, 'nobody-known', 'sms');
    expect(confirmed(stranger)).toEqual(everybody);
  });
  it('is said once, however often it is said that it is done', () => {
    const story = new Scenario({ stages }, world);
    story.command(resolve, 'ana', 'sms');
    confirmed(story);
    story.command(resolve, 'ana', 'email');
    story.command(resolve, 'rita', 'email');
    expect(confirmed(story)).toEqual([]);
  });
  it('leaves whoever acted out of a team that is told in parts', () => {
    const story = new Scenario({ stages }, { people: PEOPLE, opening: { team: 'all' } });
    story.groups.set('all', { id: 'all', name: 'all', members: ['ana', 'dan'], size: 5_000 });
    const fanOuts: unknown[] = [];
    Object.assign(story, {
      fannedOut: ({ effect }: { effect: { audience: unknown } }) => fanOuts.push(effect.audience),
    });
    story.command(resolve, 'dan', 'email');
    expect(fanOuts).toEqual([{ kind: 'group', id: 'all', except: 'dan' }]);
    expect(confirmed(story)).toEqual(['ana', 'ana inbox', 'dan']);
  });
});

describe('a confirmation that an author wrote', () => {
  const written = (notify: object) => new Scenario({ stages, resolved: { notify } } as PolicyInput, world);
  it('keeps its channels, and comes where they acted as well', () => {
    const story = written({ to: ['assignee', 'requester'], via: ['email', 'inbox'] });
    story.command(resolve, 'ana', 'sms');
    expect(confirmed(story)).toEqual(['ana', 'ana inbox', 'ana sms', 'rita', 'rita inbox']);
  });
  it('is as it was where they acted on one of them', () => {
    const story = written({ to: ['assignee'], via: ['email', 'inbox'] });
    story.command(resolve, 'ana', 'inbox');
    expect(confirmed(story)).toEqual(['ana', 'ana inbox']);
  });
  it('goes to those whom it names, and to nobody else', () => {
    const story = written({ to: ['requester'] });
    story.command(resolve, 'ana', 'sms');
    expect(confirmed(story)).toEqual(['rita', 'rita inbox']);
    const none = new Scenario({ stages, resolved: 'none' }, world);
    none.command(resolve, 'ana', 'sms');
    expect(confirmed(none)).toEqual([]);
  });
  it('of a cancellation likewise', () => {
    const story = new Scenario({ stages, cancelled: { notify: { to: ['assignee'] } } }, world);
    story.command({ kind: 'cancel' }, 'ana', 'sms');
    expect(confirmed(story).map((line) => line.trim())).toEqual(['ana sms']);
  });
});
