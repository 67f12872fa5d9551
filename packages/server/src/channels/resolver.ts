// Resolvers over HTTP: somebody else's system is asked whom a target means. The question is a signed POST (Standard Webhooks
// 1.0) within its time, to a public address unless an operator allows the host; the answer is a list of recipient ids.
import { DAY_MS, parseDuration } from '@relance/core';
import { z } from 'zod';
import { checkEgress, type EgressRules } from './egress-guard.ts';
import { pinnedPost, signedHeaders, unreachable } from './pinned-post.ts';
import type { Resolve, ResolverAnswer, WrittenResolver } from './resolve.ts';

const TIMEOUT_MIN_MS = 1_000;
const TIMEOUT_MAX_MS = 30_000;
const ANSWER_MAX = 65_536;
const PEOPLE_MAX = 100;

/** Milliseconds; null where it is not an exact length of time. */
const msOf = (text: string): number | null => {
  const read = parseDuration(text);
  return read.ok && read.value.kind === 'exact' ? read.value.ms : null;
};
const within = (least: number, most: number, words: string) =>
  z.string().refine((text) => {
    const ms = msOf(text);
    return ms !== null && ms >= least && ms <= most;
  }, `must be a length of time ${words}`);

/** One of `resolvers` in relance.yaml. */
export const resolverSchema = z.strictObject({
  url: z
    .string()
    .max(2_000)
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be a URL: https://…'),
  timeout: within(TIMEOUT_MIN_MS, TIMEOUT_MAX_MS, 'from 1 to 30 seconds, as in "5 seconds"').optional(),
  cache: within(0, DAY_MS, 'up to 24 hours, as in "10 minutes"').optional(),
});

const TIMEOUT_MS = 5_000;
const CACHE_MS = 600_000;

/** For how long it may be asked, and an answer is kept. */
const limitsOf = ({ timeout, cache }: WrittenResolver) => ({
  timeoutMs: (timeout === undefined ? null : msOf(timeout)) ?? TIMEOUT_MS,
  cacheMs: (cache === undefined ? null : msOf(cache)) ?? CACHE_MS,
});

export interface HttpResolverOptions extends EgressRules {
  readonly secretFor: (tenant: string) => string;
  readonly wallNow: () => number;
}

const answerSchema = z.object({ recipients: z.array(z.string().min(1).max(128)).max(PEOPLE_MAX) });

export const httpResolver =
  (options: HttpResolverOptions): Resolve =>
  async ({ tenant, id, question, written }) => {
    const url = new URL(written.url);
    const signal = AbortSignal.timeout(limitsOf(written).timeoutMs);
    const passage = await checkEgress(url, options, signal);
    if (passage.kind === 'refused') return { kind: 'failed', detail: passage.detail };
    if (passage.kind === 'unresolved') return { kind: 'retry', detail: passage.detail };
    const at = new Date(options.wallNow());
    const body = JSON.stringify({ type: 'relance.resolve', timestamp: at.toISOString(), data: question });
    const headers = signedHeaders(options.secretFor(tenant), id, at, body);
    try {
      const {
        status,
        body: text,
        cut,
      } = await pinnedPost({ url, passage, headers, body, signal, answerMax: ANSWER_MAX });
      return signal.aborted ? tooLate(written) : judge({ status, text, cut, holdsMs: limitsOf(written).cacheMs });
    } catch (error) {
      return signal.aborted ? tooLate(written) : { kind: 'retry', detail: unreachable(error) };
    }
  };

const tooLate = (written: WrittenResolver): ResolverAnswer => ({
  kind: 'retry',
  detail: `it has not answered within ${limitsOf(written).timeoutMs / 1_000} s`,
});

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly cut: boolean;
  readonly holdsMs: number;
}

function judge({ status, text, cut, holdsMs }: Heard): ResolverAnswer {
  const detail = `HTTP ${status}`;
  if (status === 408 || status === 429 || status >= 500 || status === 0) return { kind: 'retry', detail };
  if (status >= 300 && status < 400)
    return { kind: 'failed', detail: `${detail}: redirects are not followed; set the final address` };
  if (status !== 200) return { kind: 'failed', detail };
  if (cut) return { kind: 'failed', detail: 'its answer is too long or was cut off' };
  const read = answerSchema.safeParse(parsed(text));
  return read.success
    ? { kind: 'answered', to: read.data.recipients, holdsMs }
    : { kind: 'failed', detail: 'its answer is not {"recipients": ["id", …]} with 100 ids at most' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
