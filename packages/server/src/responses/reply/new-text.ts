// What a person newly wrote in a text: without what they quote, forward or sign with, wherever it stands, in the ways of the mail
// programs of quote-words.ts. Our own code, as email-reply-parser 2.3.9, which we would have used, takes 94 s for 33 KB of `Op schreef`
// and knows no Swedish Outlook and no Spanish one. Here each line is looked at once. HTML comes by way of html-text.ts.
import { withoutAtEnd } from '@relance/core';
import { plain, wordsIn } from './plain-words.ts';
import {
  ABOVE_THIS,
  BANNERS,
  CLOSINGS,
  FORWARDING,
  FORWARDS,
  FROM_HEADERS,
  ORIGINALS,
  OTHER_HEADERS,
  SENT_FROM,
  SMALL_PRINT,
  WROTE,
} from './quote-words.ts';

export interface NewText {
  readonly text: string;
  /** There was more than that: an older mail below, above or between. */
  readonly quoted: boolean;
  /** It is passed on rather than answered. */
  readonly forwarded: boolean;
  /** Some of it may be a quoted line whose mark was lost, or more may follow: for people to read, not for us to act on. */
  readonly doubtful: boolean;
}

/** Longer texts are cut: an answer stands above that, or is none that anybody typed. */
const TEXT_MAX = 100_000;
const LINE_MAX = 1_000;
/** An attribution may be wrapped: "On Mon, 2 Nov 2026 at 09:00, Acme Ltd" / "<acme@example.com> wrote:". */
const ATTRIBUTION_LINES_MAX = 4;
const ATTRIBUTION_MAX = 400;
/** From, sent, to, cc, subject: so many lines further another header stands. */
const HEADERS_WITHIN = 5;
/** A quoted line this long may have been wrapped by somebody who put no mark before the rest. */
const WRAPPED_FROM = 60;

type Kind = 'new' | 'blank' | 'quoted';
interface Line {
  readonly text: string;
  /** How it begins, as the tables of words know it. */
  readonly plain: string;
  readonly kind: Kind;
}

const QUOTE_MARK = /^\s{0,8}(?:[A-Za-z]{1,3})?[>|│»]/;
const BLANKS = ' \t\n';
/** What lines of quotes and headers are framed by: stars, dashes, brackets. */
const FRAME = `${BLANKS}*_#=~[](){}<>|-`;
const framed = (text: string, frame: string): string => {
  let start = 0;
  while (start < text.length && frame.includes(text[start] ?? '')) start += 1;
  return withoutAtEnd(text.slice(start), frame);
};

const lineOf = (text: string): Line => {
  if (text.trim() === '') return { text, plain: '', kind: 'blank' };
  const said = plain(text.slice(0, LINE_MAX)).trim();
  const kind = QUOTE_MARK.test(text.slice(0, LINE_MAX)) ? 'quoted' : 'new';
  return { text, plain: said, kind };
};
/** Without the signs around it: `*From:*`, `-----Original Message-----`. */
const bare = ({ plain: said }: Line): string => framed(said.slice(0, ATTRIBUTION_MAX), FRAME);
const begins = (said: string, words: readonly string[]): boolean => words.some((one) => said.startsWith(one));

/** `senders`: the words of the sender's name, with which a text may end. */
export function newText(text: string, senders: readonly string[] = []): NewText {
  const lines = text.slice(0, TEXT_MAX).replace(/\r\n?/g, '\n').split('\n').map(lineOf);
  const kept: Line[] = [];
  let quoted = false;
  let forwarded = false;
  let doubtful = text.length > TEXT_MAX; // more may stand below
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] as Line;
    const passed = passedOn(line);
    if (passed !== null || isHeaderBlock(lines, index)) {
      forwarded ||= passed === 'forwarded';
      quoted = true;
      break; // nothing tells where it ends
    }
    const after = attributionEnd(lines, index);
    if (after !== null) {
      quoted = true;
      if (nextWritten(lines, after)?.kind !== 'quoted') break; // quoted without marks, to the end
      index = after;
      continue;
    }
    if (line.kind === 'quoted') {
      quoted = true;
      doubtful ||= isRest(lines, index);
      if (kept.at(-1)?.kind !== 'quoted') kept.push(BETWEEN);
    } else kept.push(line);
    index += 1;
  }
  const parts = partsOf(withoutBanner(kept)).map((part) => withoutFooter(part, senders));
  return {
    text: tidy(parts.flatMap((part) => [...part.own, BETWEEN])),
    quoted,
    forwarded,
    doubtful: doubtful || parts.some((part) => part.afterthought),
  };
}

/** Where something quoted stood. */
const BETWEEN: Line = { text: '', plain: '', kind: 'quoted' };

/** What stands above, between and below what is quoted: each may be signed. */
function partsOf(lines: readonly Line[]): readonly (readonly Line[])[] {
  const parts: Line[][] = [[]];
  for (const line of lines)
    if (line.kind === 'quoted') parts.push([]);
    else parts.at(-1)?.push(line);
  return parts;
}

function passedOn(line: Line): 'quoted' | 'forwarded' | null {
  if (line.kind !== 'new') return null;
  const said = bare(line).replace(/:$/, '').trim();
  if (begins(said, FORWARDS) && said.length < 80) return 'forwarded';
  if (/^[\s*>]{0,8}[-_=]{2}/.test(line.text) && begins(said, ORIGINALS))
    return FORWARDING.some((word) => said.includes(word)) ? 'forwarded' : 'quoted';
  return ABOVE_THIS.some((words) => line.plain.includes(words)) ? 'quoted' : null;
}

/** `From: …` and, soon after, `Sent: …` or `Subject: …`. */
function isHeaderBlock(lines: readonly Line[], index: number): boolean {
  if (!FROM_HEADERS.includes(headerName(lines[index] as Line) ?? '')) return false;
  return lines
    .slice(index + 1, index + 1 + HEADERS_WITHIN)
    .some((line) => OTHER_HEADERS.includes(headerName(line) ?? ''));
}
function headerName(line: Line): string | null {
  if (line.kind !== 'new') return null;
  const said = bare(line);
  const colon = said.indexOf(':');
  return colon < 1 || colon > 20 ? null : framed(said.slice(0, colon), FRAME);
}

/** After which line an attribution that begins here ends; null where none does. */
function attributionEnd(lines: readonly Line[], index: number): number | null {
  let said = '';
  for (let next = index; next < Math.min(lines.length, index + ATTRIBUTION_LINES_MAX); next++) {
    const line = lines[next] as Line;
    if (line.kind !== 'new') return null;
    said += `${said === '' ? '' : ' '}${line.plain}`;
    if (said.length > ATTRIBUTION_MAX) return null;
    if (isAttribution(said) || (isAddressed(said) && nextWritten(lines, next + 1)?.kind === 'quoted')) return next + 1;
  }
  return null;
}

/** The verb, with who and when around it, and a colon at the end: "Am 2.11.26 schrieb Acme:", "Acme wrote on Monday:". */
function isAttribution(said: string): boolean {
  if (!/[:：]\s{0,3}-{0,5}$/.test(said)) return false;
  const around = ` ${withoutAtEnd(said, `${BLANKS}:：-`)} `;
  if (!WROTE.some((verb) => around.includes(` ${verb} `))) return false;
  return /\d/.test(said) || said.includes('@') || / (?:on|le|am|il|el|em|op|den) /.test(around);
}

/** In a language that we do not know: when, who and their address, above what is quoted. */
const isAddressed = (said: string): boolean => /[:：]$/.test(said.trimEnd()) && said.includes('@') && /\d/.test(said);

function nextWritten(lines: readonly Line[], from: number): Line | undefined {
  return lines.slice(from, from + 50).find(({ kind }) => kind !== 'blank');
}

/** The next line stands right below a long quoted one, without a mark: it may be its end. */
function isRest(lines: readonly Line[], index: number): boolean {
  const line = lines[index] as Line;
  return lines[index + 1]?.kind === 'new' && line.text.trimEnd().length >= WRAPPED_FROM;
}

function withoutBanner(lines: readonly Line[]): readonly Line[] {
  const first = lines.findIndex(({ kind }) => kind !== 'blank');
  const start = lines[first];
  if (start === undefined || !begins(bare(start), BANNERS)) return lines;
  const end = lines.findIndex(({ kind }, index) => index > first && kind === 'blank');
  return end < 0 ? [] : withoutBanner(lines.slice(end));
}

interface Part {
  readonly own: readonly Line[];
  /** Below the signature stands a PS. */
  readonly afterthought: boolean;
}
const AFTERTHOUGHT = /^(?:p ?\.? ?s|n ?\.? ?b)\b/;

/** Up to what ends it: a signature, a footer, small print. */
function withoutFooter(lines: readonly Line[], senders: readonly string[]): Part {
  const end = lines.findIndex((line, index) => endsHere(line, index === 0 || lines[index - 1]?.kind === 'blank'));
  const below = end < 0 ? [] : lines.slice(end + 1);
  return {
    own: withoutName(end < 0 ? lines : lines.slice(0, end), senders),
    afterthought: below.some(({ plain: said }) => AFTERTHOUGHT.test(said)),
  };
}
function endsHere(line: Line, first: boolean): boolean {
  if (line.kind === 'blank') return false;
  // RFC 3676 §4.3: the mark of a signature; its blank is lost by many, and others draw lines.
  if (/^\s{0,3}(?:--\s?|—|[_=*-]{3,})\s{0,3}$/.test(line.text)) return true;
  const said = bare(line);
  if (begins(said, SENT_FROM)) return true;
  if (CLOSINGS.includes(withoutAtEnd(said, `${BLANKS},.!;:`))) return true;
  return first && begins(said, SMALL_PRINT);
}

/** "Done" / "Ana Lopez" / "Head of things": a paragraph that begins with no more than the sender's own name. */
function withoutName(lines: readonly Line[], senders: readonly string[]): readonly Line[] {
  const start = lines.findIndex(({ kind }) => kind === 'new');
  const name = lines.findIndex((line, index) => index > start && isName(line, senders));
  if (start < 0 || name < 0) return lines;
  const above = lines[name - 1]?.kind === 'blank';
  const end = lines.findIndex(({ kind }, index) => index > name && kind === 'blank');
  const rest = end < 0 ? [] : lines.slice(end);
  // Right below what was written only the name is one, and only at the end of it.
  if (!above && end !== name + 1 && name !== lines.length - 1) return lines;
  return [...lines.slice(0, name), ...rest];
}
function isName(line: Line, senders: readonly string[]): boolean {
  if (line.kind !== 'new') return false;
  const words = wordsIn(line.text);
  const own = words.map((one) => senders.includes(one));
  // "Ana Lopez | Head of things".
  if (words.length > 2 && own[0] === true && own[1] === true && /[|,·•–/-]/.test(line.text)) return true;
  // "Ana L."
  const initial = (one: string): boolean => one.length === 1 && senders.some((name) => name.startsWith(one));
  return own.includes(true) && words.every((one, index) => own[index] === true || initial(one));
}

/** Programs put a name where a picture was. */
const PICTURE = /\[(?:cid|image|https?|inline image)[^[\]\n]{0,300}\]/gi;

function tidy(lines: readonly Line[]): string {
  const text: string[] = [];
  for (const line of lines) {
    const said = line.text.replace(PICTURE, ' ').trim();
    if (said !== '' || (text.length > 0 && text.at(-1) !== '')) text.push(said);
  }
  if (text.at(-1) === '') text.pop();
  return text.join('\n');
}
