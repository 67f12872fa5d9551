// Who may say that it is done (POLICY.md, `resolvableBy`), and what becomes of it when somebody else says so: a claim. It
// pauses for `claim.for`, and then everything resumes where it stood; pause.ts holds and ends it.
import { addIn } from './business-time.ts';
import { DONE, type Entry, UNCHANGED } from './command-entry.ts';
import { type Draft, note } from './draft.ts';
import { isAssignee } from './follow-up.ts';
import type { Actor, Answer } from './input.ts';
import type { Instant } from './instant.ts';
import { startClaim } from './pause.ts';
import type { Closer, Policy } from './policy/policy.ts';
import { RESOLVABLE_BY } from './policy/schema.ts';
import { frameOf } from './stage-time.ts';

/**
 * A policy that leaves nobody out lets everybody, watchers and former assignees too, unless several decide together. Else
 * any part in it is enough.
 */
export function mayCloseAs({ require, resolvableBy }: Policy, parts: readonly Closer[]): boolean {
  if (require === null && RESOLVABLE_BY.every((closer) => resolvableBy.includes(closer))) return true;
  return parts.some((closer) => resolvableBy.includes(closer));
}

export function mayClose(draft: Draft, actor: Actor): boolean {
  if (actor.kind === 'system') return true;
  return mayCloseAs(draft.policy, actor.kind === 'recipient' ? rolesOf(draft, actor.id) : [actor.kind]);
}

function rolesOf({ followUp, directory }: Draft, id: string): readonly Closer[] {
  const team = followUp.team === null ? undefined : directory.groups.get(followUp.team);
  const inTeam = team !== undefined && (team.members.includes(id) || team.asked?.has(id) === true);
  return [
    ...(isAssignee(followUp, id) ? (['assignee'] as const) : []),
    ...(followUp.requester === id ? (['requester'] as const) : []),
    ...(inTeam ? (['team'] as const) : []),
    ...(followUp.escalated.includes(id) ? (['escalated'] as const) : []),
  ];
}

/** It counts as an acknowledgement: beyond `acknowledged.max` it is recorded and pauses nothing. */
export function claim(draft: Draft, by: string | null, entry: Entry): Answer {
  const { followUp, policy, now } = draft;
  const current = followUp.claim;
  if (current !== null && current.by === by) return UNCHANGED;
  followUp.acknowledgements += 1;
  if (followUp.acknowledgements > policy.acknowledged.max) {
    const data = { ...entry.data, pauses: false };
    note(draft, { ...entry, kind: 'claimed', reason: 'acknowledgement_limit', data });
    return DONE;
  }
  const ends = addIn(frameOf(policy, followUp, draft.directory), now, 1, policy.claimFor);
  const until = Math.max(ends, current?.until ?? ends) as Instant;
  note(draft, { ...entry, kind: 'claimed', data: { ...entry.data, until } });
  startClaim(draft, { by, until });
  return DONE;
}
