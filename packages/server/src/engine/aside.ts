// Queues messages of a follow-up that no stage of its policy sends (core/aside.ts), with words that are fixed. They take the road of
// every other message: outbox, gate, attempts, timeline. Alarms (alarm.ts), conversations
// (conversation.ts) and fresh links (fresh-link.ts) are told so.
import {
  addressOf,
  blankRecipient,
  type Channel,
  type FollowUp,
  type Instant,
  messageId,
  type Reason,
  type Recipient,
} from '@relance/core';
import type { Tx } from '../store/database.ts';
import { insertOutbox, type NewMessage, setContent } from '../store/sql/outbox.ts';

/** Where operators and teams read soonest first; the inbox is always there. */
const CHANNELS: readonly Channel[] = ['email', 'chat', 'webhook', 'sms', 'push', 'inbox'];

/** What is queued, before its words are there. */
export type AsidePlace = Omit<Aside, 'content'>;

export interface Aside {
  readonly stage: string;
  /** Which of its stage it is: told twice, it is one. */
  readonly run: number;
  readonly reason: Reason;
  readonly content: { readonly subject?: string; readonly text: string };
  readonly now: Instant;
  /** Where it is written; absent: where each of them reads soonest. */
  readonly channel?: Channel;
}

/** Answers the ids of the messages. */
export async function queueAside(
  tx: Tx,
  followUp: FollowUp,
  people: readonly Recipient[],
  aside: Aside,
): Promise<readonly string[]> {
  const messages = people.map((person) => asideFor(followUp, person, aside));
  await insertOutbox(tx, messages);
  const ids = messages.map(({ draft }) => draft.id);
  await setContent(tx, followUp.slot, ids, aside.content);
  return ids;
}

/** Somebody who is an address and nothing else. */
export const recipientAt = (address: string): Recipient => ({ ...blankRecipient(address), email: address });

/** One to one person, for whoever has to know its id before its words are written. */
export function asideFor(followUp: FollowUp, person: Recipient, aside: AsidePlace): NewMessage {
  const { stage, run, reason, now } = aside;
  const channel = aside.channel ?? CHANNELS.find((one) => addressOf(person, one) !== null) ?? 'inbox';
  const place = { stage, run, notify: 0, recipient: person.id, entry: 0, channel };
  return {
    tenant: followUp.tenant,
    plannedAt: now,
    draft: {
      ...place,
      id: messageId(followUp, place),
      followUp: followUp.id,
      status: 'queued',
      sendAt: now,
      heldBy: null,
      together: null,
      after: null,
      otherwise: false,
      template: null,
      role: 'update',
      urgency: 'high',
      stoppedBy: 'nothing',
      reason,
    },
  };
}
