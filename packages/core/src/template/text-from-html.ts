// The text part of a mail whose author wrote none: what a reader would see of the page, in one pass over it, whatever it is. A
// page may be long and not well-formed, and what reads it must not take longer than it is long.
import { withoutAtEnd } from '../text-end.ts';

/** What is within is not read. */
const UNREAD = new Set(['head', 'style', 'script']);
const BREAKS = new Set(['br', '/p', '/div', '/h1', '/h2', '/h3', '/h4', '/h5', '/h6', '/li', '/tr']);
/** Nothing longer is a tag. */
const TAG_MAX = 10_000;
const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: ' ',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#039': "'",
  '#34': '"',
  amp: '&',
};

/** A readable text part; blanks and lines as tidyText leaves them. */
export function textFromHtml(html: string): string {
  const page = new Page(html);
  let text = '';
  let link: { readonly url: string; readonly from: number } | null = null;
  for (let piece = page.next(); piece !== null; piece = page.next()) {
    if (piece.kind === 'text') {
      text += piece.text;
      continue;
    }
    const { name, tag } = piece;
    if (BREAKS.has(name)) text += '\n';
    else if (name === 'img') text += attributeOf(tag, 'alt') ?? '';
    else if (name === 'a') link = { url: attributeOf(tag, 'href') ?? '', from: text.length };
    else if (name === '/a' && link !== null) {
      if (link.url !== '') text += ` (${link.url})`;
      link = null;
    }
  }
  return tidyText(
    unescaped(text)
      .replace(/[ \t]+/g, ' ')
      .replaceAll('\n ', '\n'),
  );
}

/** Without blanks at the ends of lines, and with no more than one empty line between others. */
export const tidyText = (text: string): string =>
  text
    .split('\n')
    .map((line) => withoutAtEnd(line, ' \t'))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

const unescaped = (text: string): string =>
  text.replace(/&(nbsp|lt|gt|quot|amp|#0?39|#34);/g, (_entity, name: string) => ENTITIES[name] ?? '');

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `name` in small letters, with its slash; `tag` between the angle brackets. */
  | { readonly kind: 'tag'; readonly name: string; readonly tag: string };

/** A page in its pieces. What is looked for and not there is looked for once. */
class Page {
  readonly #html: string;
  #at = 0;
  readonly #absent = new Set<string>();

  constructor(html: string) {
    this.#html = html;
  }

  next(): Piece | null {
    while (this.#at < this.#html.length) {
      const open = this.#find('<', this.#at);
      if (open !== this.#at) {
        const text = this.#html.slice(this.#at, open < 0 ? undefined : open);
        this.#at = open < 0 ? this.#html.length : open;
        return { kind: 'text', text };
      }
      const piece = this.#html.startsWith('<!--', open) ? this.#skip('-->', open) : this.#tag(open);
      if (piece !== null) return piece;
    }
    return null;
  }

  #tag(open: number): Piece | null {
    const close = this.#find('>', open);
    if (close < 0 || close - open > TAG_MAX) return this.#text(open + 1);
    const tag = this.#html.slice(open + 1, close);
    const name = /^\/?[a-z][a-z0-9]{0,20}/i.exec(tag)?.[0].toLowerCase() ?? '';
    if (name === '' && !/^[!?]/.test(tag)) return this.#text(open + 1); // 1 < 2
    this.#at = close + 1;
    if (UNREAD.has(name)) {
      const end = this.#find(`</${name}`, this.#at);
      if (end >= 0) this.#at = end;
    }
    return { kind: 'tag', name, tag };
  }

  /** Past it; a comment that has no end is text. */
  #skip(end: string, from: number): Piece | null {
    const at = this.#find(end, from);
    if (at < 0) return this.#text(from + 1);
    this.#at = at + end.length;
    return null;
  }

  #text(to: number): Piece {
    const text = this.#html.slice(this.#at, to);
    this.#at = to;
    return { kind: 'text', text };
  }

  #find(what: string, from: number): number {
    if (this.#absent.has(what)) return -1;
    const at = this.#html.indexOf(what, from);
    if (at < 0) this.#absent.add(what);
    return at;
  }
}

function attributeOf(tag: string, name: string): string | null {
  for (const [, found = '', double, single] of tag.matchAll(/\s([a-z-]{1,20})=(?:"([^"]*)"|'([^']*)')/gi))
    if (found.toLowerCase() === name) return double ?? single ?? '';
  return null;
}
