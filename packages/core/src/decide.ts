// The decision: given a follow-up and one thing that happened, what it becomes and what is asked of the shell. Pure:
// no clock, no randomness, no I/O; the same input gives the same answer, and deciding twice gives the same ids.
// Commands are in apply-command.ts, runs in run-stage.ts, times in stage-time.ts, pauses in pause.ts.
//
//   decide({policy, followUp, input, directory, now}) → {followUp, effects, timeline, answer}
//
//   open ──acknowledge/commit──▶ acknowledged ──runs out/unacknowledge──▶ open
//   open, acknowledged ──resolve/cancel/expire──▶ resolved | cancelled | expired ──resolve event──▶ resolved
import { applyCommand } from './apply-command.ts';
import { assigneeKnown, awaitAssignee, findAssignee } from './await-assignee.ts';
import { addIn } from './business-time.ts';
import { claim, mayClose } from './claim.ts';
import { close, takeBackEndings } from './close.ts';
import {
  alarm,
  awaitNoMore,
  type Draft,
  draftOf,
  hearOfAssignee,
  isAskedFor,
  note,
  progressOf,
  setProgress,
} from './draft.ts';
import { replan, reschedule } from './due-date.ts';
import { recipientErased } from './erased.ts';
import { runEventStages } from './event-stage.ts';
import { askedOf, type FollowUp, isAsked, isLive } from './follow-up.ts';
import type { Actor, Answer, Effect, Facts, Input, TimelineEntry } from './input.ts';
import { DAY_MS, earliest, type Instant, MINUTE_MS } from './instant.ts';
import { settleLate } from './late.ts';
import { giveUpLookups, knowsAll, lookedUp, lookUpFirst, lookupsGivenUpAt } from './lookup.ts';
import { runDue } from './outage.ts';
import { endPause, lookUpRepeated } from './pause.ts';
import type { Policy } from './policy/policy.ts';
import { targetsOf } from './policy/target.ts';
import type { WaitReason } from './reason.ts';
import type { Directory } from './recipient.ts';
import { conditionHolds, urgencyOf } from './run-stage.ts';
import { frameOf, type StageTime, stageTimes } from './stage-time.ts';
import { countRun, holdThrottled, pauseEndsAt, prolongPause, throttled } from './throttle.ts';

export interface Decision {
  readonly followUp: FollowUp;
  readonly effects: readonly Effect[];
  readonly timeline: readonly TimelineEntry[];
  readonly answer: Answer;
}
export interface Question {
  readonly policy: Policy;
  readonly followUp: FollowUp;
  readonly input: Input;
  readonly directory: Directory;
  readonly now: Instant;
  /** From how late on it is an outage, in story time; a clock that runs fast makes every tick seem late. */
  readonly outageMs?: number;
}

/** A resolve event this long after expiry still resolves and confirms (POLICY.md, *Closing*). */
export const RESOLVE_AFTER_EXPIRY_MS = 90 * DAY_MS;
/** Later than this is an outage, not a slow tick: only the newest overdue stage is sent, spread with jitter. */
export const OUTAGE_MIN_MS = MINUTE_MS;
/** More passes than a policy has stages and runs at one instant: the loop is bounded whatever the policy says. */
const PASSES_MAX = 200;
/** As many names of changed fields as a line of a timeline can bear. */
const FIELDS_SHOWN_MAX = 50;

export function decide(question: Question): Decision {
  const draft = draftOf(
    question.policy,
    question.followUp,
    question.directory,
    question.now,
    question.outageMs ?? OUTAGE_MIN_MS,
  );
  // By the clock alone, whose scale is known then: a clock that runs fast makes every answer late.
  if (question.input.kind === 'tick' && isLive(draft.followUp.status)) giveUpLookups(draft);
  const answer = apply(draft, question.input);
  if (answer.kind === 'done' && isLive(draft.followUp.status)) moveOn(draft);
  schedule(draft);
  if (question.input.kind === 'tick') tellReplanned(draft, question.followUp);
  return finish(draft, question.followUp, answer);
}

/** Nothing happened, and yet the next time is another one: what it is counted in must have changed. */
function tellReplanned(draft: Draft, before: FollowUp): void {
  const { followUp, timeline, effects } = draft;
  if (timeline.length > 0 || effects.length > 0 || before.nextAt === null || before.nextAt === followUp.nextAt) return;
  const data = { from: before.nextAt, to: followUp.nextAt };
  note(draft, {
    kind: 'replanned',
    reason: 'calendar_changed',
    ...(followUp.nextStage === null ? {} : { stage: followUp.nextStage }),
    data,
  });
}

/** A follow-up that has just been made: late stages settled, due ones run. */
export function decideOpening(
  question: Omit<Question, 'input'> & { readonly opened: Omit<TimelineEntry, 'at'> },
): Decision {
  const draft = draftOf(
    question.policy,
    question.followUp,
    question.directory,
    question.now,
    question.outageMs ?? OUTAGE_MIN_MS,
  );
  const taker = findAssignee(draft);
  if (draft.followUp.generation > 1) takeBackEndings(draft, 'reopened');
  note(draft, { ...question.opened, ...(taker === null ? {} : { recipient: taker }) });
  tellRequired(draft);
  if (!awaitAssignee(draft)) settleLate(draft, 'late_at_opening');
  moveOn(draft);
  schedule(draft);
  return finish(draft, question.followUp, { kind: 'done', changed: true });
}

/** More must answer than are asked: all of them must, then. */
function tellRequired(draft: Draft): void {
  const { policy, followUp } = draft;
  const of = followUp.assignees.length;
  if (typeof policy.require !== 'number' || of === 0 || policy.require <= of) return;
  note(draft, { kind: 'noted', reason: 'require_lowered', data: { require: policy.require, of } });
}

function finish(draft: Draft, before: FollowUp, answer: Answer): Decision {
  const { followUp, effects, timeline } = draft;
  const quiet = timeline.length === 0 && effects.length === 0 && !(answer.kind === 'done' && answer.changed);
  if (quiet && before.wakeAt === followUp.wakeAt && before.waitsFor === followUp.waitsFor)
    return { followUp: before, effects, timeline, answer };
  followUp.timelineCount = before.timelineCount + timeline.length;
  followUp.revision = before.revision + 1;
  return { followUp, effects, timeline, answer };
}

const DONE: Answer = { kind: 'done', changed: true };
const UNCHANGED: Answer = { kind: 'done', changed: false };

function apply(draft: Draft, input: Input): Answer {
  switch (input.kind) {
    case 'tick':
      return UNCHANGED;
    case 'command':
      return applyCommand(draft, input);
    case 'event':
      return applyEvent(draft, input);
    case 'handedOver':
      return handedOver(draft, input);
    case 'unreachable':
      return unreachable(draft, input);
    case 'superseded':
      return superseded(draft, input);
    case 'lookedUp':
      return lookedUp(draft, input);
    case 'erased':
      return recipientErased(draft, input.recipient);
  }
}

function applyEvent(draft: Draft, input: Extract<Input, { kind: 'event' }>): Answer {
  const { followUp } = draft;
  const live = isLive(followUp.status);
  const closing = input.role === 'resolve' || input.role === 'cancel';
  if (!live) {
    const revives =
      input.role === 'resolve' &&
      followUp.status === 'expired' &&
      mayClose(draft, actorOf(input)) &&
      draft.now - (followUp.closedAt ?? 0) <= RESOLVE_AFTER_EXPIRY_MS;
    if (!revives) {
      const inEffect = closing && followUp.status === (input.role === 'resolve' ? 'resolved' : 'cancelled');
      return inEffect ? UNCHANGED : { kind: 'closed' };
    }
  }
  const said = saidBy(input);
  const before = followUp.data;
  const changed = live && takeFacts(draft, input.facts, said);
  if (closing && live && input.role === 'resolve' && !mayClose(draft, actorOf(input))) {
    const outcome = input.outcome === null ? {} : { outcome: input.outcome };
    const claimed = claim(draft, input.actor ?? null, { ...said, data: { ...said.data, ...outcome } });
    return changed ? DONE : claimed;
  }
  if (!closing) return runEventStages(draft, input, before) || changed ? DONE : UNCHANGED;
  close(draft, {
    status: input.role === 'resolve' ? 'resolved' : 'cancelled',
    outcome: input.outcome,
    by: null,
    entry: { ...said, data: { ...said.data, ...(input.outcome === null ? {} : { outcome: input.outcome }) } },
  });
  return DONE;
}

const actorOf = ({ event, actor }: Extract<Input, { kind: 'event' }>): Actor =>
  event === null ? { kind: 'api', id: actor ?? null } : { kind: 'event', id: event };

type Said = Pick<TimelineEntry, 'reason' | 'actor' | 'data'>;
const saidBy = ({ event, actor = 'api' }: Extract<Input, { kind: 'event' }>): Said =>
  event === null ? { reason: 'command', actor } : { reason: 'event', data: { event } };

/** Merges data one level deep and moves the due date; true when anything changed. */
function takeFacts(draft: Draft, facts: Facts, said: Said): boolean {
  const { followUp } = draft;
  const news = Object.entries(facts.data ?? {}).filter(
    ([field, value]) => JSON.stringify(followUp.data[field]) !== JSON.stringify(value),
  );
  const { dueAt, dueDay = null } = facts;
  const isOther = dueAt !== undefined && (dueAt !== followUp.dueAt || dueDay !== followUp.dueDay);
  if (news.length === 0 && !isOther) return false;
  followUp.data = { ...followUp.data, ...Object.fromEntries(news) };
  const named = news.map(([field]) => field).slice(0, FIELDS_SHOWN_MAX);
  note(draft, { ...said, kind: 'updated', data: { ...said.data, fields: named } });
  const fields = new Set(news.map(([field]) => field));
  if (fields.size > 0) replan(draft, (anchor) => anchor.kind === 'data' && fields.has(anchor.field));
  if (isOther) reschedule(draft, { dueAt, dueDay }, said);
  return true;
}

function handedOver(draft: Draft, input: Extract<Input, { kind: 'handedOver' }>): Answer {
  const { followUp } = draft;
  if (!isLive(followUp.status)) return UNCHANGED;
  const asked = isAsked(followUp, input.recipient);
  const told = asked && !followUp.assigneeTold;
  if (told) {
    followUp.assigneeTold = true;
    keepEscalationsAway(draft, input.at - (progressOf(followUp, input.stage).ranAt ?? input.at));
  }
  const heard = asked && hearOfAssignee(draft, input);
  const counts = countRun(draft, input);
  const progress = followUp.progress[input.stage];
  if (progress === undefined || progress.awaiting !== input.run) return told || heard || counts ? DONE : UNCHANGED;
  const counted = !progress.awaitingExtra;
  setProgress(draft, input.stage, {
    awaiting: null,
    awaitingOf: {},
    ...(progress.firstAt === null ? { firstAt: input.at } : {}),
    ...(counted || progress.lastAt === null ? { lastAt: input.at } : {}),
  });
  if (followUp.lastRun?.stage === input.stage) followUp.lastRun = { stage: input.stage, at: input.at };
  return DONE;
}

const assigneeIsAwaited = (followUp: FollowUp): boolean =>
  Object.values(followUp.progress).some((progress) => progress.assigneeAwaited != null);

/**
 * The assignee has been told later than decided: escalations that were held for it, or spaced at a late opening, keep
 * their distance from the hand-over. Those that count from a hand-over themselves need no help.
 */
function keepEscalationsAway(draft: Draft, delayMs: number): void {
  if (delayMs <= 0) return;
  const { policy, followUp, now } = draft;
  for (const { stage, at, ready, derived } of stageTimes(policy, followUp, draft.directory)) {
    const progress = progressOf(followUp, stage.id);
    if (stage.escalate === null || progress.status !== 'pending' || at === null || derived || !ready) continue;
    if (at <= now || progress.fixedAt !== null) setProgress(draft, stage.id, { shiftMs: progress.shiftMs + delayMs });
  }
}

function unreachable(draft: Draft, input: Extract<Input, { kind: 'unreachable' }>): Answer {
  const { followUp } = draft;
  if (!isLive(followUp.status)) return UNCHANGED;
  const heard = isAsked(followUp, input.recipient) && hearOfAssignee(draft, input);
  const lost = heard && !assigneeIsAwaited(followUp) && !followUp.assigneeTold && !followUp.assigneeUnreachable;
  if (lost) {
    followUp.assigneeUnreachable = true;
    const who = askedOf(followUp).length > 1 ? 'Nobody who is asked' : input.recipient;
    const cannot = who === input.recipient ? 'cannot' : 'can';
    alarm(draft, 'assignee_unreachable', input.stage, `${who} ${cannot} be reached on any channel.`);
  }
  return awaitNoMore(draft, input, 1) || heard ? DONE : UNCHANGED;
}

/** A newer stage is sent at the opening that this run waited for; the assignee is told by that one. */
function superseded(draft: Draft, input: Extract<Input, { kind: 'superseded' }>): Answer {
  const { stage, recipient } = input;
  if (!isLive(draft.followUp.status)) return UNCHANGED;
  note(draft, { kind: 'stage_superseded', reason: 'superseded', stage, recipient });
  if (isAsked(draft.followUp, recipient)) hearOfAssignee(draft, input);
  awaitNoMore(draft, input, 1);
  return DONE;
}

/** Does everything that is due at this instant. */
function moveOn(draft: Draft): void {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const { followUp, policy, now } = draft;
    const expiresAt = expiryOf(draft);
    if (expiresAt !== null && expiresAt <= now) {
      close(draft, { status: 'expired', outcome: null, by: null, entry: { reason: 'expired' } });
      return;
    }
    if (followUp.pause !== null && followUp.pause.until <= now && !prolongPause(draft, followUp.pause)) {
      if (lookUpRepeated(draft, followUp.pause)) return;
      endPause(draft, followUp.pause);
      continue;
    }
    if (followUp.unknownRecipient !== null && !assigneeKnown(draft)) return;
    // What those who are left have answered may have been enough.
    if (!isLive(followUp.status)) return;
    const due = stageTimes(policy, followUp, draft.directory).filter((time) => mayRun(draft, time));
    if (due.length === 0) return;
    if (holdThrottled(draft, due)) continue;
    if (policy.needs.resolvers.length > 0) {
      if (skipUnasked(draft, due)) continue;
      // What is due together is decided together.
      if (due.map(({ stage }) => lookUpFirst(draft, targetsOf(stage), stage.id)).includes(true)) return;
    }
    runDue(draft, due);
  }
  alarm(
    draft,
    'parked',
    null,
    `The policy "${draft.policy.id}" asked for more than ${PASSES_MAX} steps at one instant.`,
  );
}

/** Nobody is asked for whom a stage would speak to that does not run; true when there was one. */
const skipUnasked = (draft: Draft, due: readonly StageTime[]): boolean =>
  due.filter(
    ({ stage, at }) =>
      !knowsAll(draft, stage) &&
      !isAskedFor(progressOf(draft.followUp, stage.id)) &&
      !conditionHolds(draft, stage, at ?? draft.now),
  ).length > 0;

const expiryOf = ({ policy, followUp, directory }: Draft): Instant | null =>
  policy.expireAfter === null
    ? null
    : addIn(frameOf(policy, followUp, directory), followUp.openedAt, 1, policy.expireAfter);

const heldByPause = (draft: Draft, time: StageTime): boolean =>
  draft.followUp.pause !== null && time.stage.until === 'acknowledged';

/** Nobody is escalated over an assignee whose message is still on its way, unless it is urgent or cannot arrive. */
function waitsForAssignee(draft: Draft, time: StageTime): boolean {
  const { followUp } = draft;
  if (time.stage.escalate === null || followUp.assigneeTold || followUp.assigneeUnreachable) return false;
  if (isAskedFor(progressOf(followUp, time.stage.id))) return false;
  return urgencyOf(time.stage, followUp) !== 'urgent' && assigneeIsAwaited(followUp);
}

/** What is due waits for the hand-over of what the throttle counts. */
const waitsForThrottle = (draft: Draft, time: StageTime): boolean =>
  (time.at ?? Infinity) <= draft.now && throttled(draft, time.stage)?.until === null;

const isFree = (draft: Draft, time: StageTime): boolean =>
  time.ready && !heldByPause(draft, time) && !waitsForAssignee(draft, time) && !waitsForThrottle(draft, time);
const mayRun = (draft: Draft, time: StageTime): boolean =>
  time.at !== null && time.at <= draft.now && isFree(draft, time);

/** Writes down when to decide again, or what is waited for instead: no live follow-up is ever without either. */
function schedule(draft: Draft): void {
  const { followUp, policy } = draft;
  followUp.nextAt = null;
  followUp.nextStage = null;
  followUp.wakeAt = null;
  followUp.waitsFor = null;
  if (!isLive(followUp.status)) return;
  if (followUp.unknownRecipient !== null) {
    // A resolver that is asked for the assignee is given up by the next tick.
    followUp.nextAt = earliest(lookupsGivenUpAt(draft) ?? followUp.unknownUntil, followUp.pause?.until);
    followUp.wakeAt = earliest(followUp.nextAt, expiryOf(draft));
    followUp.waitsFor = 'unknown_recipient';
    return;
  }
  const times = stageTimes(policy, followUp, draft.directory);
  const timed = times.filter((time) => time.at !== null);
  const next = timed.find((time) => !heldByPause(draft, time));
  const givenUpAt = lookupsGivenUpAt(draft);
  const pauseEnd = pauseEndsAt(draft);
  const runnable = timed
    .filter((time) => isFree(draft, time) && (givenUpAt === null || (time.at ?? 0) > draft.now))
    .map((time) => time.at);
  followUp.nextAt = earliest(shownAt(draft, next), pauseEnd);
  followUp.nextStage =
    (pauseEnd !== null && followUp.nextAt === pauseEnd
      ? followUp.pause?.kind !== 'claim'
        ? followUp.lastRun?.stage
        : next?.at === followUp.nextAt
          ? next.stage.id
          : null
      : next?.stage.id) ?? null;
  followUp.wakeAt = earliest(...runnable, pauseEnd, expiryOf(draft), givenUpAt);
  if (runnable.length === 0 && pauseEnd === null)
    followUp.waitsFor = givenUpAt === null ? waitOf(draft, times) : 'resolver_asked';
}

/** When it will run, as far as is known: its time, or when the throttle lets it. */
function shownAt(draft: Draft, next: StageTime | undefined): Instant | null {
  if (next === undefined || next.at === null) return null;
  return Math.max(next.at, throttled(draft, next.stage)?.until ?? next.at) as Instant;
}

function waitOf(draft: Draft, times: readonly StageTime[]): WaitReason {
  const awaiting = Object.values(draft.followUp.progress).some((progress) => progress.awaiting !== null);
  const held = times.some((time) => time.at !== null && waitsForAssignee(draft, time));
  if (awaiting || held) return 'hand_over_pending';
  if (times.length === 0) return 'stages_exhausted';
  return times.find((time) => time.waits !== null)?.waits ?? 'anchor_missing';
}
