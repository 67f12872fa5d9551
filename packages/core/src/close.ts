// The end of a follow-up: revoke everything that has not passed the gate, then the closing notification, and nothing else.
import { type Draft, note } from './draft.ts';
import { isLive } from './follow-up.ts';
import type { Evidence, TimelineEntry } from './input.ts';
import type { Reason } from './reason.ts';
import { notifyClosing } from './run-stage.ts';

export interface Closing {
  readonly status: 'resolved' | 'cancelled' | 'expired';
  readonly outcome: string | null;
  readonly by: string | null;
  readonly entry: {
    readonly reason: TimelineEntry['reason'];
    readonly actor?: string;
    readonly evidence?: Evidence;
    readonly channel?: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

export function close(draft: Draft, closing: Closing): void {
  const { followUp } = draft;
  // Whoever has not yet heard that it ran out hears how it ended instead.
  if (!isLive(followUp.status)) takeBackEndings(draft, closing.status);
  followUp.status = closing.status;
  followUp.outcome = closing.outcome;
  followUp.closedAt = draft.now;
  followUp.closedBy = closing.by;
  followUp.pause = null;
  followUp.snoozedUntil = null;
  followUp.claim = null;
  followUp.unknownRecipient = null;
  followUp.unknownUntil = null;
  note(draft, { kind: closing.status, ...closing.entry });
  draft.effects.push({ kind: 'revoke', stoppedBy: 'resolve', recipient: null, stages: null, reason: closing.status });
  notifyClosing(draft, closing.status, { by: closing.by, channel: closing.entry.channel ?? null });
}

/** That it is over, where it waits for an hour at which its reader may be told, is no longer so: opened again, or ended otherwise. */
export function takeBackEndings(draft: Draft, reason: Reason): void {
  draft.effects.push({ kind: 'revoke', stoppedBy: 'nothing', recipient: null, stages: ENDINGS, reason });
}
const ENDINGS: readonly Closing['status'][] = ['resolved', 'cancelled', 'expired'];
