// Texts that break programs: the Big List of Naughty Strings (npm, MIT), and what it leaves out. Those that JSON or PostgreSQL
// cannot carry are apart: they are refused at the door.
import { createRequire } from 'node:module';

const list: readonly string[] = createRequire(import.meta.url)('big-list-of-naughty-strings') as string[];

/** Of our own: line breaks that split headers and commands, direction marks, combined emoji, words that templates and SQL know. */
const MORE: readonly string[] = [
  'a\r\nBcc: victim@example.test\r\n\r\nbody',
  'a\nb\rc',
  'line\u2028separator\u2029paragraph',
  'right\u202eot\u202cleft \u2066isolated\u2069',
  '\u200b\u200c\u200d\u2060\ufeff',
  'مرحبا שלום',
  '👩‍👩‍👧‍👦🏳️‍🌈🇪🇺👍🏽',
  'e\u0301 é ﬁ Å',
  '{{ data.text }} {% include "x" %} {{ 7 | times: 7 }}',
  ['$', '{7*7} #{7*7} <%= 7*7 %> [[7*7]]'].join(''),
  '__proto__',
  'constructor',
  'toString',
  '<!channel> <@U123> @everyone *bold* _it_ `code`',
  '.\r\n.\r\nQUIT\r\n',
  '=?utf-8?B?QmNjOiB4?= =0A=0D',
  "'; DROP TABLE relance.follow_ups; --",
  '\\u0000 \\x00 %00 &#0; &lt;b&gt; &amp;amp;',
  '\u0001\u0008\u000b\u001f\u007f\u0085',
  ' leading and trailing ',
  'x'.repeat(450),
  '字'.repeat(200),
];

const storable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
const ALL = [...new Set([...list, ...MORE])].filter(storable);

/** Half of the list is scripts for a page, one much like the other. */
const isScript = (text: string): boolean => /alert|javascript:/.test(text);
const SCRIPTS = list.filter(isScript).filter((_, index) => index % 48 === 0);
const OTHERS = list.filter((text) => !isScript(text)).filter((_, index) => index % 12 === 0);
const SAMPLE = [...new Set([...MORE, ...OTHERS, ...SCRIPTS])].filter(storable);

/** Everything, or a fair sample: each of our own, and every n-th of the list. */
export const naughtyStrings = (all: boolean): readonly string[] => (all ? ALL : SAMPLE);

/** Bodies that no string can stand for, as they come over the wire; `ok`: taken as JSON has it. */
export const naughtyBodies = (
  event: (text: string) => string,
): readonly (readonly [string, string | Buffer, boolean])[] => [
  ['a NUL', event('"a\\u0000b"'), false],
  ['half a character', event('"\\ud800"'), false],
  ['the other half', event('"\\udfff x"'), false],
  ['a number beyond all numbers', event('1e400'), false],
  ['a depth of 10,000', event(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), false],
  ['an unclosed depth of 100,000', event('['.repeat(100_000)), false],
  ['10 MB', event(JSON.stringify('x'.repeat(10_000_000))), false],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(event('"\uffff').slice(0, -2)), Buffer.from([0xc3, 0x28, 0x22, 0x7d, 0x7d])]),
    false,
  ],
  ['no JSON', event('NaN'), false],
  ['a key twice', event('1, "text": "the last one counts"'), true],
  ['its prototype', event('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'), true],
  ['an escaped line separator', event('"\\u2028\\u2029"'), true],
  ['a number of 400 digits', event('9'.repeat(300)), true],
];
