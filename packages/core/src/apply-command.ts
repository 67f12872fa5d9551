// What people and systems may ask of a follow-up: acknowledge, resolve, snooze, … Each either changes it, is already in
// effect (`changed: false`), meets a final status (`closed`), or is refused with the rule it breaks.
import { answer, endWith, replied, resolve } from './answer.ts';
import { addIn } from './business-time.ts';
import { close } from './close.ts';
import { type CommandInput, DONE, entryOf, personOf, record, refuse, UNCHANGED } from './command-entry.ts';
import { type Draft, forgetManagers, note, progressOf, replaceAssignee, revokeOf, setAssignee } from './draft.ts';
import { replan, reschedule } from './due-date.ts';
import { askedOf, hasAnswered, isAsked, isLive, isOnlyOne } from './follow-up.ts';
import type { Answer, Command } from './input.ts';
import { type Instant, toRfc3339 } from './instant.ts';
import { settleLate } from './late.ts';
import { resumeEarly, startPause } from './pause.ts';
import { closes } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import { runSoon } from './run-soon.ts';
import { runStage } from './run-stage.ts';
import { frameOf, stageTimes } from './stage-time.ts';
import { tally } from './tally.ts';
import { fallbackPeople, peopleOf } from './target.ts';

export function applyCommand(draft: Draft, input: CommandInput): Answer {
  const { command } = input;
  if (!isLive(draft.followUp.status) && command.kind !== 'note') return againstClosed(draft, command);
  switch (command.kind) {
    case 'acknowledge':
      return acknowledge(draft, input);
    case 'unacknowledge':
      return unacknowledge(draft, input);
    case 'resolve':
      return resolve(draft, input, command.outcome);
    case 'answer':
      return answer(draft, input, command.action, command.answer);
    case 'reply':
      return replied(draft, input);
    case 'cancel':
      close(draft, { status: 'cancelled', outcome: null, by: personOf(input.actor), entry: entryOf(input, 'command') });
      return DONE;
    case 'snooze':
      return snooze(draft, input, command.until);
    case 'commit':
      return commit(draft, input, command.by);
    case 'note':
      return record(draft, input, 'noted', 'command');
    case 'escalate':
      return escalateNow(draft, input);
    case 'reassign':
      return handTo(draft, input, command.to, { kind: 'reassigned', reason: 'reassigned', watch: false });
    case 'delegate':
      return handTo(draft, input, command.to, { kind: 'delegated', reason: 'delegated', watch: true });
    case 'decline':
      return decline(draft, input, command.why);
    case 'reschedule':
      // An instant in the place of a day is told with its time from now on.
      if (command.dueAt === draft.followUp.dueAt && draft.followUp.dueDay === null) return UNCHANGED;
      reschedule(draft, { dueAt: command.dueAt }, entryOf(input, 'rescheduled'));
      return DONE;
  }
}

function againstClosed({ followUp, policy }: Draft, command: Command): Answer {
  const { status, outcome } = followUp;
  if (command.kind === 'answer') {
    const action = policy.actions.find((one) => one.id === command.action);
    const same = action !== undefined && closes(action) && status === 'resolved' && outcome === action.outcome;
    return same ? UNCHANGED : { kind: 'closed' };
  }
  const wanted = command.kind === 'resolve' ? 'resolved' : command.kind === 'cancel' ? 'cancelled' : null;
  return wanted === status ? UNCHANGED : { kind: 'closed' };
}

function acknowledge(draft: Draft, input: CommandInput): Answer {
  const { followUp, policy, now } = draft;
  if (followUp.status === 'acknowledged' && followUp.pause?.kind !== 'snooze') return UNCHANGED;
  followUp.acknowledgedAt = now;
  followUp.acknowledgedBy = personOf(input.actor);
  followUp.acknowledgements += 1;
  if (followUp.acknowledgements > policy.acknowledged.max) {
    return record(draft, input, 'acknowledged', 'acknowledgement_limit', { pauses: false });
  }
  const resumeAt = addIn(frameOf(policy, followUp, draft.directory), now, 1, policy.acknowledged.resumeAfter);
  // The silence that a longer snooze has promised is not shortened by a word that names no date; nor is that of a claim.
  const until = Math.max(resumeAt, followUp.snoozedUntil ?? resumeAt, followUp.claim?.until ?? resumeAt) as Instant;
  followUp.status = 'acknowledged';
  record(draft, input, 'acknowledged', 'command', { until });
  startPause(draft, { kind: 'acknowledgement', since: now, until, by: followUp.acknowledgedBy });
  return DONE;
}

function unacknowledge(draft: Draft, input: CommandInput): Answer {
  const { followUp } = draft;
  if (followUp.pause === null && followUp.status !== 'acknowledged') return UNCHANGED;
  resumeEarly(draft);
  return record(draft, input, 'unacknowledged', 'command');
}

function snooze(draft: Draft, input: CommandInput, until: Instant): Answer {
  const { followUp, policy, now } = draft;
  if (followUp.pause?.kind === 'snooze' && followUp.pause.until === until) return UNCHANGED;
  if (until <= now) return refuse('time_in_past', `A snooze ends in the future; it is ${toRfc3339(now)} now.`);
  const latest = addIn(frameOf(policy, followUp, draft.directory), now, 1, policy.snooze.max);
  if (until > latest)
    return refuse('snooze_too_long', `This policy allows a snooze until ${toRfc3339(latest)} at the latest.`);
  if (followUp.snoozes >= policy.snooze.times)
    return refuse('snooze_limit', `This policy allows ${policy.snooze.times} snoozes, and they are used up.`);
  followUp.snoozes += 1;
  record(draft, input, 'snoozed', 'command', { until });
  startPause(draft, { kind: 'snooze', since: now, until, by: personOf(input.actor) });
  return DONE;
}

function commit(draft: Draft, input: CommandInput, by: Instant): Answer {
  const { followUp, policy, now } = draft;
  if (followUp.pause?.kind === 'commitment' && followUp.pause.until === by) return UNCHANGED;
  if (by <= now)
    return refuse('time_in_past', `A commitment is for a time in the future; it is ${toRfc3339(now)} now.`);
  const latest = addIn(frameOf(policy, followUp, draft.directory), now, 1, policy.commit.max);
  if (by > latest)
    return refuse('commit_too_long', `This policy allows a commitment until ${toRfc3339(latest)} at the latest.`);
  followUp.status = 'acknowledged';
  followUp.acknowledgedAt = now;
  followUp.acknowledgedBy = personOf(input.actor);
  record(draft, input, 'committed', 'command', { by });
  startPause(draft, { kind: 'commitment', since: now, until: by, by: followUp.acknowledgedBy });
  followUp.commitment = { dueAt: by, by: followUp.acknowledgedBy };
  replan(draft, (anchor) => anchor.kind === 'commitment');
  return DONE;
}

/** The next escalation runs now instead of at its time. */
function escalateNow(draft: Draft, input: CommandInput): Answer {
  const { followUp, policy, now } = draft;
  const ahead = stageTimes(policy, followUp, draft.directory);
  const next =
    ahead.find(({ stage }) => stage.escalate !== null && progressOf(followUp, stage.id).status === 'pending') ??
    policy.stages
      .filter((stage) => stage.escalate !== null && progressOf(followUp, stage.id).status === 'pending')
      .map((stage) => ({ stage }))[0];
  if (next === undefined) return refuse('nothing_to_escalate', 'No escalation stage of this policy is still ahead.');
  record(draft, input, 'noted', 'escalated_by_hand', { stage: next.stage.id });
  if (followUp.pause !== null) resumeEarly(draft);
  runSoon(draft, next.stage, {
    reason: 'escalated_by_hand',
    extra: false,
    unconditional: true,
    dueAt: now,
    sendAt: now,
  });
  return DONE;
}

interface Handing {
  readonly kind: 'reassigned' | 'delegated' | 'declined';
  readonly reason: Reason;
  /** The giver follows along. */
  readonly watch: boolean;
}

/** Somebody else is asked to act from now on, at the same stage times, and is told now. */
function handTo(draft: Draft, input: CommandInput, to: string, handing: Handing): Answer {
  const { followUp, directory } = draft;
  if (handing.kind !== 'reassigned' && isDoneWithIt(draft, input)) return UNCHANGED;
  const giver = handing.kind === 'reassigned' ? null : giverOf(draft, input);
  if (giver === null ? isOnlyOne(followUp, to) : giver === to) return UNCHANGED;
  if (!directory.recipients.has(to))
    return refuse(
      'unknown_recipient',
      `The recipient "${to}" does not exist. Create it first with PUT /v1/recipients/${to}.`,
    );
  const previous = giver ?? followUp.assignee;
  const wasUnknown = followUp.unknownRecipient !== null;
  const wasAsked = followUp.assignees.includes(to);
  for (const id of giver === null ? askedOf(followUp) : [giver]) revokeOf(draft, id, handing.reason);
  if (draft.policy.require === null || giver === null) setAssignee(draft, to);
  else replaceAssignee(draft, giver, to);
  const unknown = followUp.assignees.find((id) => !directory.recipients.has(id));
  followUp.unknownRecipient = wasUnknown ? (unknown ?? null) : null;
  if (followUp.unknownRecipient === null) followUp.unknownUntil = null;
  if (handing.watch && previous !== null && !followUp.watchers.includes(previous))
    followUp.watchers = [...followUp.watchers, previous];
  note(draft, { kind: handing.kind, recipient: to, ...entryOf(input, handing.reason, { from: previous }) });
  resumeEarly(draft);
  forgetManagers(draft);
  // One asker fewer: what the others have answered may be enough.
  const verdict = tally(draft.policy, followUp);
  if (verdict !== null) return endWith(draft, verdict);
  if (followUp.unknownRecipient !== null) return DONE;
  // What waited for somebody to be asked is as late as at an opening.
  if (wasUnknown) settleLate(draft, 'late_for_assignee');
  if (!wasAsked || giver === null) tellNewAssignee(draft, handing.reason, to);
  return DONE;
}

/** Whoever has answered has nothing left to give away; that of the others is not theirs to give. */
function isDoneWithIt({ followUp }: Draft, input: CommandInput): boolean {
  const person = personOf(input.actor);
  return person !== null && hasAnswered(followUp, person);
}

/** Of several who are asked, who gives it away: the one who says so, else the first who has not answered. */
function giverOf({ followUp }: Draft, input: CommandInput): string | null {
  const person = personOf(input.actor);
  return person !== null && isAsked(followUp, person) ? person : followUp.assignee;
}

export function tellNewAssignee(draft: Draft, reason: Reason, only: string): void {
  const told = draft.policy.stages
    .filter((stage) => stage.notify.some((notify) => notify.to.some((target) => target.kind === 'assignee')))
    .map((stage) => ({ stage, ranAt: progressOf(draft.followUp, stage.id).ranAt }))
    .filter((one): one is { stage: typeof one.stage; ranAt: Instant } => one.ranAt !== null)
    .sort((a, b) => b.ranAt - a.ranAt || b.stage.index - a.stage.index)[0];
  if (told === undefined) return;
  const lastRun = draft.followUp.lastRun;
  const stage = draft.followUp.stage;
  runStage(draft, told.stage, { reason, extra: true, dueAt: draft.now, sendAt: draft.now, only });
  draft.followUp.lastRun = lastRun;
  draft.followUp.stage = stage;
}

function decline(draft: Draft, input: CommandInput, why: 'declined' | 'wrong_person'): Answer {
  const { followUp } = draft;
  if (isDoneWithIt(draft, input)) return UNCHANGED;
  const giver = giverOf(draft, input);
  // Managers are those of the one who declines, whoever is asked first.
  const first = followUp.assignee;
  followUp.assignee = giver;
  const people = [...peopleOf(draft, { kind: 'manager', level: 1 }), ...fallbackPeople(draft)];
  followUp.assignee = first;
  const to = people.find((id) => id !== giver && !followUp.assignees.includes(id));
  if (to === undefined)
    return refuse('unknown_recipient', 'There is no manager and no fallback to pass it to. Reassign it instead.');
  return handTo(draft, input, to, { kind: 'declined', reason: why, watch: false });
}
