// MJML to HTML, once, when a template is stored: sending only renders. A part with `mjml` becomes one with `html`. A piece of MJML,
// without `<mjml>`, is there for others to include: it is checked, and no HTML is made of it.
import { mjmlExcess, mjmlMistakes } from './mjml-check.ts';
import { type CompileSource, type MjmlFault, MjmlThread } from './mjml-thread.ts';
import { Problem } from './problem.ts';
import type { IsKept } from './template-kept.ts';

/** One source after the other, in a thread of its own. */
export const compileSource: CompileSource = (source) => thread.compile(source);
const thread = new MjmlThread();

/** `isKept`: what was accepted before, whatever it takes. */
export const compileMjml = (
  value: unknown,
  isKept: IsKept = () => false,
  compile: CompileSource = compileSource,
): Promise<unknown> => compilePart(value, { isKept, compile }, '');

interface How {
  readonly isKept: IsKept;
  readonly compile: CompileSource;
}

/** One part after the other, so that nothing more is compiled once one is refused. */
async function compilePart(value: unknown, how: How, path: string): Promise<unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries: [string, unknown][] = [];
  for (const [name, part] of Object.entries(value))
    entries.push([name, await compilePart(part, how, path === '' ? name : `${path}.${name}`)]);
  const { mjml, ...others } = Object.fromEntries(entries);
  if (typeof mjml !== 'string') return mjml === undefined ? others : { ...others, mjml };
  const excess = how.isKept(`${path}.mjml`) ? [] : mjmlExcess(mjml);
  if (excess.length > 0) throw refused(path, excess);
  if (/<mjml[\s>]/.test(mjml)) return { ...others, html: await toHtml(mjml, how, path) };
  await checkPiece(mjml, how, path);
  return others;
}

/** What others include stands in their body, or in their head. */
async function checkPiece(piece: string, how: How, path: string): Promise<void> {
  const inBody = await toHtml(`<mjml><mj-body>${piece}</mj-body></mjml>`, how, path).catch(refusal);
  if (typeof inBody === 'string') return;
  const inHead = await toHtml(`<mjml><mj-head>${piece}</mj-head><mj-body></mj-body></mjml>`, how, path).catch(refusal);
  if (typeof inHead !== 'string') throw inBody;
}

/** What somebody has to write otherwise; anything else has nothing to do with where a piece stands. */
function refusal(error: unknown): Problem {
  if (error instanceof Problem && error.code === 'template_invalid') return error;
  throw error;
}

async function toHtml(source: string, how: How, path: string): Promise<string> {
  const html = await compiled(source, how, path);
  const mistakes = mjmlMistakes(source, html);
  if (mistakes.length > 0) throw refused(path, mistakes.slice(0, MISTAKES_MAX));
  return html;
}

async function compiled(source: string, { compile }: How, path: string): Promise<string> {
  const colours = new Colours();
  const made = await compile(colours.keep(named(source)));
  if ('html' in made) return colours.putBack(made.html);
  throw refused(path, sentencesOf(made));
}

/** What its head does not say: the language of the words, how they run, and as its title the subject of the mail. */
function named(source: string): string {
  const begin = source.search(/<mjml[\s>]/);
  const end = begin < 0 ? -1 : source.indexOf('>', begin);
  if (end < 0) return source;
  const tag = source.slice(begin, end);
  const says = (name: string): boolean => new RegExp(`\\s${name}\\s*=`).test(tag);
  const root = `${tag}${says('lang') ? '' : ' lang="{{ locale }}"'}${says('dir') ? '' : ' dir="{{ direction }}"'}>`;
  return `${source.slice(0, begin)}${root}${titled(source.slice(end + 1))}`;
}

function titled(inside: string): string {
  if (/<mj-title[\s>/]/.test(inside)) return inside;
  const title = '<mj-title>{{ emailSubject }}</mj-title>';
  const [head] = /<mj-head(?=[\s/>])[^<>]*>/.exec(inside) ?? [];
  if (head === undefined) return `<mj-head>${title}</mj-head>${inside}`;
  return inside.replace(head, () => (head.endsWith('/>') ? `<mj-head>${title}</mj-head>` : `${head}${title}`));
}

const refused = (path: string, messages: readonly string[]): Problem =>
  new Problem('template_invalid', `${path}.mjml: ${messages.join('; ').slice(0, DETAIL_MAX)}`, {
    errors: messages.map((message) => ({ path: `${path}.mjml`, message })),
  });

/** A colour that is only known when the mail is sent (`{{ tenant.color }}`): the compiler takes none, so another stands for it. */
class Colours {
  readonly #kept = new Map<string, string>();
  #next = 0;

  keep(source: string): string {
    const whole = source.toLowerCase();
    const [before = '', ...values] = source.split('color=');
    return [before, ...values.map((rest) => this.#keepFirst(rest, whole))].join('color=');
  }

  /** The value that a piece begins with, in its quotes. */
  #keepFirst(piece: string, whole: string): string {
    const quote = piece[0] ?? '';
    const end = /["']/.test(quote) ? piece.indexOf(quote, 1) : -1;
    const value = piece.slice(1, Math.max(end, 1));
    if (!/\{[{%]/.test(value)) return piece;
    let colour: string;
    do colour = `#${(COLOUR_FROM + this.#next++).toString(16)}`;
    while (whole.includes(colour));
    this.#kept.set(colour, value);
    return `"${colour}"${piece.slice(end + 1)}`;
  }

  putBack(html: string): string {
    return html.replace(/#[0-9a-f]{6}\b/g, (colour) => this.#kept.get(colour) ?? colour);
  }
}
const COLOUR_FROM = 0xa1_b2_c3;

const DETAIL_MAX = 500;
const MISTAKES_MAX = 20;

/** The compiler's own text names the folder it runs in, which is nobody's business; what it found is kept beside it. */
function sentencesOf({ errors, message }: { readonly errors: readonly MjmlFault[]; readonly message: string }) {
  if (errors.length === 0) return [message.replaceAll(process.cwd(), '.').slice(0, DETAIL_MAX)];
  return errors
    .slice(0, MISTAKES_MAX)
    .map((one) => `line ${one.line}, ${one.tagName}: ${one.message}`.slice(0, DETAIL_MAX));
}
