// What is due, run: at its time, or after an outage (POLICY.md, *Late*): then only the newest overdue stage of a follow-up
// is sent, spread over a minute, and what comes later is spaced from that send. Called by decide.ts with what may run.
import { type Draft, isAhead, note, progressOf, setProgress } from './draft.ts';
import { type Instant, MINUTE_MS } from './instant.ts';
import { runStage, urgencyOf } from './run-stage.ts';
import { type StageTime, stageTimes, zoneOf } from './stage-time.ts';

const OUTAGE_SPREAD_MS = MINUTE_MS;

/** Something of `due` has run, was superseded or was moved ahead afterwards; what that makes due is for the next pass. */
export function runDue(draft: Draft, due: readonly StageTime[]): void {
  const { now, policy, outageMs } = draft;
  const isLate = (time: StageTime): boolean => now - (time.at ?? now) > outageMs;
  const overdue = due.filter(isLate);
  if (overdue.length > 0 && policy.late.afterOutage === 'skip') {
    supersede(draft, overdue);
    return;
  }
  if (overdue.length > 0 && policy.late.afterOutage === 'newest' && due.length > 1 && keepNewest(draft, due)) return;
  for (const time of due) {
    if (!isAhead(progressOf(draft.followUp, time.stage.id))) continue;
    runStage(draft, time.stage, {
      reason: isLate(time) ? 'after_outage' : whyNow(draft, time),
      extra: false,
      dueAt: time.at ?? now,
      sendAt: overdue.length > 0 ? spread(draft, time) : now,
    });
  }
  const newest = due.at(-1);
  if (newest !== undefined && isLate(newest)) spaceLater(draft, newest);
}

/** Leaves the newest; true when that changed what is due. */
function keepNewest(draft: Draft, due: readonly StageTime[]): boolean {
  const { followUp } = draft;
  const newest = due.at(-1);
  const own = due.findLast((time) => time.stage.escalate === null);
  // Nobody is escalated over an assignee who was never told: then the newest of their own stages is sent first.
  const over = newest !== undefined && newest.stage.escalate !== null && own !== undefined && !followUp.assigneeTold;
  const dropped = due.filter((time) => time !== newest && !(over && time === own));
  supersede(draft, dropped);
  if (!over || urgencyOf(newest.stage, followUp) === 'urgent') return dropped.length > 0;
  const sendAt = spread(draft, own);
  runStage(draft, own.stage, { reason: 'after_outage', extra: false, dueAt: own.at ?? sendAt, sendAt });
  spaceLater(draft, own);
  return true;
}

/** Later stages are spaced from the real send: what does not count from it, or from a pause that ends, moves along. */
function spaceLater(draft: Draft, ran: StageTime): void {
  const { policy, followUp, directory, now } = draft;
  if (progressOf(followUp, ran.stage.id).ranAt !== now) return; // its condition skipped it
  const delayMs = spread(draft, ran) - (ran.at ?? now);
  for (const { stage, at, ready } of stageTimes(policy, followUp, zoneOf(policy, followUp, directory))) {
    const progress = progressOf(followUp, stage.id);
    const { anchor } = stage.at;
    if (progress.status !== 'pending' || at === null || !ready) continue;
    if (anchor.kind === 'commitment' || anchor.kind === 'acknowledged') continue;
    if (anchor.kind === 'stage' && anchor.stage === ran.stage.id) continue;
    if (followUp.pause !== null && stage.until === 'acknowledged') continue;
    setProgress(draft, stage.id, { shiftMs: progress.shiftMs + delayMs });
  }
}

function whyNow(draft: Draft, { stage }: StageTime) {
  const progress = progressOf(draft.followUp, stage.id);
  if (progress.status === 'running') return 'repeat_elapsed';
  if (progress.fixedFor != null) return progress.fixedFor;
  if (stage.escalate !== null) return 'no_response';
  return stage.at.anchor.kind === 'opened' && stage.at.duration.kind === 'exact' && stage.at.duration.ms === 0
    ? 'opened'
    : 'stage_due';
}

/** Jitter that needs no randomness: the id's own tail spreads follow-ups evenly over the minute. */
const spread = ({ followUp, now }: Draft, { stage }: StageTime): Instant =>
  (now + ((Number.parseInt(followUp.id.slice(-6), 16) + stage.index * 7919) % OUTAGE_SPREAD_MS)) as Instant;

function supersede(draft: Draft, times: readonly StageTime[]): void {
  for (const { stage, at } of times) {
    const progress = progressOf(draft.followUp, stage.id);
    const runs = progress.runs + 1;
    const more = stage.repeat !== null && runs < stage.repeat.times;
    setProgress(
      draft,
      stage.id,
      progress.status === 'running'
        ? { runs, lastAt: draft.now, status: more ? 'running' : 'done' }
        : { status: 'superseded', plannedAt: at },
    );
    note(draft, { kind: 'stage_superseded', reason: 'after_outage', stage: stage.id, data: { plannedAt: at } });
  }
}
