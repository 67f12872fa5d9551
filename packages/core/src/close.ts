// The end of a follow-up: revoke everything that has not passed the gate, then the closing notification, and nothing else.
import { type Draft, note } from './draft.ts';
import type { Evidence, TimelineEntry } from './input.ts';
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
