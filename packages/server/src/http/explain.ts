// `explain`: why a follow-up stands where it stands, and what happens next, from its own row and timeline.
import {
  askedOf,
  type FollowUp,
  hasAnswered,
  type Instant,
  isLive,
  type Moments,
  type Names,
  REASONS,
  sentence,
  type TimelineEntry,
  toRfc3339,
  wireTimelineEntry,
} from '@relance/core';
import { momentIn, momentText } from '../responses/moment.ts';
import type { HeldMessage } from '../store/sql/message-list.ts';

/** Everybody whom the explanation speaks of, by id. */
export function peopleIn(
  followUp: FollowUp,
  timeline: readonly TimelineEntry[],
  held: readonly HeldMessage[],
): readonly string[] {
  const told = timeline.flatMap(({ recipient, actor, data }) => [recipient, actor, ...[data?.to].flat()]);
  const all = [followUp.assignee, followUp.closedBy, ...told, ...held.map(({ recipient }) => recipient)];
  return [...new Set(all)].filter((id): id is string => typeof id === 'string');
}

/** In the reader's zone where they say which, else in UTC; either way it is named. */
export const momentsIn =
  (zone: string | undefined, now: Instant): Moments =>
  (at) =>
    zone === undefined ? `${momentText(at, now)} UTC` : momentIn(zone, at, now);

/** Sentences name people and tell moments as the mailbox does; what programs read beside them keeps ids and RFC 3339. */
export interface Explaining {
  readonly nameOf: Names;
  readonly momentOf: Moments;
  /** What waits until it may be sent, the soonest first. */
  readonly held: readonly HeldMessage[];
  /** What it would be if somebody acknowledged it now; null where that would change nothing. */
  readonly acknowledged: FollowUp | null;
}

export function explain(
  followUp: FollowUp,
  timeline: readonly TimelineEntry[],
  { nameOf, momentOf, held, acknowledged }: Explaining,
) {
  const skipped = timeline.filter((entry) =>
    ['stage_skipped', 'stage_superseded', 'message_suppressed', 'message_failed', 'message_revoked', 'alarm'].includes(
      entry.kind,
    ),
  );
  return {
    id: followUp.id,
    status: followUp.status,
    summary: summary(followUp, held.length > 0, nameOf, momentOf),
    next: next(followUp, held, nameOf, momentOf),
    held: held.map(({ id, stage, recipient, channel, heldBy, until }) => ({
      message: id,
      stage,
      recipient,
      channel,
      until: toRfc3339(until),
      heldBy,
    })),
    ifAcknowledged: acknowledged === null ? null : ifAcknowledged(acknowledged, momentOf),
    stages: Object.entries(followUp.progress).map(([stage, progress]) => ({
      stage,
      status: progress.status,
      runs: progress.runs,
      extraRuns: progress.extraRuns,
      firstAt: progress.firstAt === null ? null : toRfc3339(progress.firstAt),
      lastAt: progress.lastAt === null ? null : toRfc3339(progress.lastAt),
      awaitingHandOver: progress.awaiting !== null,
    })),
    notSent: skipped.map((entry) => wireTimelineEntry(entry, nameOf)),
    history: timeline.map((entry) => `${momentOf(entry.at)}  ${sentence(entry, nameOf, momentOf)}`),
  };
}

const PAUSED_BY = {
  snooze: 'somebody snoozed it',
  acknowledgement: 'somebody has it',
  commitment: 'somebody has it',
  claim: 'it is said to be done, which somebody is to confirm',
} as const;

function summary(followUp: FollowUp, holds: boolean, nameOf: Names, momentOf: Moments): string {
  if (!isLive(followUp.status))
    return `It is ${followUp.status}${followUp.closedBy === null ? '' : ` by ${nameOf(followUp.closedBy)}`}. ${holds ? 'Only what is held is still sent' : 'Nothing more is sent'}.`;
  const asked = askedOf(followUp).map(nameOf);
  const who =
    asked.length === 0
      ? 'Nobody is assigned'
      : `${asked.join(', ')} ${asked.length === 1 ? 'is' : 'are'} asked to act${answeredBy(followUp, nameOf)}`;
  if (followUp.pause !== null)
    return `${who}. It is paused until ${momentOf(followUp.pause.until)} because ${PAUSED_BY[followUp.pause.kind]}.`;
  if (followUp.waitsFor !== null) return `${who}. It waits because ${REASONS[followUp.waitsFor]}.`;
  return `${who}.`;
}

const answeredBy = (followUp: FollowUp, nameOf: Names): string => {
  const answered = followUp.assignees.filter((id) => hasAnswered(followUp, id));
  return answered.length === 0
    ? ''
    : `; ${answered.map((id) => `${nameOf(id)} has answered "${followUp.answers[id]?.action}"`).join(', ')}`;
};

/** Told from the decision itself, which was made and not written. */
function ifAcknowledged({ pause, nextAt, nextStage: stage }: FollowUp, momentOf: Moments) {
  const until = pause?.until ?? null;
  const then =
    nextAt === null
      ? ''
      : stage === null
        ? ` It would go on at ${momentOf(nextAt)}.`
        : ` "${stage}" would be next, at ${momentOf(nextAt)}.`;
  const text =
    until === null
      ? `It would be recorded and pause nothing: the policy allows no more.${then}`
      : `Reminders and escalations would pause until ${momentOf(until)}.${then}`;
  return {
    until: until === null ? null : toRfc3339(until),
    next: { at: nextAt === null ? null : toRfc3339(nextAt), stage },
    text,
  };
}

/** The soonest of what is held and what the clock runs; its text tells both. */
function next(
  followUp: FollowUp,
  held: readonly HeldMessage[],
  nameOf: Names,
  momentOf: Moments,
): { at: string | null; stage: string | null; text: string } {
  const planned = nextByClock(followUp, momentOf);
  const [first] = held;
  if (first === undefined) return { ...planned, at: planned.at === null ? null : toRfc3339(planned.at) };
  const soonest = planned.at === null || first.until <= planned.at ? { at: first.until, stage: first.stage } : planned;
  const rest = isLive(followUp.status) ? ` ${planned.text}` : '';
  return {
    at: soonest.at === null ? null : toRfc3339(soonest.at),
    stage: soonest.stage,
    text: `${heldText(held, nameOf, momentOf)}${rest}`,
  };
}

/** So many are told in words; a group may have thousands. */
const HELD_TOLD_MAX = 5;

/** Like the timeline's lines of what was held, of which they are what is still so. */
function heldText(held: readonly HeldMessage[], nameOf: Names, momentOf: Moments): string {
  const told = held.slice(0, HELD_TOLD_MAX).map((one) =>
    sentence(
      {
        at: one.until,
        kind: 'message_deferred',
        reason: one.heldBy,
        stage: one.stage,
        recipient: one.recipient,
        channel: one.channel,
        data: { until: one.until },
      },
      nameOf,
      momentOf,
    ),
  );
  const more = held.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more ${more === 1 ? 'is' : 'are'} held.`] : [])].join(' ');
}

function nextByClock(
  followUp: FollowUp,
  momentOf: Moments,
): { at: Instant | null; stage: string | null; text: string } {
  const { nextAt, nextStage: stage } = followUp;
  if (!isLive(followUp.status)) return { at: null, stage: null, text: 'Nothing.' };
  if (nextAt === null) {
    const { waitsFor } = followUp;
    const text = waitsFor === null ? 'Nothing is planned.' : `Nothing by the clock: ${REASONS[waitsFor]}.`;
    return { at: null, stage: null, text };
  }
  const what = stage === null ? 'It goes on' : `Stage "${stage}"`;
  return { at: nextAt, stage, text: `${what} at ${momentOf(nextAt)}, unless somebody acts before.` };
}
