// Promise 8 at publication: a policy that can escalate to nobody is refused. What it names exists (core's checkReferences);
// here it is asked whether anybody is there: whether the fallback, or without one each escalation, reaches a person who is
// known at this moment. Publication, `check` and deletions (policy-use.ts) ask the same.
import {
  DAY_MS,
  formatTarget,
  gapsBetween,
  type Instant,
  later,
  levelsOf,
  type Policy,
  type Problem,
  peopleFrom,
  type Schedule,
  shiftsBetween,
  type Target,
  wallText,
} from '@relance/core';
import type { GroupReach } from '../store/sql/group.ts';

export interface Reach {
  readonly recipients: ReadonlySet<string>;
  /** Groups that are not in here do not exist, which is another problem. */
  readonly groups: ReadonlyMap<string, GroupReach>;
  /** As with groups. */
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly now: Instant;
}

/** Looked through for hours in which a fallback on call reaches nobody: what people plan ahead. */
const WATCHED_DAYS = 28;

/**
 * `strangers` says what a person nobody knows means: an error where the whole directory is at hand, a warning in a folder,
 * where they may be known to the server.
 */
export function checkReach(policy: Policy, reach: Reach, strangers: Problem['severity']): readonly Problem[] {
  const levels = checkLevels(policy, reach);
  if (policy.fallback !== null) return [...levels, ...checkFallback(policy.fallback, reach, strangers)];
  const empty = policy.stages.flatMap((stage): readonly Problem[] => {
    const targets = stage.escalate?.to ?? [];
    if (targets.length === 0 || !targets.every((target) => isStranger(target, reach))) return [];
    const named = targets.map(formatTarget).join(', ');
    return [
      {
        code: 'policy_fallback_missing',
        path: `stages[${stage.index}].escalate.to`,
        message: `Stage "${stage.id}" escalates to nobody who is known: ${named}. Create the recipient first, or add a \`fallback\`.`,
        severity: strangers,
      },
    ];
  });
  return [...levels, ...empty];
}

/** Who may come on call where the fallback asks for it: those who must be known. */
export function onCallAsFallback(
  { fallback }: Policy,
  schedules: ReadonlyMap<string, Schedule>,
  now: Instant,
): readonly string[] {
  const schedule = fallback?.kind === 'onCall' ? schedules.get(fallback.schedule) : undefined;
  return fallback?.kind !== 'onCall' || schedule === undefined ? [] : [...peopleFrom(schedule, now, fallback.level)];
}

/** A level that a schedule does not have is most likely a typing error; at run time it is nobody, and falls on. */
function checkLevels({ stages, assigneeTarget }: Policy, { schedules }: Reach): readonly Problem[] {
  const check = (who: string, path: string, targets: readonly Target[]): readonly Problem[] =>
    targets.flatMap((target): readonly Problem[] => {
      const schedule = target.kind === 'onCall' ? schedules.get(target.schedule) : undefined;
      if (target.kind !== 'onCall' || schedule === undefined || levelsOf(schedule).includes(target.level)) return [];
      return [
        {
          code: 'policy_target_empty',
          path,
          message: `${who} "${formatTarget(target)}", but the schedule has no level ${target.level}; add a layer to it, or name one of ${levelsOf(schedule).join(', ')}.`,
          severity: 'warning',
        },
      ];
    });
  return [
    ...check('The assignee is', 'assignee.target', assigneeTarget === null ? [] : [assigneeTarget]),
    ...stages.flatMap(({ id, index, notify, escalate }) =>
      check(`Stage "${id}" speaks to`, `stages[${index}]`, [
        ...notify.flatMap(({ to }) => to),
        ...(escalate?.to ?? []),
      ]),
    ),
  ];
}

function checkFallback(fallback: Target, reach: Reach, strangers: Problem['severity']): readonly Problem[] {
  const problem = (why: string, severity: Problem['severity']): readonly Problem[] => [
    {
      code: 'policy_fallback_invalid',
      path: 'fallback',
      message: `The fallback "${formatTarget(fallback)}" reaches nobody${why}, or name another fallback.`,
      severity,
    },
  ];
  if (fallback.kind === 'onCall') return checkOnCall(fallback, reach, strangers, problem);
  if (isStranger(fallback, reach)) return problem(': there is no such recipient. Create it first', strangers);
  if (fallback.kind !== 'group') return [];
  switch (reach.groups.get(fallback.id)) {
    case 'empty':
      return problem(': the group has no members. Add a recipient to it', 'error');
    case 'strangers':
      return problem(': no member of the group is a known recipient. Create one of them', strangers);
    default:
      return [];
  }
}

/** Somebody known is, or will be, on call there; hours in which nobody is are allowed, but told. */
function checkOnCall(
  { schedule: id, level }: Extract<Target, { kind: 'onCall' }>,
  { schedules, recipients, now }: Reach,
  strangers: Problem['severity'],
  problem: (why: string, severity: Problem['severity']) => readonly Problem[],
): readonly Problem[] {
  const schedule = schedules.get(id);
  if (schedule === undefined) return [];
  const people = [...peopleFrom(schedule, now, level)];
  if (people.length === 0)
    return problem(`: nobody is in level ${level} of the schedule from now on. Add a layer with a recipient`, 'error');
  const isKnown = (one: string): boolean => recipients.has(one);
  if (!people.some(isKnown))
    return problem(`: nobody in level ${level} of the schedule is a known recipient. Create one of them`, strangers);
  const end = later(now, WATCHED_DAYS * DAY_MS);
  const [gap] = gapsBetween(schedule, now, end, level, 1);
  const unknown = shiftsBetween(schedule, now, end, level).find((shift) => !shift.recipients.some(isKnown));
  if (unknown !== undefined && (gap === undefined || unknown.from < gap.from)) {
    const named = unknown.recipients.map((one) => `"${one}"`).join(', ');
    return problem(
      `${span(unknown, schedule.zone)}: ${named} on call is no known recipient. Create the recipient`,
      'warning',
    );
  }
  return gap === undefined ? [] : problem(`${span(gap, schedule.zone)}: nobody is on call. Fill the gap`, 'warning');
}

const span = ({ from, until }: { readonly from: Instant; readonly until: Instant }, zone: string): string =>
  ` from ${wallText(from, zone)} to ${wallText(until, zone)}`;

const isStranger = (target: Target, reach: Reach): boolean =>
  target.kind === 'recipient' && !reach.recipients.has(target.id);
