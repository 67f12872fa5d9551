// Writes what a step decided, as one set of statements in lock order: take messages back, then follow-ups with their timers
// and keys, the outbox, the timeline, the alarms. The only writer of follow-ups beside the parking of sweep.ts.
import { type FollowUp, type Instant, isLive, type Step, showsOtherwise, type TimelineEntry } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { alarmsIn, insertAlarms } from '../store/sql/alarm.ts';
import { makeDue } from '../store/sql/clear-up.ts';
import { dropFanOuts, insertFanOuts } from '../store/sql/fan-out.ts';
import { beginGenerations, insertFollowUps, updateFollowUps } from '../store/sql/follow-up.ts';
import { insertTurns } from '../store/sql/group-turn.ts';
import { archiveInbox } from '../store/sql/inbox.ts';
import { freeKeys } from '../store/sql/live-key.ts';
import { insertLookups } from '../store/sql/lookup.ts';
import { insertSuppressed } from '../store/sql/message.ts';
import { markFollowUps } from '../store/sql/metric-mark.ts';
import { insertOutbox, stopRank } from '../store/sql/outbox.ts';
import { type Revoke, type Revoked, revokeMessages } from '../store/sql/revoke.ts';
import type { Slots } from '../store/sql/slot.ts';
import { appendTimeline, type TimelineRow } from '../store/sql/timeline-write.ts';
import { beforeOf, type Done, isNew, type Work } from './work.ts';

/** Writes what was decided about locked follow-ups, in one round trip after the revokes. */
export async function write(tx: Tx, slots: Slots, all: readonly Done[], now: Instant): Promise<void> {
  const done = all.filter(
    ({ work, step: made }) =>
      work.kind === 'open' || made.followUp.revision !== work.followUp.revision || made.messages.length > 0,
  );
  const moved = done.filter(({ work }) => !isNew(work));
  const revoked = await revokeMessages(
    tx,
    slots,
    moved.flatMap(({ step: made }) => revokesOf(made)),
  );
  const extra = revokedLines(revoked, now);
  const final = done.map(({ work, step: made }) => ({
    work,
    made,
    after: withLines(made.followUp, extra.get(made.followUp.id)?.length ?? 0),
  }));
  await writeFinal(tx, slots, final, now, extra);
}

const revokesOf = (made: Step): Revoke[] => [
  ...made.revokes.map((revoke) => ({
    followUpId: made.followUp.id,
    stopRank: stopRank(revoke.stoppedBy),
    recipient: revoke.recipient,
    stages: revoke.stages,
    reason: revoke.reason,
  })),
  ...made.superseded.map(({ stage, run, notify, recipient }) => ({
    followUpId: made.followUp.id,
    stopRank: stopRank('nothing'),
    recipient,
    stages: [stage],
    only: { run, notify },
    reason: 'superseded' as const,
  })),
];

const withLines = (followUp: FollowUp, more: number): FollowUp =>
  more === 0 ? followUp : { ...followUp, timelineCount: followUp.timelineCount + more };

function linesOf(work: Work, made: Step, extra: readonly TimelineEntry[]): TimelineRow[] {
  const first = isNew(work) ? 0 : beforeOf(work).timelineCount;
  return [...made.timeline, ...extra].map((entry, index) => ({
    followUpId: made.followUp.id,
    tenant: made.followUp.tenant,
    seq: first + index + 1,
    entry,
  }));
}

interface Final {
  readonly work: Work;
  readonly made: Step;
  readonly after: FollowUp;
}

async function writeFinal(
  tx: Tx,
  slots: Slots,
  final: readonly Final[],
  now: Instant,
  extra: ReadonlyMap<string, readonly TimelineEntry[]>,
): Promise<void> {
  const closed = final
    .filter(({ work, after }) => (work.kind === 'open' || isLive(work.followUp.status)) && !isLive(after.status))
    .map(({ after }) => after);
  const reopened = final.filter(({ work }) => work.kind === 'open' && !isNew(work)).map(({ after }) => after);
  const otherwise = final
    .filter(({ work, after }) => !isNew(work) && showsOtherwise(beforeOf(work), after))
    .map(({ after }) => after);
  const messages = final.flatMap(({ made }) =>
    made.messages.map((draft) => ({ draft, tenant: made.followUp.tenant, plannedAt: now })),
  );
  const lines = final.flatMap(({ work, made }) => linesOf(work, made, extra.get(made.followUp.id) ?? []));
  // Asked for in this order without waiting: one round trip.
  await Promise.all([
    insertFollowUps(
      tx,
      final.filter(({ work }) => isNew(work)).map(({ after }) => after),
    ),
    updateFollowUps(
      tx,
      slots,
      final.filter(({ work }) => !isNew(work)).map(({ work, after }) => ({ before: beforeOf(work), after })),
    ),
    beginGenerations(tx, slots, reopened),
    dropFanOuts(tx, slots, reopened),
    freeKeys(tx, slots, closed),
    archiveInbox(
      tx,
      closed.map((followUp) => followUp.id),
      now,
    ),
    makeDue(tx, slots, otherwise, now),
    insertTurns(
      tx,
      final.flatMap(({ made }) => made.turns.map((turn) => ({ ...turn, tenant: made.followUp.tenant }))),
    ),
    insertFanOuts(
      tx,
      final.flatMap(({ made }) => made.fanOuts.map((fanOut) => ({ fanOut, followUp: made.followUp }))),
    ),
    insertLookups(
      tx,
      final.flatMap(({ made }) => made.lookUps.map((lookUp) => ({ ...lookUp, followUp: made.followUp }))),
    ),
    insertOutbox(
      tx,
      messages.filter(({ draft }) => draft.status !== 'suppressed'),
    ),
    insertSuppressed(
      tx,
      messages.filter(({ draft }) => draft.status === 'suppressed'),
    ),
    appendTimeline(tx, lines),
    insertAlarms(tx, alarmsIn(lines)),
    markFollowUps(
      tx,
      final.map(({ after }) => after),
    ),
  ]);
}

/** A line for each message that was taken back; a plan entry whose turn never came is not news. */
function revokedLines(revoked: readonly Revoked[], now: Instant): Map<string, TimelineEntry[]> {
  const extra = new Map<string, TimelineEntry[]>();
  for (const one of revoked) {
    if (one.planned) continue;
    const lines = extra.get(one.follow_up_id) ?? [];
    lines.push({
      at: now,
      kind: 'message_revoked',
      reason: one.reason,
      stage: one.stage,
      recipient: one.recipient,
      channel: one.channel,
      message: one.id,
    });
    extra.set(one.follow_up_id, lines);
  }
  return extra;
}
