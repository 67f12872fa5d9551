// From a written policy to the one the core runs: structure first (structure.ts), then every text with its grammar
// (compile-text.ts, compile-stage.ts), then what the parts mean to each other (compile-check.ts). All problems of a
// policy are found at once; only a policy without errors comes back. YAML is read in yaml.ts.
import type { Calendar } from '../calendar.ts';
import { readCalendar } from '../calendar-reading.ts';
import { HOUR_MS } from '../instant.ts';
import { compileAnswering } from './compile-action.ts';
import { checkTogether } from './compile-check.ts';
import { compileClosing, compileStages } from './compile-stage.ts';
import { type Asked, readCondition, readDurationText, readPositiveDuration, readTargetText } from './compile-text.ts';
import type { Condition } from './condition.ts';
import { parseDuration } from './duration.ts';
import type { Clause, ClauseRole, Notify, Policy, Target } from './policy.ts';
import { type Path, type Problem, Problems } from './problem.ts';
import type { WrittenPolicy } from './schema.ts';
import { listOf } from './schema-text.ts';
import { readStructure } from './structure.ts';
import { formatTarget, resolversIn } from './target.ts';
import { refuseUnbuilt } from './unbuilt.ts';

export type CompiledPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Compiles a policy as plain data (parsed YAML or JSON, or definePolicy's). `version` is the one it is published as. */
export function compilePolicy(written: unknown, version: number): CompiledPolicy {
  const problems = new Problems();
  const { policy: read, kept } = readStructure(written, problems);
  if (kept !== null) refuseUnbuilt(kept, problems);
  if (read === null) return { ok: false, problems: problems.all };
  const policy = compileRead(read, version, problems);
  checkTogether(policy, problems);
  return problems.failed ? { ok: false, problems: problems.all } : { ok: true, policy, warnings: problems.all };
}

/** Stands in for a required expression that could not be read; a policy with it is never returned. */
const UNREADABLE: Condition = {
  source: '',
  evaluate: () => ({ ok: false, detail: 'the expression could not be read' }),
};

function compileRead(read: WrittenPolicy, version: number, problems: Problems): Policy {
  const opening = (source: string | undefined, wanted: Asked['wanted'], path: Path): Condition | null =>
    source === undefined ? null : readCondition(source, { seen: 'opening', wanted }, path, problems);
  const urgent = read.urgency === 'urgent';
  const fallback = read.fallback === undefined ? null : readTargetText(read.fallback, ['fallback'], problems);
  const stages = compileStages(read.stages, problems);
  const closing = {
    resolved: compileClosing(read.resolved, 'resolved', problems),
    cancelled: compileClosing(read.cancelled, 'cancelled', problems),
    expired: compileClosing(read.expired, 'expired', problems),
  };
  checkAssignee(read, problems);
  const assigneeTarget = compileAssigneeTarget(read, problems);
  return {
    id: read.policy,
    version,
    title: read.title ?? read.policy,
    description: read.description,
    category: typeof read.category === 'string' ? read.category : 'general',
    urgency: read.urgency,
    clauses: [...compileClauses(read, problems), ...stageClauses(read, problems)],
    key: readCondition(read.key, { seen: 'clause', wanted: 'key' }, ['key'], problems) ?? UNREADABLE,
    subject: {
      type: read.subject?.type ?? read.policy,
      id: opening(read.subject?.id, 'subjectId', ['subject', 'id']),
      title: opening(read.subject?.title, 'subjectText', ['subject', 'title']),
      url: opening(read.subject?.url, 'subjectText', ['subject', 'url']),
    },
    data:
      read.data === undefined ? null : readCondition(read.data, { seen: 'clause', wanted: 'data' }, ['data'], problems),
    assignee: typeof read.assignee === 'string' ? opening(read.assignee, 'assignee', ['assignee']) : null,
    assigneeTarget,
    assignees: opening(read.assignees, 'assignees', ['assignees']),
    requester: opening(read.requester, 'requester', ['requester']),
    team: compileTeam(read, problems),
    watchers: opening(read.watchers, 'watchers', ['watchers']),
    due: opening(read.due, 'due', ['due']),
    calendarSource: sourceOf(read.calendar),
    calendar: calendarOf(read.calendar),
    fallback,
    unknownGrace:
      read.unknownGrace === undefined
        ? { kind: 'exact', ms: urgent ? 0 : HOUR_MS }
        : readDurationText(read.unknownGrace, ['unknownGrace'], problems),
    acknowledged: {
      resumeAfter: readPositiveDuration(
        read.acknowledged.resumeAfter ?? (urgent ? '30 minutes' : '3 days'),
        ['acknowledged', 'resumeAfter'],
        problems,
      ),
      max: read.acknowledged.max ?? (urgent ? 3 : 2),
    },
    snooze: { max: readPositiveDuration(read.snooze.max, ['snooze', 'max'], problems), times: read.snooze.times },
    commit: { max: readPositiveDuration(read.commit.max, ['commit', 'max'], problems) },
    late: read.late,
    expireAfter:
      read.expire === undefined ? null : readPositiveDuration(read.expire.after, ['expire', 'after'], problems),
    onRepeat: compileOnRepeat(read.onRepeat, problems),
    consolidate: read.consolidate,
    throttle: compileThrottle(read, problems),
    onUncertain: read.onUncertain,
    ...compileAnswering(read, problems),
    stages,
    closing,
    needs: needsOf(
      [
        ...stages.flatMap((stage) => [...(stage.escalate?.to ?? []), ...targetsOf(stage.notify)]),
        ...Object.values(closing).flatMap(targetsOf),
        ...[fallback, assigneeTarget].filter((target) => target !== null),
      ],
      read,
      stages.flatMap(({ when }) => (when === null ? [] : [when])),
    ),
  };
}

function compileThrottle({ throttle }: WrittenPolicy, problems: Problems): Policy['throttle'] {
  if (throttle === undefined) return null;
  return { atMost: throttle.atMost, per: readPositiveDuration(throttle.per, ['throttle', 'per'], problems) };
}

function checkAssignee(read: WrittenPolicy, problems: Problems): void {
  const both = read.assignee !== undefined && read.assignees !== undefined;
  if (both)
    problems.error(
      'policy_assignee_invalid',
      ['assignees'],
      'A policy has an assignee or assignees, not both; remove one of them.',
    );
  else if (read.assignee === undefined && read.assignees === undefined) {
    problems.error('policy_assignee_invalid', [], 'A policy says who is asked to act; add `assignee` or `assignees`.');
  }
}

function compileAssigneeTarget(read: WrittenPolicy, problems: Problems): Target | null {
  if (typeof read.assignee !== 'object') return null;
  const path = ['assignee', 'target'];
  const target = readTargetText(read.assignee.target, path, problems);
  if (
    target !== null &&
    target.kind !== 'onCall' &&
    target.kind !== 'group' &&
    target.kind !== 'team' &&
    target.kind !== 'resolver'
  )
    problems.error(
      'policy_target_invalid',
      path,
      `"${formatTarget(target)}" cannot be asked for an assignee; write onCall(schedule), group(id), team or resolver(name), or a CEL expression in place of the target.`,
      0,
    );
  return target;
}

const ROLES: readonly ClauseRole[] = ['open', 'update', 'resolve', 'cancel'];

function compileClauses(read: WrittenPolicy, problems: Problems): readonly Clause[] {
  const inClause = (source: string, wanted: 'when' | 'key', path: Path): Condition | null =>
    readCondition(source, { seen: 'clause', wanted }, [...path, wanted], problems);
  return ROLES.flatMap((role) => {
    const written = read[role];
    if (written === undefined) return [];
    return listOf(written).flatMap((clause, index): readonly Clause[] => {
      const path: Path = Array.isArray(written) ? [role, index] : [role];
      if (clause.on === undefined) {
        const needless = clause.when !== undefined || clause.key !== undefined;
        if (!('onReply' in clause && clause.onReply))
          problems.error('policy_key_missing', [...path, 'on'], '"on" is required; add the event type.');
        else if (needless)
          problems.error(
            'policy_key_missing',
            [...path, 'on'],
            '"when" and "key" are about events, and this clause names none; add "on", or remove them.',
          );
        return [];
      }
      return [
        {
          role,
          on: listOf(clause.on),
          when: clause.when === undefined ? null : inClause(clause.when, 'when', path),
          key: clause.key === undefined ? null : inClause(clause.key, 'key', path),
          outcome: clause.outcome ?? null,
          stage: null,
        },
      ];
    });
  });
}

/**
 * What stages listen to beside the policy's own clauses: the events of `at: {on}`, and under a key of its own whatever
 * updates the policy, for `at: {changed}`.
 */
function stageClauses(read: WrittenPolicy, problems: Problems): readonly Clause[] {
  return read.stages.flatMap(({ id, at }, index): readonly Clause[] => {
    if (typeof at === 'string') return [];
    const path: Path = ['stages', index, 'at'];
    const inClause = (source: string | undefined, wanted: 'when' | 'key'): Condition | null =>
      source === undefined ? null : readCondition(source, { seen: 'clause', wanted }, [...path, wanted], problems);
    const key = inClause(at.key, 'key');
    const clause = { role: 'update', key, outcome: null } as const;
    if ('on' in at) return [{ ...clause, on: listOf(at.on), when: inClause(at.when, 'when'), stage: id }];
    if (key === null) return [];
    const updates = listOf(read.update ?? []).flatMap(({ on }) => listOf(on));
    if (updates.length === 0)
      problems.warning(
        'policy_no_effect',
        [...path, 'key'],
        `Stage "${id}" has a key for updates, but the policy has no \`update\`; add it, or remove the key.`,
      );
    return updates.length === 0 ? [] : [{ ...clause, on: updates, when: null, stage: null }];
  });
}

function compileTeam(read: WrittenPolicy, problems: Problems): Policy['team'] {
  if (read.team === undefined) return null;
  if (typeof read.team === 'string') return { kind: 'id', id: read.team };
  return {
    kind: 'condition',
    condition:
      readCondition(read.team.cel, { seen: 'opening', wanted: 'team' }, ['team', 'cel'], problems) ?? UNREADABLE,
  };
}

const REOPEN = /^reopen\((.*)\)$/;

function compileOnRepeat(written: string, problems: Problems): Policy['onRepeat'] {
  const text = written.trim();
  if (text === 'new') return { kind: 'new' };
  const within = REOPEN.exec(text)?.[1];
  if (within === undefined) {
    problems.error(
      'policy_value_invalid',
      ['onRepeat'],
      `"onRepeat" takes "new" or "reopen(30 days)", not "${text}"; write one of them.`,
      0,
    );
    return { kind: 'new' };
  }
  const duration = parseDuration(within);
  if (!duration.ok) {
    problems.error(
      'policy_duration_invalid',
      ['onRepeat'],
      `In "${text}" ${duration.message}.`,
      written.indexOf('(') + 1 + duration.at,
    );
    return { kind: 'new' };
  }
  return { kind: 'reopen', within: readPositiveDuration(within, ['onRepeat'], problems) };
}

function sourceOf(written: WrittenPolicy['calendar']): Policy['calendarSource'] {
  if (written === undefined) return null;
  return typeof written === 'string' ? { kind: 'named', id: written } : { kind: 'written', written };
}

/** One without holidays is the same in every year; the others are read by whoever loads the policy. */
function calendarOf(written: WrittenPolicy['calendar']): Calendar | null {
  if (written === undefined || typeof written === 'string' || written.holidays !== undefined) return null;
  const read = readCalendar(written, { id: null, years: { from: 1, to: 9_999 }, book: null });
  return read.ok ? read.calendar : null;
}

const targetsOf = (notifies: readonly Notify[]): readonly Target[] => notifies.flatMap((notify) => notify.to);

function needsOf(targets: readonly Target[], read: WrittenPolicy, conditions: readonly Condition[]): Policy['needs'] {
  const team = typeof read.team === 'string' ? [read.team] : [];
  return {
    managerLevels: Math.max(0, ...targets.map((target) => (target.kind === 'manager' ? target.level : 0))),
    groups: [...new Set([...targets.flatMap((target) => (target.kind === 'group' ? [target.id] : [])), ...team])],
    picks: [
      ...new Set(
        targets.flatMap((target) => (target.kind === 'group' && target.strategy !== 'all' ? [target.id] : [])),
      ),
    ],
    recipients: [...new Set(targets.flatMap((target) => (target.kind === 'recipient' ? [target.id] : [])))],
    resolvers: [...new Set(resolversIn(targets))],
    schedules: levelsAsked(targets),
    activity: [
      ...new Map(conditions.flatMap(({ asks = [] }) => asks.map((ask) => [JSON.stringify(ask), ask]))).values(),
    ],
    pending: conditions.some(({ names }) => names?.includes('pending')),
    engagement: conditions.some(({ names }) => names?.includes('engagement')),
  };
}

function levelsAsked(targets: readonly Target[]): Policy['needs']['schedules'] {
  const asked = targets.flatMap((target) => (target.kind === 'onCall' ? [target] : []));
  return [...new Map(asked.map(({ schedule, level }) => [`${schedule}\n${level}`, { id: schedule, level }])).values()];
}
