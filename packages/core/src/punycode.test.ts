// Domains as DNS writes them, held against examples of RFC 3492 and against what the platform makes of them.
import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asciiDomain } from './punycode.ts';

it.each([
  ['example.test', 'example.test'],
  ['münchen.de', 'xn--mnchen-3ya.de'],
  ['MÜNCHEN.de', 'xn--mnchen-3ya.de'],
  ['mu\u0308nchen.de', 'xn--mnchen-3ya.de'],
  ['他们为什么不说中文.cn', 'xn--ihqwcrb4cv8a8dqg056pqjye.cn'], // RFC 3492 §7.1 (B)
  ['почемужеонинеговорятпорусски.ru', 'xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.ru'], // (J)
  ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
  ['😀.example', 'xn--e28h.example'],
])('%s is %s', (domain, ascii) => {
  expect(asciiDomain(domain)).toBe(ascii);
  expect(asciiDomain(ascii)).toBe(ascii);
});

it('is what the platform makes of it, for letters of many scripts', () => {
  const letter = fc.constantFrom(...'abcxyz0189éüñçåøłšžабвгдежαβγδεζあいう漢字語中한국어');
  const label = fc.array(letter, { minLength: 1, maxLength: 15 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(label, (name) => {
      const ascii = domainToASCII(`${name}.example`);
      if (ascii !== '') expect(asciiDomain(`${name}.example`)).toBe(ascii);
    }),
    { numRuns: 500 },
  );
});
