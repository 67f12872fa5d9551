// The buttons of a message, and how built-in words show those of the policy on each channel.
import { describe, expect, it } from 'vitest';
import { type ActionSeen, buttonsOf } from './button.ts';
import type { Channel } from './policy/policy.ts';
import { render } from './render.ts';

const link = (label: string, does?: ActionSeen['does']): ActionSeen => ({
  label,
  url: `http://r.example/${label.replaceAll(' ', '-').toLowerCase()}`,
  ...(does === undefined ? {} : { does }),
});
const BUILT_IN = { acknowledge: link('I have this'), resolve: link('It is done'), snooze: link('Later') };
const OWN = {
  ...BUILT_IN,
  seen: link('Seen', 'records'),
  approve: link('Approve & pay', 'resolves'),
  reject: link('Reject', 'rejects'),
};
const shown = (channel: Channel, actions: Readonly<Record<string, ActionSeen>>, status = 'open'): string => {
  const context = {
    recipient: { name: 'Ana' },
    subject: { title: 'Request 7', url: null },
    data: {},
    followUp: { status, forAssignee: true, policyTitle: 'Requests' },
    activity: {},
    pending: [],
    actions,
    tenant: {},
    now: '2026-11-03T09:00:00Z',
  };
  const rest = { locale: 'en', zone: 'UTC', consequence: null, urgency: 'normal' } as const;
  const rendered = render({ template: null, role: 'notice', channel, context, ...rest });
  if (!rendered.ok) throw new Error(rendered.detail);
  return `${rendered.content.text}\n${rendered.content.html ?? ''}`;
};

describe('buttons', () => {
  it('are those that end it first, in the place of a plain "done"', () => {
    expect(buttonsOf(OWN).map(({ name }) => name)).toEqual(['approve', 'reject', 'acknowledge', 'snooze', 'seen']);
    expect(buttonsOf({ ...BUILT_IN, seen: OWN.seen }).map(({ name }) => name)).toEqual([
      'acknowledge',
      'resolve',
      'snooze',
      'seen',
    ]);
  });
  it('of a mail are buttons where they end it, and quiet links where they do not', () => {
    const text = shown('email', OWN);
    expect(text).toContain(
      'Approve & pay: http://r.example/approve-&-pay\nReject: http://r.example/reject\nI have this: ',
    );
    expect(text).toMatch(/<a href="[^"]+" style="display:inline-block[^"]+">Approve &amp; pay<\/a>/);
    expect(text).toMatch(/<a href="[^"]+" style="display:inline-block[^"]+">Reject<\/a>/);
    expect(text).toContain('<a href="http://r.example/seen" class="link" style="color:#1f5eff">Seen</a>');
    expect(text).not.toContain('It is done');
    expect(shown('email', BUILT_IN)).toContain('style="color:#1f5eff">It is done</a>');
  });
  it('of a short message are those that end it, or the one thing to do', () => {
    expect(shown('sms', OWN)).toContain(
      'Approve & pay: http://r.example/approve-&-pay\nReject: http://r.example/reject',
    );
    expect(shown('sms', OWN)).not.toContain('I have this');
    expect(shown('sms', BUILT_IN).trim()).toBe('Request 7\nI have this: http://r.example/i-have-this');
  });
  it('are gone once it is closed', () => {
    for (const channel of ['email', 'sms', 'chat'] as const)
      expect(shown(channel, OWN, 'resolved')).not.toContain('Approve');
  });
});
