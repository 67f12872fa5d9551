// JSON from outside, without a server: depth, prototypes, and texts that cannot be stored.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPTH_MAX, parseJson } from './json.ts';
import { Problem } from './problem.ts';

const codeOf = (text: string): string => {
  try {
    parseJson(text);
    return 'read';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

describe('parseJson', () => {
  it('reads what JSON.parse reads, where nothing is dropped', () => {
    const names = fc.string({ unit: 'grapheme' }).filter((name) => !name.includes('proto') && name !== 'constructor');
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), names, (value, name) => {
        const text = JSON.stringify({ [name]: value });
        if (/\\u0000|__proto__|constructor|\\ud[89a-f]/i.test(text)) return;
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never throws anything but a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0eE+-.1atrnl /\u0000') }), (text) => {
        expect(codeOf(text)).toMatch(/^(read|bad_json|bad_text|too_deep)$/);
      }),
    );
  });

  it('allows exactly the depth it says', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(codeOf(nested(DEPTH_MAX))).toBe('read');
    expect(codeOf(nested(DEPTH_MAX + 1))).toBe('too_deep');
    expect(codeOf(`[${'[],'.repeat(1_000)}[]]`)).toBe('read'); // wide is not deep
  });
});
