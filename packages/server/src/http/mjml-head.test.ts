// What the head of a mail in MJML says by itself, and what its writer has said stays.
import { expect, it } from 'vitest';
import { compileMjml } from './mjml.ts';

const headOf = async (mjml: string): Promise<string> => {
  const { html } = ((await compileMjml({ email: { mjml } })) as { email: { html: string } }).email;
  return `${/lang="([^"]*)" dir="([^"]*)"/.exec(html)?.slice(1).join(' ')} ${/<title>(.*)<\/title>/.exec(html)?.[1]}`;
};

it.each([
  ['<mjml><mj-body></mj-body></mjml>', '{{ locale }} {{ direction }} {{ emailSubject }}'],
  ['<mjml owa="desktop">\n<mj-head/><mj-body></mj-body></mjml>', '{{ locale }} {{ direction }} {{ emailSubject }}'],
  ['<mjml lang="ar" dir="rtl"><mj-body></mj-body></mjml>', 'ar rtl {{ emailSubject }}'],
  [
    '<mjml><mj-head><mj-preview>p</mj-preview></mj-head><mj-body></mj-body></mjml>',
    '{{ locale }} {{ direction }} {{ emailSubject }}',
  ],
  ['<mjml lang="en"><mj-head><mj-title>Hi</mj-title></mj-head><mj-body></mj-body></mjml>', 'en {{ direction }} Hi'],
  [
    '<mjml\n  lang  ="ar"\n><mj-head\n  ><mj-title>Hi</mj-title></mj-head><mj-body></mj-body></mjml>',
    'ar {{ direction }} Hi',
  ],
])('%s', async (mjml, head) => expect(await headOf(mjml)).toBe(head));

it.each(['<mj-head  >', '<mj-head\n>', '<mj-head\n  \n>'])('what the writer has put into %j stays', async (head) => {
  const mjml = `<mjml>${head}<mj-preview>Look inside</mj-preview></mj-head><mj-body></mj-body></mjml>`;
  const { html } = ((await compileMjml({ email: { mjml } })) as { email: { html: string } }).email;
  expect(html).toContain('Look inside');
  expect(html).toContain('<title>{{ emailSubject }}</title>');
});
