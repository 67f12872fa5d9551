// Whoever is told only because they wait for it or follow it is not asked to act: "I have this" of theirs would pause the
// reminders of whoever is. So their message offers only what ends it, where the policy lets them say so; links that a
// template of the tenant writes out, and their words over HTTP, count as ever.
import type { ActionSeen } from './button.ts';
import { mayCloseAs } from './claim.ts';
import { type FollowUp, isAssignee } from './follow-up.ts';
import type { Policy, Target } from './policy/policy.ts';

/** Of a message: the stage and which of its notifications it is of. */
export interface Told {
  readonly stage: string;
  readonly notify: number;
  readonly recipient: string;
}

/** Any other target, as a group or whoever is on call, may be what they are told as: then they are asked. */
const KNOWN_PARTS: readonly Target['kind'][] = ['assignee', 'escalated', 'requester', 'watchers'];

export function isBystander(
  policy: Pick<Policy, 'stages'>,
  followUp: FollowUp,
  { stage, notify, recipient }: Told,
): boolean {
  if (isAssignee(followUp, recipient) || followUp.escalated.includes(recipient)) return false;
  const targets = policy.stages.find(({ id }) => id === stage)?.notify[notify]?.to ?? [];
  const kinds = targets.map(({ kind }) => kind);
  const waits = kinds.includes('requester') && followUp.requester === recipient;
  const follows = kinds.includes('watchers') && followUp.watchers.includes(recipient);
  return (waits || follows) && kinds.every((kind) => KNOWN_PARTS.includes(kind));
}

/** Of all links of a message those that it offers. */
export function offersTo(
  policy: Policy,
  followUp: FollowUp,
  told: Told,
  links: Readonly<Record<string, ActionSeen>>,
): Readonly<Record<string, ActionSeen>> {
  if (!isBystander(policy, followUp, told)) return links;
  if (!mayCloseAs(policy, followUp.requester === told.recipient ? ['requester'] : [])) return {};
  const ends = ([name, { does }]: readonly [string, ActionSeen]): boolean =>
    name === 'resolve' || does === 'resolves' || does === 'rejects';
  return Object.fromEntries(Object.entries(links).filter(ends));
}
