// Which names texts read, and which of them they can do without.
import { expect, it } from 'vitest';
import { readsOf } from './reads.ts';

const told = (text: string): string =>
  readsOf(text, 'plain')
    .map(({ path, guarded }) => `${path.join('.')}${guarded ? '?' : ''}`)
    .join(' ');

it.each([
  ['{{ data.a.b }} {{ subject.title | upcase }}', 'data.a.b subject.title'],
  ["{{ data.a | default: 'x' }}", 'data.a?'],
  ['{{ data.a | money: data.currency }}', 'data.a data.currency'],
  ['{% if data.a %}{{ data.a }}{% else %}{{ data.b }}{% endif %}', 'data.a? data.b'],
  ['{% if data.a.x %}{{ data.a.y }} {{ data.a }}{% endif %}', 'data.a.x? data.a.y data.a?'],
  ['{% unless data.a == "" %}{{ data.a }}{% endunless %}{{ data.a }}', 'data.a'],
  [
    '{% if data.a.b %}{% if data.c %}{{ data.a.b.x }} {{ data.c }} {{ data.ab }}{% endif %}{% endif %}',
    'data.a.b? data.c? data.a.b.x? data.ab',
  ],
  ["{% case data.a %}{% when 'x' %}{{ data.b }}{% endcase %}", 'data.a? data.b'],
  ['{% for one in data.items %}{{ one.name }} {{ forloop.index }} {{ data.b }}{% endfor %}', 'data.items? data.b'],
  ['{% assign fee = data.fee %}{% if fee %}{{ fee }}{% endif %}', 'data.fee?'],
  ['{% assign who = data.who %}{{ who.name }}', 'data.who.name'],
  ["{% assign fee = data.fee | default: '' %}{{ fee }}", 'data.fee?'],
  ['{% if data.a %}{% assign x = data.a %}{% endif %}{{ x }}', 'data.a'],
  ['{% capture x %}{{ data.a }}{% endcapture %}{{ x }}', 'data.a'],
  ['{{ data[data.key].name }} {{ data["a b"] }} {{ data.items[0].name }}', 'data.a b data data.key data.items'],
  ['{{ [data.key].x }} {{ data[data.of[data.at]].a }}', 'data.key data.of data.at data'],
  [
    '{{ (data.a..data.b.c) | join: data.d }} {% if data.e == data.f %}{% endif %}',
    'data.a data.b.c data.d data.e? data.f?',
  ],
  ['{% increment n %}{{ n }}', ''],
  ['{% part "x", of: data.a %}{{ of.b }} {{ data.c }}{% endpart %}{{ unknown }}', 'data.a data.c unknown'],
])('%s', (text, reads) => {
  expect(told(text).split(' ').sort()).toEqual(reads.split(' ').sort());
});
