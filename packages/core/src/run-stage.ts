// One run of one stage: its condition, whom it escalates to, whom it tells. Called by decide.ts when the stage is due
// and by the commands and pauses that repeat or advance one. Closing notifications go through notifyClosing.
import { actingFor, awayAt } from './away.ts';
import { confirmationsOf, type Ender } from './confirm.ts';
import {
  alarm,
  conditionScope,
  type Draft,
  forgetManagers,
  note,
  progressOf,
  replaceAssignee,
  revokeOf,
  setAssignee,
  setProgress,
  settleRun,
} from './draft.ts';
import { type Awaited, askedOf, isAsked, isOnlyOne, NOTIFIED_MAX, type StageProgress } from './follow-up.ts';
import type { Audience } from './input.ts';
import type { Instant } from './instant.ts';
import type { StoppedBy } from './message.ts';
import { valuesSeen } from './policy/cel-field-use.ts';
import { isEventStage, type Notify, type Stage, type Target, type Urgency } from './policy/policy.ts';
import type { AlarmReason, Reason } from './reason.ts';
import { fallbackOf, resolveTargets } from './target.ts';

export interface RunOptions {
  readonly reason: Reason;
  /** Extra runs (after a pause, for a new assignee) are not counted and anchor nothing. */
  readonly extra: boolean;
  /** The time it was due. */
  readonly dueAt: Instant;
  /** Spread after an outage: messages leave no earlier than this. */
  readonly sendAt: Instant;
  /** Only notifies to the assignee, and only this one: a new assignee is told what the old one was told. */
  readonly only?: string;
  /** A person asks for it now: its condition is about its time. */
  readonly unconditional?: boolean;
}

/** A stage that events run, with nothing that waits for its time. */
export const NO_NEWS = { fixedAt: null, fixedFor: null, heldUntil: null, shiftMs: 0 } as const;

const RANK: Readonly<Record<Urgency, number>> = { low: 0, normal: 1, high: 2, urgent: 3 };
export const urgencyRank = (urgency: Urgency): number => RANK[urgency];
export const urgencyOf = (stage: Stage, followUp: { readonly urgency: Urgency }): Urgency => {
  const own = stage.urgency ?? followUp.urgency;
  // What an escalation raised stays raised for the stages after it.
  return RANK[own] < RANK[followUp.urgency] ? followUp.urgency : own;
};

/** Runs the stage, or skips it when its condition says so. */
export function runStage(draft: Draft, stage: Stage, options: RunOptions): void {
  if (!options.extra && options.unconditional !== true && !conditionHolds(draft, stage, options.dueAt)) return;
  const passed = stage.notify.some(({ to }) => to.some(({ kind }) => kind === 'assignee'))
    ? passOnWhileAway(draft, stage)
    : new Map<string, string>();
  const before = progressOf(draft.followUp, stage.id);
  const firstRun = before.runs === 0 && before.extraRuns === 0;
  const run = before.runs + before.extraRuns + 1;
  const raiseAlarm = alarmsOfRun(draft, stage);
  let reason = options.reason;
  if (stage.escalate !== null && firstRun) {
    const { assigneeUnreachable, assigneeTold } = draft.followUp;
    if (assigneeUnreachable && !assigneeTold && reason !== 'escalated_by_hand') reason = 'assignee_unreachable';
    escalate(draft, stage, reason, raiseAlarm);
  }
  note(draft, { kind: 'stage_ran', reason, stage: stage.id, data: { run, ...(options.extra ? { extra: true } : {}) } });
  const only = options.only === undefined ? {} : { only: passed.get(options.only) ?? options.only };
  const told = tellAll(draft, stage, run, { ...options, ...only, reason }, raiseAlarm);
  markRun(draft, stage, run, told, options);
}

/**
 * Who is away has delegated beforehand: the one they named is asked from now on, and they follow along. Answers with who
 * took whose place.
 */
function passOnWhileAway(draft: Draft, stage: Stage): ReadonlyMap<string, string> {
  const { followUp, directory, now } = draft;
  const passed = new Map<string, string>();
  for (const from of askedOf(followUp)) {
    const person = directory.recipients.get(from);
    const period = person === undefined ? null : awayAt(person, directory, now);
    const to = period === null ? null : actingFor(directory, from, now);
    if (period === null || to === null || followUp.assignees.includes(to)) continue;
    revokeOf(draft, from, 'away');
    if (draft.policy.require === null) setAssignee(draft, to);
    else replaceAssignee(draft, from, to);
    if (!followUp.watchers.includes(from)) followUp.watchers = [...followUp.watchers, from];
    forgetManagers(draft);
    const data = { from, until: period.until };
    note(draft, { kind: 'delegated', reason: 'away', stage: stage.id, recipient: to, data });
    passed.set(from, to);
  }
  return passed;
}

function markRun(draft: Draft, stage: Stage, run: number, { told, assignees }: Told, options: RunOptions): void {
  const isSilent = Object.keys(told).length === 0;
  const { now } = draft;
  // An extra run takes the place of one that is still on its way, which then counts from its decision.
  settleRun(draft, stage.id);
  const before = progressOf(draft.followUp, stage.id);
  const runs = before.runs + (options.extra ? 0 : 1);
  const more = stage.repeat !== null && runs < stage.repeat.times;
  const settled = before.status === 'done' || before.status === 'superseded' || before.status === 'skipped';
  setProgress(draft, stage.id, {
    // What an event runs may be run by the next one.
    status: isEventStage(stage) ? 'pending' : options.extra && settled ? before.status : more ? 'running' : 'done',
    runs,
    extraRuns: before.extraRuns + (options.extra ? 1 : 0),
    ranAt: now,
    plannedAt: before.plannedAt ?? options.dueAt,
    fixedAt: null,
    fixedFor: null,
    heldUntil: null,
    shiftMs: options.extra ? before.shiftMs : 0,
    // A run that tells nobody has no hand-over to wait for: its decision is its moment.
    ...(isSilent && !options.extra ? { firstAt: before.firstAt ?? now, lastAt: now } : {}),
    awaiting: isSilent ? null : run,
    awaitingOf: told,
    awaitingExtra: options.extra,
    ...(assignees.length === 0 ? {} : { assigneeAwaited: awaited(draft, run, assignees) }),
  });
  draft.followUp.stage = stage.id;
  // A pause that ends repeats what asked somebody to act, not the latest news.
  if (!isEventStage(stage)) draft.followUp.lastRun = { stage: stage.id, at: now };
}

const awaited = ({ policy }: Draft, run: number, assignees: readonly string[]): Awaited => ({
  run,
  count: assignees.length,
  ...(policy.require === null
    ? {}
    : { of: Object.fromEntries(assignees.map((id) => [id, assignees.filter((one) => one === id).length])) }),
});

/** Without it the stage is skipped. */
export function conditionHolds(draft: Draft, stage: Stage, dueAt: Instant): boolean {
  if (stage.when === null) return true;
  const scope = conditionScope(draft, stage);
  const result = stage.when.evaluate(scope);
  if (result.ok && result.value === true) return true;
  const failed = !result.ok || typeof result.value !== 'boolean';
  const detail = result.ok ? `it gives ${typeof result.value}, not true or false` : result.detail;
  const before = progressOf(draft.followUp, stage.id);
  const runs = before.runs + 1;
  const more = before.status === 'running' && stage.repeat !== null && runs < stage.repeat.times;
  if (isEventStage(stage)) setProgress(draft, stage.id, NO_NEWS);
  else
    setProgress(draft, stage.id, {
      status: more ? 'running' : before.status === 'running' ? 'done' : 'skipped',
      runs: before.status === 'running' ? runs : 0,
      plannedAt: before.plannedAt ?? dueAt,
      ...(before.status === 'running' ? { lastAt: draft.now, ranAt: draft.now } : {}),
    });
  note(draft, {
    kind: 'stage_skipped',
    reason: failed ? 'condition_failed' : 'condition_false',
    stage: stage.id,
    data: { when: stage.when.source, seen: valuesSeen(stage.when.source, scope), ...(failed ? { detail } : {}) },
  });
  if (failed)
    alarm(draft, 'condition_failed', stage.id, `The condition of stage "${stage.id}" cannot be evaluated: ${detail}.`);
  return false;
}

function escalate(draft: Draft, stage: Stage, reason: Reason, raiseAlarm: Raise): void {
  if (stage.escalate === null) return;
  const { followUp } = draft;
  const people = recipientsIn(withFallback(draft, stage.escalate.to, stage, raiseAlarm));
  setProgress(draft, stage.id, { escalated: people });
  followUp.escalated = [...new Set([...followUp.escalated, ...people])].slice(0, NOTIFIED_MAX);
  followUp.escalationLevel += 1;
  const { raise } = stage.escalate;
  if (raise !== null && RANK[raise] > RANK[followUp.urgency]) followUp.urgency = raise;
  note(draft, {
    kind: 'escalated',
    reason,
    stage: stage.id,
    data: {
      to: people.slice(0, 20),
      level: followUp.escalationLevel,
      mode: stage.escalate.mode,
      ...(raise === null ? {} : { urgency: followUp.urgency }),
    },
  });
  const next = people[0];
  if (stage.escalate.mode !== 'reassign' || next === undefined || isOnlyOne(followUp, next)) return;
  const previous = followUp.assignee;
  const giving = askedOf(followUp).filter((id) => id !== next);
  followUp.watchers = [...new Set([...followUp.watchers, ...giving])];
  for (const id of giving) revokeOf(draft, id, 'reassigned');
  setAssignee(draft, next);
  note(draft, { kind: 'reassigned', reason, stage: stage.id, recipient: next, data: { from: previous } });
}

const recipientsIn = (audiences: readonly Audience[]): readonly string[] =>
  audiences.flatMap((audience) => (audience.kind === 'recipients' ? audience.ids : []));

type Raise = (reason: AlarmReason, text: string) => void;
/** One alarm of a kind for one run, however many of its targets are nobody. */
function alarmsOfRun(draft: Draft, stage: Stage): Raise {
  const raised = new Set<AlarmReason>();
  return (reason, text) => {
    if (!raised.has(reason)) alarm(draft, reason, stage.id, text);
    raised.add(reason);
  };
}

/** The targets' people, or the fallback's with an alarm; nobody at all is an alarm of its own. */
function withFallback(draft: Draft, targets: readonly Target[], stage: Stage, raiseAlarm: Raise): readonly Audience[] {
  const found = resolveTargets(draft, targets, stage);
  if (found.length > 0) return found;
  const rescue = fallbackOf(draft, stage);
  if (rescue.length > 0) {
    raiseAlarm(
      'target_empty',
      `Stage "${stage.id}" has nobody to tell, so the fallback of policy "${draft.policy.id}" is told.`,
    );
    return rescue;
  }
  raiseAlarm(
    'nobody_reached',
    `Stage "${stage.id}" of policy "${draft.policy.id}" reaches nobody: neither its target nor a fallback has anybody.`,
  );
  return [];
}

const STOPPED_BY: Readonly<Record<Stage['until'], StoppedBy>> = { acknowledged: 'acknowledge', resolved: 'resolve' };

/** What a run waits for: how many notifications to whom, and those of them to who is asked. */
interface Told {
  readonly told: StageProgress['awaitingOf'];
  readonly assignees: readonly string[];
}

function tellAll(draft: Draft, stage: Stage, run: number, options: RunOptions, raiseAlarm: Raise): Told {
  const { only } = options;
  const told = new Map<string, number>();
  const assignees: string[] = [];
  stage.notify.forEach((notify, index) => {
    if (only !== undefined && !notify.to.some((target) => target.kind === 'assignee')) return;
    const audiences =
      only === undefined
        ? withFallback(draft, notify.to, stage, raiseAlarm)
        : withFallback(draft, [{ kind: 'assignee' }], stage, raiseAlarm).map((one) => onlyOf(one, only));
    for (const audience of audiences) {
      if (audience.kind === 'recipients') assignees.push(...audience.ids.filter((id) => isAsked(draft.followUp, id)));
      for (const [who, count] of outcomesOf(draft, audience)) told.set(who, (told.get(who) ?? 0) + count);
      tell(draft, {
        notify,
        index,
        audience,
        stage: stage.id,
        role: stage.role,
        run,
        urgency: urgencyOf(stage, draft.followUp),
        stoppedBy: STOPPED_BY[stage.until],
        reason: options.reason,
        sendAt: options.sendAt,
      });
    }
  });
  return { told: Object.fromEntries(told), assignees };
}

/** How many outcomes there will be of each: one a person, and those of a large group together. */
const outcomesOf = ({ directory }: Draft, audience: Audience): readonly (readonly [string, number])[] =>
  audience.kind === 'recipients'
    ? audience.ids.map((id) => [id, 1] as const)
    : [['', directory.groups.get(audience.id)?.size ?? 1]];

/** The fallback, where who is asked is nobody, is told whole. */
const onlyOf = (audience: Audience, only: string): Audience =>
  audience.kind === 'recipients' && audience.ids.includes(only) ? { kind: 'recipients', ids: [only] } : audience;

interface Telling {
  readonly notify: Notify;
  readonly index: number;
  readonly audience: Audience;
  readonly stage: string;
  readonly role: Stage['role'];
  readonly run: number;
  readonly urgency: Urgency;
  readonly stoppedBy: StoppedBy;
  readonly reason: Reason;
  readonly sendAt: Instant;
}

function tell(draft: Draft, { notify, index, audience, ...rest }: Telling): void {
  draft.effects.push({ kind: 'notify', ...rest, notify: index, audience, template: notify.template, via: notify.via });
  if (audience.kind === 'group') return;
  draft.followUp.notified = [...new Set([...draft.followUp.notified, ...audience.ids])].slice(0, NOTIFIED_MAX);
}

/** The closing notification: nothing stops it, and nothing is repeated. */
export function notifyClosing(draft: Draft, status: 'resolved' | 'cancelled' | 'expired', ender: Ender): void {
  for (const { notify, index, audience } of confirmationsOf(draft, draft.policy.closing[status], ender))
    tell(draft, {
      notify,
      index,
      audience,
      stage: status,
      role: 'confirmation',
      run: 1,
      urgency: draft.followUp.urgency === 'urgent' ? 'high' : draft.followUp.urgency,
      stoppedBy: 'nothing',
      reason: status,
      sendAt: draft.now,
    });
}
