// MJML to HTML, once, when a template is stored: sending only renders. Wherever a part has `mjml`, its `html` is made.
import { Problem } from './problem.ts';

export async function compileMjml(value: unknown, path = ''): Promise<unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(
      async ([name, part]) => [name, await compileMjml(part, path === '' ? name : `${path}.${name}`)] as const,
    ),
  );
  const compiled = Object.fromEntries(entries);
  return typeof compiled.mjml === 'string' ? { ...compiled, html: await toHtml(compiled.mjml, path) } : compiled;
}

async function toHtml(source: string, path: string): Promise<string> {
  try {
    // The compiler takes most of a second to load, and few need it. No includes: a template must not read files.
    const { default: mjml2html } = await import('mjml');
    const result = await mjml2html(source, { validationLevel: 'strict', ignoreIncludes: true } as never);
    return result.html;
  } catch (error) {
    throw new Problem('template_invalid', `${path}.mjml: ${(error as Error).message.slice(0, 500)}`, {
      errors: [{ path: `${path}.mjml`, message: (error as Error).message.slice(0, 500) }],
    });
  }
}
