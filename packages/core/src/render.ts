// Words for one message: a template's part for a channel in the reader's language, with what it may see put in. Pure, also in
// a browser. How it runs is template/liquid.ts; built-in words (template/built-in.ts) speak where a policy names none; what
// other templates it is made of was put in when it was stored (template/compose.ts).
import { type ActionSeen, buttonsOf, type PageSeen } from './button.ts';
import type { Attachment, Content, Template, TemplateNeeds, TemplateParts } from './content.ts';
import { fromRfc3339, toRfc3339 } from './instant.ts';
import type { Channel, StageRole, Urgency } from './policy/policy.ts';
import { builtInParts } from './template/built-in.ts';
import { isPage } from './template/escape.ts';
import { OUTPUT_MAX, type Writing, writeText } from './template/liquid.ts';
import { NO_NEEDS, needsOf, readsPages } from './template/needs.ts';
import { readsOf } from './template/reads.ts';
import { textFromHtml, tidyText } from './template/text-from-html.ts';
import { type Chosen, directionOf, languageOf, wordsFor } from './template/words-for.ts';

/** What templates see (DESIGN §5). */
export interface RenderContext {
  readonly recipient: Readonly<Record<string, unknown>>;
  readonly subject: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  readonly followUp: Readonly<Record<string, unknown>>;
  readonly activity: Readonly<Record<string, unknown>>;
  readonly pending: readonly unknown[];
  readonly actions: Readonly<Record<string, ActionSeen>>;
  /** By page (template/seen.ts): those that there are for this reader. Read by nobody, none is made. */
  readonly links?: Readonly<Record<string, PageSeen>>;
  readonly tenant: Readonly<Record<string, unknown>>;
  readonly now: string;
}

export interface RenderInput {
  readonly template: Template | null;
  readonly role: StageRole;
  readonly channel: Channel;
  readonly locale: string | null; // BCP 47, the reader's
  /** Where the template has no words in the reader's language. */
  readonly tenantLocale?: string | null;
  readonly zone: string; // IANA
  readonly context: RenderContext;
  /** Which of the actions the built-in words show; all of them when not given. */
  readonly offers?: RenderContext['actions'];
  readonly consequence: string | null; // Liquid text of the stage
  readonly urgency: Urgency;
}

export type Rendered =
  /** `locale`: the language of the words, the reader's own where they are in it. */
  | { readonly ok: true; readonly content: Content; readonly locale: string }
  | { readonly ok: false; readonly detail: string };

const SUBJECT_MAX = 200;
export const ATTACHMENTS_MAX = 10;

export function render(input: RenderInput): Rendered {
  try {
    const chosen = chosenFor(input);
    const scope = scopeOf(input, chosen.locale);
    const write: Write = (text, writing = 'plain', more = {}) =>
      text === undefined ? '' : cleaned(writeText(text, writing, { ...scope, ...more }));
    return { ok: true, content: contentOf(input, chosen, write), locale: chosen.locale };
  } catch (error) {
    return { ok: false, detail: (error as Error).message.slice(0, 500) };
  }
}

/** In which language the words of a message are: what is written beside them, such as its buttons, is in it too. */
export const localeOfWords = (input: Pick<RenderInput, 'template' | 'channel' | 'locale' | 'tenantLocale'>): string =>
  chosenFor(input).locale;

const chosenFor = ({
  template,
  channel,
  locale,
  tenantLocale = null,
}: Pick<RenderInput, 'template' | 'channel' | 'locale' | 'tenantLocale'>): Chosen =>
  wordsFor(template, channel, locale, tenantLocale);

function scopeOf(input: RenderInput, locale: string): Record<string, unknown> {
  const offers = input.offers ?? input.context.actions;
  const buttons = buttonsOf(offers);
  const scope: Record<string, unknown> = {
    links: {},
    ...input.context,
    offers,
    buttons,
    closing: buttons.some(({ closes }) => closes),
    role: input.role,
    urgency: input.urgency,
    locale,
    language: languageOf(locale),
    direction: directionOf(locale),
    zone: input.zone,
    consequence: '',
  };
  if (input.consequence !== null) scope.consequence = cleaned(writeText(input.consequence, 'plain', scope));
  return scope;
}

/** PostgreSQL stores no NUL, a lone surrogate is no text, and control characters act on whatever shows them. */
function cleaned(text: string): string {
  if (text.length > OUTPUT_MAX) throw new Error(`The rendered text is longer than ${OUTPUT_MAX} characters.`);
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .toWellFormed();
}

/** A single line: what goes into a header must not be able to start another one. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, SUBJECT_MAX)
    .toWellFormed();
type Write = (text: string | undefined, writing?: Writing, more?: Readonly<Record<string, unknown>>) => string;

function contentOf(input: RenderInput, { parts, locale }: Chosen, write: Write): Content {
  const page = pageOf(input.context.subject);
  switch (input.channel) {
    case 'email':
      return { ...emailOf(input, { parts, locale }, write), ...page };
    // A blank of money or of French would make it a text message of 70 characters a part.
    case 'sms':
      return { text: tidyText(write(parts.sms?.text).replace(/[\u00a0\u202f]/g, ' ')), ...page };
    case 'push':
      return { subject: oneLine(write(parts.push?.title)), text: tidyText(write(parts.push?.body)), ...page };
    case 'inbox':
      return {
        subject: oneLine(write(parts.inbox?.title)),
        text: tidyText(write(parts.inbox?.body)),
        ...displayOf(input, parts, write),
        ...page,
      };
    case 'chat':
      return { text: tidyText(write(parts.chat?.text, 'chat')), ...page };
    case 'webhook':
      return { text: tidyText(write(parts.webhook?.text ?? builtInParts(locale).webhook?.text)), ...page };
  }
}

/** Where the thing itself is looked at. */
function pageOf(subject: unknown): { readonly url?: string } {
  const url = (subject as { readonly url?: unknown } | null)?.url;
  return typeof url === 'string' && isPage(url) ? { url } : {};
}

function emailOf({ template }: RenderInput, { parts, locale }: Chosen, write: Write): Content {
  const email = wordsOfMail(parts.email ?? {}, locale);
  const subject = oneLine(write(email.subject));
  const html = email.html === undefined ? '' : write(email.html, 'html', { emailSubject: subject });
  const text = email.text === undefined ? textFromHtml(html) : tidyText(write(email.text));
  // What goes with it is the same in every language that does not say otherwise.
  const attachments = attachmentsOf(email.attachments ?? template?.email?.attachments ?? [], write);
  const calendar = email.calendar ?? template?.email?.calendar ?? false;
  return {
    subject,
    text,
    ...(html === '' ? {} : { html }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(calendar ? { calendar } : {}),
  };
}

/** One that says nothing itself says what is built in, under its own subject: no mail goes without words and buttons. */
function wordsOfMail(own: NonNullable<TemplateParts['email']>, locale: string): NonNullable<TemplateParts['email']> {
  const builtIn = builtInParts(locale).email ?? {};
  const says = [own.html, own.text].some((words) => (words ?? '').trim() !== '');
  const { subject = builtIn.subject, ...rest } = own;
  return { ...rest, ...(says ? {} : builtIn), ...(subject === undefined ? {} : { subject }) };
}

function attachmentsOf(all: readonly Attachment[], write: Write): readonly Attachment[] {
  return all.slice(0, ATTACHMENTS_MAX).flatMap((one) => {
    const filename = oneLine(write(one.filename)).replace(/[/\\:*?"<>|]+/g, '-');
    const url = write(one.url).trim();
    if (filename === '' || url === '') return [];
    if (!isPage(url) || !/^https:/i.test(url))
      throw new Error(`The address of the attachment "${filename}" is no https:// address.`);
    return [{ filename, url: encodeURI(url).replace(/%25(?=[0-9a-f]{2})/gi, '%') }];
  });
}

function displayOf({ template }: RenderInput, { inbox }: TemplateParts, write: Write): Pick<Content, 'as' | 'until'> {
  const as = inbox?.as ?? template?.inbox?.as;
  const said = write(inbox?.until ?? template?.inbox?.until).trim();
  const until = said === '' ? null : fromRfc3339(said);
  if (said !== '' && until === null)
    throw new Error(`\`until\` gave "${said.slice(0, 80)}", which is no RFC 3339 time.`);
  return { ...(as === undefined ? {} : { as }), ...(until === null ? {} : { until: toRfc3339(until) }) };
}

/** They are made while the message is. */
const WRITTEN_HERE = new Set(['consequence', 'emailSubject']);

/** Which names the part for this channel and reader reads without being written to do without, that have no value. */
export function missingIn(input: RenderInput): readonly string[] {
  const { parts, locale } = chosenFor(input);
  const scope = scopeOf({ ...input, consequence: null }, locale);
  const texts = textsOf(parts[input.channel] ?? {}, input.channel);
  const missing = texts.flatMap(({ text, writing }) =>
    readsOf(text, writing)
      .filter(({ path, guarded }) => !guarded && !WRITTEN_HERE.has(path[0] ?? '') && isMissing(scope, path))
      .map(({ path }) =>
        path
          .map((name) => (/^\w+$/.test(name) ? `.${name}` : `["${name}"]`))
          .join('')
          .slice(1),
      ),
  );
  return [...new Set(missing)].sort();
}

function isMissing(scope: unknown, path: readonly string[]): boolean {
  let value: unknown = scope;
  for (const name of path) {
    if (Array.isArray(value) || typeof value === 'string') return false;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return true;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value === null || value === undefined || value === '';
}

export interface PlacedText {
  readonly path: string; // e.g. locales.fr.email.html
  readonly text: string;
  readonly writing: Writing;
}

/** Fields that are no Liquid; and `mjml`, which has been made into `html`. */
const NO_TEXT = /(?:^|\.)(?:as|calendar|id)$/;
const MJML = /(?:^|\.)mjml$/;
const writingOf = (path: string): Writing =>
  path.endsWith('.html') ? 'html' : /(?:^|\.)chat\.text$/.test(path) ? 'chat' : 'plain';

/** Every text of a template, or of a part of one, with its place; its MJML too where that is asked for. */
export function textsOf(template: object, place = '', also: 'mjml' | null = null): readonly PlacedText[] {
  const isText = (path: string): boolean => !NO_TEXT.test(path) && (also === 'mjml' || !MJML.test(path));
  const walk = (value: unknown, path: string): readonly PlacedText[] => {
    if (typeof value === 'string') return isText(path) ? [{ path, text: value, writing: writingOf(path) }] : [];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, own]) => {
      if (path === '' && (name === 'id' || name === 'needs' || name === 'language')) return [];
      return walk(own, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`);
    });
  };
  return walk(template, place);
}

export interface TemplateProblem {
  readonly path: string; // e.g. locales.fr.email.html
  readonly message: string;
}

/** What a template that can be stored has gathered for it. */
export function templateNeeds(template: Omit<Template, 'id'>): TemplateNeeds {
  const texts = textsOf(template);
  const reads = texts.flatMap(({ text, writing }) => readsOf(text, writing));
  const { needs } = needsOf(reads);
  if (needs.activity.length === 0 && !needs.lastResponse && !needs.pending) return NO_NEEDS;
  const pages = readsPages(
    reads,
    texts.map(({ text }) => text),
  );
  return { ...needs, pages };
}
