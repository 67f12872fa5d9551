// Who is told without being asked, and what their message offers them.
import { describe, expect, it } from 'vitest';
import { isBystander, offersTo } from './bystander.ts';
import { render } from './render.ts';
import { policyOf, Scenario } from './scenario.test-kit.ts';

const link = (name: string, does?: 'resolves' | 'rejects' | 'records') => ({
  url: `http://r.example/${name}`,
  label: name,
  ...(does === undefined ? {} : { does }),
});
const LINKS = { acknowledge: link('acknowledge'), resolve: link('resolve'), snooze: link('snooze') };
const OWN = {
  ...LINKS,
  approve: link('approve', 'resolves'),
  reject: link('reject', 'rejects'),
  seen: link('seen', 'records'),
};

const policyTelling = (to: string | readonly string[], more: object = {}) =>
  policyOf({
    fallback: 'recipient(boss)',
    stages: [{ id: 'note', at: 'opened', notify: { to, via: ['email'] } }],
    ...more,
  } as never);
const told = (recipient: string) => ({ stage: 'note', notify: 0, recipient });
/** Ana is asked, Rita waits for it, Wim follows it. */
function followUpOf(policy: ReturnType<typeof policyTelling>, more: object = {}) {
  const { followUp } = new Scenario(policy, { opening: { requester: 'rita', watchers: ['wim'] } });
  return { ...followUp, ...more };
}
const offered = (
  policy: ReturnType<typeof policyTelling>,
  recipient: string,
  links: Parameters<typeof offersTo>[3] = LINKS,
  more: object = {},
) => Object.keys(offersTo(policy, followUpOf(policy, more), told(recipient), links));

describe('a bystander', () => {
  it.each<[string | readonly string[], string, boolean]>([
    ['requester', 'rita', true],
    ['watchers', 'wim', true],
    [['assignee', 'requester', 'watchers', 'escalated'], 'rita', true],
    [['assignee', 'requester'], 'ana', false],
    // Whoever may be told as something else as well is asked.
    [['watchers', 'onCall(primary)'], 'wim', false],
    [['requester', 'group(desk)'], 'rita', false],
    ['recipient(wim)', 'wim', false],
    ['team', 'wim', false],
    // The fallback is asked, whatever else it is.
    ['assignee', 'rita', false],
  ])('told as %j is %s: %s', (to, recipient, expected) => {
    const policy = policyTelling(to);
    expect(isBystander(policy, followUpOf(policy), told(recipient))).toBe(expected);
  });
  it('is no more whoever it has been escalated to, or has become the assignee', () => {
    const policy = policyTelling(['requester', 'watchers']);
    expect(isBystander(policy, followUpOf(policy, { escalated: ['wim'] }), told('wim'))).toBe(false);
    expect(isBystander(policy, followUpOf(policy, { assignee: 'rita' }), told('rita'))).toBe(false);
  });
});

describe('their message', () => {
  const both = ['requester', 'watchers'];
  it('offers no pause, and what ends it only where they may say so', () => {
    expect(offered(policyTelling(both), 'rita')).toEqual(['resolve']);
    expect(offered(policyTelling(both), 'wim')).toEqual(['resolve']);
    const claims = policyTelling(both, { resolvableBy: ['event', 'requester'] });
    expect(offered(claims, 'rita')).toEqual(['resolve']);
    expect(offered(claims, 'wim')).toEqual([]);
    expect(offered(policyTelling(both, { resolvableBy: ['assignee'] }), 'rita')).toEqual([]);
    expect(offered(policyTelling(both), 'rita', OWN)).toEqual(['resolve', 'approve', 'reject']);
  });
  it('of whoever is asked offers everything', () => {
    expect(offered(policyTelling(['assignee', ...both]), 'ana', OWN)).toEqual(Object.keys(OWN));
  });
  it.each(['email', 'chat', 'sms'] as const)('says so by %s, also without anything to press', (channel) => {
    const shown = (offers: Parameters<typeof offersTo>[3]): string => {
      const rendered = render({
        template: null,
        role: 'notice',
        channel,
        locale: 'en',
        zone: 'UTC',
        offers,
        context: {
          recipient: { name: 'Rita' },
          subject: { title: 'Task 7', url: null },
          data: {},
          followUp: { status: 'open', forAssignee: false, assigneeName: 'Ana', policyTitle: 'Tasks' },
          activity: {},
          pending: [],
          actions: LINKS,
          tenant: {},
          now: '2026-11-03T09:00:00Z',
        },
        consequence: null,
        urgency: 'normal',
      });
      if (!rendered.ok) throw new Error(rendered.detail);
      return `${rendered.content.text}\n${rendered.content.html ?? ''}`;
    };
    const some = shown({ resolve: LINKS.resolve });
    expect(some).not.toMatch(/acknowledge|snooze/);
    if (channel !== 'sms') expect(some).toContain('http://r.example/resolve');
    if (channel === 'email')
      expect(some).toContain('<a href="http://r.example/resolve" class="link" style="color:#1f5eff">resolve</a>');
    expect(shown({})).not.toContain('http://r.example/');
    expect(shown(LINKS)).toContain('http://r.example/acknowledge');
  });
});
