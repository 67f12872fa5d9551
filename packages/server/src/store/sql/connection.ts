// Connections as they are stored: a tenant's own accounts of providers. Secrets come and go sealed (secret-box.ts), so that
// what is read here can be logged by mistake without harm. Opening them is app/own-connections.ts.
import type { Channel, Instant } from '@relance/core';
import type { Tx } from '../database.ts';

export interface StoredConnection {
  readonly tenant: string;
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Sealed; null where the provider needs none. */
  readonly secrets: string | null;
  readonly secret_names: readonly string[];
  /** Lower is tried first. */
  readonly position: number;
  readonly concurrency_max: number | null;
  readonly per_second_max: number | null;
  readonly disabled: boolean;
  readonly receipt_key: string;
  /** When its provider last told what became of a message, to within a minute; null: never yet. */
  readonly receipt_at: Instant | null;
  /** Grows with every change of any connection. */
  readonly change: number;
}
const COLUMNS =
  'tenant, id, channel, provider, settings, secrets, secret_names, position, concurrency_max, per_second_max, disabled, receipt_key, receipt_at, change';

/** What a sealed secret of a connection stands for. */
export const sealContext = ({ tenant, id }: { readonly tenant: string; readonly id: string }): string =>
  `connection:${tenant}:${id}`;

/** Creates or replaces; the address for receipts stays, and what has come there, unless it is another brand's now. */
export async function putConnection(
  tx: Tx,
  connection: Omit<StoredConnection, 'change' | 'receipt_at'>,
): Promise<StoredConnection | null> {
  const [row] = await tx.query<StoredConnection>(
    `INSERT INTO relance.connections AS c (tenant, id, channel, provider, settings, secrets, secret_names, position, concurrency_max, per_second_max, disabled, receipt_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (tenant, id) DO UPDATE SET channel = excluded.channel, provider = excluded.provider, settings = excluded.settings, secrets = excluded.secrets,
       secret_names = excluded.secret_names, position = excluded.position, concurrency_max = excluded.concurrency_max, per_second_max = excluded.per_second_max,
       disabled = excluded.disabled, receipt_at = CASE WHEN c.provider = excluded.provider THEN c.receipt_at END, change = nextval('relance.connection_changes'), updated_at = clock_timestamp() RETURNING ${COLUMNS}`,
    [
      connection.tenant,
      connection.id,
      connection.channel,
      connection.provider,
      JSON.stringify(connection.settings),
      connection.secrets,
      connection.secret_names,
      connection.position,
      connection.concurrency_max,
      connection.per_second_max,
      connection.disabled,
      connection.receipt_key,
    ],
  );
  return row ?? null;
}

export async function listConnections(
  tx: Tx,
  tenant: string,
  after: string | null,
  limit: number,
): Promise<StoredConnection[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM relance.connections WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [tenant, after, limit],
  );
}

/** More than anybody has. */
const OF_TENANT_MAX = 1_000;
/** In the order in which they are tried. */
export const tenantConnections = (tx: Tx, tenant: string): Promise<StoredConnection[]> =>
  tx.query(`SELECT ${COLUMNS} FROM relance.connections WHERE tenant = $1 ORDER BY channel, position, id LIMIT $2`, [
    tenant,
    OF_TENANT_MAX,
  ]);

/** `lock`: for whoever writes what it read. */
export async function getConnection(
  tx: Tx,
  tenant: string,
  id: string,
  lock: 'lock' | null = null,
): Promise<StoredConnection | null> {
  const [row] = await tx.query<StoredConnection>(
    `SELECT ${COLUMNS} FROM relance.connections WHERE tenant = $1 AND id = $2${lock === null ? '' : ' FOR UPDATE'}`,
    [tenant, id],
  );
  return row ?? null;
}

export async function deleteConnection(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM relance.connections WHERE tenant = $1 AND id = $2 RETURNING id', [
    tenant,
    id,
  ]);
  if (rows.length > 0) {
    await tx.query('DELETE FROM relance.connection_health WHERE tenant = $1 AND connection = $2', [tenant, id]);
    await tx.query('DELETE FROM relance.allowances WHERE tenant = $1 AND scope = $2', [tenant, `connection:${id}`]);
  }
  return rows.length > 0;
}

/** Of the address that a provider was given for its news. */
export async function connectionOfReceipts(tx: Tx, provider: string, key: string): Promise<StoredConnection | null> {
  const [row] = await tx.query<StoredConnection>(
    `SELECT ${COLUMNS} FROM relance.connections WHERE receipt_key = $1 AND provider = $2`,
    [key, provider],
  );
  return row ?? null;
}

const NOTED_MS = 60_000;
/** One a minute is noted: they come by the thousand, and all of them say the same of it. */
export const isNotedLately = ({ receipt_at: noted }: Pick<StoredConnection, 'receipt_at'>, now: number): boolean =>
  noted !== null && now - noted < NOTED_MS;

/** That its provider has told something now. Of many at once, the first notes it. */
export async function noteReceipt(
  tx: Tx,
  { tenant, id, provider }: Pick<StoredConnection, 'tenant' | 'id' | 'provider'>,
): Promise<void> {
  await tx.query(
    `UPDATE relance.connections SET receipt_at = clock_timestamp() WHERE tenant = $1 AND id = $2 AND provider = $3
       AND (receipt_at IS NULL OR receipt_at < clock_timestamp() - $4::float8 * interval '1 millisecond')`,
    [tenant, id, provider, NOTED_MS],
  );
}

/**
 * Tells whether anything has changed, for a node that keeps them in memory. Changes are numbered before they are committed, so one
 * with a lower number may be seen later than one with a higher: the sum is another one after each, and the greatest is not.
 */
export async function connectionsChanged(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ mark: string }>(
    `SELECT count(*) || ' ' || coalesce(sum(change), 0) AS mark FROM relance.connections`,
  );
  return row?.mark ?? '';
}

/** All of all tenants, in the order in which they are tried. */
export const allConnections = (tx: Tx): Promise<StoredConnection[]> =>
  tx.query(`SELECT ${COLUMNS} FROM relance.connections ORDER BY tenant, channel, position, id`);

export interface ConnectionHealth {
  readonly connection: string;
  readonly state: 'up' | 'failing' | 'down';
  readonly detail: string | null;
  readonly since: Instant;
}

/** Whose connections those of the server itself are: no tenant is called so. */
export const OF_SERVER = '';

/** How connections fare from now on, as one node sees it. Of one that nothing was ever wrong with nothing is kept. */
export async function putHealth(
  tx: Tx,
  node: string,
  health: readonly (Omit<ConnectionHealth, 'since'> & { readonly tenant: string })[],
): Promise<void> {
  if (health.length === 0) return;
  await tx.query(
    `INSERT INTO relance.connection_health AS h (tenant, connection, state, detail, node)
     SELECT x.tenant, x.connection, x.state, x.detail, $1 FROM json_to_recordset($2::json) AS x(tenant text, connection text, state text, detail text)
     WHERE x.state <> 'up' OR EXISTS (SELECT FROM relance.connection_health k WHERE k.tenant = x.tenant AND k.connection = x.connection)
     ON CONFLICT (tenant, connection) DO UPDATE SET state = excluded.state, detail = excluded.detail, node = excluded.node,
       since = CASE WHEN h.state = excluded.state THEN h.since ELSE clock_timestamp() END`,
    [node, JSON.stringify(health)],
  );
}

export type Healths = ReadonlyMap<string, ConnectionHealth>;

/** By their ids; of one that nothing was ever wrong with there is none. */
export async function healthOf(tx: Tx, tenant: string, of: readonly { readonly id: string }[]): Promise<Healths> {
  const rows = await tx.query<ConnectionHealth>(
    'SELECT connection, state, detail, since FROM relance.connection_health WHERE tenant = $1 AND connection = ANY($2)',
    [tenant, of.map(({ id }) => id)],
  );
  return new Map(rows.map((one) => [one.connection, one]));
}
