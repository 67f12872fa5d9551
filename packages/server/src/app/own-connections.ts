// The connections that tenants have made, kept open by this node as they stand in the store: looked at before each pass of
// the deliver loop, and opened anew where one has changed.
import type { Channel } from '@relance/core';
import type { Connection } from '../channels/channel.ts';
import { pushConnection } from '../channels/push-devices.ts';
import type { OwnConnections } from '../engine/connection-book.ts';
import type { Log } from '../engine/engine.ts';
import { SealedError } from '../store/secret-box.ts';
import { allConnections, connectionsChanged, type StoredConnection } from '../store/sql/connection.ts';
import type { Desk } from './provider-desk.ts';

export interface Own extends OwnConnections {
  close(): Promise<void>;
}

/** One that is replaced goes on until what is under way on it has been told: a lease. */
const CLOSE_AFTER_MS = 35_000;

interface Opened {
  readonly row: StoredConnection;
  readonly connection: Connection;
}

export function ownConnections(desk: Desk, log: Log): Own {
  let mark = '';
  let opened = new Map<string, Opened>();
  let byChannel = new Map<string, readonly Connection[]>();
  const closing = new Set<NodeJS.Timeout>();
  const leaving = new Set<Connection>();
  const pushes = joinedPushes();
  const retire = (connection: Connection): void => {
    leaving.add(connection);
    const timer = setTimeout(() => {
      closing.delete(timer);
      leaving.delete(connection);
      void connection.close();
    }, CLOSE_AFTER_MS);
    closing.add(timer.unref());
  };
  return {
    async refresh(tx) {
      const now = await connectionsChanged(tx);
      if (now === mark) return;
      const all = await allConnections(tx);
      const rows = all.filter(({ disabled }) => !disabled);
      const next = new Map<string, Opened>();
      for (const row of rows) {
        const key = keyOf(row.tenant, row.id);
        const same = opened.get(key);
        if (same !== undefined && same.row.change === row.change) next.set(key, same);
        else {
          const connection = openOne(desk, row, log);
          if (connection !== null) next.set(key, { row, connection });
        }
      }
      for (const [key, one] of opened) if (next.get(key)?.connection !== one.connection) retire(one.connection);
      opened = next;
      // Also where none of them can be used: what was to leave by a tenant's own account never leaves by another.
      byChannel = new Map(all.map(({ tenant, channel }) => [keyOf(tenant, channel), []]));
      for (const { row, connection } of next.values()) {
        const key = keyOf(row.tenant, row.channel);
        byChannel.set(key, [...(byChannel.get(key) ?? []), connection]);
      }
      // A push goes to all devices of somebody, whichever brand serves them: one message, one connection. It stays the same while
      // its members do: what is known of how they fare hangs on it.
      for (const [key, members] of byChannel)
        if (key.endsWith('\npush') && members.length > 0) byChannel.set(key, [pushes.of(key, members)]);
      mark = now;
    },
    of: (tenant, channel) => byChannel.get(keyOf(tenant, channel)) ?? null,
    served: () =>
      [...byChannel.keys()].map((key) => {
        const [tenant = '', channel = ''] = key.split('\n');
        return { tenant, channel: channel as Channel };
      }),
    async close() {
      for (const timer of closing) clearTimeout(timer);
      const all = [...leaving, ...[...opened.values()].map(({ connection }) => connection)];
      await Promise.all(all.map((connection) => connection.close()));
    },
  };
}

/** The push connections of each tenant as one, made anew where one of them has changed. */
function joinedPushes() {
  const made = new Map<string, { readonly members: readonly Connection[]; readonly joined: Connection }>();
  return {
    of(key: string, members: readonly Connection[]): Connection {
      const known = made.get(key);
      if (known?.members.length === members.length && known.members.every((one, index) => one === members[index]))
        return known.joined;
      const joined = pushConnection('push', members);
      made.set(key, { members, joined });
      return joined;
    },
  };
}

const keyOf = (tenant: string, name: string): string => `${tenant}\n${name}`;

/** One that cannot be opened serves nobody, and says so; the others do. */
function openOne(desk: Desk, row: StoredConnection, log: Log): Connection | null {
  try {
    return desk.open(row);
  } catch (error) {
    const { tenant, id, provider } = row;
    // An error of a brand may quote what it was given.
    const detail = error instanceof SealedError ? error.message : `${provider} refused its settings or secrets`;
    log.error({ tenant, connection: id, provider, detail }, 'a connection cannot be opened');
    return null;
  }
}
