// A value is written for its place on every way that a template can take: branches, loops, captures; what leads to a host leads to
// no other. Where the ways differ, the template is refused when it is stored.
import { describe, expect, it } from 'vitest';
import { render } from '../render.ts';
import { checkTemplate } from './check.ts';
import { plainInput } from './render-input.test-kit.ts';

const problemsOf = (html: string) => checkTemplate({ email: { html } });
function html(text: string, data: Readonly<Record<string, unknown>>): string {
  expect(problemsOf(text)).toEqual([]);
  const rendered = render(plainInput({ id: 't', email: { html: text } }, 'email', { data }));
  if (!rendered.ok) throw new Error(rendered.detail);
  return rendered.content.html ?? '';
}

const JS = 'javascript:alert(1)';
const link = (inner: string): string => `<a href="${inner}">`;

describe('a whole address in a branch', () => {
  it.each([
    link('{% if data.a %}{{ data.a }}{% else %}{{ data.b }}{% endif %}'),
    link('{% unless data.a %}{{ data.b }}{% else %}{{ data.a }}{% endunless %}'),
    link("{% case data.k %}{% when 'a' %}{{ data.a }}{% when 'b' %}{{ data.a }}{% else %}{{ data.b }}{% endcase %}"),
    link('{% for one in data.none %}https://x.test{% else %}{{ data.b }}{% endfor %}'),
    link('{% if data.a %}https://x.test/{{ data.a }}{% elsif data.b %}{{ data.b }}{% endif %}'),
  ])('%s leads nowhere by a script', (text) => {
    expect(html(text, { b: JS })).toBe(link('#'));
    expect(html(text, { b: 'https://b.test/' })).toBe(link('https://b.test/'));
  });
  it.each([
    ['<a {% if data.a %}class="x" {% endif %}href="{{ data.b }}">', { b: JS }, '<a href="#">'],
    [link('https://x.test{% if data.a %}?a={{ data.a }}{% endif %}'), { a: 'b&c' }, link('https://x.test?a=b%26c')],
    [
      link('https://x.test/{% for i in data.l %}{{ i }}/{% endfor %}'),
      { l: ['a', '?'] },
      link('https://x.test/a/%3F/'),
    ],
    [link('https://x.test/{% if data.a %}?{% endif %}{{ data.b }}'), { b: 'a/b' }, link('https://x.test/a%2Fb')],
  ])('%s', (text, data, expected) => expect(html(text, data)).toBe(expected));
});

it.each([
  link('{% if data.a %}https://x.test/{% endif %}{{ data.b }}'),
  link('{% for one in data.l %}{{ one }}{% endfor %}'),
  link('{% case data.k %}{% when data.x %}https://x.test/{% when data.y %}{{ data.b }}{% endcase %}'),
  link('{% for i in data.l %}{% if i %}https://x.test/{% break %}{% endif %}{% endfor %}{{ data.b }}'),
  '<a {% if data.a %}title="{% else %}href="{% endif %}{{ data.b }}">',
  '{% if data.a %}<script>{% endif %}{{ data.b }}',
  '{% capture a %}<a href="{% endcapture %}{{ a }}{{ data.b }}">',
  link('&#106;avascript&#58;f(/{{ data.b }}'),
  link('java\tscript:f(/{{ data.b }}'),
  link('/{{ data.b }}'),
])('is refused: %s', (text) => expect(problemsOf(text)).toHaveLength(1));

describe('what follows a host', () => {
  const ELSEWHERE = ['@evil.test/x', '.evil.test', ':80@evil.test', 'x', '\\@evil.test', null];
  it.each(ELSEWHERE)('is no part of it: %j', (p) => {
    expect(html(link('https://acme.test{{ data.p }}'), { p })).toBe(link('https://acme.test'));
    expect(html(link('{{ data.base }}{{ data.p }}'), { base: 'https://acme.test', p })).toBe(link('https://acme.test'));
  });
  it.each([
    ['/a b', '/a%20b'],
    ['?a=1', '?a=1'],
    ['#x', '#x'],
  ])('but may be %j', (p, expected) =>
    expect(html(link('https://acme.test{{ data.p }}'), { p })).toBe(link(`https://acme.test${expected}`)),
  );
  it.each(['https://', 'https:', '//', 'HTTP:/'])('a value cannot be the host: %s', (begin) =>
    expect(problemsOf(link(`${begin}{{ data.p }}/x`))).toHaveLength(1),
  );
});

it.each([
  link('{{ data.u | escape }}'),
  '{% capture u %}{{ data.u }}{% endcapture %}<a href="{{ u }}">',
  link('https://x.test/{{ data.v | escape }}'),
])('an address is escaped once: %s', (text) =>
  expect(html(text, { u: 'https://x.test/a?b=1&c=2', v: 'a&b' })).not.toContain('&amp;amp;'),
);

it('reads loops within loops in the middle of a tag to an end', () => {
  const deep = 12;
  const text = link(
    `https://x.test/${'{% for a in data.l %}a'.repeat(deep)}{{ data.b }}${'{% endfor %}'.repeat(deep)}`,
  );
  expect(problemsOf(text)).toEqual([]);
  expect(problemsOf(link(`${'{% if data.a %}a{% else %}b{% endif %}'.repeat(20)}/{{ data.b }}`))).toHaveLength(1);
});
