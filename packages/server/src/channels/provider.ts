// The port of a brand: how a connection of it is written, checked, opened, and how its news is read. One file a brand under
// providers/ exports one; providers.ts lists them. What is written (`settings`, `secrets`) is stored by connection, the
// secrets encrypted and never answered; who opens a connection has read both.
import type { Channel } from '@relance/core';
import type { z } from 'zod';
import type { Receipt, ReceiptAnswer } from '../engine/ports.ts';
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
  /** What the addresses of bounces and replies are signed with (mail-address.ts); without it there are none. */
  readonly addressKey?: Uint8Array;
}

export interface Provider<Settings = unknown, Secrets = unknown> {
  /** The brand, as it stands in `provider` of a connection: `twilio`. */
  readonly id: string;
  readonly channel: Channel;
  readonly title: string;
  /** Strict objects: a key that is not known is refused. Each field says with `.describe()` what it is. */
  readonly settings: z.ZodType<Settings>;
  readonly secrets: z.ZodType<Secrets>;
  /** The settings that say where its secrets are sent (`endpoint`): when one changes, the secrets must be given again. */
  readonly destination?: readonly string[];
  /** How many hand-overs may be under way at once where the connection does not say. */
  readonly concurrency: number;
  /** What settings and secrets, each good by itself, are wrong about together: it is refused when it is written. */
  mistake?(settings: Settings, secrets: Secrets): { readonly path: string; readonly message: string } | null;
  open(opening: Opening<Settings, Secrets>): Connection;
  /** Reads what the provider sends about messages; absent where it sends nothing. */
  receipts?(call: ReceiptCall<Settings, Secrets>): Promise<ReceiptAnswer>;
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

/** News about one message, and what a call of a provider comes to (engine/ports.ts). */
export type ReceiptNews = Receipt;
export type { ReceiptAnswer };
