// A message: one notification on one channel, the row in the outbox. Its status only moves forward in this order, so
// late and doubled receipts are harmless:
//
//   planned → deferred → queued → leased → sending → accepted → delivered
//   negative ends: suppressed, revoked, merged, failed, bounced, uncertain; a late `bounced` outranks `delivered`.
//
// `planned` waits for the contact plan (`after`, `else`), `deferred` for a time, `queued` for a free connection.
// Claiming (`leased`) is revocable; past the gate (`sending`) it is not. contact-plan.ts moves the entries of one plan.
import { deriveId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Duration } from './policy/duration.ts';
import type { Channel, StageRole, Urgency } from './policy/policy.ts';
import type { Reason } from './reason.ts';
import type { HeldBy } from './send-window.ts';

export type MessageStatus =
  | 'planned'
  | 'deferred'
  | 'queued'
  | 'leased'
  | 'sending'
  | 'accepted'
  | 'delivered'
  | 'suppressed'
  | 'revoked'
  | 'merged'
  | 'failed'
  | 'bounced'
  | 'uncertain';

/** What still stops a message: an acknowledgement, only a resolve, or nothing (the closing notification). */
export type StoppedBy = 'acknowledge' | 'resolve' | 'nothing';

/** How long an entry of a contact plan waits: days keep the wall time of the calendar of the policy, else of this zone. */
export interface Delay {
  readonly duration: Duration;
  readonly zone: string; // IANA
}

/** A message as decided, before it is stored. */
export interface MessageDraft {
  readonly id: string;
  readonly followUp: string;
  readonly stage: string;
  readonly run: number;
  /** Which `notify` of the stage, and which entry of its contact plan. */
  readonly notify: number;
  readonly entry: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly status: 'planned' | 'deferred' | 'queued' | 'suppressed';
  readonly sendAt: Instant | null; // null while planned
  /** What it waits for the end of, until `sendAt`; null for what waits for nothing but its turn. */
  readonly heldBy: HeldBy | null;
  /** What waits under the same word for the same person leaves in one message with it; null for what leaves alone. */
  readonly together: string | null;
  readonly after: Delay | null; // counts from the first entry's hand-over
  readonly otherwise: boolean; // an `else` entry
  readonly template: string | null;
  readonly role: StageRole;
  readonly urgency: Urgency;
  readonly stoppedBy: StoppedBy;
  readonly reason: Reason;
}

const RANK: Readonly<Record<MessageStatus, number>> = {
  planned: 0,
  deferred: 1,
  queued: 2,
  leased: 3,
  sending: 4,
  suppressed: 5,
  revoked: 5,
  merged: 5,
  failed: 5,
  uncertain: 6,
  accepted: 7,
  delivered: 8,
  bounced: 9,
};

/** True when news of `next` may replace `current`: the order is monotone. */
export const outranks = (next: MessageStatus, current: MessageStatus): boolean => RANK[next] > RANK[current];
export const isSent = (status: MessageStatus): boolean => status === 'accepted' || status === 'delivered';
export const isOpenMessage = (status: MessageStatus): boolean => RANK[status] <= RANK.sending;

/** What a provider said about one hand-over. */
export type Outcome = Said & {
  /** Of the addresses that it went to, those that are no more, as `route.ts` joined them: devices that are then forgotten. */
  readonly gone?: readonly string[];
  /** Where several connections stand behind the one that was asked: what each of them said. */
  readonly members?: readonly { readonly connection: string; readonly outcome: Outcome }[];
};
type Said =
  | {
      readonly kind: 'accepted';
      readonly providerId: string | null;
      readonly detail?: string;
      /** Kept for whoever looks, and on its way to nobody. */
      readonly captured?: true;
    }
  /** Not accepted; worth another try. `about`: whether the connection is at fault (default), or this message alone. */
  | {
      readonly kind: 'retry';
      readonly detail: string;
      readonly retryAfterMs: number | null;
      readonly about?: 'connection' | 'message';
    }
  /** Not accepted, and never will be. `endpoint`: the address is no more, or whoever has it said STOP to the carrier. */
  | { readonly kind: 'rejected'; readonly detail: string; readonly endpoint?: 'gone' | 'opted_out' }
  | { readonly kind: 'uncertain'; readonly detail: string }; // may or may not have been accepted

/** What a message stands for within its follow-up. */
export type MessagePlace = Pick<MessageDraft, 'stage' | 'run' | 'notify' | 'recipient' | 'entry' | 'channel'>;

/** Deciding twice gives the same id; a reopened follow-up gives other ones. */
export const messageId = (
  followUp: { readonly id: string; readonly generation: number },
  { stage, run, notify, recipient, entry, channel }: MessagePlace,
): string => deriveId(followUp.id, ['message', followUp.generation, stage, run, notify, recipient, entry, channel]);

/** The generation in which a message was planned, read from its id. */
export function generationOf(
  followUp: { readonly id: string; readonly generation: number },
  message: MessagePlace & { readonly id: string },
): number {
  for (let { generation } = followUp; generation > 1; generation--)
    if (messageId({ id: followUp.id, generation }, message) === message.id) return generation;
  return 1;
}
