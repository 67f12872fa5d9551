// Whether what a policy names exists: groups, schedules and templates must, a person may still become known (POLICY.md,
// *Nobody there*). `relance check` and publication call this with what the project or the tenant has. Versions that are stored
// are not asked again: what is here may become stricter, and what was published stays readable.
import { checkText } from '../template/check.ts';
import { didYouMean } from './nearest.ts';
import type { Notify, Policy, Target } from './policy.ts';
import { type Path, type Problem, Problems } from './problem.ts';

export interface Known {
  readonly recipients?: ReadonlySet<string>;
  readonly groups?: ReadonlySet<string>;
  readonly calendars?: ReadonlySet<string>;
  readonly schedules?: ReadonlySet<string>;
  readonly templates?: ReadonlySet<string>;
  readonly resolvers?: ReadonlySet<string>;
}

/** What of the consequences of its stages could never come out right: names that are not there, arguments of filters. */
export function checkConsequences({ stages }: Policy): readonly Problem[] {
  const problems = new Problems();
  for (const { consequence, index } of stages)
    for (const message of consequence === null ? [] : checkText(consequence, 'plain'))
      problems.error(
        'policy_text_invalid',
        ['stages', index, 'consequence'],
        `The consequence cannot be written: ${message}`,
      );
  return problems.all;
}

/** One problem for each name that is not known. A set that is not given is not checked. */
export function checkReferences(policy: Policy, known: Known): readonly Problem[] {
  const problems = new Problems();
  const target = (one: Target, path: Path): void => {
    if (one.kind === 'group') group(one.id, path);
    if (one.kind === 'onCall' && known.schedules !== undefined && !known.schedules.has(one.schedule)) {
      problems.error(
        'policy_schedule_unknown',
        path,
        `There is no schedule "${one.schedule}"; create it, or name another one.${didYouMean(one.schedule, known.schedules)}`,
      );
    }
    if (one.kind === 'resolver' && known.resolvers !== undefined && !known.resolvers.has(one.name))
      problems.error(
        'policy_resolver_unknown',
        path,
        `There is no resolver "${one.name}"; add it to \`resolvers\` of relance.yaml, or name somebody else.${didYouMean(one.name, known.resolvers)}`,
      );
    if (one.kind === 'recipient' && known.recipients !== undefined && !known.recipients.has(one.id)) {
      problems.warning(
        'policy_recipient_unknown',
        path,
        `There is no recipient "${one.id}" yet; create it before the policy runs, or the stage waits and then falls back.`,
      );
    }
  };
  const group = (id: string, path: Path): void => {
    if (known.groups !== undefined && !known.groups.has(id))
      problems.error(
        'policy_group_unknown',
        path,
        `There is no group "${id}"; create it, or name another one${suggest(known.groups)}.`,
      );
  };
  const notifies = (all: readonly Notify[], path: Path): void => {
    all.forEach((notify, index) => {
      const own: Path = all.length === 1 ? path : [...path, index];
      for (const one of notify.to) target(one, [...own, 'to']);
      if (notify.template === null || known.templates === undefined || known.templates.has(notify.template)) return;
      problems.error(
        'policy_template_unknown',
        [...own, 'template'],
        `There is no template "${notify.template}"; create it, or remove the key to use the built-in one${suggest(known.templates)}.`,
      );
    });
  };
  const { calendarSource } = policy;
  if (calendarSource?.kind === 'named' && known.calendars?.has(calendarSource.id) === false)
    problems.error(
      'policy_calendar_unknown',
      ['calendar'],
      `There is no calendar "${calendarSource.id}"; create it, or name another one.${didYouMean(calendarSource.id, known.calendars)}`,
    );
  if (policy.team?.kind === 'id') group(policy.team.id, ['team']);
  if (policy.assigneeTarget !== null) target(policy.assigneeTarget, ['assignee', 'target']);
  if (policy.fallback !== null) target(policy.fallback, ['fallback']);
  for (const stage of policy.stages) {
    for (const one of stage.escalate?.to ?? []) target(one, ['stages', stage.index, 'escalate', 'to']);
    notifies(stage.notify, ['stages', stage.index, 'notify']);
  }
  for (const status of ['resolved', 'cancelled', 'expired'] as const)
    notifies(policy.closing[status], [status, 'notify']);
  return problems.all;
}

const SUGGESTED_MAX = 10;
const suggest = (known: ReadonlySet<string>): string =>
  known.size === 0 || known.size > SUGGESTED_MAX ? '' : ` (there are ${[...known].toSorted().join(', ')})`;
