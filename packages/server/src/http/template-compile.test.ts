// What is refused of a template before its MJML is compiled, which takes far longer than to count what stands in it.
import { expect, it } from 'vitest';
import { compileTemplate } from './template-compile.ts';

const NOBODY = () => undefined;

it('a mail of thousands of outputs is refused by its MJML, as it was written', async () => {
  const mjml = `<mjml><mj-body><mj-nothing>${'{{a}}'.repeat(1_001)}</mj-nothing></mj-body></mjml>`;
  await expect(compileTemplate('x', { email: { subject: 'x', mjml } }, NOBODY)).rejects.toMatchObject({
    code: 'template_invalid',
    message: expect.stringMatching(/^email\.mjml: It has 1,001 outputs and tags/),
  });
});

it('what others bring in is counted where it is brought in', async () => {
  const row = { sms: { text: '{{ a }}'.repeat(501) } };
  const twice = { sms: { text: '{% render "row" %}{% render "row" %}' } };
  await expect(compileTemplate('x', twice, (id) => (id === 'row' ? row : undefined))).rejects.toMatchObject({
    message: expect.stringMatching(/^sms\.text: It has 1,006 outputs and tags/),
  });
});

it('nothing more is compiled once a part is refused', async () => {
  const mjml = '<mjml><mj-body></mj-body></mjml>';
  const locales = Object.fromEntries(['de', 'fr', 'it'].map((tag) => [tag, { email: { subject: tag, mjml } }]));
  let compiled = 0;
  const compile = async (html: string) => (++compiled === 2 ? { message: 'No.', errors: [] } : { html });
  const whole = compileTemplate('x', { email: { subject: 'x', mjml }, locales }, NOBODY, () => false, compile);
  await expect(whole).rejects.toMatchObject({ code: 'template_invalid', message: 'locales.de.email.mjml: No.' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(compiled).toBe(2);
});
