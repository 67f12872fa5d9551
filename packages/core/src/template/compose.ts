// Puts together what a template is made of, before it is stored: `{% render "footer" %}` brings in the same part of the template
// `footer`, `{% layout "branded" %}` with its blocks takes the place in the other's `{% block %}`, and in MJML `<mj-include
// path="footer" />` brings in its MJML. Text in, text out, so that what is stored is whole and sending reads nothing
// else. Liquid runs it (liquid.ts, part-tag.ts); the server compiles the MJML afterwards.
import { LiquidError, TagToken, Tokenizer, type TopLevelToken } from 'liquidjs';
import type { Template, TemplateParts, WrittenParts } from '../content.ts';
import { canonicalTag } from '../language-tag.ts';
import type { TemplateProblem } from '../render.ts';
import { TEXT_MAX } from './liquid.ts';
import { wordsAlong } from './words-for.ts';

/** A template in a template in a template, and so on. */
export const DEPTH_MAX = 8;
/** Other templates that one may be made of. */
export const MADE_OF_MAX = 50;

export type Composed =
  /** `uses`: the templates it is made of. */
  | { readonly ok: true; readonly template: Omit<Template, 'id' | 'needs'>; readonly uses: readonly string[] }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[]; readonly uses: readonly string[] };

export type Find = (id: string) => WrittenParts | undefined;

export function composeTemplate(id: string, written: WrittenParts, find: Find): Composed {
  const uses = new Set<string>();
  const problems: TemplateProblem[] = [];
  const compose = <T>(value: T, locale: string | null, path: string, place: string): T => {
    if (typeof value === 'string') {
      const composer = new Composer(find, uses, locale, path);
      try {
        return composer.whole(value, [id]) as T;
      } catch (error) {
        // A text that no string can hold, or that is nested deeper than can be followed.
        const isEndless = error instanceof RangeError;
        if (!(error instanceof Misplaced) && !LiquidError.is(error) && !isEndless) throw error;
        const message = isEndless ? 'It is too long or nested too deep.' : (error as Error).message;
        problems.push({ path: place, message: message.split('\n')[0] ?? '' });
        return value;
      }
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, own]) => {
      const at = (before: string) => (before === '' ? name : `${before}.${name}`);
      return [name, compose(own, locale, at(path), at(place))] as const;
    });
    return (Array.isArray(value) ? entries.map(([, own]) => own) : Object.fromEntries(entries)) as T;
  };
  const { locales, language, ...own } = written;
  for (const name of doubled(Object.keys(locales ?? {})))
    problems.push({ path: `locales.${name}`, message: `It has words in ${name} twice; keep one of the two.` });
  const template = {
    ...(language === undefined ? {} : { language: canonicalTag(language) }),
    ...compose<TemplateParts>(own, language ?? null, '', ''),
    ...(locales === undefined
      ? {}
      : {
          locales: Object.fromEntries(
            Object.entries(locales).map(([name, parts]) => [
              canonicalTag(name),
              compose(parts, name, '', `locales.${name}`),
            ]),
          ),
        }),
  };
  if (uses.size > MADE_OF_MAX)
    problems.push({ path: '', message: `It is made of ${uses.size} other templates; ${MADE_OF_MAX} are allowed.` });
  return problems.length === 0 ? { ok: true, template, uses: [...uses] } : { ok: false, problems, uses: [...uses] };
}

/** `fr-CA` and `fr-ca` are one. */
function doubled(names: readonly string[]): readonly string[] {
  const tags = names.map(canonicalTag);
  return [...new Set(tags.filter((tag, index) => tags.indexOf(tag) !== index))];
}

class Misplaced extends Error {}

type Block = (otherwise: string) => string;
type Blocks = ReadonlyMap<string, Block>;

class Composer {
  readonly #find: Find;
  readonly #uses: Set<string>;
  readonly #locale: string | null;
  readonly #path: string;
  #spent = 0;

  constructor(find: Find, uses: Set<string>, locale: string | null, path: string) {
    this.#find = find;
    this.#uses = uses;
    this.#locale = locale;
    this.#path = path;
  }

  /** A text with everything in it; `within`: the templates around it, the outermost first. */
  whole(text: string, within: readonly string[], blocks: Blocks = new Map()): string {
    const pieces = new Pieces(text);
    const layout = pieces.layout();
    const whole =
      layout === null ? this.#plain(pieces, within, blocks) : this.#inLayout(layout, pieces, within, blocks);
    return this.#path.endsWith('mjml') ? this.#included(whole, within) : whole;
  }

  /** Of a text that stands in a layout, its blocks take the place of the layout's. */
  #inLayout(layout: TagToken, pieces: Pieces, within: readonly string[], given: Blocks): string {
    const id = nameOf(layout);
    const blocks = new Map<string, Block>(given);
    const outside: string[] = [];
    for (let token = pieces.next(); token !== undefined; token = pieces.next()) {
      if (!isTag(token, 'block')) {
        outside.push(pieces.textOf(token));
        continue;
      }
      const name = blockName(token);
      const inner = this.#plain(pieces.inside(token, 'block'), within, given);
      const over = given.get(name);
      const supers = [...inner.matchAll(SUPER)].length;
      const own: Block = (otherwise) => {
        this.#spend(inner.length + supers * otherwise.length);
        return inner.replaceAll(SUPER, () => otherwise);
      };
      blocks.set(name, over === undefined ? own : (otherwise) => over(own(otherwise)));
    }
    const rest = outside.join('');
    if (blocks.size === 0) {
      const inner = this.#plain(new Pieces(rest), within, given);
      blocks.set('content', () => inner);
    } else if (withoutComments(rest).trim() !== '')
      throw new Misplaced(
        `"${rest.trim().slice(0, 60)}" stands outside of the blocks, where the layout "${id}" has no place for it.`,
      );
    return this.#other(id, 'layout', within, blocks);
  }

  #plain(pieces: Pieces, within: readonly string[], blocks: Blocks): string {
    let whole = '';
    for (let token = pieces.next(); token !== undefined; token = pieces.next()) {
      if (isTag(token, 'layout'))
        throw new Misplaced('`layout` stands at the beginning of a text, before anything else.');
      if (isTag(token, 'part') || isTag(token, 'endpart')) throw new Misplaced(`There is no tag "${token.name}".`);
      if (isTag(token, 'block')) {
        const own = this.#plain(pieces.inside(token, 'block'), within, blocks);
        whole += (blocks.get(blockName(token)) ?? ((otherwise) => otherwise))(own);
      } else if (isTag(token, 'render')) {
        const [, open = '', close = ''] = /^\{%(-?)[\s\S]*?(-?)%\}$/.exec(token.getText()) ?? [];
        const other = this.#other(nameOf(token), 'render', within, new Map());
        whole += `{%${open} part ${token.args.trim()} %}${other}{% endpart ${close}%}`;
      } else whole += pieces.textOf(token);
      this.#spend(whole.length);
    }
    return whole;
  }

  #included(text: string, within: readonly string[]): string {
    return text.replaceAll(INCLUDE, (_tag, attributes: string) => {
      const [, double, single] = /(?:^|\s)path\s{0,9}=\s{0,9}(?:"([^"']+)"|'([^"']+)')/.exec(attributes) ?? [];
      const id = double ?? single;
      if (id === undefined) throw new Misplaced('`mj-include` needs `path`, the id of a template.');
      return this.#other(id, 'mj-include', within, new Map());
    });
  }

  /** The same part of another template, whole. */
  #other(id: string, how: 'render' | 'layout' | 'mj-include', within: readonly string[], blocks: Blocks): string {
    this.#uses.add(id);
    if (within.includes(id))
      throw new Misplaced(
        `The template "${id}" is made of itself: ${[...within, id].map((one) => `"${one}"`).join(' → ')}.`,
      );
    if (within.length >= DEPTH_MAX)
      throw new Misplaced(`Templates are made of others ${DEPTH_MAX} deep; "${id}" is deeper.`);
    const path = how === 'render' && this.#path === 'email.mjml' ? 'email.html' : this.#path;
    const template = this.#find(id);
    if (template === undefined)
      throw new Misplaced(`There is no template "${id}" to ${how === 'layout' ? 'stand in' : how}.`);
    const text = this.#partOf(template, path);
    if (text === undefined) throw new Misplaced(`The template "${id}" has no \`${path}\`${this.#hint(template, how)}.`);
    if (how === 'mj-include' && /<mjml[\s>]/.test(text))
      throw new Misplaced(
        `The template "${id}" is a whole mail; what \`mj-include\` brings in has no \`<mjml>\` of its own.`,
      );
    this.#spend(text.length);
    return new Composer(this.#find, this.#uses, this.#locale, path).#within(this).whole(text, [...within, id], blocks);
  }

  /** Shares what was spent. */
  #within(outer: Composer): this {
    this.#spent = outer.#spent;
    return this;
  }

  #hint(template: WrittenParts, how: string): string {
    if (how === 'render' && this.#path === 'email.mjml' && template.email?.mjml !== undefined)
      return '; bring its MJML in with `<mj-include path="…" />`';
    return this.#locale === null ? '' : ` in ${this.#locale} or of its own`;
  }

  #partOf(template: WrittenParts, path: string): string | undefined {
    const [channel = '', field = ''] = path.split('.');
    const read = (parts: TemplateParts | undefined): unknown =>
      (parts as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> | undefined)?.[channel]?.[
        field
      ];
    const near = this.#locale === null ? [] : wordsAlong(template, this.#locale).map(([, parts]) => parts);
    const found = [...near, template].map(read);
    return found.find((text): text is string => typeof text === 'string');
  }

  #spend(length: number): void {
    if (this.#spent + length > TEXT_MAX)
      throw new Misplaced(`With what it is made of it is longer than ${TEXT_MAX.toLocaleString('en')} characters.`);
  }
}

const INCLUDE = /<mj-include\b([^<>]*)>(?:\s{0,100}<\/mj-include>)?/g;
const SUPER = /\{\{-?\s*block\.super\s*-?\}\}/g;

const isTag = (token: TopLevelToken, name: string): token is TagToken =>
  token instanceof TagToken && token.name === name;

function nameOf(token: TagToken): string {
  const name = /^\s*(["'])([^"']+)\1/.exec(token.args)?.[2];
  if (name === undefined) throw new Misplaced(`\`${token.getText()}\`: the id of the template is expected, in quotes.`);
  return name;
}
const blockName = (token: TagToken): string => /\w[\w-]*/.exec(token.args)?.[0] ?? 'content';

function withoutComments(text: string): string {
  const pieces = new Pieces(text);
  let left = '';
  for (let token = pieces.next(); token !== undefined; token = pieces.next()) {
    const piece = pieces.textOf(token);
    if (!isTag(token, 'comment') && !isTag(token, '#')) left += piece;
  }
  return left;
}

/** A text in its pieces, one after the other; what stands in comments and raw text is left as it is. */
class Pieces {
  readonly #text: string;
  readonly #tokens: readonly TopLevelToken[];
  #at = 0;

  constructor(text: string, tokens: readonly TopLevelToken[] = new Tokenizer(text).readTopLevelTokens()) {
    this.#text = text;
    this.#tokens = tokens;
  }

  next(): TopLevelToken | undefined {
    return this.#tokens[this.#at++];
  }

  /** As it was written; a comment to its end. */
  textOf(token: TopLevelToken): string {
    if (!isTag(token, 'comment')) return this.#text.slice(token.begin, token.end);
    for (let one = this.next(); one !== undefined; one = this.next())
      if (isTag(one, 'endcomment')) return this.#text.slice(token.begin, one.end);
    return this.#text.slice(token.begin);
  }

  /** Takes the tag of a layout away, and what is blank before it. */
  layout(): TagToken | null {
    const at = this.#tokens.findIndex((token) => this.#text.slice(token.begin, token.end).trim() !== '');
    const first = this.#tokens[at];
    if (first === undefined || !isTag(first, 'layout')) return null;
    this.#at = at + 1;
    return first;
  }

  /** The pieces up to the end of a tag, which are taken away with it. */
  inside(begin: TagToken, name: string): Pieces {
    const inner: TopLevelToken[] = [];
    for (let depth = 1, token = this.next(); token !== undefined; token = this.next()) {
      if (isTag(token, name)) depth++;
      else if (isTag(token, `end${name}`) && --depth === 0) return new Pieces(this.#text, inner);
      inner.push(token);
    }
    throw new Misplaced(`\`${begin.getText()}\` is not closed.`);
  }
}
