// A mail's HTML, for a frame of a page of ours: it runs nothing, reaches nothing but pictures, and belongs to no origin.
import type { FastifyReply } from 'fastify';

export type Colors = 'light' | 'dark';

export const sendMailHtml = (reply: FastifyReply, html: string, colors: Colors | null = null): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-frame-options', 'SAMEORIGIN')
    .header(
      'content-security-policy',
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'; base-uri 'none'",
    )
    .send((colors === null ? html : inColors(html, colors)).replace(/<head>/i, '<head><base target="_blank">'));

/** As a reader sees it whose device asks for these colours, whatever this one asks for. */
const inColors = (html: string, colors: Colors): string =>
  html.replaceAll(/\(prefers-color-scheme: ?(dark|light)\)/g, (_, asked) =>
    asked === colors ? '(min-width:0)' : '(max-width:0)',
  );
