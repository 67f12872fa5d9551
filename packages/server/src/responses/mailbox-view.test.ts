// What the mailbox writes, without a browser: headings a person can read, and years where they are not this one.
import { type Instant, instant } from '@relance/core';
import { expect, it } from 'vitest';
import type { MailboxMessage } from '../store/sql/mailbox.ts';
import { messagesPage } from './mailbox-view.ts';

const NOW = instant(Date.UTC(2028, 1, 28, 16));
const sms = (sentAt: Instant): MailboxMessage => ({
  id: 'm1',
  follow_up_id: 'f1',
  stage: 'overdue',
  recipient: 'ana',
  name: 'Ana García',
  channel: 'sms',
  status: 'accepted',
  reason: 'stage_due',
  sent_at: sentAt,
  connection: 'mailbox-sms',
  content: { text: 'Last reminder: Invoice 42 (due tomorrow) http://127.0.0.1:4400/a/qMlyr2MMFw9IwU0CPdfq-g' },
  title: 'Invoice 42',
});
const pageOf = (message: MailboxMessage): string =>
  messagesPage({
    messages: [message],
    chosen: message,
    explicit: true,
    people: [],
    filter: { recipient: null, channel: null },
    now: NOW,
  }).body.text;

it('heads a text message with what it is about; the text itself stands below, once and whole', () => {
  const page = pageOf(sms(NOW));
  expect(page).toContain('<h1>Invoice 42</h1>');
  expect(page).toContain('<span class="subject">Last reminder: Invoice 42 (due tomorrow)</span>');
  expect(page.match(/qMlyr2MMFw9IwU0CPdfq-g/g)).toHaveLength(1);
});

it('names the year of the clock, and of moments in another one', () => {
  expect(pageOf(sms(NOW))).toMatch(/id="clock"><time [^>]*>Mon 28 Feb 2028 16:00 /);
  expect(pageOf(sms(NOW))).toMatch(/<dt>When<\/dt><dd><time [^>]*>Mon 28 Feb 16:00 /);
  expect(pageOf(sms(instant(Date.UTC(2027, 11, 31, 9))))).toContain('>Fri 31 Dec 2027 09:00 ');
});

it('says of a message that was captured that it did not leave', () => {
  expect(pageOf(sms(NOW))).toContain('captured here, as nothing is set up to send by sms');
  expect(pageOf({ ...sms(NOW), connection: 'smtp' })).not.toContain('captured');
});
