// What is due, run: at its time, or long after it. Late is what nobody looked at when it was to be looked at (an outage;
// POLICY.md, *Late*), and what a pause or a message on its way held back. Of what is late only the newest stage is sent, and
// what comes later is spaced from that send; after an outage it is spread over a minute. Called by decide.ts with what may run.
import { type Draft, isAhead, isAskedFor, progressOf, setProgress } from './draft.ts';
import { type Instant, later, MINUTE_MS } from './instant.ts';
import { awaitedSince } from './lookup.ts';
import { isEventStage } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import { runStage, urgencyOf } from './run-stage.ts';
import { type StageTime, stageTimes } from './stage-time.ts';
import { supersede } from './supersede.ts';
import { inTurn, throttled } from './throttle.ts';

const OUTAGE_SPREAD_MS = MINUTE_MS;

/** Something of `due` has run, was superseded or was moved ahead afterwards; what that makes due is for the next pass. */
export function runDue(draft: Draft, due: readonly StageTime[]): void {
  const overdue = due.filter((time) => isLate(draft, time));
  // What was held back, and not missed, is nothing that the policy could want left out.
  const rule = wasMissed(draft) ? draft.policy.late.afterOutage : 'newest';
  if (overdue.length > 0 && rule === 'skip') {
    supersede(draft, overdue, whyDropped(draft));
    return;
  }
  if (overdue.length > 0 && rule === 'newest' && due.length > 1 && runNewest(draft, due)) return;
  for (const time of inTurn(draft, due))
    if (isAhead(progressOf(draft.followUp, time.stage.id)) && throttled(draft, time.stage) === null)
      run(draft, time, overdue.length > 0);
  const newest = due.at(-1);
  if (newest !== undefined && isLate(draft, newest)) spaceLater(draft, newest);
}

/** What only waited for a resolver was looked at in its time. */
function isLate(draft: Draft, { at }: StageTime): boolean {
  const lookedAt = (wasMissed(draft) ? null : awaitedSince(draft.before)) ?? draft.now;
  return at !== null && lookedAt - at > draft.outageMs;
}
/** Nobody looked at the follow-up when it had been planned: Relance was not running. */
const wasMissed = ({ before, now, outageMs }: Draft): boolean =>
  before.wakeAt !== null && now - before.wakeAt > outageMs;

const whyDropped = (draft: Draft): Reason => (wasMissed(draft) ? 'after_outage' : 'superseded');

function run(draft: Draft, time: StageTime, late: boolean): void {
  const { now } = draft;
  runStage(draft, time.stage, {
    reason: isLate(draft, time) ? whyLate(draft, time) : whyNow(draft, time),
    extra: false,
    unconditional: isAskedFor(progressOf(draft.followUp, time.stage.id)),
    dueAt: time.at ?? now,
    sendAt: late ? leavesAt(draft, time) : now,
  });
}

function whyLate(draft: Draft, time: StageTime): Reason {
  if (wasMissed(draft)) return 'after_outage';
  return draft.before.pause === null ? whyNow(draft, time) : 'held_by_pause';
}

/** Leaves the newest; true when that changed what is due. */
function runNewest(draft: Draft, due: readonly StageTime[]): boolean {
  const { newest, first, dropped } = keepNewest(draft, due);
  supersede(draft, dropped, whyDropped(draft));
  if (first === null || urgencyOf(newest.stage, draft.followUp) === 'urgent') return dropped.length > 0;
  run(draft, first, true);
  spaceLater(draft, first);
  return true;
}

/**
 * The newest of several, in the order they are due. Nobody is escalated over an assignee who was
 * never told: then the newest of their own stages goes `first`.
 */
function keepNewest(draft: Draft, due: readonly StageTime[]) {
  const newest = due.at(-1) as StageTime;
  const own = newest.stage.escalate === null ? undefined : due.findLast((time) => time.stage.escalate === null);
  const first = own === undefined || draft.followUp.assigneeTold ? null : own;
  return { newest, first, dropped: due.filter((time) => time !== newest && time !== first) };
}

/** Later stages are spaced from the real send: what does not count from it, or from a pause that ends, moves along. */
function spaceLater(draft: Draft, ran: StageTime): void {
  const { policy, followUp, directory, now } = draft;
  if (progressOf(followUp, ran.stage.id).ranAt !== now) return; // its condition skipped it
  const delayMs = leavesAt(draft, ran) - (ran.at ?? now);
  for (const { stage, at, ready } of stageTimes(policy, followUp, directory)) {
    const progress = progressOf(followUp, stage.id);
    const { anchor } = stage.at;
    if (progress.status !== 'pending' || at === null || !ready || isEventStage(stage)) continue;
    if (anchor.kind === 'commitment' || anchor.kind === 'acknowledged') continue;
    if (anchor.kind === 'stage' && anchor.stage === ran.stage.id) continue;
    if (followUp.pause !== null && stage.until === 'acknowledged') continue;
    setProgress(draft, stage.id, { shiftMs: progress.shiftMs + delayMs });
  }
}

function whyNow(draft: Draft, { stage }: StageTime): Reason {
  const progress = progressOf(draft.followUp, stage.id);
  if (progress.status === 'running') return 'repeat_elapsed';
  if (progress.fixedFor != null) return progress.fixedFor;
  if (stage.at.anchor.kind === 'event' || stage.at.anchor.kind === 'changed') return stage.at.anchor.kind;
  // Somebody who was never asked cannot have failed to respond; nor is there anything to wait for.
  if (stage.escalate !== null) return draft.followUp.assigneeTold ? 'no_response' : 'assignee_not_told';
  return stage.at.anchor.kind === 'opened' && stage.at.duration.kind === 'exact' && stage.at.duration.ms === 0
    ? 'opened'
    : 'stage_due';
}

/** Jitter that needs no randomness: the id's own tail spreads follow-ups evenly over the minute. */
const jitterMs = ({ followUp }: Draft, { stage }: StageTime): number =>
  (Number.parseInt(followUp.id.slice(-6), 16) + stage.index * 7919) % OUTAGE_SPREAD_MS;
/** When something late really leaves: only after an outage are there many follow-ups at once. */
const leavesAt = (draft: Draft, time: StageTime): Instant =>
  later(draft.now, wasMissed(draft) ? jitterMs(draft, time) : 0);
