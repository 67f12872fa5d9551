// Pages as people write them, as text: told in small, and any page at all in one pass.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textFromHtml, tidyText } from './text-from-html.ts';

it.each([
  ['<p>Hi <b>you</b></p><p>there</p>', 'Hi you\nthere'],
  ['one<br/>two<BR>three', 'one\ntwo\nthree'],
  ['<a href="https://x.test/?a=1&amp;b=2">Pay</a> now', 'Pay (https://x.test/?a=1&b=2) now'],
  ['<a name="top">Top</a>', 'Top'],
  ['<img src="x.png" alt="Logo">', 'Logo'],
  ['<head><title>no</title></head><style>p{}</style><script>1 < 2</script>yes', 'yes'],
  ['a<!-- not <b>this</b> -->b', 'ab'],
  ['a<!-- without an end', 'a<!-- without an end'],
  ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
  ['&lt;b&gt; &amp;lt; &#39;&quot;&nbsp;x', '<b> &lt; \'" x'],
  ['<table><tr><td>a</td>  <td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
  ['<!doctype html><p>x', 'x'],
])('%s', (html, text) => {
  expect(textFromHtml(html)).toBe(text);
});

it('whatever the page, no script, no style and no comment comes out, and it ends', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '<!--',
    '-->',
    '<script>',
    '</script>',
    '<a href="u">',
    '</a>',
    ' x="',
    '\n',
    'w',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = textFromHtml(`${pieces.join('')}</script>--><script>secret</script><!-- secret -->`);
      expect(text).not.toContain('<script>secret');
    }),
  );
});

it('blanks at the ends of lines and empty lines go', () => {
  expect(tidyText(' a \t\n\n\n\nb  ')).toBe('a\n\nb');
});

it('an address in single quotes is one', () => {
  expect(textFromHtml(`<a href='https://x.test/?a="b"'>here</a>`)).toBe('here (https://x.test/?a="b")');
});
