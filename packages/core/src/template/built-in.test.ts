// The built-in words as a reader meets them: every role on every channel in every language, with and without what is
// optional, keeps its paragraphs and glues nothing together. A few are written out in full.
import { describe, expect, it } from 'vitest';
import type { Channel, StageRole } from '../policy/policy.ts';
import { type RenderInput, render } from '../render.ts';

const ROLES: readonly StageRole[] = ['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'];
const CHANNELS: readonly Channel[] = ['email', 'sms', 'push', 'inbox', 'chat', 'webhook'];
const LOCALES = ['en', 'fr-CA', null] as const;
const ACTIONS = {
  acknowledge: { label: 'I have this', url: 'http://r.example/a/1' },
  resolve: { label: 'It is done', url: 'http://r.example/a/2' },
};

interface Case {
  readonly role: StageRole;
  readonly channel: Channel;
  readonly locale: string | null;
  /** Without a due date, a consequence, a link and actions. */
  readonly bare?: boolean;
  readonly followUp?: Readonly<Record<string, unknown>>;
}

function read({ role, channel, locale, bare = false, followUp = {} }: Case): { subject: string; text: string } {
  const closed = role === 'confirmation';
  const input: RenderInput = {
    template: null,
    role,
    channel,
    locale,
    zone: 'Europe/Paris',
    urgency: 'normal',
    consequence: bare ? null : 'a late fee of {{ data.fee }} is added',
    context: {
      recipient: { id: 'ana', name: 'Ana' },
      subject: { type: 'invoice', id: '42', title: 'Invoice 42', url: bare ? null : 'http://shop.example/42' },
      data: { fee: '10 €' },
      followUp: {
        status: closed ? 'resolved' : 'open',
        openedAt: '2026-11-02T09:00:00Z',
        dueAt: bare ? null : '2026-11-05T16:00:00Z',
        forAssignee: true,
        assigneeName: 'Ana',
        policyTitle: 'Invoices',
        ...followUp,
      },
      activity: {},
      pending: [],
      actions: bare || closed ? {} : ACTIONS,
      tenant: { name: null },
      now: '2026-11-03T09:00:00Z',
    },
  };
  const rendered = render(input);
  if (!rendered.ok) throw new Error(rendered.detail);
  return { subject: rendered.content.subject ?? '', text: rendered.content.text };
}

const VIEWS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { forAssignee: false },
  { forAssignee: false, escalatedToMe: true },
  { escalatedToMe: true },
  { reason: 'acknowledgement_expired' },
  { reason: 'snooze_ended' },
  { status: 'cancelled' },
  { status: 'expired' },
];
const cases = ROLES.flatMap((role) =>
  CHANNELS.flatMap((channel) =>
    LOCALES.flatMap((locale) =>
      [false, true].flatMap((bare) => VIEWS.map((followUp): Case => ({ role, channel, locale, bare, followUp }))),
    ),
  ),
);

describe('every role, channel and language', () => {
  it('keeps words apart, and has no stray blanks', () => {
    for (const one of cases) {
      const { subject, text } = read(one);
      const where = JSON.stringify(one);
      for (const words of [subject, text]) {
        expect(words, where).not.toMatch(/[.!?,:)][A-ZÀ-Ý]/);
        expect(words, where).not.toMatch(/[a-zà-ÿ](http|-- )/);
        expect(words, where).not.toMatch(/[^\S\n]\n| {2}|\n{3}|^\s|\s$|\{|\}|undefined|null/);
      }
      expect(text.length, where).toBeGreaterThan(0);
    }
  });

  it('has its paragraphs, and one line for each link', () => {
    for (const one of cases) {
      const { text } = read(one);
      const where = `${JSON.stringify(one)}\n${text}`;
      const paragraphs = text.split('\n\n').length;
      // Hello, what it is, the subject, the links, why: without links one less.
      if (one.channel === 'email') expect(paragraphs, where).toBeGreaterThanOrEqual(one.bare ? 4 : 5);
      if (one.channel === 'chat') expect(text, where).toMatch(/^\*.+\*\n[A-ZÀ-Ý]/);
      if ((one.channel === 'chat' || one.channel === 'inbox') && one.bare !== true && one.role !== 'confirmation')
        expect(paragraphs, where).toBe(one.channel === 'chat' ? 3 : 2);
      for (const line of text.split('\n')) {
        expect(line.split('http://').length, where).toBeLessThanOrEqual(2);
        if (line.includes('http://')) expect(line, where).toMatch(/^[A-ZÀ-Ý][^:]*: http:\/\/\S+$/);
      }
    }
  });
});

describe('as it is read', () => {
  it('a reminder by email, in English', () => {
    expect(read({ role: 'reminder', channel: 'email', locale: 'en' })).toEqual({
      subject: 'Reminder: Invoice 42',
      text: `Hello Ana,

This is still open, and we have not heard from you yet.

Invoice 42
Due Thursday, November 5 at 5:00 PM GMT+1.
If nobody acts: a late fee of 10 € is added.

I have this: http://r.example/a/1
It is done: http://r.example/a/2
Details: http://shop.example/42

--
You get this because you are asked to act on it (Invoices).`,
    });
  });
  it('a notice by email in French, with nothing optional', () => {
    expect(read({ role: 'notice', channel: 'email', locale: 'fr-CA', bare: true }).text).toBe(`Bonjour Ana,

Ceci demande votre attention.

Invoice 42

--
Vous recevez ceci car une action est attendue de vous (Invoices).`);
  });
  it('a notice on the other channels', () => {
    const notice = (channel: Channel) => read({ role: 'notice', channel, locale: 'en' }).text;
    expect(notice('sms')).toBe(
      'Invoice 42 (due Thursday, November 5 at 5:00 PM GMT+1)\nI have this: http://r.example/a/1',
    );
    expect(notice('push')).toBe('This needs your attention.\nDue Thursday, November 5 at 5:00 PM GMT+1.');
    expect(notice('inbox')).toBe(
      'This needs your attention.\n\nDue Thursday, November 5 at 5:00 PM GMT+1.\nIf nobody acts: a late fee of 10 € is added.',
    );
    expect(notice('chat')).toBe(`*Invoice 42*
This needs your attention.

Due Thursday, November 5 at 5:00 PM GMT+1.
If nobody acts: a late fee of 10 € is added.

I have this: http://r.example/a/1
It is done: http://r.example/a/2
Details: http://shop.example/42`);
  });
});
