// The throttle of a policy (POLICY.md, `throttle`): of one follow-up at most so many runs reach anybody in any such length of
// time. A run counts from its first hand-over, and while it is on its way as one of this moment. What comes too soon holds
// its stage, and a pause that would end with a run goes on; what a person asks for now is told now, and counts.
import { addIn } from './business-time.ts';
import { type Draft, isAskedFor, note, progressOf, setProgress } from './draft.ts';
import type { Pause, RecentRun } from './follow-up.ts';
import type { Instant } from './instant.ts';
import { endsWithNext, nextStage } from './pause.ts';
import { isEventStage, type Stage } from './policy/policy.ts';
import { formatTarget } from './policy/target.ts';
import { frameOf, type StageTime, stageTimes } from './stage-time.ts';
import { supersede } from './supersede.ts';

/** Until when the throttle holds a stage; `until` null where only a hand-over can tell. */
export interface Throttled {
  readonly until: Instant | null;
}

/** What holds this stage now, or null when it may run. */
export function throttled({ policy, followUp, directory, now }: Draft, stage: Stage): Throttled | null {
  const { throttle } = policy;
  if (throttle === null) return null;
  const progress = progressOf(followUp, stage.id);
  if (isAskedFor(progress)) return null;
  if (progress.awaiting !== null) return { until: null };
  const frame = frameOf(policy, followUp, directory);
  const ends = followUp.recentRuns
    .map(({ at }) => addIn(frame, at, 1, throttle.per))
    .filter((end) => end > now)
    .sort((a, b) => a - b);
  const onTheirWay = Object.values(followUp.progress).filter(({ awaiting }) => awaiting !== null).length;
  const tooMany = ends.length + onTheirWay - throttle.atMost;
  return tooMany < 0 ? null : { until: ends[tooMany] ?? null };
}

/** True when the run has reached somebody for the first time, as far as that is still known. */
export function countRun({ policy, followUp }: Draft, { stage, run, at }: RecentRun): boolean {
  const { throttle } = policy;
  if (throttle === null || followUp.recentRuns.some((one) => one.stage === stage && one.run === run)) return false;
  // What is older than the newest has been told before, and has been pushed out since.
  if (followUp.recentRuns.some((one) => one.at > at)) return false;
  const counted = { stage, run, at };
  const newest = [counted, ...followUp.recentRuns].toSorted((a, b) => a.at - b.at).slice(-throttle.atMost);
  if (!newest.includes(counted)) return false;
  followUp.recentRuns = newest;
  return true;
}

/** In the order it was planned for: of what is held for one moment, what has waited longest is first. */
export function inTurn({ policy, followUp }: Draft, due: readonly StageTime[]): readonly StageTime[] {
  if (policy.throttle === null) return due;
  const plannedAt = ({ stage, at }: StageTime): number => {
    const { heldUntil, shiftMs } = progressOf(followUp, stage.id);
    return (at ?? 0) - (heldUntil === null ? 0 : shiftMs);
  };
  return due.toSorted((a, b) => plannedAt(a) - plannedAt(b));
}

/**
 * Moves what is due to the moment when it may run; what waits for that moment gives way to the newest. True when something
 * was moved, so that nothing of `due` may run now.
 */
export function holdThrottled(draft: Draft, due: readonly StageTime[]): boolean {
  if (draft.policy.throttle === null) return false;
  const held = inTurn(draft, due).flatMap((time) => {
    const until = throttled(draft, time.stage)?.until ?? null;
    return until === null ? [] : [{ ...time, at: until, late: until - (time.at ?? draft.now) }];
  });
  const newest = held.at(-1);
  if (newest === undefined) return false;
  const waiting = [...heldUntil(draft, newest.at), ...held];
  for (const { stage, at: until, late } of held) {
    setProgress(draft, stage.id, { shiftMs: progressOf(draft.followUp, stage.id).shiftMs + late, heldUntil: until });
    note(draft, { kind: 'waiting', reason: 'throttled', stage: stage.id, data: { until } });
  }
  const older = waiting.filter(({ stage }) => stage !== newest.stage && givesWay(draft, stage, newest.stage));
  supersede(draft, older, 'superseded');
  return true;
}

/** What has come to wait for that moment before. */
const heldUntil = ({ policy, followUp, directory }: Draft, until: Instant): readonly StageTime[] =>
  stageTimes(policy, followUp, directory).filter(
    ({ stage, at }) => at === until && progressOf(followUp, stage.id).heldUntil === until,
  );

/**
 * Everybody it tells is told by the newer one, which is sure to be sent if it is: no condition can skip the newer one, and no
 * pause hold it back alone. It escalates to nobody, nobody is escalated over in its place, and no repetitions go with it.
 */
function givesWay({ followUp }: Draft, older: Stage, newer: Stage): boolean {
  if (older.escalate !== null || (newer.escalate !== null && !followUp.assigneeTold)) return false;
  if (newer.when !== null || (older.repeat !== null && progressOf(followUp, older.id).status === 'pending'))
    return false;
  if (newer.until === 'acknowledged' && (older.until === 'resolved' || isEventStage(newer))) return false;
  const told = new Set(targetsOf(newer));
  return targetsOf(older).every((target) => told.has(target));
}

const targetsOf = ({ notify }: Stage): readonly string[] => notify.flatMap(({ to }) => to.map(formatTarget));

/** The run with which this pause would end; where none has run yet, the next one's. */
function endingWith(draft: Draft, pause: Pause): Stage | undefined {
  const { policy, followUp } = draft;
  if (policy.throttle === null || pause.kind === 'claim' || followUp.unknownRecipient !== null) return undefined;
  const last = policy.stages.find(({ id }) => id === followUp.lastRun?.stage);
  return last ?? (endsWithNext(draft, pause) ? (nextStage(draft) ?? undefined) : undefined);
}

/** A pause whose end would send something goes on until that may be sent, or, for now, until a hand-over; true when it does. */
export function prolongPause(draft: Draft, pause: Pause): boolean {
  const { followUp } = draft;
  const stage = endingWith(draft, pause);
  const hold = stage === undefined ? null : throttled(draft, stage);
  if (stage === undefined || hold === null) return false;
  const { until } = hold;
  if (until === null) return true;
  if (followUp.snoozedUntil === pause.until) followUp.snoozedUntil = until;
  followUp.pause = { ...pause, until };
  note(draft, { kind: 'waiting', reason: 'throttled', stage: stage.id, data: { until, pause: pause.kind } });
  return true;
}

/** When the clock ends the pause; null where only a hand-over lets it end. */
export const pauseEndsAt = ({ followUp: { pause }, now }: Draft): Instant | null =>
  pause === null || pause.until <= now ? null : pause.until;
