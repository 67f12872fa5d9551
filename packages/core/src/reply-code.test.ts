// Codes that answer text messages: short, unlike each other, in an order that puts the end first, and never dearer than they must be.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_NUMBERS_MAX, codedActions, codeIn, codeLines, codeText } from './reply-code.ts';
import { endedWith, inBasicAlphabet, segmentsOf } from './sms-segments.ts';
import { CODE_WORDS } from './template/code-words.ts';

const action = (name: string, more: object = {}) => ({
  name,
  label: `Label of ${name}`,
  url: 'https://x.test',
  ...more,
});
const DIGITS = fc.integer({ min: 0, max: 9 });
const NUMBERS = fc.integer({ min: 1, max: CODE_NUMBERS_MAX });

describe('a code', () => {
  it('is read as it was written, and no two are written alike', () => {
    fc.assert(
      fc.property(NUMBERS, DIGITS, NUMBERS, DIGITS, (number, digit, another, other) => {
        const [one, two] = [codeText({ number, digit }), codeText({ number: another, digit: other })];
        expect(codeIn(one)).toEqual({ number, digit });
        expect(one === two).toBe(number === another && digit === other);
      }),
    );
  });
  it('of the first is one digit, and may be written with two', () => {
    expect(codeText({ number: 1, digit: 2 })).toBe('2');
    expect(codeIn('12')).toEqual({ number: 1, digit: 2 });
    expect(codeText({ number: 1, digit: 0 })).toBe('10');
  });
  it.each(['', '0', '01', '1234', '1a', '٣', '-1', '1.5'])('is not "%s"', (text) => expect(codeIn(text)).toBeNull());
});

describe('what a message offers', () => {
  it('is what ends it, then later, then that it is theirs, without what asks for more than a word', () => {
    const built = ['acknowledge', 'resolve', 'snooze'].map((name) => action(name));
    expect(codedActions(built).map(({ name }) => name)).toEqual(['resolve', 'snooze', 'acknowledge']);
    const own = [
      action('approve'),
      action('partly', { asks: true }),
      action('acknowledge'),
      action('snooze'),
      action('seen'),
    ];
    expect(codedActions(own).map(({ name }) => name)).toEqual(['approve', 'snooze', 'acknowledge', 'seen']);
    expect(codedActions([action('resolve')]).map(({ name }) => name)).toEqual(['resolve']);
    expect(codedActions(Array.from({ length: 20 }, (_, n) => action(`a${n}`)))).toHaveLength(9);
  });
  it('is said from the longest line to the shortest, in the language of the message', () => {
    const offered = ['resolve', 'snooze', 'acknowledge'].map((name, index) => ({ ...action(name), digit: index + 1 }));
    expect(codeLines(1, offered, 'en-GB')).toEqual([
      'Reply 1 done, 2 later, 3 on it',
      'Reply 1 done, 2 later',
      'Reply 1 done',
    ]);
    expect(codeLines(12, offered.slice(0, 1), 'de')).toEqual(['Antwort 121 erledigt']);
    expect(codeLines(1, offered, 'ja')[2]).toBe('Reply 1 done');
  });
  it.each(Object.entries(CODE_WORDS))('in %s has no letter that would make the message dearer', (_language, words) => {
    expect(segmentsOf([words.reply, ...Object.values(words.actions)].join(' ')).encoding).toBe('gsm7');
  });
  it('keeps labels of a policy in the 7-bit alphabet where that has their letters without accents', () => {
    expect(inBasicAlphabet('Çá va, être d’accord')).toBe('Çá va, être d’accord'); // the apostrophe is in neither
    expect(inBasicAlphabet('Être d’accord'.replace('’', "'"))).toBe("Etre d'accord");
    expect(inBasicAlphabet('Одобрить')).toBe('Одобрить');
  });
});

describe('the line at the end of a message', () => {
  const lines = ['Reply 1 done, 2 later, 3 on it', 'Reply 1 done, 2 later', 'Reply 1 done'];
  const withRoom = (room: number): string => 'x'.repeat(160 - room);
  it.each([
    [40, lines[0], 1],
    [25, lines[1], 1],
    [13, lines[2], 1],
    [5, lines[0], 2], // it has to be paid for: then the whole of it
  ])('with room for %i letters is %s', (room, line, segments) => {
    const text = withRoom(room);
    expect(endedWith(text, lines, 4)).toBe(`${text}\n${line}`);
    expect(segmentsOf(endedWith(text, lines, 4)).segments).toBe(segments);
  });
  it('takes the place of words where a message may have no more parts, never that of a link', () => {
    const text = `${'The invoice is overdue. '.repeat(20)}\nhttps://relance.test/a/abcdefghijklmnopqrstuv`;
    const whole = endedWith(text, lines, 1);
    expect(segmentsOf(whole).segments).toBe(1);
    expect(whole).toMatch(/\.\.\.\nhttps:\/\/relance\.test\/a\/abcdefghijklmnopqrstuv\nReply 1 done$/);
  });
  it('costs a part at most, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), fc.integer({ min: 1, max: 4 }), (text, max) => {
        const [alone, whole] = [segmentsOf(endedWith(text, [], max)).segments, endedWith(text, lines, max)];
        expect(segmentsOf(whole).segments).toBeLessThanOrEqual(Math.min(max, alone + 1));
        expect(lines.some((line) => whole.endsWith(line))).toBe(true);
      }),
    );
  });
});
