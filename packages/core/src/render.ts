// Words for one message: Liquid over what a template may see, escaped for where it goes. Pure, also in a browser.
// Sandboxed: own properties only, no files, no partials, limits on time and output; event data is never compiled as a
// template. Built-in templates (template/built-in.ts) speak where a policy names none.
import { Liquid, type Template as Parsed, type StaticAnalysis } from 'liquidjs';
import { type ActionSeen, buttonsOf } from './button.ts';
import type { Content, Template, TemplateParts } from './content.ts';
import type { Channel, StageRole, Urgency } from './policy/policy.ts';
import { filtersFor } from './render-filters.ts';
import { builtInParts } from './template/built-in.ts';

/** What templates see (DESIGN §5). */
export interface RenderContext {
  readonly recipient: Readonly<Record<string, unknown>>;
  readonly subject: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  readonly followUp: Readonly<Record<string, unknown>>;
  readonly activity: Readonly<Record<string, unknown>>;
  readonly pending: readonly unknown[];
  readonly actions: Readonly<Record<string, ActionSeen>>;
  readonly tenant: Readonly<Record<string, unknown>>;
  readonly now: string;
}

export interface RenderInput {
  readonly template: Template | null;
  readonly role: StageRole;
  readonly channel: Channel;
  readonly locale: string | null; // BCP 47
  readonly zone: string; // IANA
  readonly context: RenderContext;
  /** Which of the actions the built-in words show; all of them when not given. */
  readonly offers?: RenderContext['actions'];
  readonly consequence: string | null; // Liquid text of the stage
  readonly urgency: Urgency;
}

export type Rendered =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly detail: string };

/** One message's words stay under this; mail programs clip longer ones (Gmail at 102 KB). */
const OUTPUT_MAX = 256 * 1024;
const RENDER_MAX_MS = 500;
const TEMPLATE_MAX = 100 * 1024;
const MEMORY_MAX = 1_000_000;
const SUBJECT_MAX = 200;
const PARSED_MAX = 500;

const liquid = (html: boolean): Liquid => {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    jsTruthy: false,
    parseLimit: TEMPLATE_MAX,
    renderLimit: RENDER_MAX_MS,
    memoryLimit: MEMORY_MAX,
    ...(html ? { outputEscape: 'escape' as const } : {}),
    templates: {}, // no files: include, render and layout find nothing
  });
  for (const [name, filter] of Object.entries(filtersFor())) engine.registerFilter(name, filter);
  return engine;
};
const HTML = liquid(true);
const TEXT = liquid(false);
const parsed = new Map<string, Parsed[]>();

export function parseText(text: string, html: boolean): Parsed[] {
  const key = `${html ? 'h' : 't'}${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const fresh = (html ? HTML : TEXT).parse(text);
  for (const oldest of parsed.keys()) if (parsed.size >= PARSED_MAX) parsed.delete(oldest);
  parsed.set(key, fresh);
  return fresh;
}

/** Which names parts of a parsed text read. */
export const analyseText = (parts: Parsed[]): StaticAnalysis => TEXT.analyzeSync(parts, { partials: false });

/** The part for a channel and locale: fr-CA, then fr, then the template's own, then the built-in one. */
function partFor(input: RenderInput, channel: Channel): TemplateParts {
  const { template, locale } = input;
  if (template !== null) {
    const chain = locale === null ? [] : [locale, locale.split('-')[0] ?? ''];
    for (const name of chain) {
      const own = template.locales?.[name];
      if (own?.[channel] !== undefined) return own;
    }
    if (template[channel] !== undefined) return template;
  }
  return builtInParts(locale);
}

export function render(input: RenderInput): Rendered {
  try {
    const scope = scopeOf(input);
    const write = (text: string | undefined, html = false): string =>
      text === undefined
        ? ''
        : limited(withinTime(() => (html ? HTML : TEXT).renderSync(parseText(text, html), scope)));
    return { ok: true, content: contentOf(input, partFor(input, input.channel), write) };
  } catch (error) {
    return { ok: false, detail: (error as Error).message.slice(0, 500) };
  }
}

function scopeOf(input: RenderInput): Record<string, unknown> {
  const offers = input.offers ?? input.context.actions;
  const buttons = buttonsOf(offers);
  const scope: Record<string, unknown> = {
    ...input.context,
    offers,
    buttons,
    closing: buttons.some(({ closes }) => closes),
    role: input.role,
    urgency: input.urgency,
    locale: input.locale ?? 'en',
    zone: input.zone,
    consequence: '',
  };
  if (input.consequence !== null)
    scope.consequence = limited(withinTime(() => TEXT.renderSync(parseText(input.consequence ?? '', false), scope)));
  return scope;
}

/**
 * The time limit is meant for templates that do not end, but it is measured by a clock: a process that stood still for a
 * moment would fail a message for good. Only a template that is too slow twice is too slow.
 */
function withinTime(write: () => unknown): string {
  try {
    return String(write());
  } catch (error) {
    if (!/render limit exceeded/.test((error as Error).message)) throw error;
    return String(write());
  }
}

function limited(text: string): string {
  if (text.length > OUTPUT_MAX) throw new Error(`The rendered text is longer than ${OUTPUT_MAX} characters.`);
  // PostgreSQL stores no NUL, and a lone surrogate is no text.
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** A single line: what goes into a header must not be able to start another one. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, SUBJECT_MAX);
const tidy = (text: string): string =>
  text
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

type Write = (text: string | undefined, html?: boolean) => string;

function contentOf(input: RenderInput, parts: TemplateParts, write: Write): Content {
  switch (input.channel) {
    case 'email': {
      const email = parts.email ?? {};
      const html = email.html === undefined ? '' : write(email.html, true);
      const text = email.text === undefined ? textFromHtml(html) : tidy(write(email.text));
      const subject = oneLine(write(email.subject ?? builtInParts(input.locale).email?.subject));
      return { subject, text, ...(html === '' ? {} : { html }) };
    }
    case 'sms':
      return { text: tidy(write(parts.sms?.text)) };
    case 'push':
      return { subject: oneLine(write(parts.push?.title)), text: tidy(write(parts.push?.body)) };
    case 'inbox':
      return { subject: oneLine(write(parts.inbox?.title)), text: tidy(write(parts.inbox?.body)) };
    case 'chat':
      return { text: tidy(write(parts.chat?.text)) };
    case 'webhook':
      return { text: tidy(write(parts.webhook?.text ?? builtInParts(input.locale).webhook?.text)) };
  }
}

/** A readable text part where the author wrote none. */
export function textFromHtml(html: string): string {
  return tidy(
    html
      .replace(/<(head|style|script)\b[\s\S]*?<\/\1\s*>/gi, '')
      .replace(/<a\b[^>]*?href="([^"]*)"[^>]*>([\s\S]*?)<\/a\s*>/gi, '$2 ($1)')
      .replace(/<(br|\/p|\/div|\/h[1-6]|\/li|\/tr)\b[^>]*>/gi, '\n')
      .replace(/<[^>]{0,2000}>/g, '')
      .replace(/&nbsp;/g, ' ')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&#0?39;/g, "'")
      .replace(/&#34;/g, '"')
      .replace(/&amp;/g, '&')
      .replace(/[ \t]+/g, ' ')
      .replace(/\n /g, '\n'),
  );
}

export interface TemplateProblem {
  readonly path: string; // e.g. locales.fr.email.html
  readonly message: string;
}

/** Syntax errors of a written template, each with its part; empty when it can be stored. */
export function checkTemplate(template: Omit<Template, 'id'>): readonly TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      try {
        parseText(value, path.endsWith('html'));
      } catch (error) {
        problems.push({
          path,
          message: `${(error as Error).message.split('\n')[0] ?? 'It cannot be parsed'}. Correct the Liquid there.`,
        });
      }
    } else if (value !== null && typeof value === 'object') {
      for (const [name, part] of Object.entries(value))
        if (name !== 'id' && name !== 'as' && name !== 'mjml') walk(part, path === '' ? name : `${path}.${name}`);
    }
  };
  walk(template, '');
  return problems;
}
