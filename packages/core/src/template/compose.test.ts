// What templates are made of: parts, layouts and MJML of others, in the language they are read in; circles, what is missing and
// what grows without end are refused by name.
import { describe, expect, it } from 'vitest';
import type { TemplateParts, WrittenParts } from '../content.ts';
import { type RenderInput, render } from '../render.ts';
import { composeTemplate, DEPTH_MAX } from './compose.ts';
import { plainInput } from './render-input.test-kit.ts';

type Library = Readonly<Record<string, WrittenParts>>;
const composed = (id: string, library: Library) => {
  const { [id]: written = {} } = library;
  return composeTemplate(id, written, (other) => library[other]);
};
const whole = (id: string, library: Library) => {
  const result = composed(id, library);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.template;
};
const problems = (id: string, library: Library): readonly string[] => {
  const result = composed(id, library);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
};
const sms = (text: string): WrittenParts => ({ sms: { text } });

function said(id: string, library: Library, data: Readonly<Record<string, unknown>> = {}, locale = 'en'): string {
  const context = { data, recipient: { name: 'Ana' }, tenant: { name: 'Acme' } };
  const input: RenderInput = { ...plainInput({ id, ...whole(id, library) }, 'sms', context), locale };
  const rendered = render(input);
  return rendered.ok ? rendered.content.text : rendered.detail;
}

describe('a part of another template', () => {
  const footer = sms('-- {{ tenant.name }}{{ of }}{{ hidden }}');
  it('sees what every template sees and what is passed on, and nothing else', () => {
    const a = sms('{% assign hidden = "no" %}Hi {{ recipient.name }} {% render "footer", of: data.x %}{{ of }}');
    expect(said('a', { a, footer }, { x: 7 })).toBe('Hi Ana -- Acme7');
    expect(composed('a', { a, footer })).toMatchObject({ uses: ['footer'] });
  });
  it('is put in once for each of a list, and may have a name of its own', () => {
    const row = sms('{{ forloop.index }}/{{ forloop.length }} {{ item }}{% unless forloop.last %}, {% endunless %}');
    const list = { items: ['a', 'b'] };
    expect(said('a', { a: sms('{% render "row" for data.items as item %}.'), row }, list)).toBe('1/2 a, 2/2 b.');
    expect(said('a', { a: sms('{% render "row" with data.items[1] as item %}'), row }, list)).toContain('b');
    expect(said('a', { a: sms('{% render "row" with data.items[0], z: 1 %}'), row: sms('{{ row }}') }, list)).toBe('a');
  });
  it('keeps its blanks, unless it is written to lose them', () => {
    const b = sms(' b ');
    expect(said('a', { a: sms('x {%- render "b" -%} y {% render "b" %} z'), b })).toBe('x b y  b  z');
  });
  it('is that of the language, or else its own', () => {
    const library = {
      a: {
        ...sms('{% render "bye" %}'),
        locales: { 'fr-CA': sms('{% render "bye" %}') as TemplateParts, de: sms('{% render "bye" %}') },
      },
      bye: { ...sms('Bye'), locales: { fr: sms('Salut') } },
    };
    expect([said('a', library), said('a', library, {}, 'fr-CA'), said('a', library, {}, 'de')]).toEqual([
      'Bye',
      'Salut',
      'Bye',
    ]);
  });
  it('is left alone in comments and raw text', () => {
    const a = sms('{% comment %}{% render "none" %}{% endcomment %}{% raw %}{% render "none" %}{% endraw %}');
    expect(said('a', { a })).toBe('{% render "none" %}');
  });
  it('is refused where it is not there, has no such part or says not which', () => {
    expect(problems('a', { a: sms('{% render "none" %}') })).toEqual([
      'sms.text: There is no template "none" to render.',
    ]);
    expect(problems('a', { a: sms('{% render "b" %}'), b: { chat: { text: 'x' } } })).toEqual([
      'sms.text: The template "b" has no `sms.text`.',
    ]);
    expect(problems('a', { a: { locales: { fr: sms('{% render "b" %}') } }, b: {} })).toEqual([
      'locales.fr.sms.text: The template "b" has no `sms.text` in fr or of its own.',
    ]);
    expect(problems('a', { a: sms('{% render data.which %}') })).toEqual([
      'sms.text: `{% render data.which %}`: the id of the template is expected, in quotes.',
    ]);
    expect(problems('a', { a: sms('{% part "x" %}{% endpart %}') })).toEqual(['sms.text: There is no tag "part".']);
  });
});

describe('a layout', () => {
  const base = sms('[{% block title %}Acme{% endblock %}] {% block content %}nothing{% endblock %} .');
  it('takes the blocks of what stands in it, with what it has itself', () => {
    const a = sms('{% layout "base" %}\n{% block content %}Hi {{ recipient.name }}{% endblock %}\n');
    expect(said('a', { a, base })).toBe('[Acme] Hi Ana .');
    const b = sms('{% layout "base" %}{% block title %}New at {{ block.super }}{% endblock %}');
    expect(said('b', { b, base })).toBe('[New at Acme] nothing .');
    expect(said('base', { base })).toBe('[Acme] nothing .');
  });
  it('takes a text without blocks as its content', () => {
    expect(said('a', { a: sms('{% layout "base" %}{% assign x = 1 %}Hi {{ x }}'), base })).toBe('[Acme] Hi 1 .');
  });
  it('may stand in another one', () => {
    const mid = sms('{% layout "base" %}{% block content %}({% block inner %}i{% endblock %}){% endblock %}');
    expect(said('a', { a: sms('{% layout "mid" %}{% block inner %}Hi{% endblock %}'), mid, base })).toBe(
      '[Acme] (Hi) .',
    );
    const top = sms(
      '{% layout "mid" %}{% block title %}T{% endblock %}{% block content %}<{{ block.super }}>{% endblock %}',
    );
    expect(said('top', { top, mid, base })).toBe('[T] <(i)> .');
  });
  it('has no place for what stands outside of the blocks', () => {
    expect(problems('a', { a: sms('{% layout "base" %}lost{% block content %}x{% endblock %}'), base })).toEqual([
      'sms.text: "lost" stands outside of the blocks, where the layout "base" has no place for it.',
    ]);
    expect(problems('a', { a: sms('x{% layout "base" %}'), base })[0]).toContain('at the beginning');
    expect(problems('a', { a: sms('{% layout "base" %}{% block content %}'), base })[0]).toContain('is not closed');
  });
});

describe('MJML', () => {
  const mjml = (text: string): WrittenParts => ({ email: { mjml: text } });
  it('brings in MJML of others by their ids, never files, and HTML of others by render', () => {
    const a = mjml('<mjml><mj-body><mj-include path="foot" /><mj-text>{% render "sign" %}</mj-text></mj-body></mjml>');
    const library = {
      a,
      foot: mjml('<mj-section></mj-section>'),
      sign: { email: { html: '<b>{{ tenant.name }}</b>' } },
    };
    expect(whole('a', library).email?.mjml).toBe(
      '<mjml><mj-body><mj-section></mj-section><mj-text>{% part "sign" %}<b>{{ tenant.name }}</b>{% endpart %}</mj-text></mj-body></mjml>',
    );
    expect(problems('a', { a: mjml('<mj-include path="/etc/passwd" />') })).toEqual([
      'email.mjml: There is no template "/etc/passwd" to mj-include.',
    ]);
    expect(problems('a', { a: mjml('{% render "foot" %}'), foot: mjml('<mj-section />') })[0]).toContain('mj-include');
    expect(problems('a', { a: mjml('<mj-include path="b"/>'), b: mjml('<mjml></mjml>') })[0]).toContain('a whole mail');
  });
});

describe('is refused', () => {
  it('in a circle, by the way it takes', () => {
    const library = { a: sms('{% render "b" %}'), b: sms('{% layout "c" %}'), c: sms('{% render "a" %}') };
    expect(problems('a', library)).toEqual(['sms.text: The template "a" is made of itself: "a" → "b" → "c" → "a".']);
  });
  it('deeper or longer than there is a limit for, in little time', () => {
    const deep = Object.fromEntries(
      Array.from({ length: DEPTH_MAX + 2 }, (_, at) => [`t${at}`, sms(`{% render "t${at + 1}" %}`)]),
    );
    expect(problems('t0', deep)[0]).toContain('8 deep');
    const wide = Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [`t${at}`, sms(`{% render "t${at + 1}" %}`.repeat(200))]),
    );
    const begin = performance.now();
    expect(problems('t0', { ...wide, t7: sms('x'.repeat(1_000)) })[0]).toContain('longer than 400,000');
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

it('what is there is written no more often than a text may be long', () => {
  const frame = (inner: string): WrittenParts =>
    sms(`{% layout "${inner}" %}{% block a %}${'{{ block.super }}'.repeat(900)}{% endblock %}`);
  const bottom = sms(`{% block a %}${'x'.repeat(900)}{% endblock %}`);
  const library = { a: frame('b'), b: frame('c'), c: frame('d'), d: frame('e'), e: frame('f'), f: bottom };
  expect(problems('a', library)).toEqual([expect.stringContaining('it is longer than 400,000 characters')]);
  expect(
    said('e', { e: sms('{% layout "f" %}{% block a %}{{ block.super }}!{% endblock %}'), f: bottom }),
  ).toHaveLength(901);
});

it('keeps its language, and its locales under the names they have everywhere', () => {
  const a: WrittenParts = { language: 'EN', ...sms('x'), locales: { 'fr-ca': sms('y') } };
  expect(whole('a', { a })).toEqual({ language: 'en', ...sms('x'), locales: { 'fr-CA': sms('y') } });
  expect(problems('a', { a: { locales: { 'fr-ca': sms('y'), 'fr-CA': sms('z') } } })).toEqual([
    'locales.fr-CA: It has words in fr-CA twice; keep one of the two.',
  ]);
});
