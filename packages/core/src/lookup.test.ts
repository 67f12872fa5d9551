// Targets that a resolver names, in stories (POLICY.md, `resolver(name)`): the stage waits for the answer, visibly and not for
// ever; what is named is told, and nobody is an empty target like any other.
import { describe, expect, it } from 'vitest';
import { later } from './instant.ts';
import { compilePolicy } from './policy/compile.ts';
import type { PolicyInput } from './policy/schema.ts';
import { ms, Scenario, type ScenarioOptions } from './scenario.test-kit.ts';
import { sentence } from './sentence.ts';

type Stage = PolicyInput['stages'][number];
const run = (
  stages: readonly Stage[],
  { policy, ...options }: ScenarioOptions & { readonly policy?: Partial<PolicyInput> } = {},
) => new Scenario({ fallback: 'recipient(dan)', ...policy, stages: [...stages] }, options);
const NOTICE: Stage = { id: 'notice', at: 'opened' };
const OWNER: Stage = { id: 'owner', at: 'opened + 1 day', escalate: { to: 'resolver(crm)' } };

describe('a stage that speaks to a resolver', () => {
  it('waits for the answer, tells whom it names, and says so', () => {
    const story = run([NOTICE, OWNER, { id: 'after', at: 'owner + 1 hour' }]);
    story.sent();
    story.forward('1 day');
    expect(story.asked).toEqual(['crm']);
    expect(story.sent()).toEqual([]);
    expect(story.followUp).toMatchObject({ waitsFor: 'resolver_asked', nextStage: 'owner' });
    story.forward('20 seconds');
    story.answer('crm', ['bo']);
    expect(story.sent()).toEqual(['11-03 09:00 owner bo']);
    expect(story.forward('1 day').sent()).toEqual(['11-03 10:00 after ana']);
    expect(
      story.timeline.filter(({ kind }) => kind === 'waiting' || kind === 'looked_up').map((line) => sentence(line)),
    ).toEqual(['Waiting for resolver "crm" because a resolver was asked who it is.', 'Resolver "crm" named bo.']);
  });
  it('is asked once, whatever happens meanwhile', () => {
    const story = run([NOTICE, OWNER, { id: 'same', at: 'opened + 1 day', notify: { to: 'resolver(crm)' } }]);
    story.forward('1 day');
    story.event('update', { data: { n: 1 } });
    story.tick();
    expect(story.asked).toEqual(['crm']);
    story.answer('crm', ['bo']);
    story.forward('1 hour');
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 owner bo', '11-03 09:00 same bo']);
  });
  it('asks again for a later run, unless the answer still holds', () => {
    const daily: Stage = {
      id: 'daily',
      at: 'opened',
      repeat: { every: '1 day', times: 3 },
      notify: { to: 'resolver(crm)' },
    };
    const story = run([daily]);
    story.answer('crm', ['bo'], '30 hours');
    story.forward('1 day');
    expect(story.asked).toEqual([]);
    story.forward('1 day');
    expect(story.asked).toEqual(['crm']);
    story.answer('crm', ['cleo']);
    expect(story.sent()).toEqual(['11-02 09:00 daily bo', '11-03 09:00 daily bo', '11-04 09:00 daily cleo']);
  });
  it('is asked once beside others that answer at other moments', () => {
    const story = run([NOTICE, { id: 'both', at: 'opened + 1 day', notify: { to: ['resolver(a)', 'resolver(b)'] } }]);
    story.forward('1 day');
    expect(story.asked).toEqual(['a', 'b']);
    story.forward('1 second').answer('b', ['bo']);
    story.forward('1 second').event('update', { data: { n: 1 } });
    expect(story.asked).toEqual(['a']);
    story.forward('1 second').answer('a', ['cleo'], '0 minutes');
    expect(story.asked).toEqual([]);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 both cleo', '11-03 09:00 both bo']);
  });
  it.each([
    ['names nobody', [] as string[]],
    ['names somebody whom nobody knows', ['ghost']],
  ])('falls back where it %s', (_what, to) => {
    const story = run([NOTICE, OWNER]);
    story.forward('1 day');
    story.answer('crm', to);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 owner dan']);
    expect(story.alarms).toEqual(['target_empty']);
  });
  it('falls to the next of its list where the resolver fails', () => {
    const story = run([NOTICE, { ...OWNER, escalate: { to: ['resolver(crm)', 'manager(1)'] } }]);
    story.forward('1 day');
    story.answer('crm', [], '0 minutes', 'HTTP 500');
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 owner bo']);
    expect(story.alarms).toEqual(['resolver_failed']);
  });
  it('gives up after a while, and hears nothing that comes later', () => {
    const story = run([NOTICE, OWNER]);
    story.forward('1 day');
    expect(story.forward('5 minutes').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:05 owner dan']);
    expect(story.answer('crm', ['bo'])).toEqual({ kind: 'done', changed: false });
    expect(story.sent()).toEqual([]);
  });
  it('is not asked for a stage that its condition skips', () => {
    const story = run([NOTICE, { ...OWNER, when: 'data.x == 1' }], { opening: { data: { x: 2 } } });
    story.forward('2 days');
    expect(story.asked).toEqual([]);
    expect(story.story('stage_skipped', 'waiting')).toEqual(['stage_skipped owner condition_false']);
    expect(story.alarms).toEqual([]);
  });
  it('waits with news too, and then tells the newest', () => {
    const story = run([{ id: 'status', at: { changed: 'data.status' }, notify: { to: 'resolver(crm)' } }]);
    story.event('update', { data: { status: 'packed' } });
    expect(story.asked).toEqual(['crm']);
    story.event('update', { data: { status: 'shipped' } });
    story.answer('crm', ['bo']);
    expect(story.sent()).toEqual(['11-02 09:00 status bo']);
    expect(story.alarms).toEqual([]);
    expect(story.followUp.waitsFor).toBe('event_awaited');
  });
  it('drops nothing of what was due together, however long the answer takes', () => {
    const story = run([NOTICE, OWNER, { id: 'again', at: 'opened + 1 day' }]);
    expect(story.forward('2 days').sent()).toEqual([
      '11-02 09:00 notice ana',
      '11-03 09:05 owner dan',
      '11-03 09:05 again ana',
    ]);
    expect(story.story('stage_superseded')).toEqual([]);
  });
  it('is given up after an outage, of which the newest alone is sent', () => {
    const story = run([NOTICE, OWNER, { id: 'again', at: 'opened + 30 hours' }]);
    story.forward('1 day').outage('2 days').forward('1 hour');
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-05 09:00 again ana']);
  });
  it('is silent when somebody responds while it is asked', () => {
    const story = run([NOTICE, OWNER]);
    story.forward('1 day');
    story.sent();
    story.command({ kind: 'resolve', outcome: null });
    story.answer('crm', ['bo']);
    expect(story.forward('9 days').sent()).toEqual(['11-03 09:00 resolved ana']);
  });
  it('is asked too when somebody escalates by hand', () => {
    const story = run([NOTICE, OWNER]);
    story.command({ kind: 'escalate' });
    expect(story.asked).toEqual(['crm']);
    story.answer('crm', ['bo']);
    expect(story.sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 owner bo']);
    expect(story.story('escalated')).toEqual(['escalated owner escalated_by_hand']);
    expect(story.forward('9 days').sent()).toEqual([]);
  });
  it('is told at once by hand, whatever is on its way or was sent before', () => {
    const story = run([NOTICE, { ...OWNER, at: 'opened + 5 days' }], {
      policy: { throttle: { atMost: 1, per: '1 day' } },
      provider: ({ recipient }) => (recipient === 'ana' ? 'hold' : 'accept'),
    });
    story.forward('1 hour').command({ kind: 'escalate' });
    expect(story.asked).toEqual(['crm']);
    story.answer('crm', ['bo']);
    expect(story.sent()).toEqual(['11-02 10:00 owner bo']);
  });
  it('is asked too when an acknowledgement runs out for the last time', () => {
    const story = run([NOTICE, { ...OWNER, at: 'opened + 30 days' }], {
      policy: { acknowledged: { resumeAfter: '1 day', max: 1 } },
      resolvers: { crm: ['bo'] },
    });
    story.command({ kind: 'acknowledge' });
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 owner bo']);
  });
});

describe('a pause that ends', () => {
  it('asks anew whom the repetition speaks to, and goes on until then', () => {
    const story = run([{ ...NOTICE, notify: { to: 'resolver(crm)' } }], {
      policy: { acknowledged: { resumeAfter: '1 day', max: 3 } },
    });
    story.answer('crm', ['bo']);
    story.command({ kind: 'acknowledge' });
    story.forward('1 day');
    expect(story.asked).toEqual(['crm']);
    expect(story.followUp).toMatchObject({ status: 'acknowledged', waitsFor: 'resolver_asked' });
    story.answer('crm', ['cleo']);
    expect(story.sent()).toEqual(['11-02 09:00 notice bo', '11-03 09:00 notice cleo']);
    story.command({ kind: 'snooze', until: later(story.now, ms('1 day')) });
    expect(story.forward('2 days').sent()).toEqual(['11-04 09:05 notice dan']);
  });
  it('repeats the last stage where the next is skipped, and asks nobody for that', () => {
    const story = run([NOTICE, { ...OWNER, at: 'opened + 30 days', when: 'data.x == 1' }], {
      policy: { acknowledged: { resumeAfter: '1 day', max: 1 } },
      opening: { data: { x: 2 } },
    });
    story.command({ kind: 'acknowledge' });
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-03 09:00 notice ana']);
    expect(story.asked).toEqual([]);
  });
});

describe('an assignee that a resolver names', () => {
  const asking = { policy: { assignee: { target: 'resolver(crm)' } }, opening: { assignee: null } };
  it('is asked from the beginning', () => {
    const story = run([NOTICE], asking);
    expect(story.followUp).toMatchObject({ assignee: null, waitsFor: 'unknown_recipient' });
    story.forward('10 seconds');
    story.answer('crm', ['cleo', 'bo']);
    expect(story.sent()).toEqual(['11-02 09:00 notice cleo']);
    expect(story.followUp.assignee).toBe('cleo');
  });
  it('is given up by the clock, not by what happens to be heard after that', () => {
    const story = run([NOTICE], asking);
    story.now = later(story.now, ms('1 hour'));
    story.event('update', { data: { n: 1 } });
    expect(story.sent()).toEqual([]);
    story.forward('1 second');
    expect(story.sent()).toEqual(['11-02 10:00 notice dan']);
    expect(story.alarms).toEqual(['resolver_failed', 'target_empty']);
  });
  it('is the fallback where there is no answer', () => {
    const story = run([NOTICE], asking);
    expect(story.forward('1 hour').sent()).toEqual(['11-02 09:05 notice dan']);
    expect(story.alarms).toEqual(['resolver_failed', 'target_empty']);
  });
  it('is nobody where there is no fallback either, until somebody is assigned', () => {
    const story = new Scenario(
      { assignee: { target: 'resolver(crm)' }, stages: [NOTICE] },
      { opening: { assignee: null } },
    );
    story.answer('crm', []);
    story.forward('2 days');
    expect(story.alarms).toEqual(['nobody_reached']);
    expect(story.asked).toEqual([]);
    story.command({ kind: 'reassign', to: 'bo' });
    expect(story.sent()).toEqual(['11-04 09:00 notice bo']);
  });
});

it('is refused where there is no time to ask, or where somebody must always be reached', () => {
  const refused = (more: object): readonly string[] => {
    const result = compilePolicy(
      { policy: 'p', key: 'event.id', assignee: 'event.data.who', stages: [NOTICE], ...more },
      1,
    );
    return result.ok ? [] : result.problems.map(({ code, path }) => `${code} ${path}`);
  };
  expect(refused({ resolved: { notify: { to: 'resolver(crm)' } } })).toEqual(['policy_target_invalid resolved.notify']);
  expect(refused({ fallback: 'resolver(crm)' })).toEqual(['policy_fallback_invalid fallback']);
  expect(refused({ stages: [NOTICE, OWNER], fallback: 'recipient(dan)' })).toEqual([]);
});
