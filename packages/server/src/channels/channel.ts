// The port every provider fills: one shape for email, webhook, inbox and whatever comes later. engine/deliver.ts calls
// `send` with content that is already rendered; providers turn it into their protocol and say what became of it.
// Every adapter passes conformance.ts. Adapters never throw for expected outcomes and never retry by themselves.
import type { Channel, Content, Outcome, Recipient, Urgency } from '@relance/core';

/** One message, ready to hand over. */
export interface Envelope {
  /** The message id: Message-ID, webhook-id and provider idempotency keys derive from it. */
  readonly id: string;
  readonly tenant: string;
  readonly followUp: string;
  readonly policy: string;
  /** The policy's title and category, for List-Id and the like. */
  readonly policyTitle: string;
  readonly stage: string;
  readonly urgency: Urgency;
  readonly recipient: Recipient;
  /** Null on channels that need none (inbox). */
  readonly address: string | null;
  readonly content: Content;
  /** For the webhook channel: the follow-up as the HTTP interface shows it, and the actions. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** How often this message was handed to a provider before. */
  readonly attempt: number;
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
  send(envelope: Envelope, signal: AbortSignal): Promise<Outcome>;
  /** Ends pooled connections; nothing may be sent afterwards. */
  close(): Promise<void>;
}

/** Which connections serve a channel, in order of preference. */
export type Connections = ReadonlyMap<Channel, readonly Connection[]>;
