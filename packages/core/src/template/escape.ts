// How a value from outside is written into a text, by what that text is: HTML, an address in it, a style, the markup of a
// chat. liquid.ts does it to whatever a template puts out, so that no template can forget it. Pure.
import { Drop, toValue } from 'liquidjs';

/** What is written already: a captured piece whose values were escaped when they were put in, or the answer of `escape`. */
export class Written extends Drop {
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
  override valueOf(): string {
    return this.text;
  }
}

/** A value as Liquid writes it. */
export function textOf(value: unknown): string {
  const plain: unknown = toValue(value);
  if (typeof plain === 'string') return plain;
  if (plain === null || plain === undefined) return '';
  return Array.isArray(plain) ? plain.map(textOf).join('') : String(plain);
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (one) => HTML[one] ?? one);
const SIGNS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(HTML).map(([sign, own]) => [own, sign]),
);
/** Of what is written as HTML already, the text that it shows: an address is written for its own place, and once. */
const addressOf = (value: unknown): string =>
  value instanceof Written ? value.text.replace(/&(?:amp|lt|gt|#34|#39);/g, (own) => SIGNS[own] ?? own) : textOf(value);

/** Where a link of a message may lead. */
const SCHEME = /^(?:https?:\/\/|mailto:|tel:|sms:)/i;
export const SCHEMES = ['http', 'https', 'mailto', 'tel', 'sms', 'cid'];
const NOWHERE = '#';

/** What may not stand in an address as it is, `%41` left as it is. */
const encoded = (text: string): string =>
  encodeURI(text.toWellFormed())
    .replace(/%25(?=[0-9a-f]{2})/gi, '%')
    .replace(/%5B/g, '[')
    .replace(/%5D/g, ']')
    .replace(/'/g, '%27');

/** An address that is a value as a whole; `#` for what leads to no page, such as `javascript:`. */
export function wholeUrl(value: unknown): string {
  const text = addressOf(value).trim();
  return SCHEME.test(text) && !/[\u0000-\u0020]/.test(text) ? encoded(text) : NOWHERE;
}

/** What follows the beginning of an address. */
export const restOfUrl = (value: unknown): string => encoded(addressOf(value)).replace(/[?#]/g, encodeURIComponent);

/** What follows the host of an address: the host must have ended, or it would be another. */
export function afterHost(value: unknown): string {
  const text = addressOf(value).trim();
  return /^[/?#]/.test(text) ? encoded(text) : '';
}

/** What follows the `?` of an address. */
export const partOfQuery = (value: unknown): string =>
  encodeURIComponent(addressOf(value).toWellFormed())
    .replace(/%25(?=[0-9a-f]{2})/gi, '%')
    .replace(/'/g, '%27');

/** One value of a style: a colour, a length, a word; nothing for anything that could be more. */
export function styleValue(value: unknown): string {
  const text = textOf(value).trim();
  return /^[#\w.% -]{1,64}$/.test(text) ? text : '';
}

/** `http` or `https`, and nothing that could end it where it stands. */
export const isPage = (text: string): boolean => /^https?:\/\/[^\s<>"`|\\^{}]+$/i.test(text);

/** Signs that look the same and mean nothing: Slack and Teams know no escape for theirs. */
const LOOKALIKE: Readonly<Record<string, string>> = { '*': '\u2217', _: '\u02cd', '~': '\u223c', '`': '\u02cb' };
const BLANK = '\u200b';

/**
 * A value in the text of a chat (Slack's mrkdwn, from which other chats are made): it mentions nobody, links nothing and formats
 * nothing. An address of a page stays one; `snake_case` stays as it is.
 * https://docs.slack.dev/messaging/formatting-message-text: `&`, `<` and `>` are all that can be escaped.
 */
export function escapeChat(text: string): string {
  if (isPage(text)) return text.replaceAll('&', '&amp;');
  return text
    .replace(/[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (one) => LOOKALIKE[one] ?? one)
    .replace(/(?<![\p{L}\p{N}.])@(?=everyone|channel|here)/giu, `@${BLANK}`)
    .replaceAll('](', `]${BLANK}(`)
    .replace(/^(?=[^\S\n]{0,9}(?:>|#{1,6}\s|[-+]\s|\d{1,9}[.)]\s))/gm, BLANK)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
