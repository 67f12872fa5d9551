// Whatever comes in: nothing throws, nothing takes long, and whatever makes an answer say less than it did leaves it to people.
import type { Instant } from '@relance/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awayDates } from './away-dates.ts';
import { ANSWERS, TONGUES } from './corpus/answers.test-kit.ts';
import { AWAY } from './corpus/programs.test-kit.ts';
import { REPORTS } from './corpus/reports.test-kit.ts';
import { TRAPS } from './corpus/traps.test-kit.ts';
import { htmlText } from './html-text.ts';
import { WORD_TABLES } from './language.ts';
import { mailSeen } from './mail-seen.ts';
import { type Asking, meaningOf } from './meaning.ts';
import { newText } from './new-text.ts';
import { meaningOfReceived, received } from './received.ts';
import { spelledOut } from './word-table.ts';

const NOW = Date.parse('2026-11-02T09:00:00Z') as Instant;
const asking = (locale: string | null, now: Instant = NOW, zone = 'Europe/Paris'): Asking => ({
  locale,
  now,
  zone,
  actions: [],
});
const LOCALES = ['en', 'en-US', 'fr', 'de', 'es', 'it', 'pt', 'nl', 'sv', null];
const ZONES = ['UTC', 'Europe/Paris', 'Pacific/Apia', 'America/St_Johns', 'Asia/Kathmandu'];
const SMALL = [...ANSWERS, ...AWAY, ...REPORTS, ...TRAPS].map(({ raw }) => raw).filter(({ length }) => length < 20_000);
const MS_MAX = 10_000;

async function readsIn(raw: Buffer): Promise<void> {
  const began = performance.now();
  const found = received({
    mail: await mailSeen(raw),
    nullSender: false,
    reported: false,
    now: NOW,
    zone: 'Europe/Paris',
    locale: 'de',
  });
  const meaning = meaningOfReceived(found, asking('de'));
  if (found.kind !== 'human') expect(meaning.kind).toBe('unclear');
  expect(performance.now() - began).toBeLessThan(MS_MAX);
}

describe('nothing throws or takes long', () => {
  it('of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4_000 }), (bytes) => readsIn(Buffer.from(bytes))),
      { numRuns: 200 },
    );
  });
  it('of mails with bytes changed, cut out and repeated', async () => {
    const changed = fc.tuple(
      fc.constantFrom(...SMALL),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 20 }),
      fc.nat(),
      fc.nat({ max: 300 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(changed, ([mail, bytes, at, length, repeat]) => {
        const raw = Buffer.from(mail);
        for (const [place, byte] of bytes) raw[place % raw.length] = byte;
        const from = at % raw.length;
        const piece = raw.subarray(from, from + length);
        return readsIn(
          Buffer.concat([raw.subarray(0, from), ...(repeat ? [piece, piece, piece] : []), raw.subarray(from + length)]),
        );
      }),
      { numRuns: 300 },
    );
  });
  it('of any text and page', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\n',
        '> ',
        'On ',
        ' wrote:',
        'From: a',
        'Sent: b',
        '<div>',
        '</div>',
        '<blockquote>',
        '<',
        '-- ',
        '\r',
        '&nbsp;',
        'done',
        'until 3 March',
        '👍',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(...LOCALES), (pieces, locale) => {
        const text = pieces.join('');
        newText(text, ['ana']);
        htmlText(text);
        meaningOf(text, asking(locale));
        awayDates(text, { now: NOW, zone: 'Europe/Paris', locale });
      }),
      { numRuns: 1_000 },
    );
  });
  it.each([
    ['one header', `Subject: ${'x'.repeat(500_000)}\r\n\r\nDone`],
    ['many headers', `${'X-A: b\r\n'.repeat(20_000)}\r\nDone`],
    [
      'many parts',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/plain\r\n\r\nDone\r\n'.repeat(2_000)}`,
    ],
    ['deep parts', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(1_000)],
    ['a long word', `\r\n${'a'.repeat(5_000_000)}`],
    ['long lines of quotes', `\r\n${`${'> '.repeat(10_000)}\n`.repeat(100)}`],
    ['a calendar', `Content-Type: text/calendar\r\n\r\n${'METHOD:'.repeat(500_000)}`],
    ['lines that look like headers', `\r\n${'From: a\nwrote:\n'.repeat(200_000)}`],
  ])('of %s', async (_what, text) => {
    await readsIn(Buffer.from(text));
  });
});

describe('an answer', () => {
  const phrases = WORD_TABLES.flatMap(({ language, said }) =>
    said.done.flatMap(spelledOut).map((words) => [language, words.join(' ')] as const),
  ).filter(([, text]) => !text.includes(':'));
  it('that says done says it, whatever stands around it that says nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...phrases),
        fc.constantFrom('', '.', '!', '…', '\n', ' 🙂'),
        fc.boolean(),
        ([language, text], end, loud) => {
          expect(meaningOf(`${loud ? text.toUpperCase() : text}${end}`, asking(language)).kind).toBe('done');
        },
      ),
    );
  });
  it('with any other word in it is for people', () => {
    const others = fc.constantFrom(
      'not',
      'never',
      'if',
      'but',
      'until',
      'nicht',
      'pas',
      'non',
      'não',
      'niet',
      'inte',
      'ne',
      'kein',
      '?',
      '42',
      'x',
      'bo@client.example',
      'https://a.example',
      '👎',
    );
    fc.assert(
      fc.property(fc.constantFrom(...phrases), others, fc.boolean(), ([language, text], word, before) => {
        const meaning = meaningOf(before ? `${word} ${text}` : `${text} ${word}`, asking(language));
        expect(['unclear', 'not_mine']).toContain(meaning.kind);
      }),
      { numRuns: 2_000 },
    );
  });
  it('never commits to what is past, nor to more than a year and some', () => {
    const commits = TONGUES.flatMap(({ locale, answers }) =>
      answers.filter(([, meaning]) => meaning.startsWith('commit')).map(([text]) => [locale, text] as const),
    );
    const spoken = fc
      .tuple(fc.nat({ max: 40 }), fc.nat({ max: 14 }), fc.integer({ min: 1999, max: 2060 }))
      .map(
        ([day, month, year]) =>
          ['en', `I'll do it by ${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`] as const,
      );
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...commits), spoken),
        fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2059-01-01') }),
        fc.constantFrom(...ZONES),
        ([locale, text], at, zone) => {
          const meaning = meaningOf(text, asking(locale, at as Instant, zone));
          if (meaning.kind !== 'commit') return;
          expect(meaning.by).toBeGreaterThan(at);
          expect(meaning.by - at).toBeLessThan(402 * 86_400_000);
        },
      ),
      { numRuns: 2_000 },
    );
  });
  it('that is quoted is none', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...phrases),
        fc.constantFrom('> ', '>', '>> ', '| ', ' > ', 'AL> '),
        ([, text], mark) => {
          expect(newText(`${mark}${text}\n${mark}${text}`).text).toBe('');
        },
      ),
    );
  });
});
