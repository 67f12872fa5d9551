// Counting against the limits of 3GPP TS 23.038, and cutting so that every link that is left leads somewhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SMS_SEGMENTS_MAX, segmentsOf, shorten } from './sms-segments.ts';

describe('segments', () => {
  it.each([
    ['', 'gsm7', 0, 1],
    ['a'.repeat(160), 'gsm7', 160, 1],
    ['a'.repeat(161), 'gsm7', 161, 2],
    ['a'.repeat(306), 'gsm7', 306, 2],
    ['a'.repeat(307), 'gsm7', 307, 3],
    ['€'.repeat(80), 'gsm7', 160, 1],
    ['€'.repeat(81), 'gsm7', 162, 2],
    // An escape does not stay behind: 76 pairs a part, with one septet left over.
    ['€'.repeat(153), 'gsm7', 306, 3],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm7', 306, 3],
    ['é'.repeat(160), 'gsm7', 160, 1],
    ['ê'.repeat(70), 'ucs2', 70, 1],
    ['ê'.repeat(71), 'ucs2', 71, 2],
    ['完'.repeat(134), 'ucs2', 134, 2],
    ['完'.repeat(135), 'ucs2', 135, 3],
    [`${'a'.repeat(159)}🎉`, 'ucs2', 161, 3],
    ['🎉'.repeat(35), 'ucs2', 70, 1],
    ['🎉'.repeat(36), 'ucs2', 72, 2],
    // 33 pairs a part, with half a pair's room left over.
    ['🎉'.repeat(67), 'ucs2', 134, 3],
  ] as const)('%s', (text, encoding, units, segments) => {
    expect(segmentsOf(text)).toEqual({ encoding, units, segments });
  });
});

const LINK = /https?:\/\/\S+/gi;
const linksIn = (text: string): readonly string[] => text.match(LINK) ?? [];
const word = fc.oneof(
  fc.stringMatching(/^[a-z]{1,12}$/),
  fc.constantFrom('完成', '🎉', 'être', '€', '\n', '\n\n', 'x'.repeat(200), '👩‍👩‍👧‍👦'.repeat(10)),
  fc.nat(9_999).map((n) => `https://relance.example.test/a/${n}`),
);
const text = fc.array(word, { maxLength: 120 }).map((words) => words.join(' '));
const limit = fc.integer({ min: 1, max: SMS_SEGMENTS_MAX });

describe('shortening', () => {
  it('never takes more than it may, and leaves alone what fits', () => {
    fc.assert(
      fc.property(text, limit, (words, segmentsMax) => {
        const short = shorten(words, segmentsMax);
        expect(segmentsOf(short).segments).toBeLessThanOrEqual(segmentsMax);
        if (segmentsOf(words).segments <= segmentsMax) expect(short).toBe(words);
        expect(shorten(short, segmentsMax)).toBe(short);
      }),
    );
  });

  it('keeps links whole, in their order, the first ones longest', () => {
    fc.assert(
      fc.property(text, limit, (words, segmentsMax) => {
        const before = linksIn(words);
        const after = linksIn(shorten(words, segmentsMax));
        expect(after).toEqual(before.slice(0, after.length));
        // Without labels, those that fit by themselves are all there.
        if (segmentsOf(before.join('\n')).segments <= segmentsMax && !words.includes('\n'))
          expect(after).toEqual(before);
      }),
    );
  });

  it('loses words before links, and says that there were more', () => {
    const links = 'Done: https://relance.example.test/a/abcdefghijklmnopqrstuv';
    expect(shorten(`${'Invoice 42 of Acme is overdue. '.repeat(20)}\n${links}`, 1)).toBe(
      `Invoice 42 of Acme is overdue. Invoice 42 of Acme is overdue. Invoice 42 of Acme is overdue...\n${links}`,
    );
  });

  it('a text of any length takes no longer than one that is a little too long', () => {
    const huge = 'See https://relance.example.test/a/abcdefghijklmnopqrstuv and act. '.repeat(20_000);
    const started = performance.now();
    expect(segmentsOf(shorten(huge, SMS_SEGMENTS_MAX)).segments).toBe(SMS_SEGMENTS_MAX);
    expect(performance.now() - started).toBeLessThan(5_000); // minutes, if every word and link were weighed
  });

  it('does not make a message of 7 bits one of 16', () => {
    expect(segmentsOf(shorten('overdue '.repeat(100), 2))).toMatchObject({ encoding: 'gsm7', segments: 2 });
  });

  it('parts long words between characters', () => {
    const short = shorten('👩‍👩‍👧‍👦'.repeat(40), 1);
    expect(short.replaceAll('👩‍👩‍👧‍👦', '')).toBe('...');
  });
});
