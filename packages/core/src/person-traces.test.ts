// Finding somebody in what others wrote: whole words, whatever the case, numbers however they are spaced; and nothing else.
import { expect, it } from 'vitest';
import { scrubber, tracePattern, traceWords } from './person-traces.ts';

const words = traceWords('u-81723984', {
  name: 'Ana Ruiz',
  addresses: ['ana@example.test', '+34600123987'],
});

it('looks for name, addresses and an id that is told from other words', () => {
  expect(words).toEqual(['u-81723984', 'Ana Ruiz', 'ana@example.test', '+34600123987']);
  // "ana" and "42" stand in texts that are about nobody.
  expect(traceWords('ana', { name: null, addresses: [] })).toEqual([]);
  expect(traceWords('a@b.test', null)).toEqual(['a@b.test']);
});

it('finds them as people write them, in keys and values however deep', () => {
  const { text, json } = scrubber(words, 'erased-1');
  expect(text('Call ana ruiz at +34 600 123 987 or 34600.123.987.')).toBe('Call erased-1 at erased-1 or erased-1.');
  expect(json({ 'ana@example.test': [{ note: 'ANA@EXAMPLE.TEST wrote' }], n: 7, none: null })).toEqual({
    'erased-1': [{ note: 'erased-1 wrote' }],
    n: 7,
    none: null,
  });
});

it('leaves words in which they only occur', () => {
  const { text } = scrubber(words, 'erased-1');
  for (const other of ['Mariana Ruizal', 'juliana@example.test', 'Ana Ruizé', '+346001239871', 'u-817239845'])
    expect(text(other)).toBe(other);
  expect(scrubber([], 'erased-1').text('Ana Ruiz')).toBe('Ana Ruiz');
});

it('asks the database for JSON as it writes it', () => {
  expect(tracePattern(['O"Neil (x)'], 'a.b')).toBe(String.raw`O\\"Neil \(x\)|"a\.b"`);
});
