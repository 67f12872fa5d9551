// Values are written for the place they stand in: the text of a page, an attribute, an address, a style, a chat, a file that goes
// with a mail. What the template itself says stays as it is.
import { describe, expect, it } from 'vitest';
import type { Template } from '../content.ts';
import { type RenderInput, render } from '../render.ts';
import { checkTemplate } from './check.ts';
import { plainInput } from './render-input.test-kit.ts';

function written(
  template: Partial<Template>,
  channel: RenderInput['channel'],
  data: Readonly<Record<string, unknown>>,
) {
  return render(plainInput({ id: 't', ...template }, channel, { data, subject: { url: data.url } }));
}
const content = (...args: Parameters<typeof written>) => {
  const rendered = written(...args);
  if (!rendered.ok) throw new Error(rendered.detail);
  return rendered.content;
};
const html = (text: string, x: unknown): string => content({ email: { html: text } }, 'email', { x }).html ?? '';
const chat = (text: string, x: unknown): string => content({ chat: { text } }, 'chat', { x }).text;

describe('HTML', () => {
  it.each([
    ['<p>{{ data.x }}</p>', '<b>&"\'', '<p>&lt;b&gt;&amp;&#34;&#39;</p>'],
    ['<p title="{{ data.x }}">', '" onx="1', '<p title="&#34; onx=&#34;1">'],
    ['{{ data.x | escape }}', '<', '&lt;'],
    ['{{ data.x | newline_to_br }}', '<\n', '&lt;<br />\n'],
    ['{% echo data.x %}', '<', '&lt;'],
    ['{% capture c %}<b>{{ data.x }}</b>{% endcapture %}{{ c }}', '<', '<b>&lt;</b>'],
    ['{% capture c %}{{ data.x }}{% endcapture %}{{ c | upcase }}', '<a', '&amp;LT;A'],
    ['{% assign a = "<i>" | append: data.x %}{{ a }}', '<', '&lt;i&gt;&lt;'],
    ['{% cycle data.x, "b" %}', '<', '&lt;'],
    ['<title>{{ data.x }}</title>', '</title><script>', '<title>&lt;/title&gt;&lt;script&gt;</title>'],
    ['<!-- {{ data.x }} -->', '--><script>', '<!-- --&gt;&lt;script&gt; -->'],
  ])('%s of %j', (text, x, expected) => expect(html(text, x)).toBe(expected));
});

describe('an address', () => {
  it.each([
    ['https://x.test/a?b=1&c=2', 'https://x.test/a?b=1&amp;c=2'],
    ['mailto:a@x.test', 'mailto:a@x.test'],
    ['tel:+33612', 'tel:+33612'],
    ['https://x.test/"onx=1', 'https://x.test/%22onx=1'],
    ['https://x.test/a%20b', 'https://x.test/a%20b'],
    ['javascript:alert(1)', '#'],
    [' JaVaScRiPt:alert(1)', '#'],
    ['java\nscript:alert(1)', '#'],
    ['data:text/html,x', '#'],
    ['vbscript:x', '#'],
    ['//x.test', '#'],
    ['/path', '#'],
    ['', '#'],
    [null, '#'],
    [{ a: 1 }, '#'],
    ['https://x.test/ b', '#'],
    ['https:x.test', '#'],
  ])('that is %j', (x, expected) => {
    expect(html('<a href="{{ data.x }}">', x)).toBe(`<a href="${expected}">`);
    expect(html(`<a href='{% if data.x %}{{ data.x }}{% else %}#{% endif %}'>`, x)).toBe(`<a href='${expected}'>`);
  });
  it.each([
    ['<a href="https://x.test/{{ data.x }}">', 'a b/c?d#e', 'https://x.test/a%20b/c%3Fd%23e'],
    ['<a href="https://x.test/?q={{ data.x }}">', 'a&b=c d', 'https://x.test/?q=a%26b%3Dc%20d'],
    ['<a href="https://x.test/?q={{ data.x | url_encode }}">', 'a&b c', 'https://x.test/?q=a%26b+c'],
    ['<a href="https://x.test/#{{ data.x }}">', '"', 'https://x.test/#%22'],
    ['<img src="{{ data.x }}">', 'https://x.test/a.png', 'https://x.test/a.png'],
    ['<td background="{{ data.x }}">', 'javascript:x', '#'],
    ['<a href="{{ data.x }}/{{ data.x }}">', 'https://x.test', 'https://x.test/https://x.test'],
    ['<a href="{{ data.x }}:alert(1)">', 'javascript', '#:alert(1)'],
    ['<a href="mailto:{{ data.x }}">', 'a@x.test?bcc=b@x.test', 'mailto:a@x.test%3Fbcc=b@x.test'],
  ])('%s of %j', (text, x, expected) => expect(html(text, x)).toContain(`="${expected}"`));
  it('stands in styles as one value alone', () => {
    expect(html('<p style="color:{{ data.x }}">', '#ff0000')).toBe('<p style="color:#ff0000">');
    expect(html('<p style="color:{{ data.x }}">', 'red;background:url(x)')).toBe('<p style="color:">');
    expect(html('<style>p { width: {{ data.x }} }</style>', '</style><script>')).toBe('<style>p { width:  }</style>');
  });
});

describe('is refused', () => {
  it.each([
    '<script>var a = "{{ data.x }}"</script>',
    '<a href={{ data.x }}>',
    '<a href= {{ data.x }}>',
    '<a title={{ data.x }}>',
    '<a {{ data.x }}="1">',
    '<a {{ data.x }}>',
    '<{{ data.x }}>',
    '<p onclick="f({{ data.x }})">',
    '<iframe srcdoc="{{ data.x }}">',
    '<a href="javascript:f({{ data.x }})">',
    '<a href="java{{ data.x }}">',
    '<a href="{% cycle data.x, 1 %}">',
    '<a href="{% if yes %}data:{% endif %}{{ data.x }}">',
    '{% raw %}<script>{% endraw %}{{ data.x }}',
  ])('%s', (text) => {
    expect(checkTemplate({ email: { html: text } })).toHaveLength(1);
    expect(written({ email: { html: text } }, 'email', { x: 'x' }).ok).toBe(false);
  });
  it.each(['<p>1 < 2 {{ data.x }}</p>', '<br/>{{ data.x }}', '<!doctype html>{{ data.x }}', '</p >{{ data.x }}'])(
    'but not %s',
    (text) => expect(checkTemplate({ email: { html: text } })).toEqual([]),
  );
});

describe('a chat', () => {
  it.each([
    ['*bold* {{ data.x }}', 'plain', '*bold* plain'],
    ['{{ data.x }}', '<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['{{ data.x }}', '*a* ~b~ `c`', '\u2217a\u2217 \u223cb\u223c \u02cbc\u02cb'],
    ['{{ data.x }}', 'snake_case _i_', 'snake_case \u02cdi\u02cd'],
    ['{{ data.x }}', '@everyone @here ana@herefor.test', '@\u200beveryone @\u200bhere ana@herefor.test'],
    ['{{ data.x }}', '[a](http://x.test)', '[a]\u200b(http://x.test)'],
    ['{{ data.x }}', 'https://x.test/a_b?c=1&d=*', 'https://x.test/a_b?c=1&amp;d=*'],
    ['{{ data.x }}', 'https://x.test|evil>', 'https://x.test|evil&gt;'],
    ['{{ data.x }}', 'a\n> quoted\n# head', 'a\n\u200b&gt; quoted\n\u200b# head'],
    ['<https://x.test|here> {{ data.x }}', 'a', '<https://x.test|here> a'],
  ])('%s of %j', (text, x, expected) => expect(chat(text, x)).toBe(expected));
});

describe('what goes with it', () => {
  it('a subject is one line, and control characters are gone', () => {
    const email = { subject: '{{ data.x }}', text: '{{ data.x }}' };
    expect(content({ email }, 'email', { x: 'a\r\nBcc: b\u0000\u001b[31mc' })).toMatchObject({
      subject: 'a Bcc: b[31mc',
      text: 'a\nBcc: b[31mc',
    });
  });
  it('files have an https address and a name without a folder, and are left out without', () => {
    const email = { text: 'x', attachments: [{ filename: '{{ data.n }}', url: '{{ data.x }}' }], calendar: true };
    const x = 'https://x.test/a.pdf';
    expect(content({ email }, 'email', { x, n: '../é a.pdf' })).toMatchObject({
      attachments: [{ filename: '..-é a.pdf', url: x }],
      calendar: true,
    });
    expect(content({ email }, 'email', { x: '', n: 'a' })).not.toHaveProperty('attachments');
    expect(written({ email }, 'email', { x: 'http://x.test/a', n: 'a' })).toMatchObject({ ok: false });
    expect(written({ email }, 'email', { x: 'file:///etc/passwd', n: 'a' })).toMatchObject({ ok: false });
  });
  it('an item of the inbox says how it shows, and until when', () => {
    const inbox = { title: 'T', body: 'B', as: 'banner', until: '{{ data.x }}' } as const;
    expect(content({ inbox }, 'inbox', { x: '2026-11-20T16:00:00+01:00' })).toEqual({
      subject: 'T',
      text: 'B',
      as: 'banner',
      until: '2026-11-20T15:00:00.000Z',
    });
    expect(content({ inbox }, 'inbox', {})).not.toHaveProperty('until');
    expect(written({ inbox }, 'inbox', { x: 'soon' })).toMatchObject({ ok: false });
  });
  it('leads to the page of the subject, where that is one', () => {
    const url = 'https://x.test/1';
    expect(content({ push: { title: 'T', body: 'B' } }, 'push', { url })).toMatchObject({ url });
    expect(content({ push: { title: 'T' } }, 'push', { url: 'javascript:1' })).not.toHaveProperty('url');
  });
});
