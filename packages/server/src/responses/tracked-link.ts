// What is tracked of a message, where its tenant and its recipient allow it: each link that leads away from us becomes one of
// ours that leads there, and a mail ends with a picture of nothing. Tokens are derived like those of action-link.ts, with what
// they lead to bound in, and stored by hash. Only what is handed over has them: the message that is kept says what was written.
import { createHmac } from 'node:crypto';
import { type Content, segmentsOf } from '@relance/core';
import type { TrackAsk, TrackedContent, TrackRow } from '../engine/ports.ts';
import { type Replaced, replaceLinks } from './link-places.ts';
import { hashToken, TOKEN_BYTES } from './token.ts';

/** Of a message; what comes after them leads where it says. */
const LINKS_MAX = 50;
const TARGET_MAX = 2_000;

interface TrackOptions {
  readonly secret: string;
  readonly publicUrl: string;
}

/** Purpose, tenant, message and target are bound in; as JSON no other texts make the same input. */
export function trackTokenFor(secret: string, tenant: string, messageId: string, target: string | null): string {
  const purpose = target === null ? 'open-link/1' : 'click-link/1';
  return createHmac('sha256', secret)
    .update(`${purpose}\n${JSON.stringify([tenant, messageId, target])}`)
    .digest()
    .subarray(0, TOKEN_BYTES)
    .toString('base64url');
}

/**
 * As it may be led to: http or https, an address without a name or a password in it, written as its parser understands it.
 * Null: it stays as it is. So does what leads to ourselves.
 */
export function targetOf(written: string, publicUrl: string): string | null {
  const text = written.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  if (url.href.length > TARGET_MAX) return null;
  const own = new URL(publicUrl);
  const base = own.pathname.replace(/\/$/, '');
  const isOurs = url.host === own.host && (url.pathname === base || url.pathname.startsWith(`${base}/`));
  return isOurs ? null : url.href;
}

/** The same content where nothing of it is tracked. */
export function trackContent(options: TrackOptions, content: Content, ask: TrackAsk): TrackedContent {
  const rows: TrackRow[] = [];
  const { tenant, id: messageId, followUpId, recipient } = ask.message;
  const add = (target: string | null): string => {
    const token = trackTokenFor(options.secret, tenant, messageId, target);
    const link = target === null ? null : rows.length;
    rows.push({ hash: hashToken(token), tenant, followUpId, messageId, recipient, link, target });
    return token;
  };
  const tokens = new Map<string, string>();
  const linkFor = (written: string): string | null => {
    const target = targetOf(written, options.publicUrl);
    if (target === null || (!tokens.has(target) && tokens.size >= LINKS_MAX)) return null;
    const token = tokens.get(target) ?? add(target);
    tokens.set(target, token);
    return `${options.publicUrl}/t/c/${token}`;
  };
  const clicked = ask.clicks ? withLinks(content, ask.channel, linkFor) : content;
  if (clicked === content) rows.length = 0;
  const { html } = clicked;
  if (!ask.opens || ask.channel !== 'email' || html === undefined) return { content: clicked, rows, pictureUrl: null };
  const pictureUrl = `${options.publicUrl}/t/o/${add(null)}`;
  return { content: { ...clicked, html: withPicture(html, pictureUrl) }, rows, pictureUrl };
}

function withLinks(content: Content, channel: TrackAsk['channel'], linkFor: Replaced): Content {
  const text = replaceLinks(content.text, 'text', linkFor);
  // A longer text message is one that costs more.
  if (channel === 'sms')
    return segmentsOf(text).segments > segmentsOf(content.text).segments ? content : { ...content, text };
  const { html } = content;
  return { ...content, text, ...(html === undefined ? {} : { html: replaceLinks(html, 'html', linkFor) }) };
}

/** The last thing in the page, so that a reader has come to its end; a page without one ends with it. */
function withPicture(html: string, url: string): string {
  const picture = `<img src="${url}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">`;
  const end = [...html.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? html.length;
  return `${html.slice(0, end)}${picture}${html.slice(end)}`;
}
