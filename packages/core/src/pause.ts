// Pauses: an acknowledgement, a snooze, a commitment or a claim holds back everything marked `until: acknowledged`, and what
// happens when it runs out (POLICY.md, *Acknowledge*): the last stage that ran is repeated, and everything still ahead
// moves later by as much. When the policy's last allowed acknowledgement runs out, or a commitment is missed, the next
// stage runs instead. A claim that nobody confirms ends without a word: everything resumes where it stood.
import { type Draft, isAhead, note, progressOf, setProgress, settleRun } from './draft.ts';
import type { Claim, Pause } from './follow-up.ts';
import { type Instant, later } from './instant.ts';
import { lookUpFirst } from './lookup.ts';
import { isEventStage, type Stage } from './policy/policy.ts';
import { targetsOf } from './policy/target.ts';
import type { Reason } from './reason.ts';
import { runSoon } from './run-soon.ts';
import { NO_NEWS, runStage } from './run-stage.ts';
import { type StageTime, stageTimes } from './stage-time.ts';

const HELD_REASON = {
  acknowledgement: 'acknowledged',
  snooze: 'snoozed',
  commitment: 'committed',
  claim: 'claimed',
} as const;

/**
 * Starts a pause: queued messages that it stops are revoked, and nothing waits for their hand-over any more. One that
 * replaces another goes on holding what that one held.
 */
export function startPause(draft: Draft, pause: Pause): void {
  const { followUp } = draft;
  const promised = pause.kind === 'acknowledgement' && followUp.snoozedUntil === pause.until;
  followUp.pause = { ...pause, since: (followUp.pause?.over ?? followUp.pause)?.since ?? pause.since };
  followUp.snoozedUntil = pause.kind === 'snooze' || promised ? pause.until : null;
  revokePausable(draft, HELD_REASON[pause.kind]);
}

/** Somebody says that it is done: what was paused already stays so, and goes on when this ends. */
export function startClaim(draft: Draft, { by, until }: Pick<Claim, 'by' | 'until'>): void {
  const { followUp, now } = draft;
  const running = followUp.pause;
  const earlier = running?.kind === 'claim' ? running : null;
  const over = earlier === null ? running : earlier.over;
  followUp.claim = { by, at: now, until };
  followUp.pause = { kind: 'claim', since: earlier?.since ?? now, until, by, ...(over == null ? {} : { over }) };
  revokePausable(draft, HELD_REASON.claim);
}

export function revokePausable(draft: Draft, reason: Reason): void {
  draft.effects.push({ kind: 'revoke', stoppedBy: 'acknowledge', recipient: null, stages: null, reason });
  for (const stage of draft.policy.stages) {
    const { awaiting, assigneeAwaited, fixedAt } = progressOf(draft.followUp, stage.id);
    if (stage.until !== 'acknowledged') continue;
    if (isEventStage(stage) && fixedAt !== null) {
      setProgress(draft, stage.id, NO_NEWS);
      note(draft, { kind: 'stage_skipped', reason: 'held_by_pause', stage: stage.id });
    }
    if (awaiting === null && assigneeAwaited == null) continue;
    settleRun(draft, stage.id);
    setProgress(draft, stage.id, { assigneeAwaited: null });
  }
}

const ENDED_REASON = {
  acknowledgement: 'acknowledgement_expired',
  snooze: 'snooze_ended',
  commitment: 'commitment_missed',
} as const;

/** Whether the next stage runs as it ends, and not the last one again. */
export const endsWithNext = ({ policy, followUp }: Draft, { kind }: Pause): boolean =>
  kind === 'commitment' || (kind === 'acknowledgement' && followUp.acknowledgements >= policy.acknowledged.max);

/** Asks first for whom the repetition speaks to with which this pause would end; true while that is waited for. */
export function lookUpRepeated(draft: Draft, pause: Pause): boolean {
  const { lastRun, unknownRecipient } = draft.followUp;
  const stage = draft.policy.stages.find(({ id }) => id === lastRun?.stage);
  if (stage === undefined || pause.kind === 'claim' || unknownRecipient !== null) return false;
  if (endsWithNext(draft, pause) && nextStage(draft) !== null) return false;
  return lookUpFirst(draft, targetsOf(stage), stage.id);
}

/** The pause ran out: back to `open`, and somebody is told again. */
export function endPause(draft: Draft, pause: Pause): void {
  const { followUp } = draft;
  if (pause.kind === 'claim') {
    endClaim(draft, pause);
    return;
  }
  const reason = ENDED_REASON[pause.kind];
  const stepsUp = endsWithNext(draft, pause);
  leavePause(draft);
  note(draft, { kind: 'resumed', reason, ...(pause.by === null ? {} : { actor: pause.by }) });
  // Nobody has been asked yet, so there is nothing to repeat; what is late is settled when somebody is.
  if (followUp.unknownRecipient !== null) return;
  shiftAhead(draft, followUp.lastRun?.at ?? pause.since);
  if (stepsUp) runNextInstead(draft, reason);
  else repeatLast(draft, reason);
}

/** Nobody has confirmed it: nothing is repeated, and everything ahead, another pause's end too, moves by as long as it lasted. */
function endClaim(draft: Draft, { since, by, over }: Pause): void {
  const { followUp, now } = draft;
  const lasted = now - since;
  note(draft, { kind: 'resumed', reason: 'claim_ended', ...(by === null ? {} : { actor: by }) });
  followUp.claim = null;
  followUp.pause = null;
  shiftAhead(draft, since);
  if (followUp.lastRun !== null) followUp.lastRun = { ...followUp.lastRun, at: later(followUp.lastRun.at, lasted) };
  if (over === undefined) return;
  // A date that was named stays that date; an acknowledgement is a length of time.
  const until = over.kind === 'acknowledgement' ? later(over.until, lasted) : over.until;
  if (followUp.snoozedUntil === over.until) followUp.snoozedUntil = until;
  followUp.pause = { ...over, since: later(over.since, lasted), until };
}

/** The pause is ended by hand, before its time: nothing is repeated, and everything ahead moves by as long as it lasted. */
export function resumeEarly(draft: Draft): void {
  const { followUp } = draft;
  const { pause } = followUp;
  leavePause(draft);
  followUp.commitment = null;
  if (pause === null) return;
  const since = pause.over?.since ?? pause.since;
  shiftAhead(draft, since);
  // The next pause is measured from the last run as if this one had not been.
  const { lastRun } = followUp;
  if (lastRun !== null) followUp.lastRun = { ...lastRun, at: later(lastRun.at, draft.now - since) };
}

/** A commitment that was missed stays, as what stages `commitment + 1 day` count from. */
function leavePause(draft: Draft): void {
  const { followUp } = draft;
  followUp.pause = null;
  followUp.snoozedUntil = null;
  followUp.claim = null;
  if (followUp.status === 'acknowledged') followUp.status = 'open';
}

/** Everything ahead that does not already move with another stage ahead comes later by the time since `since`. */
function shiftAhead(draft: Draft, since: Instant): void {
  const { policy, followUp, now } = draft;
  const held = stageTimes(policy, followUp, draft.directory);
  for (const time of held) {
    const { stage, at } = time;
    // A committed date is a date, whatever was paused until then.
    if (at === null || stage.until === 'resolved' || stage.at.anchor.kind === 'commitment') continue;
    if (movesAlong(held, time)) continue;
    const from = stage.at.anchor.kind === 'acknowledged' ? Math.max(since, followUp.acknowledgedAt ?? since) : since;
    const byMs = Math.max(0, now - from);
    if (byMs > 0) setProgress(draft, stage.id, { shiftMs: progressOf(followUp, stage.id).shiftMs + byMs });
  }
}

/** Whether the stage ahead that it counts from moves, and so moves it. */
function movesAlong(held: readonly StageTime[], { stage, derived }: StageTime): boolean {
  const { anchor } = stage.at;
  if (!derived || anchor.kind !== 'stage') return false;
  const other = held.find((time) => time.stage.id === anchor.stage);
  return other !== undefined && (other.stage.until === 'acknowledged' || movesAlong(held, other));
}

function repeatLast(draft: Draft, reason: Reason): void {
  const last = draft.followUp.lastRun;
  const stage = last === null ? undefined : draft.policy.stages.find((one) => one.id === last.stage);
  if (stage === undefined) return;
  runStage(draft, stage, { reason, extra: true, dueAt: draft.now, sendAt: draft.now });
}

function runNextInstead(draft: Draft, reason: Reason): void {
  const { policy, followUp, now } = draft;
  for (let tried = 0; tried <= policy.stages.length; tried++) {
    const next = nextStage(draft);
    // With no stage left to step up to, the last one is repeated: nobody having acted must not end in silence.
    if (next === null) {
      repeatLast(draft, reason);
      return;
    }
    supersedeRepetitions(draft, reason);
    runSoon(draft, next, { reason, extra: false, dueAt: now, sendAt: now });
    // One that its condition skips is not a next one.
    if (progressOf(followUp, next.id).status !== 'skipped') return;
  }
}

export function nextStage({ policy, followUp, directory }: Draft): Stage | null {
  const ahead = stageTimes(policy, followUp, directory);
  const next = ahead.find(
    ({ stage, at }) =>
      at !== null &&
      progressOf(followUp, stage.id).status === 'pending' &&
      stage.until === 'acknowledged' &&
      !isEventStage(stage),
  );
  return next?.stage ?? null;
}

function supersedeRepetitions(draft: Draft, reason: Reason): void {
  for (const stage of draft.policy.stages) {
    const progress = progressOf(draft.followUp, stage.id);
    if (progress.status !== 'running' || stage.until === 'resolved' || !isAhead(progress)) continue;
    setProgress(draft, stage.id, { status: 'done' });
    note(draft, {
      kind: 'stage_superseded',
      reason,
      stage: stage.id,
      data: { remaining: (stage.repeat?.times ?? 1) - progress.runs },
    });
  }
}
