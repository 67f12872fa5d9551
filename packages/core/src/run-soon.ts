// A stage that runs out of its turn, because somebody asks for it or a pause has ended: now, or as soon as whom it speaks to
// has been looked up. Called by apply-command.ts and pause.ts.
import { type Draft, setProgress } from './draft.ts';
import { knowsAll } from './lookup.ts';
import type { Stage } from './policy/policy.ts';
import { conditionHolds, type RunOptions, runStage } from './run-stage.ts';

export function runSoon(draft: Draft, stage: Stage, options: RunOptions): void {
  if (knowsAll(draft, stage)) runStage(draft, stage, options);
  // What is skipped now is not asked for: whoever calls goes on to the next.
  else if (options.unconditional === true || conditionHolds(draft, stage, options.dueAt))
    setProgress(draft, stage.id, { fixedAt: draft.now, fixedFor: options.reason, shiftMs: 0 });
}
