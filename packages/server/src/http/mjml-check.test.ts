// What would be left out of a mail without a word is refused, with what to write instead.
import { expect, it } from 'vitest';
import { compileMjml } from './mjml.ts';

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
