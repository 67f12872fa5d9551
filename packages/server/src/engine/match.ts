// Which policies an event means, and by which key. Pure but for the book of compiled policies. The latest version opens;
// every version still published feeds and closes the follow-ups that are pinned to it.
import { type Clause, clauseMatches, type Policy, readKey } from '@relance/core';
import type { EventMatch } from '../store/sql/event.ts';
import type { PolicyRef } from '../store/sql/policy-version.ts';
import type { PolicyBook } from './policy-book.ts';
import type { IncomingEvent } from './ports.ts';

export interface Match {
  readonly policy: Policy;
  readonly clause: Clause;
  readonly key: string;
  readonly latest: boolean;
}
export interface Matched {
  readonly matches: readonly Match[];
  /** Clauses of the type that did not apply, and why. */
  readonly misses: readonly EventMatch[];
}
export type VersionInUse = PolicyRef & { readonly latest: boolean; readonly deleted: boolean };

export function matchEvent(event: IncomingEvent, versions: readonly VersionInUse[], book: PolicyBook): Matched {
  const matches: Match[] = [];
  const misses: EventMatch[] = [];
  for (const version of versions) {
    const policy = book.get(version);
    for (const clause of policy.clauses) {
      if (clause.role === 'open' && (!version.latest || version.deleted)) continue;
      const verdict = clauseMatches(clause, event.event);
      if (verdict.kind === 'other_type') continue;
      if (verdict.kind !== 'matches') {
        if (version.latest)
          misses.push({
            policy: policy.id,
            key: null,
            role: clause.role,
            followUp: null,
            result: verdict.kind,
            ...(verdict.kind === 'error' ? { detail: verdict.detail } : {}),
          });
        continue;
      }
      const key = readKey(policy, clause, event.event);
      if (key.ok) matches.push({ policy, clause, key: key.key, latest: version.latest });
      else if (version.latest)
        misses.push({
          policy: policy.id,
          key: null,
          role: clause.role,
          followUp: null,
          result: 'error',
          detail: key.detail,
        });
    }
  }
  return { matches, misses };
}
