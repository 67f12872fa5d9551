// Pressing a button again. Most commands that are already in effect change nothing by themselves (core/apply-command.ts); these
// would act anew, because they do not say from where: "in an hour" is another instant at each press, and what was handed on is
// no longer the presser's to hand on. Nor does anybody promise for somebody else, or take back what another has said: a form may be
// posted by whoever has a link of their own, whatever their page shows. Asked under the lock of the follow-up, so of a hundred
// presses at once one acts.
import { type FollowUp, isAssignee, isLive, MINUTE_MS } from '@relance/core';
import type { CommandRequest } from './ports.ts';

/** Two presses of one person within this are one wish. */
const SAME_PRESS_MS = MINUTE_MS;

export function wasPressed(followUp: FollowUp, { actor, command }: Pick<CommandRequest, 'actor' | 'command'>): boolean {
  if (actor.kind !== 'recipient' || !isLive(followUp.status)) return false;
  switch (command.kind) {
    case 'commit':
    case 'delegate':
    case 'decline':
      return !isAssignee(followUp, actor.id);
    case 'snooze': {
      const { pause } = followUp;
      return pause?.kind === 'snooze' && pause.by === actor.id && Math.abs(pause.until - command.until) < SAME_PRESS_MS;
    }
    case 'unacknowledge':
      return (followUp.pause === null ? followUp.acknowledgedBy : followUp.pause.by) !== actor.id;
    default:
      return false;
  }
}
