// What chat providers share. The text of a chat message comes in Slack's markup: data in it has been escaped (&amp; &lt; &gt;),
// what a template wrote itself is `*bold*`, `_italic_` and `<https://…|links>`. Here it is taken apart into a title and a body,
// made safe once more, and cut to what a provider takes, between words. Providers turn it into their own markup.
import { DETAILS, withoutAtEnd } from '@relance/core';
import type { Envelope } from './channel.ts';

export interface ChatWords {
  /** Plain text, on one line. */
  readonly title: string;
  /** Slack's markup. */
  readonly body: string;
}

const LINK = /<((?:https?:\/\/|mailto:)[^<>|\s]+)(?:\|([^<>]*))?>/g;
const BOLD_LINE = /^\*([^*\n]+)\*$/;
/** How far from the limit a blank is looked for: a text without any is cut in the middle. */
const BLANK_WITHIN = 200;

/** Plain text as data in the markup. */
export const escapeChat = (text: string): string =>
  clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const unescapeChat = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Without what no chat shows, and what cannot be sent as UTF-8; line breaks stay. */
const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');

/**
 * The markup with nothing in it that reaches anybody: links, bold and quotes stay as they are, while a mention
 * (`<!channel>`, `<@U…>`, `<#C…>`) is shown as text. Data arrives escaped; this holds whatever a template does with it.
 */
export function safeChat(text: string): string {
  let safe = '';
  let from = 0;
  const source = clean(text);
  for (const link of source.matchAll(LINK)) {
    safe += harmless(source.slice(from, link.index), safe === '' || safe.endsWith('\n')) + link[0];
    from = link.index + link[0].length;
  }
  return safe + harmless(source.slice(from), safe === '' || safe.endsWith('\n'));
}

function harmless(text: string, beginsLine: boolean): string {
  return text
    .replace(/&(?!(?:amp|lt|gt);)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/>/g, (mark, index: number) => ((index === 0 ? beginsLine : text[index - 1] === '\n') ? mark : '&gt;'));
}

/** The text as somebody reads it who sees no markup. */
export const plainChat = (text: string): string =>
  unescapeChat(text.replace(LINK, (_link, url: string, label?: string) => label ?? url)).replace(
    /(^|[\s(])([*_~])(\S(?:[^\n]{0,300}?\S)?)\2(?=$|[\s.,:;!?)])/gm,
    '$1$3',
  );

interface Said {
  readonly label: string;
  readonly url: string;
}

/** Where buttons lead, and what they are called. */
const saidBy = ({ actions = [], url }: Envelope['content']): readonly Said[] => [
  ...actions,
  ...(url === undefined ? [] : DETAILS.map((label) => ({ label, url }))),
];

/** A line without where it leads, as the buttons say that; null for one that says nothing else. */
function withoutAddress(line: string, said: readonly Said[]): string | null {
  const whole = line.trimEnd();
  for (const { url, label } of said)
    for (const written of [url, escapeChat(url)]) {
      if (!whole.endsWith(written)) continue;
      const before = whole.slice(0, whole.length - written.length);
      // A part of a longer address is none.
      if (before !== '' && !/[\s(]$/.test(before)) continue;
      const words = withoutAtEnd(before, ' \u00a0\u202f:(');
      const isLabel = said.some((one) => one.url === url && [one.label, escapeChat(one.label)].includes(words));
      return words.trim() === '' || words === label || isLabel ? null : words;
    }
  return line;
}

/** Title and body; lines that only say where a button leads are left out, since the buttons do. */
export function wordsOfChat({ content, subject }: Pick<Envelope, 'content' | 'subject'>): ChatWords {
  const said = saidBy(content);
  const lines = safeChat(content.text)
    .split('\n')
    .map((line) => withoutAddress(line, said))
    .filter((line) => line !== null);
  const first = BOLD_LINE.exec(lines[0]?.trim() ?? '');
  const headed = content.subject === undefined && first !== null;
  const title = headed ? plainChat(first[1] ?? '') : clean(content.subject ?? subject.title);
  return {
    title: title.replace(/\s+/g, ' ').trim(),
    body: (headed ? lines.slice(1) : lines)
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  };
}

/** As much of a text as fits, cut between words, never within a link, an escape or a character. */
export function cutChat(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, placeToCut(text, max - 1)).trimEnd()}…`;
}

/** A long text in parts that fit, so many of them; what is left over then is cut off. */
export function partsOfChat(text: string, max: number, count: number): string[] {
  const parts: string[] = [];
  let left = text;
  while (left !== '' && parts.length < count) {
    const last = parts.length === count - 1;
    const part = last ? cutChat(left, max) : left.slice(0, left.length <= max ? max : placeToCut(left, max)).trimEnd();
    if (part !== '') parts.push(part);
    left = last ? '' : left.slice(left.length <= max ? max : placeToCut(left, max)).trimStart();
  }
  return parts;
}

function placeToCut(text: string, max: number): number {
  const blank = Math.max(text.lastIndexOf(' ', max), text.lastIndexOf('\n', max));
  let place = blank > max - BLANK_WITHIN && blank > 0 ? blank : max;
  const open = text.lastIndexOf('<', place - 1);
  if (open > 0 && text.indexOf('>', open) >= place) place = open;
  const sign = text.lastIndexOf('&', place - 1);
  if (sign > 0 && place - sign < 5 && /^&(?:amp|lt|gt);/.test(text.slice(sign))) place = sign;
  if (/[\ud800-\udbff]/.test(text[place - 1] ?? '')) place -= 1;
  return Math.max(1, place);
}

const WHY: Readonly<Record<string, (title: string) => string>> = {
  en: (title) => `You get this because of: ${title}`,
  fr: (title) => `Vous recevez ceci dans le cadre de : ${title}`,
};
/** Plain text, in the reader's language where it is one of ours. */
export const whyOf = ({ locale, policyTitle }: Pick<Envelope, 'locale' | 'policyTitle'>): string =>
  (WHY[locale.slice(0, 2).toLowerCase()] ?? WHY.en ?? String)(policyTitle);
