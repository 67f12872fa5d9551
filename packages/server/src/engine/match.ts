// Which policies an event means, and by which key. Pure but for the book of compiled policies. The latest version opens;
// every version still published feeds and closes the follow-ups that are pinned to it.
import { type Clause, clauseMatches, endsBy, type Policy, readKey } from '@relance/core';
import { type EventMatch, whyNoPolicy } from '../store/sql/event.ts';
import type { VersionInUse } from '../store/sql/policy-version.ts';
import { type PolicyBook, UnreadablePolicy } from './policy-book.ts';
import type { IncomingEvent, RecordedActivity, Unmatched } from './ports.ts';

export interface Match {
  readonly policy: Policy;
  readonly clause: Clause;
  readonly key: string;
  readonly latest: boolean;
  /** The same event closes what it is about: it runs no stage. */
  readonly closes: boolean;
}
export interface Matched {
  readonly matches: readonly Match[];
  /** Clauses of the type that did not apply, and why. */
  readonly misses: readonly EventMatch[];
}

export function matchEvent(event: IncomingEvent, versions: readonly VersionInUse[], book: PolicyBook): Matched {
  const matches: Match[] = [];
  const misses: EventMatch[] = [];
  for (const version of versions) {
    const policy = book.look(version);
    if (policy === null) continue;
    if (policy instanceof UnreadablePolicy) {
      if (version.latest && policy.names(event.type)) misses.push(unread(version, policy));
      continue;
    }
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
      if (key.ok) matches.push({ policy, clause, key: key.key, latest: version.latest, closes: false });
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
  return { matches: closingAlone(matches), misses };
}

/** An event that closes a key fires no stage of it; what it says is merged all the same. */
function closingAlone(matches: readonly Match[]): readonly Match[] {
  const closing = matches.filter(({ policy, clause }) => endsBy(policy, clause.role));
  if (closing.length === 0) return matches;
  return matches.flatMap((match): readonly Match[] => {
    const closes = closing.some(({ policy, key }) => policy === match.policy && key === match.key);
    return closes && match.clause.stage !== null ? [] : [{ ...match, closes }];
  });
}

const unread = ({ id }: VersionInUse, { message }: UnreadablePolicy): EventMatch => ({
  policy: id,
  key: null,
  role: 'open',
  followUp: null,
  result: 'error',
  detail: message,
});

/** What an answer says of an event that did nothing for a policy. A policy that fails is named although another one acted.
 * What no policy is about, but was recorded as activity, did what it is for. */
export function unmatchedOf(
  type: string,
  matches: readonly EventMatch[],
  activities: readonly RecordedActivity[],
): readonly Unmatched[] {
  if (matches.length === 0 && activities.length > 0) return [];
  if (matches.length === 0) return [{ code: 'no_policy_listens', detail: whyNoPolicy(type) }];
  const failed = matches.flatMap((match): readonly Unmatched[] =>
    match.result === 'error'
      ? [{ code: 'expression_failed', detail: `Policy "${match.policy}": ${match.detail ?? ''}` }]
      : [],
  );
  if (failed.length > 0 || matches.some(({ followUp }) => followUp !== null)) return failed;
  const [first] = matches;
  if (first !== undefined && matches.every(({ result }) => result === 'condition_false'))
    return [{ code: 'condition_false', detail: `Policy "${first.policy}": the \`when\` of its clause is false.` }];
  const lost = matches.find(({ result }) => result === 'no_follow_up');
  return lost === undefined
    ? []
    : [{ code: 'no_follow_up', detail: `Policy "${lost.policy}" has no live follow-up with the key "${lost.key}".` }];
}
