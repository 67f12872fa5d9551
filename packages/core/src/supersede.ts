// Stages that give way: of several of which one is sent (POLICY.md, *Waiting* and *Late*) what is said of the others.
import { type Draft, note, progressOf, setProgress } from './draft.ts';
import type { Instant } from './instant.ts';
import { isEventStage } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import { NO_NEWS } from './run-stage.ts';
import type { StageTime } from './stage-time.ts';

/** Not sent, and not to be sent later: a newer stage is. What is repeated counts from there, or from its time still ahead. */
export function supersede(draft: Draft, times: readonly StageTime[], reason: Reason): void {
  for (const { stage, at } of times) {
    const progress = progressOf(draft.followUp, stage.id);
    const runs = progress.runs + 1;
    const more = stage.repeat !== null && runs < stage.repeat.times;
    setProgress(
      draft,
      stage.id,
      isEventStage(stage)
        ? NO_NEWS
        : progress.status === 'running'
          ? {
              runs,
              lastAt: Math.max(at ?? draft.now, draft.now) as Instant,
              status: more ? 'running' : 'done',
              shiftMs: 0,
              heldUntil: null,
            }
          : { status: 'superseded', plannedAt: at },
    );
    note(draft, {
      kind: 'stage_superseded',
      reason,
      stage: stage.id,
      data: { plannedAt: at },
    });
  }
}
