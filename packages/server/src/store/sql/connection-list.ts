// Connections as operators look at them: whose they are and how they fare, without settings and secrets. Reading and writing
// one is connection.ts.
import { type Channel, type Instant, toRfc3339 } from '@relance/core';
import type { Tx } from '../database.ts';

export interface ConnectionSeen {
  readonly tenant: string;
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  readonly disabled: boolean;
  /** Null where nothing was ever wrong with it. */
  readonly state: 'up' | 'failing' | 'down' | null;
  readonly detail: string | null;
  /** RFC 3339. */
  readonly since: string | null;
}

/** More than anybody looks at. */
const SEEN_MAX = 1_000;

/** Those of all tenants, in the order in which they are tried. */
export async function seenConnections(tx: Tx): Promise<readonly ConnectionSeen[]> {
  const rows = await tx.query<Omit<ConnectionSeen, 'since'> & { readonly since: Instant | null }>(
    `SELECT c.tenant, c.id, c.channel, c.provider, c.disabled, h.state, h.detail, h.since FROM relance.connections c
     LEFT JOIN relance.connection_health h ON h.tenant = c.tenant AND h.connection = c.id
     ORDER BY c.tenant, c.channel, c.position, c.id LIMIT $1`,
    [SEEN_MAX],
  );
  return rows.map((row) => ({ ...row, since: row.since === null ? null : toRfc3339(row.since) }));
}
