// What a tenant is set up with, on the wire: categories, connections and what serves each channel, keys, and what relance.yaml says.
import type { Channel } from './shapes.ts';

export interface Category {
  readonly id: string;
  readonly title: string;
  /** Told to everybody, whatever they chose; `why` says why it cannot be switched off. */
  readonly essential: boolean;
  readonly why: string | null;
  /** What holds for whoever has not chosen. */
  readonly defaults: {
    readonly subscribed?: boolean;
    readonly channels?: Readonly<Partial<Record<Exclude<Channel, 'inbox'>, boolean>>>;
    readonly frequency?: 'each' | 'daily' | 'weekly';
  };
}

/** A brand that connections can be of, with JSON Schemas of what is written into one. */
export interface Provider {
  readonly id: string;
  readonly channel: Channel;
  readonly title: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

export interface NewConnection {
  readonly provider: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What is left out stays as it is; null takes it away. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Lower is tried first. */
  readonly position?: number;
  readonly concurrencyMax?: number | null;
  readonly perSecondMax?: number | null;
  readonly disabled?: boolean;
}
export interface Connection {
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secretsSet: readonly string[];
  readonly position: number;
  readonly concurrencyMax: number | null;
  readonly perSecondMax: number | null;
  readonly disabled: boolean;
  /** Where the provider tells what became of messages. */
  readonly receiptsUrl: string;
  readonly health: {
    readonly state: 'up' | 'failing' | 'down';
    readonly detail: string | null;
    readonly since: string | null;
  };
}

/** What messages leave by, in the order in which it is tried. `mailbox`: they are kept there, and nothing leaves. */
export interface ServedChannel {
  readonly channel: Channel;
  readonly by: 'tenant' | 'server' | 'mailbox' | 'nothing';
  readonly connections: readonly { readonly id: string; readonly provider: string }[];
}

export type KeyScope = 'admin' | 'api';
export interface Key {
  readonly id: string;
  readonly tenant: string;
  readonly name: string | null;
  readonly scopes: readonly KeyScope[];
  readonly createdAt: string;
}
/** `key` is shown this once. */
export interface MadeKey extends Omit<Key, 'createdAt'> {
  readonly key: string;
}

/** As relance.yaml was applied last. */
/** How messages and pages show whose they are. `color` is as in #1f5eff, `logo` and `url` begin with https://. */
export interface Branding {
  readonly name?: string;
  readonly logo?: string;
  readonly color?: string;
  readonly address?: string;
  readonly url?: string;
  readonly supportEmail?: string;
  readonly supportPhone?: string;
}

export interface Settings {
  readonly tenant: string;
  readonly settings: Readonly<Record<string, unknown>>;
}
