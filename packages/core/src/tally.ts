// Where several are asked together: whether what they have answered so far decides it (POLICY.md, `require`, `rejectOn`).
import type { Answered, FollowUp } from './follow-up.ts';
import type { Policy } from './policy/policy.ts';

/** How many must resolve it: never more than are asked. */
export const requiredOf = (policy: Pick<Policy, 'require'>, asked: number): number =>
  policy.require === 'all' ? asked : Math.min(policy.require ?? 1, asked);

/** The outcome, and whose answer gave it. */
export interface Verdict {
  readonly counts: 'for' | 'against';
  readonly outcome: string | null;
  readonly by: string;
}

/** Null while it is open. */
export function tally(policy: Pick<Policy, 'require' | 'rejectOn'>, { assignees, answers }: FollowUp): Verdict | null {
  const given = assignees.flatMap((who) => {
    const answer = Object.hasOwn(answers, who) ? answers[who] : undefined;
    return answer === undefined ? [] : [{ who, answer }];
  });
  const counted = (as: Answered['counts']) => given.filter(({ answer }) => answer.counts === as);
  const [approvals, rejections] = [counted('for'), counted('against')];
  const need = requiredOf(policy, assignees.length);
  if (assignees.length > 0 && approvals.length >= need) return { counts: 'for', ...newest(approvals) };
  const rejected = policy.rejectOn === 'first' ? rejections.length > 0 : rejections.length * 2 > assignees.length;
  const outOfReach = assignees.length - rejections.length < need;
  return rejections.length > 0 && (rejected || outOfReach) ? { counts: 'against', ...newest(rejections) } : null;
}

function newest(given: readonly { readonly who: string; readonly answer: Answered }[]) {
  const last = given.reduce((a, b) => (b.answer.at >= a.answer.at ? b : a));
  return { outcome: last.answer.outcome, by: last.who };
}
