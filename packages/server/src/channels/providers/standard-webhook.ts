// Webhooks out, signed as Standard Webhooks 1.0 says: webhook-id is the message id, so a receiver that keeps its promise
// recognises a doubled hand-over (honoursIds). No redirects, a pinned public address, little of the answer is read. An endpoint
// that is registered has secrets of its own, an end (410 Gone) and a health; any other address has the tenant's secret.
import type { Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channel.ts';
import { checkEgress, type EgressRules } from '../egress-guard.ts';
import { calledOffBefore, judgeHttp, retryAfterOf } from '../http-judge.ts';
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
  /** `anew`: as it stands in the store at this moment. */
  find(tenant: string, url: string, anew?: boolean): Promise<WebhookEndpoint | null>;
  /** It says that it is no more: nothing is sent to it from now on. */
  gone(tenant: string, endpoint: WebhookEndpoint): Promise<void>;
  /** `failure`: what it answered, or why it did not; null when it took the message. */
  heard(tenant: string, endpoint: WebhookEndpoint, failure: string | null): void;
  close(): Promise<void>;
}

export interface StandardWebhookOptions extends EgressRules {
  /** The signing secret (`whsec_…`) of an address that is not registered; several while the server's own key is changed. */
  readonly secretFor: (tenant: string, address: string) => string | readonly string[];
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
  try {
    const known = await registered(options, tenant, url, false);
    if (known.disabled !== null) return { kind: 'rejected', detail: known.disabled };
    const first = await post(options, known.secrets, url, envelope, signal);
    if (!first.refused) return await told(options, tenant, known.endpoint, first.outcome);
    // What is known of it may be older than its secrets: whoever has just taken over a new one is asked again with that.
    const anew = await registered(options, tenant, url, true);
    const same = anew.disabled !== null || anew.secrets.join() === known.secrets.join();
    const last = same ? first : await post(options, anew.secrets, url, envelope, signal);
    return await told(options, tenant, anew.endpoint, last.outcome);
  } catch {
    return { kind: 'retry', detail: 'the endpoint could not be looked up', retryAfterMs: null, about: 'message' };
  }
}

interface Registered {
  readonly endpoint: WebhookEndpoint | null;
  readonly secrets: readonly string[];
  readonly disabled: string | null;
}

async function registered(
  { endpoints, secretFor }: StandardWebhookOptions,
  tenant: string,
  { href }: URL,
  anew: boolean,
): Promise<Registered> {
  const endpoint = (await endpoints?.find(tenant, href, anew)) ?? null;
  return {
    endpoint,
    secrets: endpoint?.secrets ?? [secretFor(tenant, href)].flat(),
    disabled: endpoint?.disabled == null ? null : `the endpoint "${endpoint.id}" is disabled: ${endpoint.disabled}`,
  };
}

/** Its health is noted, and its end. */
async function told(
  { endpoints }: StandardWebhookOptions,
  tenant: string,
  endpoint: WebhookEndpoint | null,
  outcome: Outcome,
): Promise<Outcome> {
  if (endpoint === null) return outcome;
  endpoints?.heard(tenant, endpoint, outcome.kind === 'accepted' ? null : (outcome.detail ?? outcome.kind));
  if (outcome.kind === 'rejected' && outcome.endpoint === 'gone') await endpoints?.gone(tenant, endpoint);
  return outcome;
}

interface Answered {
  readonly outcome: Outcome;
  /** It does not know our signature, or does not want it. */
  readonly refused: boolean;
}
const answered = (outcome: Outcome, refused = false): Answered => ({ outcome, refused });

async function post(
  options: StandardWebhookOptions,
  secrets: readonly string[],
  url: URL,
  { id, payload }: Envelope,
  signal: AbortSignal,
): Promise<Answered> {
  const passage = await checkEgress(url, options, signal);
  if (passage.kind === 'refused') return answered({ kind: 'rejected', detail: passage.detail });
  if (passage.kind === 'unresolved') return answered({ kind: 'retry', detail: passage.detail, retryAfterMs: null });
  const at = new Date(options.clock());
  const body = JSON.stringify({ type: 'relance.message', timestamp: at.toISOString(), data: payload });
  try {
    const headers = signedHeaders(secrets, id, at, body);
    const posted = await pinnedPost({ url, passage, headers, body, signal, answerMax: ANSWER_MAX });
    return answered(judge(posted), posted.status === 401 || posted.status === 403);
  } catch (error) {
    return answered({ kind: 'retry', detail: unreachable(error), retryAfterMs: null });
  }
}

/**
 * Whatever is not 2xx is tried again for days, as Standard Webhooks advises: a 404 is a deployment more often than a mistake. What
 * is refused may be about this message alone, so the others to the same host go on. 410 is the end.
 */
function judge(posted: Awaited<ReturnType<typeof pinnedPost>>): Outcome {
  const outcome = judgeHttp({ ...posted, detail: '', honoursIds: true, refusal: 'address' });
  if (outcome.kind !== 'rejected') return outcome;
  if (posted.status === GONE) return { ...outcome, endpoint: 'gone' };
  const retryAfterMs = retryAfterOf(posted.retryAfter, posted.date);
  return { kind: 'retry', detail: outcome.detail ?? '', retryAfterMs, about: 'message' };
}
