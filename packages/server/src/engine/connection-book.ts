// Which connections serve a tenant's channel, in order of preference: its own where it has any (also where
// none of them can be used), else those of this process.
// A tenant's own are stored (store/sql/connection.ts) and opened by app/own-connections.ts, which fills the port below.
import type { Channel } from '@relance/core';
import type { Connection, Connections } from '../channels/channel.ts';
import type { Tx } from '../store/database.ts';

/** The connections that tenants have made, as they stand in the store. */
export interface OwnConnections {
  /** Looks for changes; connections that are gone are closed when nothing is under way on them. */
  refresh(tx: Tx): Promise<void>;
  /** Null where a tenant has none; empty where none that it has can be used. */
  of(tenant: string, channel: Channel): readonly Connection[] | null;
  /** Who has some, for which channel. */
  served(): readonly { readonly tenant: string; readonly channel: Channel }[];
}

export class ConnectionBook {
  readonly #shared: Connections;
  readonly #own: OwnConnections | null;

  constructor(shared: Connections, own: OwnConnections | null) {
    this.#shared = shared;
    this.#own = own;
  }

  async refresh(tx: Tx): Promise<void> {
    await this.#own?.refresh(tx);
  }

  of(tenant: string, channel: Channel): readonly Connection[] {
    return this.#own?.of(tenant, channel) ?? this.shared(channel);
  }

  /** Whether it has connections of its own for a channel. */
  hasOwn(tenant: string, channel: Channel): boolean {
    return (this.#own?.of(tenant, channel) ?? null) !== null;
  }

  find(tenant: string, channel: Channel, id: string): Connection | undefined {
    return this.of(tenant, channel).find((one) => one.id === id);
  }

  /** Those of this process, which serve whoever has none of their own. */
  shared(channel: Channel): readonly Connection[] {
    return this.#shared.get(channel) ?? [];
  }

  isShared(connection: Connection): boolean {
    return this.shared(connection.channel).includes(connection);
  }

  served(): readonly { readonly tenant: string; readonly channel: Channel }[] {
    return this.#own?.served() ?? [];
  }
}
