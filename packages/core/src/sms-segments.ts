// How a text message is cut for the air (3GPP TS 23.038 §6.2.1 and 23.040 §9.2.3.24): in the 7-bit alphabet 160 septets, or
// 153 of each part of several; with any other character 70 code units of UCS-2, or 67. `shorten` keeps a message within a
// number of parts, and its links whole. Pure; providers of the channel call it, and previews show the count.
import { withoutAtEnd } from './text-end.ts';

export interface Segments {
  readonly encoding: 'gsm7' | 'ucs2';
  /** Septets, or code units. */
  readonly units: number;
  readonly segments: number;
}

/** What a message may take unless a connection says otherwise; each part is paid for. */
export const SMS_SEGMENTS_DEFAULT = 4;
/** Carriers put no more than this together. */
export const SMS_SEGMENTS_MAX = 10;

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Behind an escape, so two septets each. */
const EXTENSION = new Set('\f^{}\\[~]|€');

const LIMITS = { gsm7: { one: 160, part: 153 }, ucs2: { one: 70, part: 67 } } as const;

const isGsm = (one: string): boolean => BASIC.has(one) || EXTENSION.has(one);

export function segmentsOf(text: string): Segments {
  const characters = [...text];
  const encoding = characters.every(isGsm) ? 'gsm7' : 'ucs2';
  const widths = characters.map((one) => (encoding === 'ucs2' ? one.length : EXTENSION.has(one) ? 2 : 1));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const limit = LIMITS[encoding];
  if (units <= limit.one) return { encoding, units, segments: 1 };
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    // Neither an escape and its character nor the halves of a surrogate pair are parted.
    if (used + width > limit.part) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return { encoding, units, segments };
}

const LINK = /https?:\/\/\S+/i;
/** A line with a link and few words besides is one thing: `Done: https://…`. */
const LABEL_MAX = 40;
/** Longer words are parted where their characters are: languages without spaces. */
const WORD_MAX = 24;
const ELLIPSIS = '...';

interface Piece {
  readonly text: string;
  /** Links stay, whatever else has to go. */
  readonly link: boolean;
}

/** The message itself where it fits; else as many of its first words as do, and every link, whole. What does not fit with even
 * those loses links from the last one on: half an address leads nowhere. `end` stands behind it, whole as well. */
export function shorten(text: string, segmentsMax: number, end = ''): string {
  const fits = (candidate: string): boolean => segmentsOf(candidate + end).segments <= segmentsMax;
  return `${shortened(text, segmentsMax, fits)}${end}`;
}

/** With the longest of these lines behind it that costs no further part; one that it cannot have for nothing, it has all the same. */
export function endedWith(text: string, lines: readonly string[], segmentsMax: number): string {
  const alone = shorten(text, segmentsMax);
  const { segments: paid } = segmentsOf(alone);
  const within = (most: number) =>
    lines.map((line) => `${alone}\n${line}`).find((whole) => segmentsOf(whole).segments <= most);
  const [last] = lines.slice(-1);
  if (last === undefined) return alone;
  return within(paid) ?? within(Math.min(paid + 1, segmentsMax)) ?? shorten(text, segmentsMax, `\n${last}`);
}

/** Without the accents that the 7-bit alphabet does not have; as it is where something is left that it does not have either. */
export function inBasicAlphabet(text: string): string {
  const plain = [...text].map((one) => (isGsm(one) ? one : one.normalize('NFKD').replace(/\p{M}/gu, ''))).join('');
  return [...plain].every(isGsm) ? plain : text;
}

function shortened(text: string, segmentsMax: number, fits: (candidate: string) => boolean): string {
  if (fits(text)) return text;
  const room = segmentsMax * LIMITS.gsm7.one;
  const labelled = withinRoom(piecesOf(text, LABEL_MAX), room);
  const bare = withinRoom(piecesOf(text, 0), room);
  for (let links = bare.filter(({ link }) => link).length; links >= 0; links--) {
    const best = mostWords(withLinks(labelled, links), fits) ?? mostWords(withLinks(bare, links), fits);
    if (best !== null) return best;
  }
  return '';
}

/** Without what could never be in it, so that a long text takes no longer than one that is a little too long. */
function withinRoom(pieces: readonly Piece[], room: number): readonly Piece[] {
  const used = { links: 0, words: 0 };
  return pieces.filter(({ text, link }) => {
    const before = link ? used.links : used.words;
    if (link) used.links += text.trim().length;
    else used.words += text.length;
    // The first word too many stays, and shows that there were more.
    return link ? used.links <= room : before <= room;
  });
}

/** Only its first links. */
function withLinks(pieces: readonly Piece[], links: number): readonly Piece[] {
  let seen = 0;
  return pieces.filter(({ link }) => !link || ++seen <= links);
}

function mostWords(pieces: readonly Piece[], fits: (candidate: string) => boolean): string | null {
  let low = 0;
  let high = pieces.filter(({ link }) => !link).length;
  if (!fits(keepWords(pieces, 0))) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(keepWords(pieces, middle))) low = middle;
    else high = middle - 1;
  }
  return keepWords(pieces, low);
}

/** The first `count` words with the links among them; then dots, and the links behind. */
function keepWords(pieces: readonly Piece[], count: number): string {
  const head: string[] = [];
  const behind: string[] = [];
  let seen = 0;
  let left = 0;
  for (const { text, link } of pieces) {
    if (!link) seen += 1;
    if (!link && seen > count) left += 1;
    else if (left === 0) head.push(text);
    else behind.push(text);
  }
  if (left === 0) return head.join('');
  const start = head.join('').trimEnd();
  // Dots right behind an address would be part of it.
  const stop = start.split(/\s/).at(-1) ?? '';
  const dotted = LINK.test(stop) ? `${start} ${ELLIPSIS}` : `${withoutAtEnd(start, '.,;:')}${ELLIPSIS}`;
  const words = count === 0 ? start : dotted;
  return [words, ...behind.map((one) => one.trim())].filter((one) => one !== '').join('\n');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function piecesOf(text: string, labelMax: number): Piece[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).flatMap((line): Piece[] => {
    const found = LINK.exec(line);
    const alone = found !== null && line.trim().length - found[0].length <= labelMax;
    if (alone && !LINK.test(line.slice(found.index + found[0].length))) return [{ text: line, link: true }];
    return (line.match(/\S+\s*|\s+/g) ?? []).flatMap((word): Piece[] => {
      if (LINK.test(word)) return [{ text: word, link: true }];
      if (word.length <= WORD_MAX) return [{ text: word, link: false }];
      return Array.from(graphemes.segment(word), ({ segment }) => ({ text: segment, link: false }));
    });
  });
}
