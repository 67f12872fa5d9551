// Webhooks out, signed as Standard Webhooks 1.0 says: webhook-id is the message id, so a receiver that keeps its promise
// recognises a doubled hand-over (honoursIds). No redirects, a pinned public address, little of the answer is read. An endpoint
// that is registered has secrets of its own, an end (410 Gone) and a health; any other address has the tenant's secret.
import type { Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channel.ts';
import { checkEgress, type EgressRules } from '../egress-guard.ts';
import { calledOffBefore, judgeHttp } from '../http-judge.ts';
import { pinnedPost, signedHeaders, unreachable } from '../pinned-post.ts';

/** As it is registered. */
export interface WebhookEndpoint {
  readonly id: string;
  /** Every one of them is signed with: after a rotation the old one, too, for a while. */
  readonly secrets: readonly string[];
  /** Why nothing is sent to it. */
  readonly disabled: string | null;
}
/** What is registered, and told of it. app/webhook-endpoints.ts is the store's. */
export interface WebhookEndpoints {
  find(tenant: string, url: string): Promise<WebhookEndpoint | null>;
  /** It says that it is no more: nothing is sent to it from now on. */
  gone(tenant: string, endpoint: WebhookEndpoint): Promise<void>;
  /** `failure`: what it answered, or why it did not; null when it took the message. */
  heard(tenant: string, endpoint: WebhookEndpoint, failure: string | null): void;
  close(): Promise<void>;
}

export interface StandardWebhookOptions extends EgressRules {
  /** The signing secret (`whsec_…`) of an address that is not registered. */
  readonly secretFor: (tenant: string, address: string) => string;
  readonly endpoints?: WebhookEndpoints;
  readonly clock: () => Instant;
  readonly concurrencyMax?: number;
}

/** One host takes a quarter of them at most. */
const CONCURRENCY = 40;
const ANSWER_MAX = 1_024;
const GONE = 410;

export const standardWebhookConnection = (options: StandardWebhookOptions): Connection => ({
  id: 'webhook',
  channel: 'webhook',
  provider: 'standard-webhooks',
  honoursIds: true,
  concurrencyMax: options.concurrencyMax ?? CONCURRENCY,
  laneOf: (address) => (URL.canParse(address) ? new URL(address).host : ''),
  send: (envelope, signal) => send(options, envelope, signal),
  close: async () => options.endpoints?.close(),
});

async function send(options: StandardWebhookOptions, envelope: Envelope, signal: AbortSignal): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  if (!URL.canParse(envelope.address ?? '')) return { kind: 'rejected', detail: 'the address is not a URL' };
  const url = new URL(envelope.address ?? '');
  const { tenant } = envelope;
  let endpoint: WebhookEndpoint | null;
  try {
    endpoint = (await options.endpoints?.find(tenant, url.href)) ?? null;
  } catch {
    return { kind: 'retry', detail: 'the endpoint could not be looked up', retryAfterMs: null, about: 'message' };
  }
  if (endpoint !== null && endpoint.disabled !== null)
    return { kind: 'rejected', detail: `the endpoint "${endpoint.id}" is disabled: ${endpoint.disabled}` };
  const outcome = await post(
    options,
    endpoint?.secrets ?? [options.secretFor(tenant, url.href)],
    url,
    envelope,
    signal,
  );
  if (endpoint !== null) {
    options.endpoints?.heard(tenant, endpoint, outcome.kind === 'accepted' ? null : (outcome.detail ?? outcome.kind));
    if (outcome.kind === 'rejected' && outcome.endpoint === 'gone') await options.endpoints?.gone(tenant, endpoint);
  }
  return outcome;
}

async function post(
  options: StandardWebhookOptions,
  secrets: readonly string[],
  url: URL,
  { id, payload }: Envelope,
  signal: AbortSignal,
): Promise<Outcome> {
  const passage = await checkEgress(url, options, signal);
  if (passage.kind === 'refused') return { kind: 'rejected', detail: passage.detail };
  if (passage.kind === 'unresolved') return { kind: 'retry', detail: passage.detail, retryAfterMs: null };
  const at = new Date(options.clock());
  const body = JSON.stringify({ type: 'relance.message', timestamp: at.toISOString(), data: payload });
  try {
    const headers = signedHeaders(secrets, id, at, body);
    const posted = await pinnedPost({ url, passage, headers, body, signal, answerMax: ANSWER_MAX });
    const outcome = judgeHttp({ ...posted, detail: '', honoursIds: true, refusal: 'address' });
    return posted.status === GONE && outcome.kind === 'rejected' ? { ...outcome, endpoint: 'gone' } : outcome;
  } catch (error) {
    return { kind: 'retry', detail: unreachable(error), retryAfterMs: null };
  }
}
