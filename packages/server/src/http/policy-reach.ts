// Promise 8 at publication: a policy that can escalate to nobody is refused. What it names exists (core's checkReferences);
// here it is asked whether anybody is there: whether the fallback, or without one each escalation, reaches a person who is
// known at this moment. Publication, `check` and deletions (policy-use.ts) ask the same.
import type { Policy, Problem, Target } from '@relance/core';
import type { GroupReach } from '../store/sql/group.ts';

export interface Reach {
  readonly recipients: ReadonlySet<string>;
  /** Groups that are not in here do not exist, which is another problem. */
  readonly groups: ReadonlyMap<string, GroupReach>;
}

/**
 * `strangers` says what a person nobody knows means: an error where the whole directory is at hand, a warning in a folder,
 * where they may be known to the server.
 */
export function checkReach(policy: Policy, reach: Reach, strangers: Problem['severity']): readonly Problem[] {
  if (policy.fallback !== null) return checkFallback(policy.fallback, reach, strangers);
  return policy.stages.flatMap((stage): readonly Problem[] => {
    const targets = stage.escalate?.to ?? [];
    if (targets.length === 0 || !targets.every((target) => isStranger(target, reach))) return [];
    const named = targets.map(written).join(', ');
    return [
      {
        code: 'policy_fallback_missing',
        path: `stages[${stage.index}].escalate.to`,
        message: `Stage "${stage.id}" escalates to nobody who is known: ${named}. Create the recipient first, or add a \`fallback\`.`,
        severity: strangers,
      },
    ];
  });
}

function checkFallback(fallback: Target, reach: Reach, strangers: Problem['severity']): readonly Problem[] {
  const problem = (message: string, severity: Problem['severity']): readonly Problem[] => [
    { code: 'policy_fallback_invalid', path: 'fallback', message, severity },
  ];
  if (isStranger(fallback, reach))
    return problem(
      `The fallback "${written(fallback)}" reaches nobody: there is no such recipient. Create it first, or name another fallback.`,
      strangers,
    );
  if (fallback.kind !== 'group') return [];
  switch (reach.groups.get(fallback.id)) {
    case 'empty':
      return problem(
        `The fallback "${written(fallback)}" reaches nobody: the group has no members. Add a recipient to it, or name another fallback.`,
        'error',
      );
    case 'strangers':
      return problem(
        `The fallback "${written(fallback)}" reaches nobody: no member of the group is a known recipient. Create one of them, or name another fallback.`,
        strangers,
      );
    default:
      return [];
  }
}

const isStranger = (target: Target, reach: Reach): boolean =>
  target.kind === 'recipient' && !reach.recipients.has(target.id);
const written = (target: Target): string => ('id' in target ? `${target.kind}(${target.id})` : target.kind);
