// What would be left out of a mail without a word is refused, with what to write instead.
import { expect, it } from 'vitest';
import { compileMjml } from './mjml.ts';
import { mjmlExcess } from './mjml-check.ts';

const compiled = async (body: string): Promise<string> => {
  const made = await compileMjml({ email: { mjml: `<mjml><mj-body>${body}</mj-body></mjml>` } });
  return (made as { email: { html: string } }).email.html;
};
const column = (inside: string): string => `<mj-section><mj-column>${inside}</mj-column></mj-section>`;

it.each([
  [
    '{% if data.offer %}<mj-text>15 % off</mj-text>{% endif %}',
    /`\{% if data\.offer %\}` stands between elements.*<mj-raw>/,
  ],
  ['{{ data.greeting }}<mj-text>x</mj-text>', /`\{\{ data\.greeting \}\}` stands between/],
  ['<mj-text>x', /`<mj-text>` does not end/],
  ['<mj-text>x</mj-text></mj-column>', /`<\/mj-column>` ends what has not begun/],
])('%s', async (inside, problem) => {
  await expect(compiled(column(inside))).rejects.toMatchObject({ message: expect.stringMatching(problem) });
});

it('what stands where it is kept is taken', async () => {
  const inside = `<mj-raw>{% if data.offer %}</mj-raw>
    <mj-text color="{{ tenant.color }}">{{ data.offer | money: "EUR" }} <b>{% if a > 1 %}x{% endif %}</b></mj-text><mj-divider />
    <mj-button href="{{ actions.done.url }}">{{ actions.done.label }}</mj-button><mj-raw>{% endif %}</mj-raw>`;
  const html = await compiled(column(inside));
  for (const kept of ['{% if data.offer %}', '{{ actions.done.url }}', '{% if a > 1 %}']) expect(html).toContain(kept);
});

const mail = (head: string, text = '<mj-text>x</mj-text>') =>
  `<mjml><mj-head>${head}</mj-head><mj-body>${column(text)}</mj-body></mjml>`;
const rules = (count: number): string =>
  Array.from({ length: count }, (_, one) => `.a${one}, .b${one} { x: 1 }`).join('');
const selectors = (count: number): string =>
  `<mj-html-attributes>${'<mj-selector path="div *"><mj-html-attribute name="a">1</mj-html-attribute></mj-selector>'.repeat(count)}</mj-html-attributes>`;

it.each([
  ['elements', mail('', '<mj-text>x</mj-text>'.repeat(1_000)), /^it has 1004 elements.*in a loop/],
  ['rules', mail(`<mj-style inline="inline">${rules(26)}</mj-style>`), /has 52 selectors.*without `inline`/],
  [
    'rules in two places',
    mail(`<mj-style inline='inline'>${rules(13)}</mj-style >`.repeat(2)),
    /has 52 selectors, and 50 are allowed/,
  ],
  ['selectors', mail(selectors(51)), /^`<mj-html-attributes>` has 51 selectors.*on the elements themselves/],
])('so many %s that compiling takes long are refused before it', async (_, mjml, message) => {
  expect(mjmlExcess(mjml)).toEqual([expect.stringMatching(message)]);
  await expect(compileMjml({ email: { mjml: mjml.replace('<mj-text>', '<mj-nothing>') } })).rejects.toMatchObject({
    code: 'template_invalid',
    more: { errors: [{ path: 'email.mjml', message: expect.stringMatching(message) }] },
  });
});

it('styles that are written into elements, and selectors, are taken in reason', async () => {
  const head = `<mj-style>${rules(500)}</mj-style><mj-style inline="inline">.red { color: red }</mj-style>${selectors(2)}`;
  const mjml = mail(head, '<mj-text><p class="red">x</p></mj-text>');
  const { html } = ((await compileMjml({ email: { mjml } })) as { email: { html: string } }).email;
  expect(html).toMatch(/class="red"[^>]*style="color: red;?"/);
});

it('what was accepted before is compiled whatever it takes', async () => {
  const mjml = mail(selectors(51));
  expect(await compileMjml({ email: { mjml } }, () => true)).toMatchObject({ email: { html: expect.any(String) } });
});
