// What comes in to the address of a message, told apart; the corpus (corpus.test.ts) has the many ways in which it can be written.
import type { Instant } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { mail, multipart, partText, plainMail } from './corpus/mail-maker.test-kit.ts';
import { mailSeen } from './mail-seen.ts';
import { type Arrival, meaningOfReceived, type Received, received } from './received.ts';

const NOW = Date.parse('2026-11-02T09:00:00Z') as Instant;
const read = async (raw: Buffer, more: Partial<Arrival> = {}): Promise<Received> =>
  received({
    mail: await mailSeen(raw),
    nullSender: false,
    reported: false,
    now: NOW,
    zone: 'Europe/Paris',
    locale: 'en',
    ...more,
  });
const meant = async (raw: Buffer, more: Partial<Arrival> = {}): Promise<string> =>
  meaningOfReceived(await read(raw, more), { locale: 'en', now: NOW, zone: 'Europe/Paris', actions: [] }).kind;

describe('a person’s answer', () => {
  it('is what they newly wrote, and who they say they are', async () => {
    expect(await read(plainMail('Done\n\nAna\n\n> Please pay', { subject: 'Re: Zahlung für März' }))).toEqual({
      kind: 'human',
      through: 'mailbox',
      from: { name: 'Ana Lopez', address: 'ana.lopez@client.example' },
      subject: 'Re: Zahlung für März',
      text: 'Done',
      quoted: true,
      forwarded: false,
      doubtful: false,
    });
    expect(await meant(plainMail('Done'))).toBe('done');
  });
  it('signed by their address alone', async () => {
    expect(await read(plainMail('Done\n\nana lopez', { from: 'ana.lopez@client.example' }))).toMatchObject({
      text: 'Done',
    });
  });
  it('is no longer than people read', async () => {
    const found = await read(plainMail('word '.repeat(10_000)));
    expect(found.kind === 'human' && found.text.length).toBe(20_000);
  });
  it('in text and HTML is what both say', async () => {
    const both = (text: string, html: string) =>
      mail(
        multipart('multipart/alternative', [
          partText({ type: 'text/plain', body: text }),
          partText({ type: 'text/html', body: html }),
        ]),
      );
    expect(
      await read(both('Done\n\nAna Lopez, Client GmbH', '<p>Done</p><div class="gmail_signature">Ana Lopez</div>')),
    ).toMatchObject({ text: 'Done', doubtful: false });
    expect(await read(both('Done', '<p>Done, but not all</p>'))).toMatchObject({ text: 'Done', doubtful: true });
    expect(await read(both('Done', '<p>Not at all</p>'))).toMatchObject({ doubtful: true });
  });
});

describe('what is none', () => {
  it('is what the channel knows to be a report', async () => {
    expect(await read(plainMail('Done'), { reported: true })).toEqual({ kind: 'report' });
  });
  it('is what nobody may answer', async () => {
    expect(await read(plainMail('Done'), { nullSender: true })).toMatchObject({
      kind: 'automatic',
      why: 'auto_submitted',
      text: 'Done',
    });
    expect(await meant(plainMail('Done'), { nullSender: true })).toBe('unclear');
  });
  it('says until when somebody is away, in their zone and language', async () => {
    const away = (text: string, more: Partial<Arrival> = {}) =>
      read(plainMail(text, { subject: 'Automatic reply: Invoice 42' }), more);
    expect(await away('I am away until 13 November.')).toMatchObject({
      why: 'away',
      awayFrom: null,
      awayUntil: '2026-11-13',
    });
    expect(await away('I am away until 11/13/2026.', { locale: 'en-US' })).toMatchObject({ awayUntil: '2026-11-13' });
    expect(await away('I am away.')).toMatchObject({ why: 'away', awayFrom: null, awayUntil: null });
    expect(
      await away('I am away until tomorrow.', {
        zone: 'Pacific/Kiritimati',
        now: Date.parse('2026-11-02T12:00:00Z') as Instant,
      }),
    ).toMatchObject({ awayUntil: '2026-11-04' });
  });
});

describe('what is for people to read', () => {
  it.each([
    ['through a help desk', plainMail('Done', { more: 'X-Mailer: Zendesk Mailer\n' })],
    ['somebody away', plainMail('I am on holiday, will do')],
    ['passed on', plainMail('Done\n\nBegin forwarded message:\n\nFrom: Bo')],
    ['nothing', plainMail('')],
    ['no mail', Buffer.from('')],
    ['bytes', Buffer.from([0, 255, 254, 10, 13, 128, 0, 58])],
  ])('%s', async (_what, raw) => {
    expect((await read(raw)).kind).toBe('human');
    expect(await meant(raw)).toBe('unclear');
  });
});
