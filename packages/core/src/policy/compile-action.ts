// The policy's own actions (approve, reject, …), and who has to use them: `actions`, `require`, `rejectOn`,
// `resolvableBy` and `claim`, compiled and checked against each other. Part of compile.ts.
import { compileAnswer } from './answer-schema.ts';
import { readPositiveDuration } from './compile-text.ts';
import type { Action, Policy } from './policy.ts';
import { Problems } from './problem.ts';
import { answeringSchema, RESOLVABLE_BY, type WrittenPolicy } from './schema.ts';

/** The buttons that every message has, and what else a person may do in the inbox. */
export const BUILT_IN_ACTIONS: readonly string[] = [
  'acknowledge',
  'resolve',
  'snooze',
  'commit',
  'delegate',
  'decline',
  'answer',
];
const CLAIM_FOR = '3 business days';

type Compiled = Pick<Policy, 'actions' | 'require' | 'rejectOn' | 'resolvableBy' | 'claimFor' | 'onReply'>;

export function compileAnswering(read: WrittenPolicy, problems: Problems): Compiled {
  const actions = compileActions(read, problems);
  checkRequire(read, actions, problems);
  checkClaims(read, problems);
  return {
    actions,
    require: read.require ?? null,
    rejectOn: read.rejectOn ?? 'first',
    resolvableBy: read.resolvableBy,
    onReply: onReplyOf(read),
    claimFor: readPositiveDuration(read.claim?.for ?? CLAIM_FOR, ['claim', 'for'], problems),
  };
}

/** What it ends as where the policy gives no outcome of its own. */
const REPLIED = 'replied';

function onReplyOf({ resolve }: Pick<WrittenPolicy, 'resolve'>): Policy['onReply'] {
  const clause = resolve === undefined ? undefined : [resolve].flat().find(({ onReply }) => onReply);
  return clause === undefined ? null : { outcome: clause.outcome ?? REPLIED };
}

/** What a published policy says about answers, without the rest: what a page shows, and what a text message may do. */
export function answeringOf(
  written: unknown,
): Pick<Policy, 'actions' | 'resolvableBy' | 'onReply'> & { readonly outcomes: readonly string[] } {
  const read = answeringSchema.safeParse(written);
  if (!read.success) return { actions: [], resolvableBy: [...RESOLVABLE_BY], onReply: null, outcomes: [] };
  const { resolve = [], resolvableBy } = read.data;
  const outcomes = [...new Set([resolve].flat().flatMap(({ outcome }) => outcome ?? []))];
  return { actions: compileActions(read.data, new Problems()), resolvableBy, onReply: onReplyOf(read.data), outcomes };
}

function compileActions(read: Pick<WrittenPolicy, 'actions'>, problems: Problems): readonly Action[] {
  const written = read.actions ?? [];
  return written.map(({ id, label, outcome, resolves, rejects, answer }, index): Action => {
    if (BUILT_IN_ACTIONS.includes(id))
      problems.error(
        'policy_action_invalid',
        ['actions', index, 'id'],
        `"${id}" is an action that every policy has; give this one another id.`,
      );
    const earlier = written.findIndex((one) => one.id === id);
    if (earlier < index)
      problems.error(
        'policy_action_invalid',
        ['actions', index, 'id'],
        `"${id}" is already the id of actions[${earlier}]; give this action another one.`,
      );
    if (outcome !== undefined && !resolves && !rejects)
      problems.warning(
        'policy_no_effect',
        ['actions', index, 'outcome'],
        `The action "${id}" closes nothing, so its outcome has no effect; remove it.`,
      );
    const compiled = answer === undefined ? null : compileAnswer(answer);
    if (compiled?.ok === false)
      problems.error('policy_action_invalid', ['actions', index, 'answer', ...compiled.path], compiled.message);
    return {
      id,
      label,
      outcome: outcome ?? id,
      resolves: resolves && !rejects,
      rejects,
      answer: compiled?.ok === true ? compiled.schema : null,
    };
  });
}

function checkRequire({ require, rejectOn, assignees }: WrittenPolicy, actions: readonly Action[], problems: Problems) {
  if (require !== undefined && assignees === undefined)
    problems.error(
      'policy_assignee_invalid',
      ['require'],
      '`require` says how many of `assignees` must answer, and there are none; add `assignees`, or remove it.',
    );
  if (rejectOn === undefined) return;
  const why =
    require === undefined
      ? 'it speaks of the assignees of `require`; add that'
      : actions.some(({ rejects }) => rejects)
        ? null
        : 'no action rejects; give one `rejects: true`';
  if (why !== null)
    problems.warning('policy_no_effect', ['rejectOn'], `\`rejectOn\` has no effect: ${why}, or remove it.`);
}

function checkClaims({ resolvableBy, claim, resolve }: WrittenPolicy, problems: Problems): void {
  if (claim !== undefined && RESOLVABLE_BY.every((one) => resolvableBy.includes(one)))
    problems.warning(
      'policy_no_effect',
      ['claim'],
      '`claim` has no effect: everybody may resolve. Restrict `resolvableBy`, or remove it.',
    );
  if (resolve !== undefined && !resolvableBy.includes('event'))
    problems.warning(
      'policy_no_effect',
      ['resolve'],
      'Events of `resolve` are claims only, because `resolvableBy` has no `event`; add it, or remove them.',
    );
}
