// Which programs' answers are known by their words alone, and which people's words look like theirs.
import { describe, expect, it } from 'vitest';
import { judged, mentionsAway } from './automatic.ts';
import type { MailSeen } from './mail-seen.ts';

const seen = (headers: Readonly<Record<string, string>> = {}, more: Partial<MailSeen> = {}): MailSeen => ({
  header: (name) => headers[name] ?? null,
  subject: 'Re: Invoice 42',
  from: { name: 'Ana', address: 'ana@client.example' },
  type: 'text/plain',
  reportType: null,
  calendars: [],
  text: '',
  html: '',
  whole: true,
  ...more,
});
const why = (text: string, headers: Readonly<Record<string, string>> = {}, more: Partial<MailSeen> = {}): string => {
  const verdict = judged(seen(headers, more), text, false);
  return verdict.automatic ?? verdict.through;
};

describe('a program', () => {
  it.each([
    ['Thank you for your email. I am currently out of the office.', 'away'],
    ['Ich bin im Urlaub. In dringenden Fällen wenden Sie sich an Bo.', 'away'],
    ['Votre demande a bien été reçue.', 'ticket'],
    ['Please verify that you are human.', 'challenge'],
  ])('is known by %j: %s', (text, reason) => {
    expect(why(text)).toBe(reason);
  });
  it('says more exactly what it is than its headers do', () => {
    expect(why('I am on vacation.', { 'auto-submitted': 'auto-replied' })).toBe('away');
    expect(why('A ticket has been created.', { precedence: 'bulk' })).toBe('ticket');
    expect(why('Hello', { 'auto-submitted': 'auto-replied (vacation)' })).toBe('away');
    expect(why('Hello', { 'content-class': 'urn:content-classes:calendarmessage' })).toBe('calendar');
  });
  it('answers a calendar, and does not only send one', () => {
    expect(why('', {}, { calendars: [{ method: 'REPLY' }] })).toBe('calendar');
    expect(why('', {}, { calendars: [{ method: 'PUBLISH' }, { method: null }] })).toBe('mailbox');
  });
});

describe('a person', () => {
  it.each([
    'I am out of the office until Monday and will look at it then.',
    'We discussed the vacation calendar. Please contact Bo.',
    'We received the invoice and will get back to you.',
    'Bin im Urlaub, melde mich.',
  ])('may write %j', (text) => {
    expect(why(text)).toBe('mailbox');
  });
  it('may write through a help desk, whose head says otherwise', () => {
    expect(why('Paid.', { 'x-mailer': 'Zendesk Mailer', 'auto-submitted': 'auto-generated' })).toBe('help_desk');
    expect(why('Paid.', { 'x-mailer': 'Zendesk Mailer', 'auto-submitted': 'auto-replied' })).toBe('ticket');
    expect(why('Paid.', { 'x-auto-response-suppress': 'All' })).toBe('mailbox');
  });
});

it('being away is noticed in passing', () => {
  expect(mentionsAway('Done. I am on holiday.')).toBe(true);
  expect(mentionsAway('Done.')).toBe(false);
});
