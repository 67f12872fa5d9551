// What stops a command that is for a follow-up as somebody has seen it: it is in another revision by now. Thrown where its row is
// locked, so that whatever the transaction has done is undone.
import type { FollowUp } from '@relance/core';

export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
  /** As it is now. */
  readonly followUp: FollowUp;

  constructor(followUp: FollowUp) {
    super(`The follow-up is in revision ${followUp.revision} by now: something has happened to it.`);
    this.followUp = followUp;
  }
}

/** `seen`: the revisions of which it may be; undefined: any. */
export function checkSeen(followUp: FollowUp, seen: readonly number[] | undefined): void {
  if (seen !== undefined && !seen.includes(followUp.revision)) throw new ChangedMeanwhile(followUp);
}
