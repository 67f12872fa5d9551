// Resolvers over HTTP: somebody else's system is asked whom a target means. The question is a signed POST (Standard Webhooks
// 1.0) within its time, to a public address unless an operator allows the host; the answer is a list of recipient ids.
import { resolverLimits, type WrittenResolver } from '@relance/core';
import { z } from 'zod';
import { checkEgress, type EgressRules } from './egress-guard.ts';
import { pinnedPost, signedHeaders, unreachable } from './pinned-post.ts';
import type { Resolve, ResolverAnswer } from './resolve.ts';

const ANSWER_MAX = 65_536;
const PEOPLE_MAX = 100;

export interface HttpResolverOptions extends EgressRules {
  readonly secretsFor: (tenant: string) => readonly string[];
  readonly wallNow: () => number;
}

const answerSchema = z.object({ recipients: z.array(z.string().min(1).max(128)).max(PEOPLE_MAX) });

export const httpResolver =
  (options: HttpResolverOptions): Resolve =>
  async ({ tenant, id, question, written }) => {
    const url = new URL(written.url);
    const signal = AbortSignal.timeout(resolverLimits(written).timeoutMs);
    const passage = await checkEgress(url, options, signal);
    if (passage.kind === 'refused') return { kind: 'failed', detail: passage.detail };
    if (passage.kind === 'unresolved') return { kind: 'retry', detail: passage.detail };
    const at = new Date(options.wallNow());
    const body = JSON.stringify({ type: 'relance.resolve', timestamp: at.toISOString(), data: question });
    const headers = signedHeaders(options.secretsFor(tenant), id, at, body);
    try {
      const {
        status,
        body: text,
        cut,
      } = await pinnedPost({ url, passage, headers, body, signal, answerMax: ANSWER_MAX });
      return signal.aborted ? tooLate(written) : judge({ status, text, cut, holdsMs: resolverLimits(written).cacheMs });
    } catch (error) {
      return signal.aborted ? tooLate(written) : { kind: 'retry', detail: unreachable(error) };
    }
  };

const tooLate = (written: WrittenResolver): ResolverAnswer => ({
  kind: 'retry',
  detail: `it has not answered within ${resolverLimits(written).timeoutMs / 1_000} s`,
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
