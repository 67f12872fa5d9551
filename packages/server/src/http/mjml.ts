// MJML to HTML, once, when a template is stored: sending only renders. Wherever a part has `mjml`, its `html` is made, and is
// left out again where a template is answered as it was written.
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

/** A template without the HTML that compileMjml made. */
export function withoutMade(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const isMade = (name: string): boolean => name === 'html' && 'mjml' in value;
  const written = Object.entries(value).filter(([name]) => !isMade(name));
  return Object.fromEntries(written.map(([name, part]) => [name, withoutMade(part)]));
}

async function toHtml(source: string, path: string): Promise<string> {
  try {
    // The compiler takes most of a second to load, and few need it. No includes: a template must not read files.
    const { default: mjml2html } = await import('mjml');
    const result = await mjml2html(source, { validationLevel: 'strict', ignoreIncludes: true } as never);
    return result.html;
  } catch (error) {
    const messages = sentencesOf(error as MjmlError);
    throw new Problem('template_invalid', `${path}.mjml: ${messages.join('; ').slice(0, DETAIL_MAX)}`, {
      errors: messages.map((message) => ({ path: `${path}.mjml`, message })),
    });
  }
}

interface MjmlError extends Error {
  readonly errors?: readonly { readonly line: number; readonly tagName: string; readonly message: string }[];
}
const DETAIL_MAX = 500;
const MISTAKES_MAX = 20;

/** The compiler's own text names the folder it runs in, which is nobody's business; what it found is kept beside it. */
function sentencesOf({ errors = [], message }: MjmlError): readonly string[] {
  if (errors.length === 0) return [message.replaceAll(process.cwd(), '.').slice(0, DETAIL_MAX)];
  return errors
    .slice(0, MISTAKES_MAX)
    .map((one) => `line ${one.line}, ${one.tagName}: ${one.message}`.slice(0, DETAIL_MAX));
}
