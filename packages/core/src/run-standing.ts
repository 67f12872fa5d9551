// Where a follow-up stands when the words of one of its runs are made, as far as words may speak of it: templates see it as
// `followUp.lastReminder`, `followUp.othersNext` and `followUp.answered`. Pure reading; the times are stage-time.ts.
import { progressOf } from './draft.ts';
import type { FollowUp } from './follow-up.ts';
import type { Policy, Stage } from './policy/policy.ts';
import type { Directory } from './recipient.ts';
import { stageTimes } from './stage-time.ts';

export interface RunStanding {
  /** Nothing asks the assignee again after this run, unless somebody answers. */
  readonly lastReminder: boolean;
  /** An escalation is ahead, and no condition may leave it out. */
  readonly othersNext: boolean;
  /** Somebody has acknowledged, snoozed or committed to a date. */
  readonly answered: boolean;
}

export function runStanding(
  policy: Policy,
  followUp: FollowUp,
  { stage, run }: { readonly stage: string; readonly run: number },
  directory: Directory,
): RunStanding {
  const progress = progressOf(followUp, stage);
  const isLastRun = progress.status !== 'running' && run >= progress.runs + progress.extraRuns;
  const ahead = stageTimes(policy, followUp, directory).filter(({ at }) => at !== null);
  return {
    lastReminder: isLastRun && !ahead.some((time) => time.stage.id !== stage && asksAssignee(time.stage)),
    othersNext: ahead.some(
      (time) =>
        time.stage.escalate !== null &&
        time.stage.when === null &&
        progressOf(followUp, time.stage.id).status === 'pending',
    ),
    answered: followUp.acknowledgedAt !== null || followUp.snoozes > 0 || followUp.commitment !== null,
  };
}

const asksAssignee = (stage: Stage): boolean =>
  stage.escalate === null && stage.notify.some(({ to }) => to.some(({ kind }) => kind === 'assignee'));
