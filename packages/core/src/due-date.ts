// Dates that move, by an event or by a command: what counts from them moves along, and what was queued for the old date
// is revoked and runs again at its new time. The due date is the one with a name; fields of data and commitments are others.
import { addIn } from './business-time.ts';
import { type Draft, note, progressOf, setProgress } from './draft.ts';
import type { Facts, TimelineEntry } from './input.ts';
import { type Instant, later } from './instant.ts';
import { settleLate } from './late.ts';
import type { Anchor, Stage } from './policy/policy.ts';
import { frameOf, stageTimes } from './stage-time.ts';

/**
 * `said`: who said it, and how; one line tells the move with both. The end of a day that becomes that very instant, or the
 * other way round, is written otherwise and moves nothing.
 */
export function reschedule(
  draft: Draft,
  { dueAt, dueDay = null }: Pick<Facts, 'dueDay'> & { readonly dueAt: Instant | null },
  said: Omit<TimelineEntry, 'at' | 'kind' | 'reason'>,
): void {
  const { followUp } = draft;
  const moved = dueAt !== followUp.dueAt;
  const data = { ...said.data, from: followUp.dueAt, to: dueAt, ...(moved ? {} : { day: dueDay }) };
  note(draft, { ...said, kind: 'rescheduled', reason: 'rescheduled', data });
  followUp.dueAt = dueAt;
  followUp.dueDay = dueDay;
  if (moved) replan(draft, (anchor) => anchor.kind === 'due');
}

/** The stages that count from such an anchor, after it has moved. */
export function replan(draft: Draft, hasMoved: (anchor: Anchor) => boolean): void {
  const { followUp, policy } = draft;
  const moved = policy.stages.filter((stage) => hasMoved(stage.at.anchor));
  const revoked = revokeUnsent(draft, moved);
  for (const stage of moved) {
    const { status } = progressOf(followUp, stage.id);
    if (status === 'pending') setProgress(draft, stage.id, { fixedAt: null, fixedFor: null, shiftMs: 0 });
    if (status === 'running') moveRepetition(draft, stage, revoked.includes(stage));
  }
  if (followUp.unknownRecipient === null) settleLate(draft, 'late_after_change', (stage) => moved.includes(stage));
}

/** Its messages never left, so the run did not happen; its number stays used, because its message ids are. */
function revokeUnsent(draft: Draft, moved: readonly Stage[]): readonly Stage[] {
  const { followUp } = draft;
  const unsent = moved.filter((stage) => {
    const progress = progressOf(followUp, stage.id);
    return progress.awaiting !== null && !progress.awaitingExtra;
  });
  if (unsent.length === 0) return [];
  const stages = unsent.map((stage) => stage.id);
  draft.effects.push({ kind: 'revoke', stoppedBy: 'resolve', recipient: null, stages, reason: 'rescheduled' });
  for (const id of stages) {
    const progress = progressOf(followUp, id);
    const first = progress.runs === 1;
    setProgress(draft, id, {
      status: first ? 'pending' : 'running',
      awaiting: null,
      awaitingOf: {},
      assigneeAwaited: null,
      ranAt: first ? null : progress.lastAt,
      ...(first ? { plannedAt: null } : {}),
      runs: progress.runs - 1,
      extraRuns: progress.extraRuns + 1,
    });
    const data = { run: progress.runs + progress.extraRuns };
    note(draft, { kind: 'stage_superseded', reason: 'rescheduled', stage: id, data });
  }
  if (followUp.lastRun !== null && stages.includes(followUp.lastRun.stage)) followUp.lastRun = lastRunOf(draft);
  return unsent;
}

function lastRunOf({ policy, followUp }: Draft): { readonly stage: string; readonly at: Instant } | null {
  const ran = policy.stages.flatMap((stage) => {
    const { ranAt, lastAt } = progressOf(followUp, stage.id);
    return ranAt === null ? [] : [{ stage: stage.id, at: lastAt ?? ranAt }];
  });
  return ran.toSorted((a, b) => b.at - a.at)[0] ?? null;
}

/** Remaining repetitions do not come before the stage would now begin; one that was revoked comes no earlier than now. */
function moveRepetition(draft: Draft, stage: Stage, wasRevoked: boolean): void {
  const { followUp, policy, directory, now } = draft;
  const frame = frameOf(policy, followUp, directory);
  const next = stageTimes(policy, followUp, directory).find((time) => time.stage === stage)?.at ?? null;
  if (next === null || stage.at.anchor.kind !== 'due' || followUp.dueAt === null) return;
  const begins = addIn(frame, followUp.dueAt, stage.at.sign, stage.at.duration);
  const earliest = wasRevoked ? later(now, Math.max(0, begins - now)) : begins;
  if (earliest > next)
    setProgress(draft, stage.id, { shiftMs: progressOf(followUp, stage.id).shiftMs + earliest - next });
}
