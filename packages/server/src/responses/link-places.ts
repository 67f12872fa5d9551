// Where links stand in a page or in a text, and other ones in their places: byte for byte the same around them. Pages are read
// by a tokenizer that knows HTML (comments, scripts, quotes, entities), so that what only looks like a link is left alone.
import { QuoteType, Tokenizer } from 'htmlparser2';

/** What stands in the place of a link; null: it stays. */
export type Replaced = (url: string) => string | null;

interface Place {
  readonly from: number;
  readonly to: number;
  readonly url: string;
}

export function replaceLinks(source: string, as: 'html' | 'text', replaced: Replaced): string {
  const places = as === 'html' ? placesInHtml(source) : placesInText(source);
  let made = '';
  let done = 0;
  for (const { from, to, url } of places) {
    const other = replaced(url);
    if (other === null) continue;
    made += source.slice(done, from) + other;
    done = to;
  }
  return done === 0 ? source : made + source.slice(done);
}

const LINKED: readonly string[] = ['a', 'area'];

/** What the first `href` of each `a` and `area` says, with its entities read. */
function placesInHtml(source: string): readonly Place[] {
  const places: Place[] = [];
  let tag = '';
  let name = { text: '', end: 0 };
  let url = '';
  let isFirst = true;
  const ignored = (): void => {};
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: true },
    {
      onopentagname(start, end) {
        tag = source.slice(start, end).toLowerCase();
        isFirst = true;
      },
      onattribname(start, end) {
        name = { text: source.slice(start, end).toLowerCase(), end };
        url = '';
      },
      onattribdata(start, end) {
        url += source.slice(start, end);
      },
      onattribentity(codepoint) {
        url += String.fromCodePoint(codepoint);
      },
      onattribend(quote, end) {
        if (!isFirst || name.text !== 'href' || !LINKED.includes(tag)) return;
        isFirst = false;
        if (quote === QuoteType.NoValue) return;
        const isQuoted = quote !== QuoteType.Unquoted;
        places.push({ from: valueStart(source, name.end, isQuoted), to: isQuoted ? end - 1 : end, url });
      },
      oncdata: ignored,
      onclosetag: ignored,
      oncomment: ignored,
      ondeclaration: ignored,
      onend: ignored,
      onopentagend: ignored,
      onprocessinginstruction: ignored,
      onselfclosingtag: ignored,
      ontext: ignored,
      ontextentity: ignored,
    },
  );
  tokenizer.write(source);
  tokenizer.end();
  return places;
}

/** Behind the name come an equals sign, with blanks on both sides, and a quote. */
function valueStart(source: string, nameEnd: number, isQuoted: boolean): number {
  let at = source.indexOf('=', nameEnd) + 1;
  while (/\s/.test(source[at] ?? '')) at++;
  return isQuoted ? at + 1 : at;
}

const IN_TEXT = /https?:\/\/[^\s<>"]+/gi;
/** What ends a sentence around a link, and no link. */
const AFTER_LINK = ".,;:!?'*_»”’]}";

function placesInText(source: string): readonly Place[] {
  return [...source.matchAll(IN_TEXT)].map(({ 0: written, index: from }) => {
    let end = written.length;
    const opened = written.indexOf('(');
    for (; end > 0; end--) {
      const last = written[end - 1] ?? '';
      // A bracket that was opened within belongs to the address.
      const closes = last === ')' && (opened === -1 || opened >= end);
      if (!closes && !AFTER_LINK.includes(last)) break;
    }
    return { from, to: from + end, url: written.slice(0, end) };
  });
}
