// What a person wrote in a mail that is HTML, as lines of text: what mail programs mark as quoted, as a signature or as hidden is left
// out by its mark, in one pass over the page. What they do not mark (the header lines of Outlook, a footer) is new-text.ts's to find.
import { Parser } from 'htmlparser2';

export interface HtmlText {
  readonly text: string;
  /** Something was marked as quoted. */
  readonly quoted: boolean;
  /** Whether all of it was read: not so of a page that is too long or too deep. */
  readonly whole: boolean;
}

/** A page with more in it is no answer that anybody typed. */
const HTML_MAX = 1_000_000;
const DEPTH_MAX = 500;
const PIECE = 10_000;

/** Nothing within is read; `head` of a page, and what is not words. */
const UNREAD = new Set(['head', 'style', 'script', 'title', 'template', 'object', 'svg', 'select', 'textarea']);
const BREAKS = new Set([
  'br',
  'p',
  'div',
  'li',
  'tr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'pre',
  'table',
  'hr',
  'ul',
  'ol',
  'section',
]);
const VOID = new Set([
  'br',
  'hr',
  'img',
  'input',
  'meta',
  'link',
  'area',
  'base',
  'col',
  'embed',
  'source',
  'track',
  'wbr',
]);

/** Classes and ids around what is quoted: Gmail, Yahoo, Proton Mail, Thunderbird, Zoho, Tuta, Roundcube, Zimbra, GMX, Fastmail. */
const QUOTED = [
  'gmail_attr',
  'yahoo_quoted',
  'yqt',
  'protonmail_quote',
  'moz-cite-prefix',
  'moz-forward-container',
  'zmail_extra',
  'tutanota_quote',
  'reply-intro',
  'zimbra-quote',
  'quote-header',
];
/** From here on everything is quoted: Outlook on the web, on phones and its predecessors; Front; Hey. */
const QUOTED_FROM = [
  'appendonsend',
  'divrplyfwdmsg',
  'mail-editor-reference-message-container',
  'stopspelling',
  'outlookmessageheader',
  'isforwardcontent',
];
const SIGNED = [
  'gmail_signature',
  'gmail_signature_prefix',
  'moz-signature',
  'protonmail_signature_block',
  'applemailsignature',
  'ms-outlook-mobile-signature',
  'mobile-signature',
  'ymail_android_signature',
  'tutanota_signature',
  'signature',
];
/** The line that Outlook for Windows draws above the headers of what it quotes. */
const OUTLOOK_LINE = /border-top:\s?solid #(?:e1e1e1|b5c4df) 1(?:\.0)?pt/i;
const HIDDEN = /display:\s?none|visibility:\s?hidden|font-size:\s?0(?:px|pt)?(?:;|$)|mso-hide:\s?all/i;

type Mark = 'quoted' | 'quoted from here' | 'signed' | 'unread' | null;

/** `x_gmail_quote` and `ydp12345yahoo_quoted` are what other programs make of a name when they quote it once more. */
const isOneOf = (names: readonly string[], wanted: readonly string[]): boolean =>
  names.some((name) =>
    wanted.some((one) => name === one || name === `x_${one}` || (name.startsWith('ydp') && name.endsWith(one))),
  );

function markOf(tag: string, attributes: Readonly<Record<string, string>>): Mark {
  if (UNREAD.has(tag)) return 'unread';
  if (tag === 'blockquote') return 'quoted';
  const { id = '', class: classes = '', style = '', hidden } = attributes;
  const names = `${id} ${classes}`.slice(0, 500).toLowerCase().split(/\s+/);
  if (isOneOf(names, QUOTED)) return 'quoted';
  if (isOneOf(names, QUOTED_FROM) || OUTLOOK_LINE.test(style.slice(0, 1_000))) return 'quoted from here';
  if (isOneOf(names, SIGNED)) return 'signed';
  if (hidden !== undefined || HIDDEN.test(style.slice(0, 1_000))) return 'unread';
  return null;
}

/** Never throws, and takes no longer than the page is long. */
export function htmlText(html: string): HtmlText {
  const lines: string[] = [];
  const open: { readonly tag: string; readonly mark: Mark }[] = [];
  let line = '';
  let left = 0; // how many of the open tags leave out what is in them
  let quoted = false;
  let over = false;
  const end = (): void => {
    lines.push(line);
    line = '';
  };
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (over) return;
        const mark = markOf(tag, attributes);
        if (mark === 'quoted' || mark === 'quoted from here') quoted = true;
        if (mark === 'quoted from here') over = true;
        // A quoted block between two answers leaves a trace, so that they are not read as one.
        if (left === 0 && (BREAKS.has(tag) || mark === 'quoted')) end();
        if (VOID.has(tag) || open.length >= DEPTH_MAX) return;
        open.push({ tag, mark });
        if (mark !== null) left += 1;
      },
      ontext(text) {
        if (left === 0 && !over) line += text.replace(/\s+/g, ' ');
      },
      onclosetag(tag) {
        if (over || VOID.has(tag)) return;
        const top = open.at(-1);
        if (top?.tag !== tag) return; // deeper than we count
        open.pop();
        if (top.mark !== null) left -= 1;
        if (left === 0 && tag !== 'br' && (BREAKS.has(tag) || top.mark === 'quoted')) end();
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  const page = html.slice(0, HTML_MAX);
  // The parser's own memory of open tags grows dear with their number: a page too deep to be typed is read no further.
  let at = 0;
  for (; at < page.length && !over && open.length < DEPTH_MAX; at += PIECE) parser.write(page.slice(at, at + PIECE));
  const whole = over || (at >= html.length && html.length <= HTML_MAX && open.length < DEPTH_MAX);
  if (!over) parser.end();
  end();
  return { text: lines.join('\n'), quoted, whole };
}
