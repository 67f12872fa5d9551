// The one judge of SMTP: what a server's reply, or its silence, means for a hand-over (RFC 5321 §4.2.1, §4.5.3.2).
//   2xx after DATA: accepted.   4xx: not accepted, worth another try; about the recipient or the message, this message alone.
//   5xx: refused for good; where it names the recipient's address (RFC 3463, X.1.x), that address is no more.
//   5xx before the recipient is named, or 530 (log in first), is about us: not accepted, worth another try.
//   Silence before the message was sent: not accepted. Silence after the final dot: nobody knows.
import type { Outcome } from '@relance/core';
import { wordsOf } from './http-judge.ts';

/** The parts of nodemailer's errors that are looked at. */
export interface SmtpError {
  readonly code?: string; // ECONNECTION, ETIMEDOUT, EENVELOPE, EMESSAGE, EAUTH, …
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string; // CONN, EHLO, AUTH, MAIL FROM, RCPT TO, DATA
  readonly message?: string;
}

const DETAIL_MAX = 300;
/** RFC 4954 §6. */
const LOG_IN_FIRST = 530;
/** The server closes, whatever was asked (RFC 5321 §4.2.3). */
const CLOSING = 421;
const BEFORE_MAIL = new Set(['CONN', 'EHLO', 'HELO', 'LHLO', 'STARTTLS']);
/** Said of a recipient. */
const NO_MAILBOX = new Set([550, 551, 553, 556]);
/** RFC 3463 §3.2, RFC 7505: no such mailbox, no such host, no such address, moved, accepts no mail. Not the sender's .7 and .8. */
const ADDRESS_GONE = /^\d{3}[ -]5\.1\.(?:1|2|3|6|10)\b/;

/** `sent`: the whole message, final dot included, had been written when it failed. */
export function judgeSmtp(error: SmtpError, sent: boolean): Outcome {
  const code = error.responseCode ?? replyCode(error.response);
  const detail = describe(error, code);
  if (code !== null && code >= 500) {
    // What is ours to mend is not the recipient's fault: the message is worth another try.
    const ours = error.code === 'EAUTH' || code === LOG_IN_FIRST || BEFORE_MAIL.has(error.command ?? '');
    if (ours) return { kind: 'retry', detail, retryAfterMs: null };
    const gone =
      NO_MAILBOX.has(code) && error.command !== 'MAIL FROM' && ADDRESS_GONE.test((error.response ?? '').trimStart());
    return gone ? { kind: 'rejected', detail, endpoint: 'gone' } : { kind: 'rejected', detail };
  }
  if (code !== null && code >= 400) {
    const connection =
      code === CLOSING ||
      error.code === 'EAUTH' ||
      error.command === 'MAIL FROM' ||
      BEFORE_MAIL.has(error.command ?? '');
    return { kind: 'retry', detail, retryAfterMs: null, ...(connection ? {} : { about: 'message' }) };
  }
  if (error.code === 'EENVELOPE') return { kind: 'rejected', detail };
  return sent ? { kind: 'uncertain', detail } : { kind: 'retry', detail, retryAfterMs: null };
}

const replyCode = (response: string | undefined): number | null => {
  const code = Number.parseInt(response ?? '', 10);
  return code >= 200 && code < 600 ? code : null;
};

function describe(error: SmtpError, code: number | null): string {
  const words = wordsOf(error.response ?? error.message ?? error.code ?? 'unknown error');
  const where = code === null ? (error.code ?? 'SMTP') : 'SMTP';
  return `${where}${error.command === undefined ? '' : ` at ${error.command}`}: ${words}`.slice(0, DETAIL_MAX);
}
