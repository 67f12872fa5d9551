// The one judge of HTTP: what a status, or its absence, means for a hand-over (RFC 9110 §15). Providers with a meaning of their
// own for some code look at that first, and leave the rest to this.
//   2xx: accepted.   408, 425, 429, 503: not accepted, worth another try.   401, 403, 404 of the interface itself: about us.
//   Other 5xx, and silence after the request was sent: nobody knows, unless the provider knows our ids.
import type { Outcome } from '@relance/core';

export interface HttpAnswer {
  readonly status: number;
  /** `Retry-After` (RFC 9110 §10.2.3): seconds or a date; read against the answer's own `Date`. */
  readonly retryAfter?: string | null | undefined;
  readonly date?: string | null | undefined;
  /** The provider's own id of what it has accepted. */
  readonly providerId?: string | null;
  /** The provider's words, without anything secret. */
  readonly detail?: string;
  readonly honoursIds: boolean;
  /** What 401 and 403 are about: our credentials (default), or an address that refuses us. */
  readonly refusal?: 'connection' | 'address';
}

const RETRY_AFTER_MAX_MS = 86_400_000;
const DETAIL_MAX = 300;
/** Of what somebody says, so much is looked at. */
const READ_MAX = 4_000;
const NOT_ACCEPTED = new Set([408, 425, 429, 503]);

export function judgeHttp(answer: HttpAnswer): Outcome {
  const { status, honoursIds, refusal = 'connection' } = answer;
  const detail = `HTTP ${status}${answer.detail === undefined || answer.detail === '' ? '' : `: ${wordsOf(answer.detail)}`}`;
  const retryAfterMs = retryAfterOf(answer.retryAfter, answer.date);
  if (status >= 200 && status < 300) return { kind: 'accepted', providerId: answer.providerId ?? null, detail };
  if (NOT_ACCEPTED.has(status)) return { kind: 'retry', detail, retryAfterMs };
  if (status >= 500 || status === 0)
    return honoursIds ? { kind: 'retry', detail, retryAfterMs } : { kind: 'uncertain', detail };
  if ((status === 401 || status === 403) && refusal === 'connection')
    return { kind: 'retry', detail: `${detail} (our credentials were refused)`, retryAfterMs };
  return {
    kind: 'rejected',
    detail:
      status >= 300 && status < 400 ? `${detail}: redirects are not followed; register the final address` : detail,
  };
}

/** Nothing was answered. `sent`: the request may have reached the provider. */
export function judgeNoAnswer(
  error: unknown,
  { sent, honoursIds }: { readonly sent: boolean; readonly honoursIds: boolean },
): Outcome {
  const { code, message } = error as { code?: string; message?: string };
  const detail = `no answer: ${code ?? wordsOf(message ?? 'unknown error')}`;
  if (NEVER_SENT.has(code ?? '') || !sent || honoursIds) return { kind: 'retry', detail, retryAfterMs: null };
  return { kind: 'uncertain', detail };
}

/** The connection was never made, so nothing can have arrived. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

export function retryAfterOf(text: string | null | undefined, date: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1_000, RETRY_AFTER_MAX_MS);
  const waitMs = Date.parse(text) - Date.parse(date ?? '');
  return Number.isFinite(waitMs) && waitMs > 0 ? Math.min(waitMs, RETRY_AFTER_MAX_MS) : null;
}

/** On one line, cut, without addresses: details are shown and logged. Half of what a cut has parted cannot be stored as JSON. */
export const wordsOf = (text: string): string =>
  text
    .slice(0, READ_MAX)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\S+/g, (word) => (/[^@]@./.test(word) ? '<address>' : word))
    .replace(/\+\d{7,15}/g, '<number>')
    .trim()
    .slice(0, DETAIL_MAX)
    .toWellFormed();

/** Refused before anything was started. */
export const calledOffBefore: Outcome = {
  kind: 'retry',
  detail: 'the hand-over was called off',
  retryAfterMs: null,
  about: 'message',
};
