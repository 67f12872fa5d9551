// What the connections of mail brands that are spoken to over HTTP have in common: when nothing is started, what a mail is, how long one
// hand-over may take, and that words and secrets stay apart. Each brand says only how a mail is handed over: SES, Postmark and
// Resend under providers/.
import type { Instant, Outcome } from '@relance/core';
import { z } from 'zod';
import { type BrandCall, type BrandHttp, openBrandHttp } from './brand-http.ts';
import type { Connection, Envelope } from './channel.ts';
import { calledOffBefore, judgeHttp, judgeNoAnswer } from './http-judge.ts';
import { isSender, type Mail, mailOf } from './mail.ts';
import { mailboxProblem } from './mail-address.ts';
import { filesOf } from './mail-files.ts';
import type { Opening } from './provider.ts';

/** One hand-over; the engine's own limit is longer. */
const TIMEOUT_MS = 30_000;

export const senderField = z
  .string()
  .max(320)
  .refine(isSender, 'must be an address, or `Name <address>`')
  .describe('Who the mails are from: an address, or `Name <address>`.');

export const mailboxField = z
  .string()
  .max(254)
  .superRefine((mailbox, context) => {
    const problem = mailboxProblem(mailbox);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

export const endpointField = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .optional()
  .describe('Another address of its interface; its own where absent. It must be public, or allowed by an operator.');

/** The key of an account: no spaces, no line breaks. */
export const keyField = z.string().regex(/^[!-~]{1,2000}$/, 'must be the key alone, without spaces');

export interface BrandSettings {
  readonly from: string;
  readonly replyTo?: string | undefined;
}

export interface Brand {
  readonly provider: string;
  readonly honoursIds: boolean;
  hand(mail: Mail, envelope: Envelope, http: BrandHttp, signal: AbortSignal): Promise<Outcome>;
  close?(): void;
}

export function brandConnection<S extends BrandSettings>(
  { id, settings, concurrencyMax, egress, addressKey }: Opening<S, unknown>,
  brand: (http: BrandHttp) => Brand,
): Connection {
  const http = openBrandHttp(egress);
  const { provider, honoursIds, hand, close } = brand(http);
  const sender = { from: settings.from, replyTo: settings.replyTo, addressKey };
  return {
    id,
    channel: 'email',
    provider,
    honoursIds,
    concurrencyMax,
    async send(envelope, signal) {
      if (signal.aborted) return calledOffBefore;
      if (settings.replyTo !== undefined && addressKey === undefined)
        return { kind: 'retry', detail: 'addresses of replies need a key of the server', retryAfterMs: null };
      const files = await filesOf(envelope, egress, signal);
      if (files.kind === 'not sent') return files.outcome;
      const mail = mailOf(sender, envelope, files.files);
      if (mail === null) return { kind: 'rejected', detail: 'the address is not a valid email address' };
      if (signal.aborted) return calledOffBefore;
      return hand(mail, envelope, http, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    },
    async close() {
      close?.();
      http.close();
    },
  };
}

/** What became of a call that was not accepted, where the brand has no meaning of its own for it. */
export const judgeCall = (call: BrandCall, detail: string, honoursIds: boolean): Outcome =>
  call.status === 0
    ? judgeNoAnswer(call.error, { sent: call.sent, honoursIds })
    : judgeHttp({ status: call.status, retryAfter: call.retryAfter, date: call.date, detail, honoursIds });

/** Our own account or settings are at fault: every message waits until they are mended. */
export const ours = (detail: string): Outcome => ({ kind: 'retry', detail, retryAfterMs: null });

const TEXT_MAX = 5_000;
/** A text of what a brand tells: one that is longer, as a mail server's words may be, is cut, and what is told with it counts. */
export const toldText = z.string().transform((text) => text.slice(0, TEXT_MAX).toWellFormed());

export const instantOf = (text: unknown): Instant | null => {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) ? (at as Instant) : null;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Our id where the brand hands it back, else its own. */
export const messageNamed = (ours: unknown, theirs: string): { id: string } | { providerId: string } =>
  typeof ours === 'string' && UUID.test(ours) ? { id: ours } : { providerId: theirs };

/** As brands that take addresses as text want it. */
export const quoted = ({ name, address }: Mail['to']): string =>
  name === '' ? address : `"${name.replace(/["\\]/g, ' ')}" <${address}>`;
