// Where in a page of HTML a value stands: in its text, in an attribute, in an address, in a style. Follows the literal text of
// a template as a browser reads it, so that each value can be written for its place; which branch is read is placing.ts. A value
// that would stand where no escaping helps (a script, the name of an attribute, one without quotes) is refused.
import { SCHEMES } from './escape.ts';

export type Place =
  | { readonly kind: 'text' | 'whole_url' | 'after_host' | 'rest_of_url' | 'part_of_query' | 'style' }
  | { readonly kind: 'refused'; readonly why: string };

/** Attributes that lead somewhere or load something. */
const ADDRESSES = new Set(
  'href src action formaction background poster cite data longdesc manifest ping srcset xlink:href'.split(' '),
);
const TEXT: Place = { kind: 'text' };

export class Markup {
  /** In which part of the page, as far as it was read. */
  #state: 'text' | 'tag_name' | 'tag' | 'attribute_name' | 'before_value' | 'value' | 'comment' | 'script' | 'style' =
    'text';
  #tag = '';
  #attribute = '';
  #quote = '';
  /** Of the value of an attribute, as far as it was read; a value from outside is `\u0000`. */
  #read = '';

  copy(): Markup {
    const copy = new Markup();
    copy.#state = this.#state;
    copy.#tag = this.#tag;
    copy.#attribute = this.#attribute;
    copy.#quote = this.#quote;
    copy.#read = this.#read;
    return copy;
  }

  /** In the text of the page, between its tags. */
  get isInText(): boolean {
    return this.#state === 'text';
  }

  /** The same for two from where everything that may follow is read alike. */
  key(): string {
    if (this.#state === 'text' || this.#state === 'comment') return this.#state;
    const read = this.#state === 'value' ? this.#readAlike() : '';
    return [this.#state, this.#tag, this.#attribute, this.#quote, read].join('\n');
  }

  #readAlike(): string {
    if (!ADDRESSES.has(this.#attribute)) return '';
    const { kind } = placeInAddress(this.#read.trimStart());
    return kind === 'refused' ? this.#read : kind;
  }

  /** What stands there as it is. */
  literal(text: string): void {
    for (let at = 0; at < text.length; ) at = this.#step(text, at);
  }

  /** A value from outside is put here. */
  value(): Place {
    const place = this.#place();
    if (this.#state === 'value') this.#read += '\u0000';
    return place;
  }

  #place(): Place {
    switch (this.#state) {
      case 'text':
      case 'comment':
        return TEXT;
      case 'style':
        return { kind: 'style' };
      case 'script':
        return refused('a value cannot stand in a script');
      case 'value':
        return this.#quote === '' ? refused(`put the value of \`${this.#attribute}\` in quotes`) : this.#inAttribute();
      case 'before_value':
        return refused(`put the value of \`${this.#attribute}\` in quotes`);
      case 'tag_name':
      case 'tag':
      case 'attribute_name':
        return refused('a value cannot be the name of a tag or of an attribute');
    }
  }

  #inAttribute(): Place {
    const name = this.#attribute;
    if (/^on/.test(name) || name === 'srcdoc') return refused(`a value cannot stand in \`${name}\``);
    if (name === 'style') return { kind: 'style' };
    return ADDRESSES.has(name) ? placeInAddress(this.#read.trimStart()) : TEXT;
  }

  #step(text: string, at: number): number {
    switch (this.#state) {
      case 'text':
        return this.#inText(text, at);
      case 'comment':
        return this.#until(text, at, '-->');
      case 'script':
      case 'style':
        return this.#until(text, at, `</${this.#state}`);
      case 'value':
        return this.#inValue(text, at);
      default:
        return this.#inTag(text, at);
    }
  }

  #inText(text: string, at: number): number {
    const begin = text.indexOf('<', at);
    if (begin === -1) return text.length;
    if (text.startsWith('<!--', begin)) {
      // What Outlook alone reads is markup like the rest of it.
      const [conditional] = /^<!--\[if[^\]]*\]>(?:<!-->)?/i.exec(text.slice(begin, begin + 200)) ?? [];
      if (conditional === undefined) this.#state = 'comment';
      return begin + (conditional ?? '<!--').length;
    }
    // At the end of a literal a value may follow, which then would be the name of a tag.
    if (!/[a-z/!]/i.test(text[begin + 1] ?? 'a')) return begin + 1;
    this.#state = 'tag_name';
    this.#tag = '';
    return begin + 1;
  }

  /** To the end of what is read as one piece. */
  #until(text: string, at: number, end: string): number {
    const found = text.toLowerCase().indexOf(end, at);
    if (found === -1) return text.length;
    this.#state = 'text';
    return found + (end === '-->' ? end.length : 0);
  }

  #inTag(text: string, at: number): number {
    const sign = text[at] ?? '';
    if (sign === '>') return this.#endTag(at);
    if (this.#state === 'tag_name') {
      if (/[\s/]/.test(sign) && this.#tag !== '') this.#state = 'tag';
      else this.#tag += sign.toLowerCase();
    } else if (this.#state === 'before_value') {
      if (/\s/.test(sign)) return at + 1;
      this.#state = 'value';
      this.#read = '';
      this.#quote = /["']/.test(sign) ? sign : '';
      if (this.#quote === '') return at;
    } else if (sign === '=' && this.#attribute !== '') this.#state = 'before_value';
    else if (/[\s/]/.test(sign)) this.#state = 'tag';
    else {
      this.#attribute = (this.#state === 'tag' ? '' : this.#attribute) + sign.toLowerCase();
      this.#state = 'attribute_name';
    }
    return at + 1;
  }

  #inValue(text: string, at: number): number {
    const end = this.#quote === '' ? text.slice(at).search(/[\s>]/) : text.slice(at).indexOf(this.#quote);
    if (end === -1) {
      this.#read += text.slice(at);
      return text.length;
    }
    this.#read = '';
    this.#attribute = '';
    this.#state = 'tag';
    return at + end + (this.#quote === '' ? 0 : 1);
  }

  #endTag(at: number): number {
    this.#attribute = '';
    this.#state = this.#tag === 'script' || this.#tag === 'style' ? this.#tag : 'text';
    return at + 1;
  }
}

const refused = (why: string): Place => ({ kind: 'refused', why });
const UNBEGUN = refused('an address begins with https:// or is one value as a whole');

/** Of a value in an address, by what stands before it there: only where that is certain may the value be less than the whole. */
function placeInAddress(before: string): Place {
  if (before === '') return { kind: 'whole_url' };
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(before) ?? [];
  if (scheme === undefined) {
    const [begun = ''] = /^[^/?#\\\u0000]*/.exec(before) ?? [];
    // A browser reads `&#58;` as a colon, and no blank at all within a scheme.
    if (begun === before || /[&\s]/.test(begun)) return UNBEGUN;
  } else if (!SCHEMES.includes(scheme.toLowerCase())) return refused(`an address cannot begin with \`${scheme}:\``);
  if (/[?#]/.test(before)) return { kind: 'part_of_query' };
  return placeAtHost(before, scheme) ?? { kind: 'rest_of_url' };
}

/** Where the host may still go on: `https://acme.com` and `.evil.test` would be another host. Null past it. */
function placeAtHost(before: string, scheme: string | undefined): Place | null {
  const named = scheme !== undefined && /^https?$/i.test(scheme);
  const [slashes = ''] = /^[/\\]*/.exec(named ? before.slice(scheme.length + 1) : before) ?? [];
  if (!named && before === slashes && slashes.length === 1) return UNBEGUN;
  if (!named && slashes.length < 2 && !before.startsWith('\u0000')) return null;
  const host = before.slice((named ? scheme.length + 1 : 0) + slashes.length);
  if (/[/\\]/.test(host)) return null;
  return host === '' ? refused('the host of an address cannot be a value') : { kind: 'after_host' };
}
