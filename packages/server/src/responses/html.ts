// Pages by construction safe: html`…` escapes every value it is given; only other html`…` values go in unescaped.
// No script, no outside resource; the style of pages is theirs alone and allowed by its hash.
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Piece = Html | string | number | null | undefined | false | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function write(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.text;
  if (Array.isArray(piece)) return piece.map(write).join('');
  return escapeText(String(piece));
}

export const html = (strings: TemplateStringsArray, ...values: readonly Piece[]): Html =>
  new Html(String.raw({ raw: strings }, ...values.map(write)));

export interface Page {
  readonly title: string;
  readonly language: string;
  readonly style: string;
  readonly body: Html;
  /** Our own script, served from our own address; pages work without it. */
  readonly script?: string;
  readonly frames?: boolean;
  /** Origins of pictures that are not ours. */
  readonly images?: readonly string[];
  /** The address of a web app manifest, with which it can be installed. */
  readonly manifest?: string;
  /** Its address holds no secret: its forms say from where they come, which over http nothing else tells. */
  readonly refers?: true;
}

/** Ours alone; square, with room around it, so that a phone may cut it round. */
export const ICON_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f5eff"/><path d="M22.5 11.5a8 8 0 1 0 1.4 6.5M23 7v5h-5" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>';
/** In the page itself, so that no browser asks for /favicon.ico. */
const ICON = `data:image/svg+xml,${encodeURIComponent(ICON_SVG)}`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Sends a page with the headers that token pages need: nothing cached, nothing indexed, no referrer, no frames. */
export function sendPage(reply: FastifyReply, page: Page, status = 200): FastifyReply {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(page.style)}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ["img-src 'self' data:", ...(page.images ?? [])].join(' '),
    ...(page.script === undefined ? [] : ["script-src 'self'", "connect-src 'self'"]),
    ...(page.manifest === undefined ? [] : ["manifest-src 'self'"]),
    ...(page.frames === true ? ["frame-src 'self'"] : []),
  ].join('; ');
  const manifest = page.manifest === undefined ? null : html`<link rel="manifest" href="${page.manifest}">`;
  const text =
    html`<!doctype html><html lang="${page.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow"><meta name="color-scheme" content="light dark"><link rel="icon" href="${ICON}">${manifest}<title>${page.title}</title><style>${new Html(page.style)}</style>${page.script === undefined ? null : html`<script src="${page.script}" defer></script>`}</head><body>${page.body}</body></html>`
      .text;
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex, nofollow')
    .header('referrer-policy', page.refers === true ? 'same-origin' : 'no-referrer')
    .send(text);
}
