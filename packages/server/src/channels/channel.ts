// The port every provider fills: one shape for email, webhook, inbox and whatever comes later. engine/deliver.ts calls
// `send` with content that is already rendered; providers turn it into their protocol and say what became of it.
// Every adapter passes conformance.ts. Adapters never throw for expected outcomes and never retry by themselves.
import type { Channel, Content, FollowUpStatus, Instant, Outcome, Recipient, Subject, Urgency } from '@relance/core';

/** One message, ready to hand over. */
export interface Envelope {
  /** The message id: Message-ID, webhook-id and provider idempotency keys derive from it. */
  readonly id: string;
  readonly tenant: string;
  readonly followUp: string;
  readonly policy: string;
  /** The policy's title and category, for List-Id and the like. */
  readonly policyTitle: string;
  readonly category: string;
  readonly stage: string;
  readonly urgency: Urgency;
  readonly recipient: Recipient;
  /** Null on channels that need none (inbox). */
  readonly address: string | null;
  /** Further email addresses of the recipient that get a copy of the same mail. */
  readonly copies: readonly Copy[];
  readonly content: Content;
  readonly subject: Subject;
  /** How the follow-up stands at this moment. */
  readonly status: FollowUpStatus;
  readonly dueAt: Instant | null;
  /** `2026-12-01` where it is due on a day, at no time of it. */
  readonly dueDay: string | null;
  /** BCP 47 and IANA: the language and the zone the words were written in. */
  readonly locale: string;
  readonly zone: string;
  /** Story time of the hand-over. */
  readonly at: Instant;
  /** From then on it is of no use to anybody (the next stage): TTL of a push, validity of a text message. Null: not known. */
  readonly usefulUntil: Instant | null;
  /** Where one click takes the recipient off this category (RFC 8058); null where there is nothing to take off. */
  readonly unsubscribeUrl: string | null;
  /** For the webhook channel: the follow-up as the HTTP interface shows it, and the actions. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** How often this message was handed to a provider before. */
  readonly attempt: number;
  /** A rewrite only: how it stands by now, in one sentence of the reader's language, as plain text. */
  readonly standing?: string;
  /** It is about so many other messages as well, of other follow-ups. */
  readonly carries?: number;
}

export interface Copy {
  readonly address: string;
  readonly as: 'cc' | 'bcc';
}

/** Whom the reader of an address sees as sender. */
export interface Sender {
  /** A number, a short code, a name, a messaging service: what a STOP is said to. */
  readonly id: string;
  /** What is written back to it reaches us. */
  readonly takesAnswers: boolean;
}

/** One configured account of a provider. */
export interface Connection {
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  /** True when a second hand-over of the same message id is recognised and not delivered twice. */
  readonly honoursIds: boolean;
  /** How many hand-overs may be under way at once: only as many messages pass the gate. */
  readonly concurrencyMax: number;
  /** Hand-overs a second, of all nodes together; null or absent: as many as there are. */
  readonly perSecondMax?: number | null;
  /** Which messages share one fate behind this connection (the host of a webhook); absent: all of them. */
  laneOf?(address: string): string;
  /** As whom it writes to an address; absent where a reader cannot stop one sender alone. */
  senderTo?(address: string): Sender;
  /** Those behind this one that an address needs, where several are: each fares for itself, and has its own places. */
  membersFor?(address: string): readonly Connection[];
  send(envelope: Envelope, signal: AbortSignal): Promise<Outcome>;
  /**
   * Puts newer words in the place of what was handed over (a chat message), or takes it away (a push): the follow-up's
   * status has changed. Absent where the provider cannot. `providerId`: what `send` answered. Saying the same twice is
   * harmless, so it may be tried again.
   */
  rewrite?(envelope: Envelope, providerId: string, signal: AbortSignal): Promise<Outcome>;
  /** Ends pooled connections; nothing may be sent afterwards. */
  close(): Promise<void>;
}

/** Which connections serve a channel, in order of preference. */
export type Connections = ReadonlyMap<Channel, readonly Connection[]>;
