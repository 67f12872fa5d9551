// `explain`: why a follow-up stands where it stands, and what happens next, from its own row and timeline.
import {
  type FollowUp,
  isLive,
  REASONS,
  sentence,
  type TimelineEntry,
  toRfc3339,
  wireTimelineEntry,
} from '@relance/core';

export function explain(followUp: FollowUp, timeline: readonly TimelineEntry[]) {
  const skipped = timeline.filter((entry) =>
    ['stage_skipped', 'stage_superseded', 'message_suppressed', 'message_failed', 'message_revoked', 'alarm'].includes(
      entry.kind,
    ),
  );
  return {
    id: followUp.id,
    status: followUp.status,
    summary: summary(followUp),
    next: next(followUp),
    stages: Object.entries(followUp.progress).map(([stage, progress]) => ({
      stage,
      status: progress.status,
      runs: progress.runs,
      extraRuns: progress.extraRuns,
      firstAt: progress.firstAt === null ? null : toRfc3339(progress.firstAt),
      lastAt: progress.lastAt === null ? null : toRfc3339(progress.lastAt),
      awaitingHandOver: progress.awaiting !== null,
    })),
    notSent: skipped.map((entry) => wireTimelineEntry(entry)),
    history: timeline.map((entry) => `${toRfc3339(entry.at)}  ${sentence(entry)}`),
  };
}

function summary(followUp: FollowUp): string {
  if (!isLive(followUp.status))
    return `It is ${followUp.status}${followUp.closedBy === null ? '' : ` by ${followUp.closedBy}`}. Nothing more is sent.`;
  const who = followUp.assignee === null ? 'Nobody is assigned' : `${followUp.assignee} is asked to act`;
  if (followUp.pause !== null)
    return `${who}. It is paused until ${toRfc3339(followUp.pause.until)} because ${followUp.pause.kind === 'snooze' ? 'somebody snoozed it' : 'somebody has it'}.`;
  if (followUp.waitsFor !== null) return `${who}. It waits because ${REASONS[followUp.waitsFor]}.`;
  return `${who}.`;
}

function next(followUp: FollowUp): { at: string | null; stage: string | null; text: string } {
  const at = followUp.nextAt === null ? null : toRfc3339(followUp.nextAt);
  if (!isLive(followUp.status)) return { at: null, stage: null, text: 'Nothing.' };
  if (at === null)
    return {
      at,
      stage: followUp.nextStage,
      text: followUp.waitsFor === null ? 'Nothing is planned.' : `Nothing by the clock: ${REASONS[followUp.waitsFor]}.`,
    };
  return {
    at,
    stage: followUp.nextStage,
    text:
      followUp.nextStage === null
        ? `It goes on at ${at}, unless somebody acts before.`
        : `Stage "${followUp.nextStage}" at ${at}, unless somebody acts before.`,
  };
}
