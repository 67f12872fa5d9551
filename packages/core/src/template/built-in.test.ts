// The built-in words as a reader meets them: every role on every channel in every language, with and without what is
// optional, keeps its paragraphs and glues nothing together. A few are written out in full.
import { describe, expect, it } from 'vitest';
import type { Content } from '../content.ts';
import type { Channel, StageRole } from '../policy/policy.ts';
import { CHANNELS } from '../policy/policy.ts';
import { type RenderInput, render } from '../render.ts';
import { tenantSeen } from './preview.ts';
import { plainInput } from './render-input.test-kit.ts';

const ROLES: readonly StageRole[] = ['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'];
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
  readonly tenant?: Readonly<Record<string, unknown>>;
}

function contentOf(one: Case): Content {
  const { role, channel, locale, bare = false, followUp = {}, tenant = { name: null } } = one;
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
      tenant,
      now: '2026-11-03T09:00:00Z',
    },
  };
  let rendered = render(input);
  // A busy machine can hold a rendering up for longer than a template may take.
  for (let tries = 0; tries < 5 && !rendered.ok && rendered.detail.includes('limit'); tries++) rendered = render(input);
  if (!rendered.ok) throw new Error(rendered.detail);
  return rendered.content;
}

function read(one: Case): { subject: string; text: string } {
  const { subject = '', text } = contentOf(one);
  return { subject, text };
}

const VIEWS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { forAssignee: false },
  { forAssignee: false, escalatedToMe: true },
  { escalatedToMe: true },
  { lastReminder: true },
  { lastReminder: true, othersNext: true },
  { reason: 'no_response', forAssignee: false, escalatedToMe: true },
  { reason: 'assignee_not_told', forAssignee: false, escalatedToMe: true },
  { reason: 'assignee_unreachable', forAssignee: false, escalatedToMe: true },
  { reason: 'no_response' },
  { reason: 'commitment_missed', answered: true },
  { reason: 'acknowledgement_expired', answered: true, acknowledgedBy: 'ana' },
  { reason: 'acknowledgement_expired', answered: true, acknowledgedBy: 'bo', acknowledgedByName: 'Bo' },
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

/** What is wrong with one text, so that thousands are looked at without a word about those that are right. */
function faultsOf(one: Case): readonly string[] {
  const { subject, text } = read(one);
  const faults: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) faults.push(`${what}: ${JSON.stringify(one)}\n${subject}\n${text}`);
  };
  for (const words of [subject, text]) {
    must(!/[.!?,:)][A-ZÀ-Ý]/.test(words), 'words are glued together');
    must(!/[a-zà-ÿ](http|-- )/.test(words), 'a link is glued to a word');
    must(!/[^\S\n]\n| {2}|\n{3}|^\s|\s$/.test(words.length === 0 ? 'x' : words), 'there are stray blanks');
    must(!/\{|\}|undefined|null/.test(words), 'something is not filled in');
  }
  must(text.length > 0, 'there is no text');
  const paragraphs = text.split('\n\n').length;
  const full = one.bare !== true && one.role !== 'confirmation';
  // Hello, what it is, the subject, the links, why: without links one less.
  if (one.channel === 'email') must(paragraphs >= (one.bare ? 4 : 5), 'paragraphs are missing');
  if (one.channel === 'chat') must(/^\*.+\*\n[A-ZÀ-Ý]/.test(text), 'the headline has no line of its own');
  if (one.channel === 'chat' && full) must(paragraphs === 3, 'paragraphs are missing');
  if (one.channel === 'inbox' && full) must(paragraphs === 2, 'paragraphs are missing');
  for (const line of text.split('\n').filter((words) => words.includes('http://')))
    must(/^[A-ZÀ-Ý][^:]*: http:\/\/\S+$/.test(line), 'a link has no line of its own');
  return faults;
}

it('every role, channel and language keeps its paragraphs, and glues nothing together', () => {
  expect(cases.length).toBeGreaterThan(2_000);
  expect(cases.flatMap(faultsOf)).toEqual([]);
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
  it.each([
    ['en', 'You get this because you were asked to act on it (Invoices).'],
    ['fr', 'Vous recevez ceci car une action était attendue de vous (Invoices).'],
  ])('a confirmation in %s speaks of the past', (locale, why) => {
    const followUp = { closedAt: '2026-11-03T09:00:00Z' };
    expect(read({ role: 'confirmation', channel: 'email', locale, followUp }).text).toContain(why);
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

describe('only what is so is said', () => {
  const lead = (role: StageRole, followUp: Readonly<Record<string, unknown>>, locale = 'en'): string =>
    read({ role, channel: 'push', locale, bare: true, followUp }).text;
  const title = (followUp: Readonly<Record<string, unknown>>): string =>
    read({ role: 'final', channel: 'push', locale: 'en', bare: true, followUp }).subject;
  const asked = { forAssignee: false, escalatedToMe: true };

  it('a final reminder is the last one only where it is, and warns of others only where they come', () => {
    const still = 'This is still open, and we have not heard from you yet.';
    expect(lead('final', { lastReminder: true, othersNext: true })).toBe(
      `${still} It is the last reminder before others are brought in.`,
    );
    expect(lead('final', { lastReminder: true })).toBe(`${still} It is the last reminder.`);
    expect(lead('final', { othersNext: true })).toBe(still);
    expect(title({ lastReminder: true })).toBe('Last reminder: Invoice 42');
    expect(title({})).toBe('Reminder: Invoice 42');
    expect(lead('final', { lastReminder: true }, 'fr')).toMatch(/ C'est le dernier rappel\.$/);
  });
  it('nobody is said to have been silent who was not', () => {
    expect(lead('reminder', { answered: true })).toBe('This is still open.');
    expect(lead('reminder', { forAssignee: false })).toBe('This is still open.');
    expect(lead('reminder', { reason: 'commitment_missed', answered: true })).toBe(
      'The date that was promised has passed, and this is still open.',
    );
    expect(lead('reminder', { reason: 'acknowledgement_expired', acknowledgedBy: 'ana' })).toContain('You said');
    expect(
      lead('reminder', { reason: 'acknowledgement_expired', acknowledgedBy: 'bo', acknowledgedByName: 'Bo' }),
    ).toBe('Bo had this, and it is still open.');
    expect(lead('reminder', { reason: 'acknowledgement_expired', acknowledgedBy: null })).toBe(
      'Somebody had this, and it is still open.',
    );
  });
  it('an escalation blames nobody who was not asked', () => {
    const since = 'This has been open since Monday, November 2 at 10:00 AM GMT+1';
    const please = 'Please see that somebody acts.';
    expect(lead('escalation', { ...asked, reason: 'no_response' })).toBe(`${since}, and Ana has not acted. ${please}`);
    expect(lead('escalation', { ...asked, reason: 'no_response', answered: true })).toBe(`${since}. ${please}`);
    expect(lead('escalation', { ...asked, reason: 'escalated_by_hand' })).toBe(`${since}. ${please}`);
    expect(lead('escalation', { ...asked, reason: 'assignee_not_told' })).toBe(
      `${since}, and nothing has told Ana yet. ${please}`,
    );
    expect(lead('escalation', { ...asked, reason: 'assignee_unreachable' })).toBe(
      `${since}, and Ana cannot be reached. ${please}`,
    );
    expect(lead('escalation', { reason: 'no_response' })).toBe(
      `${since} without an answer from you, so others have been told. You can still act.`,
    );
    expect(lead('escalation', { reason: 'assignee_not_told' })).toBe(
      `${since}, and others have been told. You can still act.`,
    );
    expect(lead('escalation', { escalatedToMe: true })).toBe(`${since}. It is with you now.`);
    // The one who had it before a reassignment is no assignee any more; its name is that of the next.
    expect(lead('escalation', { forAssignee: false, reason: 'no_response' })).toBe(
      `${since}, and others have been told.`,
    );
  });
});

it('are those of a mail whose template says nothing but its subject', () => {
  const mail = (email: object) => {
    const rendered = render({ ...plainInput({ id: 't', email }, 'email', { data: {} }), role: 'reminder' });
    if (!rendered.ok) throw new Error(rendered.detail);
    return rendered.content;
  };
  const builtIn = mail({});
  expect(builtIn.text).toContain('This is still open');
  for (const nothing of [{}, { text: ' ' }, { html: '', text: '' }])
    expect(mail({ subject: 'Mine', ...nothing })).toEqual({ ...builtIn, subject: 'Mine', html: expect.any(String) });
  expect(mail({ subject: 'Mine' }).html).toContain('This is still open');
  expect(mail({ subject: 'Mine', text: 'Own words' })).toEqual({ subject: 'Mine', text: 'Own words' });
});

describe('the outcome in a confirmation', () => {
  const told = (outcome: string | null, locale = 'en'): string =>
    read({ role: 'confirmation', channel: 'email', locale, followUp: { outcome, resolvedByName: 'Ana' } }).text;
  it.each([
    ['paid', 'en', 'This is done by Ana (paid). Nothing'],
    ['done', 'en', 'This is done by Ana. Nothing'],
    ['Done', 'en', 'This is done by Ana. Nothing'],
    [null, 'en', 'This is done by Ana. Nothing'],
    ['payé', 'fr', "C'est terminé, par Ana (payé). Rien"],
    ['done', 'fr', "C'est terminé, par Ana. Rien"],
  ])('%s in %s is said where it says more', (outcome, locale, text) => {
    expect(told(outcome, locale)).toContain(text);
  });
});

describe('a confirmation says who, what and when', () => {
  const followUp = { status: 'resolved', outcome: 'paid', resolvedByName: 'Bo', closedAt: '2026-11-05T16:00:00Z' };
  const told = (channel: 'email' | 'sms' | 'push' | 'inbox', locale: string, more: object = {}): string =>
    read({ role: 'confirmation', channel, locale, followUp: { ...followUp, ...more } }).text;
  it('in the language and by the clocks of its reader, on every channel', () => {
    for (const channel of ['email', 'push', 'inbox'] as const) {
      expect(told(channel, 'en-GB')).toMatch(
        /This is done by Bo \(paid\), on Thursday 5 November at \d\d:00 \w+\. Nothing more/,
      );
      expect(told(channel, 'fr')).toMatch(
        /C'est terminé, par Bo \(paid\), le jeudi 5 novembre à \d\d:00 UTC\S*\. Rien/,
      );
    }
    expect(told('sms', 'en-GB')).toMatch(/\nBy Bo, Thursday 5 November at \d\d:00 \w+ \(paid\)$/);
    expect(told('sms', 'fr')).toMatch(/\nPar Bo, jeudi 5 novembre à \d\d:00 UTC\S* \(paid\)$/);
  });
  it('also of a cancellation, and without a name where nobody has', () => {
    expect(told('email', 'en-GB', { status: 'cancelled', outcome: null })).toContain(
      'This was cancelled by Bo, on Thursday',
    );
    expect(told('sms', 'en-GB', { resolvedByName: null, outcome: null })).toMatch(
      /\nThursday 5 November at \d\d:00 \w+$/,
    );
  });
});

describe('a built-in mail', () => {
  const branding = {
    name: 'Acme',
    logo: 'https://acme.test/logo.png',
    color: '#0a7d4f',
    address: '1 Road, Town',
    url: 'https://acme.test',
    supportEmail: 'help@acme.test',
    supportPhone: '+44 20 7946 0000',
  };
  const mail = (more: object): Content =>
    contentOf({
      role: 'notice',
      channel: 'email',
      locale: 'en',
      tenant: tenantSeen({ name: 'acme-eu', branding: { ...branding, ...more } }),
    });
  it('shows whose it is: logo, colour, name, address and where to ask', () => {
    const { html, text } = mail({});
    expect(html).toContain('<img src="https://acme.test/logo.png" alt="Acme"');
    expect(html).toContain('background:#0a7d4f;color:#ffffff;');
    expect(html).toContain('border-top:4px solid #0a7d4f');
    expect(html).not.toContain('#1f5eff');
    for (const one of [
      'Acme &nbsp;·&nbsp; 1 Road, Town',
      'href="https://acme.test"',
      'href="mailto:help@acme.test"',
      '+44 20 7946 0000',
    ])
      expect(html).toContain(one);
    expect(text).toMatch(/\n--\n.*\nAcme\n1 Road, Town\nhttps:\/\/acme\.test\nhelp@acme\.test\n\+44 20 7946 0000$/);
  });
  it('is read on a light colour as well: dark on its buttons, and links in ours', () => {
    const { html } = mail({ color: '#ffd400' });
    expect(html).toContain('background:#ffd400;color:#1c2333;');
    expect(html).toContain('class="link" style="color:#1f5eff"');
  });
  it('of a tenant without any says nothing of it', () => {
    const { html, text } = contentOf({ role: 'notice', channel: 'email', locale: 'fr-CA' });
    expect(html).not.toMatch(/<img|&nbsp;·&nbsp; <\/p>|<p[^>]*><\/p>/);
    expect(html).toContain('<html lang="fr-CA" dir="ltr">');
    expect(html).toContain('background:#1f5eff;color:#ffffff;');
    expect(text).toMatch(/\n--\n[^\n]+$/);
  });
});
