// The port of a resolver: what it is asked, and what becomes of that. engine/look-up.ts asks; resolver.ts goes over HTTP.
import type { WrittenResolver } from '@relance/core';

/** What is asked about: everything that the answer may depend on, so that the same question has the same answer. */
export interface Question {
  readonly resolver: string;
  readonly policy: string;
  readonly key: string;
  readonly subject: unknown;
  readonly data: unknown;
  readonly assignee: string | null;
  readonly requester: string | null;
  readonly team: string | null;
}

export interface Asked {
  readonly tenant: string;
  /** The same for every try of one question. */
  readonly id: string;
  readonly question: Question;
  readonly written: WrittenResolver;
}

export type ResolverAnswer =
  /** Recipient ids; they hold for so long. */
  | { readonly kind: 'answered'; readonly to: readonly string[]; readonly holdsMs: number }
  | { readonly kind: 'retry'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** Never throws for what may be expected, and never tries again by itself. */
export type Resolve = (asked: Asked) => Promise<ResolverAnswer>;
