// Which links of a message become ours, and that nothing else of it changes: byte for byte around them, in pages of every
// make; what leads to ourselves, is no web address or would hide where it leads stays as it was written.
import { segmentsOf } from '@relance/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceLinks } from './link-places.ts';
import { hashToken } from './token.ts';
import { targetOf, trackContent, trackTokenFor } from './tracked-link.ts';

const PUBLIC = 'https://follow.example/relance';
const OPTIONS = { secret: 'a-secret-for-tests-of-32-characters', publicUrl: PUBLIC };
const MESSAGE = { id: 'm1', tenant: 't1', followUpId: 'f1', recipient: 'ana' };
const BOTH = { message: MESSAGE, channel: 'email', opens: true, clicks: true } as const;
const CLICKS = { ...BOTH, opens: false };

const marked = (html: string): string => replaceLinks(html, 'html', (url) => `<${url}>`);

describe('links of a page', () => {
  it.each([
    ['<a href="https://x.example/a">a</a>', '<a href="<https://x.example/a>">a</a>'],
    ["<A class=b HREF = 'https://x.example/?a=1&amp;b=2' >", "<A class=b HREF = '<https://x.example/?a=1&b=2>' >"],
    ['<a href=https://x.example/a>', '<a href=<https://x.example/a>>'],
    ['<a href="&#104;ttps://x.example/">', '<a href="<https://x.example/>">'],
    ['<map><area href="https://x.example/"></map>', '<map><area href="<https://x.example/>"></map>'],
    ['<a href="one" href="two">', '<a href="<one>" href="two">'],
    ['<a\n\thref\n=\n"https://x.example/">', '<a\n\thref\n=\n"<https://x.example/>">'],
  ])('%j', (html, expected) => {
    expect(marked(html)).toBe(expected);
  });
  it.each([
    '<!-- <a href="https://x.example/"> -->',
    '<!--[if mso]><v:roundrect href="https://x.example/"><![endif]-->',
    '<script>"<a href=\'https://x.example/\'>"</script>',
    '<style>a[href="https://x.example/"]{}</style>',
    '<link href="https://x.example/x.css"><img src="https://x.example/x.png"><base href="https://x.example/">',
    '<a title="href=https://x.example/" data-href="https://x.example/">',
    '<textarea><a href="https://x.example/"></textarea>',
    '<a href>https://x.example/</a>',
  ])('%j is left alone', (html) => {
    expect(marked(html)).toBe(html);
  });
  it('stand among bytes that stay as they are, whatever the page', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '=',
        '&amp;',
        '<!--',
        '-->',
        '</a>',
        '<p\r\n',
        '<script>',
        '</script>',
        ' href',
        'İ',
        '😀',
      ),
      fc.constant('<a href="https://x.example/?a=1&amp;b=2">'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const html = pieces.join('');
        const made: string[] = [];
        const tracked = replaceLinks(html, 'html', (url) => {
          if (!url.startsWith('https://x.example/?a=1')) return null;
          made.push(url);
          return `\u0001${made.length}\u0002`;
        });
        // Each of ours stands where a link stood, and with those back it is the page that it was.
        const back = made.reduce((text, _url, index) => {
          const parts = text.split(`\u0001${index + 1}\u0002`);
          expect(parts.length).toBeGreaterThan(1);
          return parts.join('\u0000');
        }, tracked);
        let at = 0;
        for (const part of back.split('\u0000')) {
          const found = html.indexOf(part, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + part.length;
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('links of a text', () => {
  const inText = (text: string): string => replaceLinks(text, 'text', (url) => `<${url}>`);
  it.each([
    ['See https://x.example/a.', 'See <https://x.example/a>.'],
    ['(https://x.example/a)', '(<https://x.example/a>)'],
    ['https://x.example/a_(b), or', '<https://x.example/a_(b)>, or'],
    ['<https://x.example/a>', '<<https://x.example/a>>'],
    ['https://x.example/a))) (https://x.example/b', '<https://x.example/a>))) (<https://x.example/b>'],
    ['HTTP://X.example\nnext', '<HTTP://X.example>\nnext'],
    ['mailto:ana@x.example tel:+33 x.example', 'mailto:ana@x.example tel:+33 x.example'],
  ])('%j', (text, expected) => {
    expect(inText(text)).toBe(expected);
  });
});

describe('where a link may lead', () => {
  it('is a web address that says where, as its parser reads it', () => {
    expect(targetOf(' https://Shop.example/a b?c=%C3%A9#d ', PUBLIC)).toBe('https://shop.example/a%20b?c=%C3%A9#d');
    expect(targetOf('http://münchen.example/', PUBLIC)).toBe('http://xn--mnchen-3ya.example/');
    expect(targetOf('https://follow.example/other', PUBLIC)).toBe('https://follow.example/other');
    expect(targetOf('https://follow.example/relanced', PUBLIC)).toBe('https://follow.example/relanced');
  });
  it.each([
    'javascript:alert(1)',
    'JAVASCRIPT://x.example/%0aalert(1)',
    'data:text/html,x',
    'mailto:ana@x.example',
    'tel:+33123',
    '#top',
    '/a/page',
    '//evil.example/',
    'https://user@evil.example/',
    'https://bank.example:secret@evil.example/',
    'https:evil.example',
    'https://',
    'https://[bad',
    `https://x.example/${'a'.repeat(2_000)}`,
    `${PUBLIC}`,
    `${PUBLIC}/a/abc`,
    `${PUBLIC}/u/abc?x=1`,
    'HTTPS://FOLLOW.example:443/relance/me/abc',
    'http://follow.example/relance/p/abc',
  ])('%j stays as it was written', (url) => {
    expect(targetOf(url, PUBLIC)).toBeNull();
  });
});

describe('a mail', () => {
  const html = `<html><body><p>é &nbsp;<a href="https://x.example/?a=1&amp;b=2">x</a> <a href="${PUBLIC}/a/tok">done</a> <a href="https://y.example/">y</a><a href='https://x.example/?a=1&#38;b=2'>again</a></p></BODY></html>`;
  const text = `x: https://x.example/?a=1&b=2\ndone: ${PUBLIC}/a/tok\nmail ana@x.example`;
  it('has each place it leads to once, the same in its page and in its text, and ends with a picture', () => {
    const { content, rows } = trackContent(OPTIONS, { html, text }, BOTH);
    const x = trackTokenFor(OPTIONS.secret, 't1', 'm1', 'https://x.example/?a=1&b=2');
    const y = trackTokenFor(OPTIONS.secret, 't1', 'm1', 'https://y.example/');
    const picture = trackTokenFor(OPTIONS.secret, 't1', 'm1', null);
    expect(content.text).toBe(text.replace('https://x.example/?a=1&b=2', `${PUBLIC}/t/c/${x}`));
    const image = `<img src="${PUBLIC}/t/o/${picture}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">`;
    expect(content.html).toBe(
      html
        .replace('https://x.example/?a=1&amp;b=2', `${PUBLIC}/t/c/${x}`)
        .replace('https://x.example/?a=1&#38;b=2', `${PUBLIC}/t/c/${x}`)
        .replace('https://y.example/', `${PUBLIC}/t/c/${y}`)
        .replace('</BODY>', `${image}</BODY>`),
    );
    expect(rows).toEqual(
      [
        { token: x, link: 0, target: 'https://x.example/?a=1&b=2' },
        { token: y, link: 1, target: 'https://y.example/' },
        { token: picture, link: null, target: null },
      ].map(({ token, ...rest }) => ({
        hash: hashToken(token),
        tenant: 't1',
        followUpId: 'f1',
        messageId: 'm1',
        recipient: 'ana',
        ...rest,
      })),
    );
    for (const token of [x, y, picture]) expect(token).toMatch(/^[\w-]{22}$/);
  });
  it('has other tokens for another tenant, message, target and purpose', () => {
    const tokens = [
      trackTokenFor('s', 't1', 'm1', 'https://x.example/'),
      trackTokenFor('s', 't2', 'm1', 'https://x.example/'),
      trackTokenFor('s', 't1', 'm2', 'https://x.example/'),
      trackTokenFor('s', 't1', 'm1', 'https://y.example/'),
      trackTokenFor('s', 't1', 'm1', null),
      trackTokenFor('other', 't1', 'm1', null),
    ];
    expect(new Set(tokens).size).toBe(6);
  });
  it('tracks only what is asked for', () => {
    expect(trackContent(OPTIONS, { html, text }, { ...BOTH, clicks: false }).rows).toMatchObject([{ link: null }]);
    expect(trackContent(OPTIONS, { html, text }, { ...BOTH, clicks: false }).content.text).toBe(text);
    const clicks = trackContent(OPTIONS, { html, text }, CLICKS);
    expect(clicks.content.html).not.toContain('<img');
    expect(clicks.rows).toHaveLength(2);
    expect(trackContent(OPTIONS, { text: 'no links' }, BOTH)).toEqual({
      content: { text: 'no links' },
      rows: [],
      pictureUrl: null,
    });
  });
  it('with very many places has the rest as they are', () => {
    const many = Array.from({ length: 60 }, (_, index) => `<a href="https://x.example/${index}">`).join('');
    const { content, rows } = trackContent(OPTIONS, { html: many, text: '' }, CLICKS);
    expect(rows).toHaveLength(50);
    expect(content.html).toContain('https://x.example/50');
    expect(content.html).not.toContain('https://x.example/49');
  });
});

describe('a text message', () => {
  const sms = { message: MESSAGE, channel: 'sms', opens: false, clicks: true } as const;
  it('is tracked where that costs no further part', () => {
    const text = 'Pay https://x.example/a';
    const { content, rows } = trackContent(OPTIONS, { text }, sms);
    expect(content.text).toMatch(/^Pay https:\/\/follow\.example\/relance\/t\/c\/[\w-]{22}$/);
    expect(rows).toHaveLength(1);
  });
  it('and is left as it is where it would', () => {
    const text = `${'a'.repeat(135)} https://x.example/a`;
    expect(segmentsOf(text).segments).toBe(1);
    expect(trackContent(OPTIONS, { text }, sms)).toEqual({ content: { text }, rows: [], pictureUrl: null });
  });
});
