// A due date that moves, by an event or by a command: pending stages that count from it move along, and what was queued
// for the old date is revoked and runs again at its new time.
import { type Draft, note, progressOf, setProgress } from './draft.ts';
import type { Instant } from './instant.ts';
import { settleLate } from './late.ts';

export function reschedule(draft: Draft, dueAt: Instant | null, by: string): void {
  const { followUp, policy } = draft;
  note(draft, { kind: 'rescheduled', reason: 'rescheduled', data: { from: followUp.dueAt, to: dueAt, by } });
  followUp.dueAt = dueAt;
  const moved = policy.stages.filter((stage) => stage.at.anchor.kind === 'due');
  const unsent = moved.filter((stage) => {
    const progress = progressOf(followUp, stage.id);
    return progress.awaiting !== null && progress.firstAt === null && progress.runs === 1;
  });
  for (const stage of moved) {
    const progress = progressOf(followUp, stage.id);
    if (progress.status === 'pending') setProgress(draft, stage.id, { fixedAt: null, shiftMs: 0 });
  }
  if (unsent.length > 0) {
    const stages = unsent.map((stage) => stage.id);
    draft.effects.push({ kind: 'revoke', stoppedBy: 'resolve', recipient: null, stages, reason: 'rescheduled' });
    // Its messages never left, so the run did not happen; the run counter stays, because its message ids are used.
    for (const id of stages)
      setProgress(draft, id, {
        status: 'pending',
        awaiting: null,
        awaitingCount: 0,
        ranAt: null,
        plannedAt: null,
        runs: 0,
        extraRuns: progressOf(followUp, id).extraRuns + 1,
      });
  }
  if (followUp.unknownRecipient === null) settleLate(draft);
}
