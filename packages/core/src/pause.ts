// Pauses: an acknowledgement, a snooze or a commitment holds back everything marked `until: acknowledged`, and what
// happens when it runs out (POLICY.md, *Acknowledge*): the last stage that ran is repeated, and everything still ahead
// moves later by as much. When the policy's last allowed acknowledgement runs out, or a commitment is missed, the next
// stage runs instead.
import { type Draft, isAhead, note, progressOf, setProgress } from './draft.ts';
import type { Pause } from './follow-up.ts';
import { runStage } from './run-stage.ts';
import { stageTimes, zoneOf } from './stage-time.ts';
import type { Reason } from './reason.ts';

const HELD_REASON = { acknowledgement: 'acknowledged', snooze: 'snoozed', commitment: 'committed' } as const;

/** Starts a pause: queued messages that it stops are revoked, and nothing waits for their hand-over any more. */
export function startPause(draft: Draft, pause: Pause): void {
  draft.followUp.pause = pause;
  draft.followUp.snoozedUntil = pause.kind === 'snooze' ? pause.until : null;
  revokePausable(draft, HELD_REASON[pause.kind]);
}

export function revokePausable(draft: Draft, reason: Reason): void {
  draft.effects.push({ kind: 'revoke', stoppedBy: 'acknowledge', recipient: null, stages: null, reason });
  for (const stage of draft.policy.stages) {
    if (stage.until !== 'acknowledged' || progressOf(draft.followUp, stage.id).awaiting === null) continue;
    setProgress(draft, stage.id, { awaiting: null, awaitingCount: 0 });
  }
}

const ENDED_REASON = {
  acknowledgement: 'acknowledgement_expired',
  snooze: 'snooze_ended',
  commitment: 'commitment_missed',
} as const;

/** The pause ran out: back to `open`, and somebody is told again. */
export function endPause(draft: Draft, pause: Pause): void {
  const { followUp, policy } = draft;
  const reason = ENDED_REASON[pause.kind];
  clearPause(draft);
  note(draft, { kind: 'resumed', reason, ...(pause.by === null ? {} : { actor: pause.by }) });
  const usedUp = pause.kind === 'acknowledgement' && followUp.acknowledgements >= policy.acknowledged.max;
  const last = followUp.lastRun;
  shiftAhead(draft, draft.now - (last?.at ?? pause.since));
  if (usedUp || pause.kind === 'commitment') runNextInstead(draft, reason);
  else repeatLast(draft, reason);
}

export function clearPause(draft: Draft): void {
  const { followUp } = draft;
  followUp.pause = null;
  followUp.snoozedUntil = null;
  followUp.commitment = null;
  if (followUp.status === 'acknowledged') followUp.status = 'open';
}

/** Everything ahead whose time does not already follow from another stage ahead moves later. */
export function shiftAhead(draft: Draft, byMs: number): void {
  if (byMs <= 0) return;
  const { policy, followUp } = draft;
  const held = stageTimes(policy, followUp, zoneOf(policy, followUp, draft.directory));
  for (const { stage, at, derived } of held) {
    if (at === null || derived || stage.until === 'resolved') continue;
    setProgress(draft, stage.id, { shiftMs: progressOf(followUp, stage.id).shiftMs + byMs });
  }
}

function repeatLast(draft: Draft, reason: Reason): void {
  const last = draft.followUp.lastRun;
  const stage = last === null ? undefined : draft.policy.stages.find((one) => one.id === last.stage);
  if (stage === undefined) return;
  runStage(draft, stage, { reason, extra: true, dueAt: draft.now, sendAt: draft.now });
}

function runNextInstead(draft: Draft, reason: Reason): void {
  const { policy, followUp, now } = draft;
  const ahead = stageTimes(policy, followUp, zoneOf(policy, followUp, draft.directory));
  const next = ahead.find(
    ({ stage, at }) =>
      at !== null && progressOf(followUp, stage.id).status === 'pending' && stage.until === 'acknowledged',
  );
  // With no stage left to step up to, the last one is repeated: nobody having acted must not end in silence.
  if (next === undefined) return repeatLast(draft, reason);
  for (const stage of policy.stages) {
    const progress = progressOf(followUp, stage.id);
    if (progress.status !== 'running' || stage.until === 'resolved' || !isAhead(progress)) continue;
    setProgress(draft, stage.id, { status: 'done' });
    note(draft, {
      kind: 'stage_superseded',
      reason,
      stage: stage.id,
      data: { remaining: stage.repeat?.times == null ? null : stage.repeat.times - progress.runs },
    });
  }
  runStage(draft, next.stage, { reason, extra: false, dueAt: now, sendAt: now });
}
