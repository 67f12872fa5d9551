// What a person wrote in a page, as mail programs mark it: above, below and between what they quote; signatures and what is hidden not.
import { describe, expect, it } from 'vitest';
import { htmlText } from './html-text.ts';

const words = (html: string): string =>
  htmlText(html)
    .text.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' / ');

describe('what is quoted', () => {
  it.each([
    [
      'Gmail',
      '<div dir="ltr">Done</div><br><div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Mon Acme wrote:<br></div><blockquote class="gmail_quote">Old. done?</blockquote></div>',
      'Done',
    ],
    [
      'Outlook on the web',
      '<div>Done</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Acme</div><div>Old</div>',
      'Done',
    ],
    [
      'Outlook for Windows',
      '<p class="MsoNormal">Done</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>From: Acme</p></div></div><p>Old</p>',
      'Done',
    ],
    [
      'Outlook on a phone',
      '<div>Done</div><div id="ms-outlook-mobile-signature">Get Outlook for iOS</div><div id="mail-editor-reference-message-container">Old</div>',
      'Done',
    ],
    ['Apple Mail', '<body>Done<br><blockquote type="cite"><div>On 2 Nov</div>Old</blockquote></body>', 'Done'],
    ['Yahoo', '<div>Done</div><div id="ydp1234yahoo_quoted" class="yahoo_quoted">Old</div>', 'Done'],
    [
      'Thunderbird',
      '<div class="moz-cite-prefix">On 2 Nov Acme wrote:</div><blockquote type="cite">Old</blockquote>Done<div class="moz-signature">-- <br>Ana</div>',
      'Done',
    ],
    [
      'Proton Mail',
      '<div>Done</div><div class="protonmail_signature_block">Sent with Proton Mail</div><div class="protonmail_quote">On Monday<blockquote>Old</blockquote></div>',
      'Done',
    ],
    [
      'answers in between',
      'One<blockquote>Old</blockquote>Two<blockquote>Older</blockquote>Three',
      'One / Two / Three',
    ],
    ['quoted within quoted', '<blockquote>A<blockquote>B</blockquote>C</blockquote>Done', 'Done'],
  ])('is left out: %s', (_who, html, expected) => {
    expect(words(html)).toBe(expected);
    expect(htmlText(html).quoted).toBe(true);
  });
});

it.each([
  ['<style>p{}</style><title>x</title><p>a &amp; b&nbsp;c &eacute;</p>', 'a & b c é'],
  ['<p>Done</p><div style="display:none">secretly not</div>', 'Done'],
  ['<div>one<div>two</div></div>three', 'one / two / three'],
  ['Done<!-- not -->', 'Done'],
  ['not closed <b>at all', 'not closed at all'],
  ['1 < 2', '1 < 2'],
])('reads %j', (html, expected) => {
  expect(words(html)).toBe(expected);
});

it('says where it did not read all of it', () => {
  expect(htmlText('<p>Done</p>').whole).toBe(true);
  expect(htmlText(`<p>Done</p><blockquote>${'<p>old</p>'.repeat(200_000)}</blockquote>but`).whole).toBe(false);
  expect(htmlText(`<p>Done</p>${'<div>'.repeat(5_000)}but`).whole).toBe(false);
});

it.each([
  ['deep', '<div>'.repeat(100_000)],
  ['deep and quoted', '<blockquote>'.repeat(50_000)],
  ['open angles', '<'.repeat(500_000)],
  ['attributes', `<a ${'x="'.repeat(100_000)}`],
  ['entities', '&am'.repeat(200_000)],
  ['blanks', ' '.repeat(900_000)],
])('takes no longer than it is long: %s', (_what, html) => {
  const began = performance.now();
  htmlText(html);
  expect(performance.now() - began).toBeLessThan(10_000);
});
