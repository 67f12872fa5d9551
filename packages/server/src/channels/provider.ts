// The port of a brand: how a connection of it is written, checked, opened, and how its news is read. One file a brand under
// providers/ exports one; providers.ts lists them. What is written (`settings`, `secrets`) is stored by connection, the
// secrets encrypted and never answered; who opens a connection has read both.
import type { Channel, Instant } from '@relance/core';
import type { z } from 'zod';
import type { Connection } from './channel.ts';
import type { EgressRules } from './egress-guard.ts';

/** What every connection is opened with, whatever its brand. */
export interface Opening<Settings, Secrets> {
  /** The id the tenant gave it. */
  readonly id: string;
  readonly tenant: string;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly concurrencyMax: number;
  /** Server time in milliseconds: signatures and tokens are dated by it. */
  readonly wallNow: () => number;
  /** Where connections may lead: an address that a tenant can set is checked and pinned (egress-guard.ts). */
  readonly egress: EgressRules;
  /** Where the provider tells what became of a message; null where nobody outside can reach this server. */
  readonly receiptsUrl: string | null;
}

export interface Provider<Settings = unknown, Secrets = unknown> {
  /** The brand, as it stands in `provider` of a connection: `twilio`. */
  readonly id: string;
  readonly channel: Channel;
  readonly title: string;
  /** Strict objects: a key that is not known is refused. Each field says with `.describe()` what it is. */
  readonly settings: z.ZodType<Settings>;
  readonly secrets: z.ZodType<Secrets>;
  /** How many hand-overs may be under way at once where the connection does not say. */
  readonly concurrency: number;
  open(opening: Opening<Settings, Secrets>): Connection;
  /** Reads what the provider sends about messages; absent where it sends nothing. */
  readonly receipts?: (call: ReceiptCall<Settings, Secrets>) => Promise<ReceiptAnswer>;
}

/** A call of a provider about messages, as it arrived. */
export interface ReceiptCall<Settings = unknown, Secrets = unknown> {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly method: string;
  /** The whole address as the provider called it. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly wallNow: () => number;
  readonly egress: EgressRules;
}

export type ReceiptKind =
  | 'accepted'
  | 'delivered'
  | 'failed' // the provider gave up: it was never delivered
  | 'bounced'
  | 'complained'
  | 'opened'
  | 'clicked'
  | 'unsubscribed';

/** News about one message: by our id where the provider hands it back, else by the id that it gave when it accepted. */
export interface ReceiptNews {
  readonly message: { readonly id: string } | { readonly providerId: string };
  readonly kind: ReceiptKind;
  /** When it happened, by the provider's clock; null where it does not say. */
  readonly at: Instant | null;
  readonly detail: string | null;
  /** Bounced and failed: whether the address itself is no good, for good. */
  readonly permanent?: boolean;
  /** Opened and clicked: a program did it, as far as the provider can tell. */
  readonly machine?: boolean;
  /** Bounced and complained: the one address it is about, where the provider says; never the others of the same mail. */
  readonly address?: string;
}

export type ReceiptAnswer =
  | {
      readonly kind: 'news';
      readonly items: readonly ReceiptNews[];
      /** What the provider wants to hear; an empty 200 where it does not care. */
      readonly reply?: { readonly contentType: string; readonly body: string };
    }
  /** Not from the provider, too old, or not readable: nothing is believed. `status`: 400 unreadable, 401 not proven, 403 refused. */
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403; readonly detail: string };
