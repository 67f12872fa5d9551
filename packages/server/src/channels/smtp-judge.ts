// The one judge of SMTP: what a server's reply, or its silence, means for a hand-over (RFC 5321 §4.2.1, §4.5.3.2).
//   2xx after DATA: accepted.   4xx: not accepted, worth another try.   5xx: refused for good.
//   5xx before the recipient is named, or 530 (log in first), is about us: not accepted, worth another try.
//   Silence before the message was sent: not accepted. Silence after the final dot: nobody knows.
import type { Outcome } from '@relance/core';

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
const BEFORE_MAIL = new Set(['CONN', 'EHLO', 'HELO', 'LHLO', 'STARTTLS']);

/** `sent`: the whole message, final dot included, had been written when it failed. */
export function judgeSmtp(error: SmtpError, sent: boolean): Outcome {
  const code = error.responseCode ?? replyCode(error.response);
  const detail = describe(error, code);
  if (code !== null && code >= 500) {
    // What is ours to mend is not the recipient's fault: the message is worth another try.
    const ours = error.code === 'EAUTH' || code === LOG_IN_FIRST || BEFORE_MAIL.has(error.command ?? '');
    return ours ? { kind: 'retry', detail, retryAfterMs: null } : { kind: 'rejected', detail };
  }
  if (code !== null && code >= 400) return { kind: 'retry', detail, retryAfterMs: null };
  if (error.code === 'EENVELOPE') return { kind: 'rejected', detail };
  return sent ? { kind: 'uncertain', detail } : { kind: 'retry', detail, retryAfterMs: null };
}

const replyCode = (response: string | undefined): number | null => {
  const code = Number.parseInt(response ?? '', 10);
  return code >= 200 && code < 600 ? code : null;
};

/** The server's words, cut, on one line, without addresses: details are shown and logged. */
function describe(error: SmtpError, code: number | null): string {
  const words = (error.response ?? error.message ?? error.code ?? 'unknown error')
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .replace(/\S+@\S+/g, '<address>');
  return `${code === null ? (error.code ?? 'SMTP') : 'SMTP'}${error.command === undefined ? '' : ` at ${error.command}`}: ${words}`.slice(
    0,
    DETAIL_MAX,
  );
}
