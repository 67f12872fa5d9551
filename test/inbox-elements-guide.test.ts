// The guide to the elements of the inbox names every custom property, part, attribute, event and element that there is, and no other.
// Its code in React is the example that test/e2e/inbox-examples.test.ts opens in a browser (docs.test.ts compares them).
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guideText } from './guide.ts';

const HOME = new URL('../packages/inbox/src/', import.meta.url);
const sources = readdirSync(HOME).filter((name) => name.endsWith('.ts') && !/\.test(-kit)?\.ts$/.test(name));
const code = sources.map((name) => readFileSync(new URL(name, HOME), 'utf8')).join('\n');
const GUIDE = guideText('inbox-elements.md');
const all = (text: string, pattern: RegExp): readonly string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();

it('names every custom property, and no other', () => {
  const read = all(code, /var\((--relance-[a-z-]+)/g);
  expect(read.length).toBeGreaterThan(8);
  expect(all(GUIDE, /`(--relance-[a-z-]+)`/g)).toEqual(read);
});

it('names every part, and no other', () => {
  const written = all(code, /\bpart="([a-z -]+)["$]/g).flatMap((names) => names.trim().split(' '));
  const given = all(code, /iconButton\(\s*[A-Z]+,\s*'([a-z-]+)'/g);
  const parts = [...new Set([...written, ...given, 'item-unread', 'action-<name>'])].filter(
    (name) => name !== 'action-',
  );
  const [, told = ''] = /Everything else is a part([\s\S]*?)\n\n/.exec(GUIDE) ?? [];
  const named = all(told, /`([a-z<>-]+)`/g);
  expect(named).toEqual(parts.filter((name) => name !== 'action-snooze').sort());
});

it('names every element, event and attribute', () => {
  for (const name of all(code, /'(relance-(?:inbox|banner|toasts|modal|preferences))'/g))
    expect(GUIDE).toContain(`<${name}>`);
  for (const name of all(code, /tell\('(relance-[a-z]+)'/g)) expect(GUIDE).toContain(`\`${name}\``);
  for (const name of all(code, /^ {4}(\w+): \{ (?:type|attribute)/gm)) expect(GUIDE).toContain(`\`${name}\``);
});
