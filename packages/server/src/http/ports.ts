// What the HTTP room needs from the others; app/ fills it in.

import type { Channel } from '@relance/core';
import type { Registry } from 'prom-client';
import type {
  Calendars,
  Commands,
  Consents,
  Erasures,
  Figures,
  FreshLinks,
  Ingest,
  MailHandedOn,
  Nudge,
  Previews,
  ReceiptAnswer,
  Receipts,
  Replies,
  StoryClock,
  TestSend,
  Visits,
} from '../engine/ports.ts';
import type { Database } from '../store/database.ts';
import type { SecretBox } from '../store/secret-box.ts';
import type { StoredConnection } from '../store/sql/connection.ts';
import type { Auth } from './auth.ts';
import type { CompileSource } from './mjml-thread.ts';

/** Structured: fields, then a constant text. Never bodies, keys or addresses of people. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** A brand that connections can be of. */
export interface ProviderSeen {
  readonly id: string;
  readonly channel: Channel;
  readonly title: string;
  /** JSON Schemas of what is written into a connection. */
  readonly settings: object;
  readonly secrets: object;
  /** Whether it tells what became of messages. */
  readonly receipts: boolean;
}

type Plain = Readonly<Record<string, unknown>>;

/** A connection of this server itself, which serves whoever has none of their own for its channel. */
export interface ServerConnection {
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  /** It keeps what it is handed in the mailbox, and nothing leaves. */
  readonly captures: boolean;
}

/** The brands this server knows: what their connections look like, and how their news is read. */
export interface ProviderDesk {
  /** Why nothing may be sent to a URL, as far as its name tells: a private host that the operator has not allowed. Null: it may. */
  refusalOf(url: string): string | null;
  readonly list: readonly ProviderSeen[];
  /** The connections of this server itself, which are no tenant's. */
  readonly serves: readonly ServerConnection[];
  /** Settings and secrets as they are stored, or what is wrong with them; paths begin with `settings` or `secrets`. */
  check(
    provider: string,
    settings: unknown,
    secrets: unknown,
  ):
    | { readonly ok: true; readonly channel: Channel; readonly settings: Plain; readonly secrets: Plain }
    | { readonly ok: false; readonly errors: readonly { readonly path: string; readonly message: string }[] };
  /** The settings of a brand that say where its secrets are sent. */
  destination(provider: string): readonly string[];
  /** Null where the provider tells nothing. */
  read(
    connection: StoredConnection,
    call: {
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: Buffer;
    },
  ): Promise<ReceiptAnswer> | null;
}

export interface DashboardFile {
  readonly body: Buffer;
  /** Its content type. */
  readonly type: string;
}

/** The dashboard as it was built; from a checkout it is built when it is first asked for. */
export interface Dashboard {
  /** By its name as in `index.html` or `assets/x.js`; null where there is none. */
  file(name: string): Promise<DashboardFile | null>;
}

export interface ReadyPolicySeen {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}
/** The policies that come with this server. */
export interface ReadyShelf {
  list(): readonly ReadyPolicySeen[];
  /** With everything that it names, as it is written to the addresses of each; null where there is none. */
  whole(id: string): Promise<(ReadyPolicySeen & Plain) | null>;
}

/** The dashboard cannot be shown: why, and what to do. */
export class DashboardAway extends Error {
  readonly next: string;
  constructor(why: string, next: string) {
    super(why);
    this.name = 'DashboardAway';
    this.next = next;
  }
}

export interface HttpPorts {
  readonly database: Database;
  readonly ingest: Ingest;
  readonly commands: Commands;
  readonly consents: Consents;
  readonly erasures: Erasures;
  readonly freshLinks: FreshLinks;
  readonly figures: Figures;
  readonly calendars: Calendars;
  readonly clock: StoryClock;
  readonly previews: Previews;
  /** Absent where this server has no connections of its own. */
  readonly testSend?: TestSend;
  readonly nudge: Nudge;
  readonly receipts: Receipts;
  readonly replies: Replies;
  /** Commits a mail that a provider hands on to a tenant, before it answers. */
  readonly takeMail: (tenant: string, mail: MailHandedOn) => Promise<void>;
  readonly visits: Visits;
  readonly providers: ProviderDesk;
  /** Seals what is secret at rest. */
  readonly secretBox: SecretBox;
  readonly auth: Auth;
  readonly dashboard: Dashboard;
  /** Where MJML is compiled, if not in a thread of this process. */
  readonly compileMjml?: CompileSource;
  readonly readyPolicies: ReadyShelf;
  readonly log: Log;
  /** Real time, for what the world outside checks by its own clock: tokens. */
  readonly wallNow: () => number;
  /** For how long something takes: nobody sets it back. In milliseconds, from whenever. */
  readonly monotonic: () => number;
  readonly publicUrl: string;
  /** Signing secret: recipient tokens, action links. */
  readonly secret: string;
  /** What the same was signed with before, or will be next, while keys are changed node by node. */
  readonly secretsAccepted: readonly string[];
  readonly version: string;
  readonly registry: Registry | null;
  /** True when every loop turns. */
  readonly healthy: () => boolean;
  /** True while stopping: not ready for new work. */
  readonly stopping: () => boolean;
  /** The public key that browsers of a tenant's recipients subscribe to pushes with; null without such a connection. */
  readonly pushKey?: (tenant: string) => Promise<string | null>;
  /** By key, or by address without one; generous by default. */
  readonly requestsAMinute?: number;
}
