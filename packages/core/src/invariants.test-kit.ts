// What must hold whatever is written and whatever happens, each rule by its name. scenario.test-kit.ts asks them at every
// decision of every story; random histories (decide.prop.test.ts), all small worlds (small-worlds.test.ts) and planted
// mutants (mutants.test.ts) are judged by the same. A rule answers with what is wrong, or null.
import type { Step } from './advance.ts';
import { type FollowUp, hasAnswered, isLive, type StageProgress } from './follow-up.ts';
import type { Input, TimelineEntry } from './input.ts';
import { DAY_MS, HOUR_MS, type Instant } from './instant.ts';
import { awaitedSince } from './lookup.ts';
import type { Duration } from './policy/duration.ts';
import { isEventStage, type Policy, type Stage } from './policy/policy.ts';
import { DEFAULT_ZONE } from './recipient.ts';
import type { Rehearsal, RehearsedMessage } from './rehearsal.ts';
import { type Essence, essenceOf } from './replay.test-kit.ts';
import type { SendSpan } from './send-window.ts';

/** A rehearsal, and what was put into it. */
export interface Story extends Rehearsal {
  readonly inputs: readonly Input[];
  /** Groups that are told by fan-out, which a story writes down and does not carry out. */
  readonly fanOuts: readonly string[];
  /** How many decisions it took. */
  readonly steps: number;
}

/** One decision; `before` is what it was about. */
export interface Decided {
  readonly story: Story;
  readonly before: FollowUp;
  readonly input: Input | null; // null: it was opened
  readonly step: Step;
  /** What the timeline so far says of it. */
  readonly told: Essence;
}

export interface Invariant {
  readonly name: string;
  readonly atDecision?: (decided: Decided) => string | null;
  readonly atHandOver?: (story: Story, message: RehearsedMessage) => string | null;
  /** When nothing has been left to come, with a provider that accepts. */
  readonly atEnd?: (story: Story) => string | null;
}

/** The first of these that is not in order. */
const first = <T>(all: Iterable<T>, judge: (one: T) => string | null): string | null => {
  for (const one of all) {
    const problem = judge(one);
    if (problem !== null) return problem;
  }
  return null;
};

export const ENDS: Invariant = {
  name: 'it ends, or says what it waits for',
  atEnd: ({ followUp, unsent, items, steps }) => {
    if (steps > STEPS_MAX) return `it took ${steps} decisions`;
    if (items.some(({ reason }) => reason === 'parked')) return 'it asked for more than can be done at one instant';
    if (isLive(followUp.status) && followUp.wakeAt !== null) return 'it still wakes';
    if (followUp.waitsFor === 'hand_over_pending') return 'it waits for a hand-over that will not come';
    return first(unsent, ({ status, stage }) => (status === 'planned' ? null : `something of ${stage} never leaves`));
  },
};

const STEPS_MAX = 2_000;

export const CLOSED: Invariant = {
  name: 'closed is final',
  atDecision: ({ before, input, step }) => {
    const { status } = before;
    const revives = status === 'expired' && input?.kind === 'event' && input.role === 'resolve';
    if (input === null || isLive(status) || (revives && step.followUp.status === 'resolved')) return null;
    const { followUp, messages, fanOuts, revokes, alarms, turns, superseded, timeline } = step;
    if ([messages, fanOuts, revokes, alarms, turns, superseded].some((all) => all.length > 0))
      return 'something is done';
    if (timeline.some(({ kind }) => kind !== 'noted')) return 'its timeline goes on';
    const { revision, timelineCount } = followUp;
    return isSame({ ...before, revision, timelineCount }, followUp) ? null : 'it changes';
  },
  atHandOver: ({ followUp }, { stage }) =>
    isLive(followUp.status) || CLOSING.has(stage) ? null : `${stage} is sent after the end`,
};
const CLOSING: ReadonlySet<string> = new Set(['resolved', 'cancelled', 'expired']);

export const WAKES: Invariant = {
  name: 'it wakes in the future or not at all',
  atDecision: ({ story: { now, policy }, step: { followUp } }) => {
    const { wakeAt, nextAt, pause, status, progress } = followUp;
    if (!isLive(status)) return wakeAt === null && nextAt === null && pause === null ? null : 'it is closed, and wakes';
    // What a throttle counts may still be on its way, and a resolver be asked for whom the repetition speaks to.
    const onItsWay = policy.throttle !== null && Object.values(progress).some(({ awaiting }) => awaiting !== null);
    const waits = onItsWay || awaitedSince(followUp) !== null;
    if (pause !== null && pause.until <= now && !waits) return 'a pause has outlived its end';
    if (wakeAt !== null && !Number.isSafeInteger(wakeAt)) return `it wakes at ${wakeAt}`;
    return wakeAt === null || wakeAt > now ? null : 'what is due is left undone';
  },
};

export const PENDING: Invariant = {
  name: 'while it is open something is pending, or a person or an event is awaited',
  atDecision: ({ story, step: { followUp } }) => {
    const { waitsFor, wakeAt, status } = followUp;
    if (!isLive(status)) return waitsFor === null ? null : 'it is closed, and waits';
    if (wakeAt !== null && (waitsFor === null || waitsFor === 'unknown_recipient')) return null;
    if (waitsFor === null) return 'it is forgotten';
    return isTrue(waitsFor, story, followUp) ? null : `it says that it waits for ${waitsFor}`;
  },
};

/** What it waits for, judged without working out any time. */
function isTrue(waitsFor: FollowUp['waitsFor'], { policy, unsent, fanOuts }: Story, followUp: FollowUp): boolean {
  const ahead = policy.stages.filter(({ id }) => isAhead(followUp.progress[id]));
  const roots = new Set(ahead.map((stage) => rootOf(policy, followUp, stage)));
  switch (waitsFor) {
    case 'unknown_recipient':
      return followUp.unknownRecipient !== null;
    case 'hand_over_pending': {
      const awaited = Object.entries(followUp.progress).flatMap(([stage, { awaiting, assigneeAwaited }]) =>
        [awaiting, assigneeAwaited?.run ?? null].map((run) => ({ stage, run })),
      );
      const isOnItsWay = awaited.some(({ stage, run }) => unsent.some((one) => one.stage === stage && one.run === run));
      return isOnItsWay || fanOuts.length > 0;
    }
    case 'resolver_asked':
      return Object.values(followUp.lookups).some(({ askedAt }) => askedAt !== null);
    case 'no_due_date':
      return followUp.dueAt === null && roots.has('due');
    case 'anchor_missing':
      return roots.has('acknowledged') || roots.has('commitment') || roots.has('data');
    case 'event_awaited':
      return roots.has('event') || roots.has('changed');
    case 'stages_exhausted':
      return ahead.every(isEventStage);
    default:
      return false;
  }
}

const isAhead = (progress: StageProgress | undefined): boolean =>
  progress === undefined || progress.status === 'pending' || progress.status === 'running';
/** What a stage counts from in the end, past the stages between that have not run. */
function rootOf(policy: Policy, followUp: FollowUp, stage: Stage): string {
  const { anchor } = stage.at;
  if (anchor.kind !== 'stage') return anchor.kind;
  const other = policy.stages.find(({ id }) => id === anchor.stage);
  return other === undefined || !isAhead(followUp.progress[other.id]) ? 'stage' : rootOf(policy, followUp, other);
}

export const RECEIPTS: Invariant = {
  name: 'the same receipt twice changes nothing',
  atDecision: ({ story, input, step }) => (input === null ? null : tellAgain(story, step.followUp, [input])),
  atEnd: (story) => tellAgain(story, story.followUp, story.inputs) ?? changeBy(story, story.followUp, { kind: 'tick' }),
};

/** Receipts of which nothing more is awaited; a person who is told twice in one run has two. */
function tellAgain(story: Story, followUp: FollowUp, inputs: readonly Input[]): string | null {
  const again = inputs.filter((input) => {
    if (input.kind !== 'handedOver' && input.kind !== 'unreachable') return false;
    const progress = followUp.progress[input.stage];
    const isAsked = askedOf(followUp).includes(input.recipient);
    const isToBeTold = input.kind === 'handedOver' && !followUp.assigneeTold;
    const isAwaited = progress?.awaiting === input.run;
    return !isAwaited && !(isAsked && (isToBeTold || progress?.assigneeAwaited?.run === input.run));
  });
  return first(again, (input) => changeBy(story, followUp, input));
}
function changeBy({ core, policy, directory, now }: Story, followUp: FollowUp, input: Input): string | null {
  const step = core.advance({ policy, followUp, directory, now, inputs: [input] });
  const isQuiet = step.timeline.length + step.messages.length + step.revokes.length === 0;
  return isQuiet && isSame(step.followUp, followUp) ? null : `${JSON.stringify(input)} changes it again`;
}
const askedOf = ({ assignee, assignees }: FollowUp): readonly (string | null)[] =>
  assignees.length > 0 ? assignees : [assignee];

/** So often in any stretch of time so long, whenever it begins. */
interface Limit {
  readonly of: string;
  readonly moments: readonly Instant[];
  readonly atMost: number;
  readonly perMs: number;
}
/** Every limit that a policy sets by the clock. */
const LIMITS: readonly ((story: Story) => readonly Limit[])[] = [repetitions, throttles];

export const LIMIT: Invariant = {
  name: 'limits hold in every stretch of time',
  atDecision: ({ story: { policy, now }, step: { followUp, timeline } }) => {
    const { snooze, commit, acknowledged } = policy;
    if (followUp.snoozes > snooze.times) return `${followUp.snoozes} snoozes`;
    const hasMore = followUp.acknowledgements > acknowledged.max;
    return first(timeline, ({ kind, data }) => {
      if ((kind === 'acknowledged' || kind === 'claimed') && data?.until !== undefined && hasMore)
        return `acknowledgement ${followUp.acknowledgements} pauses it`;
      const max = kind === 'snoozed' ? snooze.max : kind === 'committed' ? commit.max : null;
      const until = Number(kind === 'snoozed' ? data?.until : data?.by);
      return max === null || until - now <= longest(max) ? null : `${kind} for longer than the policy allows`;
    });
  },
  atEnd: (story) =>
    first(story.policy.stages, (stage) => {
      const runs = story.followUp.progress[stage.id]?.runs ?? 0;
      return isEventStage(stage) || runs <= (stage.repeat?.times ?? 1) ? null : `${stage.id} ran ${runs} times`;
    }) ??
    first(
      LIMITS.flatMap((limits) => limits(story)),
      ({ of, moments, atMost, perMs }) => {
        const most = mostWithin(moments, perMs);
        return most <= atMost ? null : `${most} ${of} in ${perMs / HOUR_MS} h, where ${atMost} are allowed`;
      },
    ),
};

/** A stretch of time ends before the moment that is exactly its length after its beginning. */
function mostWithin(moments: readonly Instant[], perMs: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + perMs).length));
}

/** What a moved date revokes runs again, perhaps at that very moment; nothing else comes sooner than it is to be repeated. */
const MOVES: ReadonlySet<string> = new Set(['updated', 'rescheduled', 'committed']);
function repetitions({ policy, items }: Story): readonly Limit[] {
  const moves = new Set(items.filter(({ kind }) => MOVES.has(kind)).map(({ at }) => at));
  return policy.stages
    .filter((stage) => !isEventStage(stage))
    .map(({ id, repeat }) => ({
      of: `runs of ${id}`,
      moments: items
        .filter(({ kind, stage, data }) => kind === 'stage_ran' && stage === id && data?.extra !== true)
        .map(({ at }) => at)
        .filter((at) => !moves.has(at)),
      atMost: 1,
      perMs: repeat === null || moves.size > 0 ? 1 : shortest(repeat.every),
    }));
}

/** Runs that a person asked for are told at once, whatever went before; a run counts from what was handed over first. */
const BY_HAND: ReadonlySet<string> = new Set([
  'reassigned',
  'delegated',
  'declined',
  'wrong_person',
  'escalated_by_hand',
]);
function throttles({ policy: { throttle }, items, messages }: Story): readonly Limit[] {
  if (throttle === null) return [];
  const byHand = new Set(
    items
      .filter(({ kind, reason }) => kind === 'stage_ran' && BY_HAND.has(reason))
      .map(({ stage, data }) => `${stage} ${data?.run}`),
  );
  const runs = new Map<string, Instant>();
  for (const { stage, run, sentAt, status } of messages.values()) {
    const key = `${stage} ${run}`;
    if (sentAt === null || status === 'uncertain' || CLOSING.has(stage) || byHand.has(key)) continue;
    runs.set(key, Math.min(runs.get(key) ?? sentAt, sentAt) as Instant);
  }
  const { atMost, per } = throttle;
  return [{ of: 'runs', moments: [...runs.values()], atMost, perMs: shortest(per) }];
}

/** Days are an hour shorter or longer where clocks change, and working time is spread over days nobody knows here. */
function shortest(duration: Duration): number {
  if (duration.kind === 'exact') return duration.ms;
  if (duration.kind === 'days') return Math.max(1, duration.days * DAY_MS - 2 * HOUR_MS + duration.ms);
  return 1;
}
function longest(duration: Duration): number {
  if (duration.kind === 'exact') return duration.ms;
  if (duration.kind === 'days') return duration.days * DAY_MS + 2 * HOUR_MS + duration.ms;
  return Number.POSITIVE_INFINITY;
}

export const QUIET: Invariant = {
  name: 'nothing that is not urgent leaves at an hour it must not',
  atHandOver: ({ policy, directory, now }, { stage, recipient, channel, urgency }) => {
    if (urgency === 'urgent' || channel === 'inbox') return null;
    const hours = policy.stages.find(({ id }) => id === stage)?.hours ?? null;
    // A reader's own quiet hours may close a window for good: theirs hold then.
    if (hours === null || directory.recipients.get(recipient)?.preferences.quietHours != null) return null;
    const zone = directory.recipients.get(recipient)?.timeZone ?? directory.tenant.zone ?? policy.calendar?.zone;
    const { window, quietHours } = hours;
    const minute = minuteOnTheWall(zone ?? DEFAULT_ZONE, now);
    const isAsleep =
      (window !== null && !isIn(window, minute, true)) || (quietHours !== null && isIn(quietHours, minute, false));
    return !isAsleep ? null : `${stage} leaves for ${recipient} at minute ${minute} of the day`;
  },
};

/** By the clock on the wall, which is not asked the way the core asks it. */
function minuteOnTheWall(timeZone: string, at: Instant): number {
  let clock = CLOCKS.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
    CLOCKS.set(timeZone, clock);
  }
  const [hours = 0, minutes = 0] = clock.format(at).split(':').map(Number);
  return hours * 60 + minutes;
}
const CLOCKS = new Map<string, Intl.DateTimeFormat>();
function isIn(span: SendSpan, minute: number, inCalendar: boolean): boolean {
  if (span === 'calendar') return inCalendar;
  const { fromMinute: from, toMinute: to } = span;
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

export const STOPS: Invariant = {
  name: 'a response revokes what has not been sent',
  atDecision: ({ story, before, step }) => {
    const older = story.unsent.filter(({ id }) => !step.messages.some((one) => one.id === id));
    return (
      first(story.unsent, (message) => stopped(story.policy, step.followUp, message)) ??
      first(step.timeline, (line) =>
        first(older, (message) => {
          const isMeant = isTakenFrom(line, step.followUp, message) || isOfOldPlan(line, before, message, story.policy);
          return isMeant ? `${message.stage} is still to be sent to ${message.recipient} after ${line.kind}` : null;
        }),
      )
    );
  },
  atHandOver: ({ policy, followUp }, message) => stopped(policy, followUp, message),
};

/** By what the policy says of the stage, whatever the message says. */
function stopped(
  { stages }: Policy,
  { status, pause }: FollowUp,
  { stage, recipient }: RehearsedMessage,
): string | null {
  if (CLOSING.has(stage)) return null;
  const isHeld = pause !== null && stages.find(({ id }) => id === stage)?.until === 'acknowledged';
  if (isLive(status) && !isHeld) return null;
  return `${stage} is sent, or still to be sent, to ${recipient} while it is ${pause === null ? status : 'paused'}`;
}

/** Whoever has given it away, or has answered, is told nothing that was on its way to them. */
function isTakenFrom(line: TimelineEntry, followUp: FollowUp, message: RehearsedMessage): boolean {
  const { kind, data, recipient, actor } = line;
  if (CLOSING.has(message.stage)) return false;
  const isHanding = kind === 'delegated' || kind === 'declined' || kind === 'reassigned';
  if (isHanding) return data?.from !== recipient && message.recipient === data?.from;
  return kind === 'answered' && message.recipient === actor && hasAnswered(followUp, actor);
}

/** Nor is anything sent that was decided for a date that has moved. */
function isOfOldPlan(
  { kind }: TimelineEntry,
  before: FollowUp,
  message: RehearsedMessage,
  { stages }: Policy,
): boolean {
  if (kind !== 'rescheduled') return false;
  const progress = before.progress[message.stage];
  const counts = stages.find(({ id }) => id === message.stage)?.at.anchor.kind === 'due';
  return counts && progress?.awaiting === message.run && !progress.awaitingExtra;
}

export const REPLAYS: Invariant = {
  name: 'the timeline says what has become of it',
  atDecision: ({ story, step, told }) => {
    if (step.followUp.timelineCount !== story.items.length) return `its timeline has ${story.items.length} lines`;
    const is = essenceOf(story.policy, step.followUp);
    const wrong = Object.keys(is).filter((key) => !isSame(is[key as keyof Essence], told[key as keyof Essence]));
    return first(wrong, (key) => {
      const field = key as keyof Essence;
      return `by its timeline ${key} is ${JSON.stringify(told[field])}, and it is ${JSON.stringify(is[field])}`;
    });
  },
};

export const OUTAGE: Invariant = {
  name: 'an outage ends with one stage, and one over it where the assignee had not been told',
  atDecision: ({ story: { policy, items, now }, step: { timeline } }) => {
    if (policy.late.afterOutage !== 'newest' || !timeline.some(isMadeUpFor)) return null;
    const late = items.filter((line) => line.at === now && isMadeUpFor(line));
    return late.length <= 2 ? null : `${late.length} stages are sent`;
  },
};
const isMadeUpFor = ({ kind, reason }: TimelineEntry): boolean => kind === 'stage_ran' && reason === 'after_outage';

export const INVARIANTS: readonly Invariant[] = [
  ENDS,
  CLOSED,
  WAKES,
  PENDING,
  RECEIPTS,
  LIMIT,
  QUIET,
  STOPS,
  REPLAYS,
  OUTAGE,
];

/** Key by key, whatever their order. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame((a as Values)[key], (b as Values)[key]))
  );
}
type Values = Readonly<Record<string, unknown>>;
