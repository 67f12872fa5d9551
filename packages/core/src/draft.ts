// The working copy of one decision: a follow-up that may be changed in place, and what the decision asks for. Made at
// the start of decide() and frozen into its result at the end; nothing outside one call ever sees it.
import { engagementScope } from './engagement.ts';
import { type Awaited, askedOf, type FollowUp, FRESH_PROGRESS, type StageProgress } from './follow-up.ts';
import { activityScope, pendingScope } from './history.ts';
import type { Effect, TimelineEntry } from './input.ts';
import type { Instant } from './instant.ts';
import { followUpSeen, recipientSeen, subjectSeen } from './policy/cel-scope.ts';
import type { Policy, Stage } from './policy/policy.ts';
import type { AlarmReason, Reason } from './reason.ts';
import type { Directory } from './recipient.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Draft {
  readonly policy: Policy;
  readonly directory: Directory;
  readonly now: Instant;
  readonly outageMs: number;
  /** As it was given, when this decision was planned for `before.wakeAt`. */
  readonly before: FollowUp;
  readonly followUp: Mutable<FollowUp>;
  readonly effects: Effect[];
  readonly timeline: TimelineEntry[];
}

export const draftOf = (
  policy: Policy,
  followUp: FollowUp,
  directory: Directory,
  now: Instant,
  outageMs: number,
): Draft => ({
  policy,
  directory,
  now,
  outageMs,
  before: followUp,
  followUp: { ...followUp },
  effects: [],
  timeline: [],
});

export function note(draft: Draft, entry: Omit<TimelineEntry, 'at'>): void {
  draft.timeline.push({ at: draft.now, ...entry });
}

export function alarm(
  draft: Draft,
  reason: AlarmReason,
  stage: string | null,
  text: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  note(draft, { kind: 'alarm', reason, ...(stage === null ? {} : { stage }), data: { text, ...more } });
  draft.effects.push({ kind: 'alarm', reason, stage, text });
}

export function setProgress(draft: Draft, stage: string, change: Partial<StageProgress>): void {
  draft.followUp.progress = {
    ...draft.followUp.progress,
    [stage]: { ...progressOf(draft.followUp, stage), ...change },
  };
}

export const progressOf = (followUp: FollowUp, stage: string): StageProgress =>
  followUp.progress[stage] ?? FRESH_PROGRESS;

/**
 * A run whose hand-over is awaited no longer: its decision is its moment. Without one a repetition would count from the
 * run before it, and run at once.
 */
export function settleRun(draft: Draft, stage: string): void {
  const { awaiting, awaitingExtra, ranAt, firstAt } = progressOf(draft.followUp, stage);
  const counted = awaiting !== null && !awaitingExtra && ranAt !== null;
  setProgress(draft, stage, {
    awaiting: null,
    awaitingOf: {},
    ...(counted ? { firstAt: firstAt ?? ranAt, lastAt: ranAt } : {}),
  });
}

/** Somebody else alone is asked to act: nothing that was on its way to those before says that they have been told. */
export function setAssignee(draft: Draft, id: string): void {
  const { followUp, policy } = draft;
  followUp.assignee = id;
  followUp.assigneeTold = false;
  followUp.assigneeUnreachable = false;
  for (const [stage, progress] of Object.entries(followUp.progress))
    if (progress.assigneeAwaited != null) setProgress(draft, stage, { assigneeAwaited: null });
  if (policy.require === null) return;
  followUp.assignees = [id];
  askAnew(draft, id);
}

/** Whatever they said before, they have not answered. */
function askAnew({ followUp }: Draft, id: string): void {
  followUp.answers = Object.fromEntries(Object.entries(followUp.answers).filter(([who]) => who !== id));
}

/** Of several who are asked, one gives it to somebody else; the others are asked as before. */
export function replaceAssignee(draft: Draft, from: string, to: string): void {
  const { followUp } = draft;
  if (!followUp.assignees.includes(to)) askAnew(draft, to);
  followUp.assignees = [...new Set(followUp.assignees.map((id) => (id === from ? to : id)))];
  followUp.assigneeUnreachable = false;
  refreshAssignee(draft);
}

/** Who is asked first has changed: managers are those of the one who is first now. */
export function refreshAssignee(draft: Draft): void {
  const { followUp } = draft;
  const first = askedOf(followUp)[0] ?? followUp.assignees[0] ?? null;
  if (first === followUp.assignee) return;
  followUp.assignee = first;
  forgetManagers(draft);
}

export function forgetManagers(draft: Draft): void {
  for (const { id } of draft.policy.stages)
    if (isAhead(progressOf(draft.followUp, id))) setProgress(draft, id, { managers: {} });
}

/** What is on its way to somebody is revoked, whatever it told them as; the others of the same runs are still told. */
export function revokeOf(draft: Draft, recipient: string, reason: Reason): void {
  draft.effects.push({ kind: 'revoke', stoppedBy: 'resolve', recipient, stages: null, reason });
  for (const { id: stage } of draft.policy.stages) {
    const { awaiting, assigneeAwaited } = progressOf(draft.followUp, stage);
    const theirs = assigneeAwaited == null ? 0 : awaitedBy(assigneeAwaited, recipient);
    if (assigneeAwaited != null && theirs > 0)
      setProgress(draft, stage, { assigneeAwaited: fewer(assigneeAwaited, recipient, theirs) });
    if (awaiting !== null && Object.hasOwn(progressOf(draft.followUp, stage).awaitingOf, recipient))
      awaitNoMore(draft, { stage, run: awaiting, recipient }, Number.POSITIVE_INFINITY);
  }
}

/** A notification that a run waits for. */
export interface AwaitedFrom {
  readonly stage: string;
  readonly run: number;
  readonly recipient: string;
}

/** So many notifications of a run to this recipient have an outcome that is no hand-over; false when none was awaited. */
export function awaitNoMore(draft: Draft, { stage, run, recipient }: AwaitedFrom, count: number): boolean {
  const { awaiting, awaitingOf } = progressOf(draft.followUp, stage);
  if (awaiting !== run) return false;
  const who = Object.hasOwn(awaitingOf, recipient) ? recipient : '';
  const { [who]: theirs = 0, ...others } = awaitingOf;
  const left = theirs > count ? { ...others, [who]: theirs - count } : others;
  if (Object.keys(left).length > 0) setProgress(draft, stage, { awaitingOf: left });
  else settleRun(draft, stage);
  return true;
}

/** How many notifications to this one have no outcome yet. */
const awaitedBy = ({ count, of }: Awaited, recipient: string): number =>
  of === undefined ? count : Object.hasOwn(of, recipient) ? (of[recipient] ?? 0) : 0;

function fewer({ run, count, of }: Awaited, recipient: string, by: number): Awaited | null {
  if (count <= by) return null;
  return of === undefined
    ? { run, count: count - by }
    : { run, count: count - by, of: { ...of, [recipient]: (of[recipient] ?? 0) - by } };
}

/** One notification to somebody who is asked has an outcome; true when it was awaited. */
export function hearOfAssignee(
  draft: Draft,
  { stage, run, recipient }: { readonly stage: string; readonly run: number; readonly recipient: string },
): boolean {
  const awaited = draft.followUp.progress[stage]?.assigneeAwaited ?? null;
  if (awaited === null || awaited.run !== run || awaitedBy(awaited, recipient) === 0) return false;
  setProgress(draft, stage, { assigneeAwaited: fewer(awaited, recipient, 1) });
  return true;
}

/** A person has asked for it now, and it waits only for whom it speaks to. */
export const isAskedFor = (progress: StageProgress): boolean => progress.fixedFor === 'escalated_by_hand';

export const isAhead = (progress: StageProgress): boolean =>
  progress.status === 'pending' || progress.status === 'running';

/** What a condition of a running follow-up sees (POLICY.md, *CEL sees*), as far as it is gathered. */
export function conditionScope(
  draft: Pick<Draft, 'followUp' | 'directory' | 'now'>,
  stage: Stage,
): Record<string, unknown> {
  const { followUp, directory } = draft;
  const person = followUp.assignee === null ? undefined : directory.recipients.get(followUp.assignee);
  const assignee = person === undefined ? null : recipientSeen(person);
  return {
    data: followUp.data,
    subject: subjectSeen(followUp.subject),
    assignee,
    recipient: assignee,
    now: draft.now,
    followUp: followUpSeen(followUp),
    activity: activityScope(stage.when?.asks ?? [], directory.activity?.get(person?.id ?? '')),
    pending: pendingScope((directory.pending?.get(person?.id ?? '') ?? []).filter(({ id }) => id !== followUp.id)),
    engagement: engagementScope(directory.engagements?.get(followUp.id) ?? []),
  };
}
