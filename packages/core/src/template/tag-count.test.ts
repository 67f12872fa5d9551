// How many outputs and tags a template may have, counted before anything is made of them.
import { Token } from 'liquidjs';
import { describe, expect, it, vi } from 'vitest';
import { checkTemplate } from './check.ts';
import { readsOf } from './reads.ts';
import { tagsIn, tooManyTags, WRITTEN_TAGS_MAX } from './tag-count.ts';

const none = () => false;
const tooMany = (template: object, isKept: (path: string) => boolean = none) =>
  tooManyTags(template, WRITTEN_TAGS_MAX, isKept).map(({ path, message }) => `${path}: ${message}`);

it.each([
  ['no tag at all', 'a { b } {c}', 0],
  ['outputs and tags', '{{ a }}{%- if a -%}{{{% endif %}', 4],
  ['what is no Liquid', '{{'.repeat(7), 7],
  ['each line of a liquid tag', '{% liquid\necho a\necho b\n%}{{ c }}', 5],
])('%s', (_, text, count) => expect(tagsIn(text)).toBe(count));

describe('a template of too many', () => {
  it('is told by text, with what to do', () => {
    const text = '{{a}}'.repeat(1_001);
    expect(tooMany({ sms: { text }, locales: { fr: { email: { mjml: text } } } })).toEqual([
      'sms.text: It has 1,001 outputs and tags, and 1,000 are allowed; write what repeats once, in {% for %}, or shorten it.',
      expect.stringMatching(/^locales\.fr\.email\.mjml: It has 1,001/),
    ]);
    expect(tooMany({ sms: { text: text.slice(5) } })).toEqual([]);
  });
  it('is told of all its texts together', () => {
    const text = '{{a}}'.repeat(900);
    const locales = Object.fromEntries(['de', 'en', 'es', 'fr', 'it', 'pt'].map((one) => [one, { sms: { text } }]));
    expect(tooMany({ locales })).toEqual([
      expect.stringMatching(/^: Its texts have 5,400 .* 5,000 are allowed in all/),
    ]);
  });
  it('that was accepted before stays accepted', () => {
    expect(tooMany({ sms: { text: '{{a}}'.repeat(5_000) } }, () => true)).toEqual([]);
  });
  it('is refused before anything of it is parsed', () => {
    const text = `${'{{a}}'.repeat(19_900)}{{`; // which is no Liquid either
    expect(checkTemplate({ sms: { text } })).toEqual([
      { path: 'sms.text', message: expect.stringContaining('19,901 outputs and tags') },
    ]);
  });
});

it('what a text reads is found without looking up a single line of it', () => {
  const looked = vi.spyOn(Token.prototype, 'getPosition');
  try {
    const text = '{{ data.a }}{% assign b = data.c %}\n'.repeat(200);
    expect(readsOf(text, 'plain').map(({ path }) => path.join('.'))).toEqual(['data.a']);
    expect(looked).not.toHaveBeenCalled();
  } finally {
    looked.mockRestore();
  }
});
