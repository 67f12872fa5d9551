// Webhooks out, signed as Standard Webhooks 1.0 says: webhook-id is the message id, so a receiver that keeps its promise
// recognises a doubled hand-over (honoursIds). No redirects, a pinned public address, little of the answer is read.
import type { Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channel.ts';
import { checkEgress, type EgressRules } from '../egress-guard.ts';
import { calledOffBefore, judgeHttp } from '../http-judge.ts';
import { pinnedPost, signedHeaders, unreachable } from '../pinned-post.ts';

export interface StandardWebhookOptions extends EgressRules {
  /** The signing secret (`whsec_…`) of an endpoint. */
  readonly secretFor: (tenant: string, address: string) => string;
  readonly clock: () => Instant;
  readonly concurrencyMax?: number;
}

const CONCURRENCY = 20;
const ANSWER_MAX = 1_024;

export const standardWebhookConnection = (options: StandardWebhookOptions): Connection => ({
  id: 'webhook',
  channel: 'webhook',
  provider: 'standard-webhooks',
  honoursIds: true,
  concurrencyMax: options.concurrencyMax ?? CONCURRENCY,
  send: (envelope, signal) => send(options, envelope, signal),
  async close() {},
});

async function send(options: StandardWebhookOptions, envelope: Envelope, signal: AbortSignal): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  if (!URL.canParse(envelope.address ?? '')) return { kind: 'rejected', detail: 'the address is not a URL' };
  const url = new URL(envelope.address ?? '');
  const passage = await checkEgress(url, options, signal);
  if (passage.kind === 'refused') return { kind: 'rejected', detail: passage.detail };
  if (passage.kind === 'unresolved') return { kind: 'retry', detail: passage.detail, retryAfterMs: null };
  const at = new Date(options.clock());
  const body = JSON.stringify({ type: 'relance.message', timestamp: at.toISOString(), data: envelope.payload });
  const headers = signedHeaders(options.secretFor(envelope.tenant, url.href), envelope.id, at, body);
  try {
    const posted = await pinnedPost({ url, passage, headers, body, signal, answerMax: ANSWER_MAX });
    return judgeHttp({ ...posted, detail: '', honoursIds: true, refusal: 'address' });
  } catch (error) {
    return { kind: 'retry', detail: unreachable(error), retryAfterMs: null };
  }
}
