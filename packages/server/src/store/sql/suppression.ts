// The suppression ledger: endpoints that get nothing more. Adding one takes back what waits for it in the same transaction
// (take-back.ts), lifting one keeps it as history. Engine scope, with the tenant named by every statement: who has an
// address is found by an index that row security would keep closed. What decisions read is consent.ts.
import { type Channel, type Instant, normalAddress, type SuppressionSource, toRfc3339 } from '@relance/core';
import type { EndpointSuppression } from '../../engine/ports.ts';
import { at, type Tx } from '../database.ts';
import { suppressedForms } from './address-forms.ts';
import { aboutAddress, insertAudit } from './audit.ts';
import { type TakenBack, takeBackEndpoints } from './take-back.ts';

export interface NewSuppression extends EndpointSuppression {
  /** The message whose receipt said so. */
  readonly message?: string | null;
}

export interface SuppressionBy {
  readonly tenant: string;
  readonly now: Instant;
  /** The API key that says so; null for Relance itself. */
  readonly by: string | null;
}

/**
 * Nothing is sent to this endpoint any more. Answers what was taken back, which the sweep gives to the deliver loop, and that
 * to the next entry of its contact plan. Said again it changes nothing: the first time and reason stay.
 */
export const suppressEndpoint = async (tx: Tx, one: NewSuppression & SuppressionBy): Promise<readonly TakenBack[]> =>
  (await suppressEndpoints(tx, [one], one)).taken;

export async function suppressEndpoints(
  tx: Tx,
  given: readonly NewSuppression[],
  { tenant, now, by }: SuppressionBy,
): Promise<{ readonly added: number; readonly taken: readonly TakenBack[] }> {
  if (given.length === 0) return { added: 0, taken: [] };
  const rows = given.map((one) => ({
    channel: one.channel,
    address: normalAddress(one.channel, one.address),
    source: one.source,
    reason: one.reason,
    message_id: one.message ?? null,
  }));
  // In one order, so that two who suppress the same ones wait for each other instead of for ever.
  const added = await tx.query(
    `INSERT INTO relance.suppressions (tenant, channel, address, source, reason, message_id, at, by)
     SELECT $1, x.channel, x.address, x.source, x.reason, x.message_id, $3, $4
     FROM json_to_recordset($2::json) AS x(channel text, address text, source text, reason text, message_id uuid)
     ORDER BY x.channel, x.address, x.source
     ON CONFLICT (tenant, channel, address, source) WHERE lifted_at IS NULL DO NOTHING RETURNING id`,
    [tenant, JSON.stringify(rows), at(now), by],
  );
  return { added: added.length, taken: await takeBackEndpoints(tx, tenant, rows) };
}

/** Those of the addresses that get nothing on this channel, as they were given. */
export async function suppressedAmong(
  tx: Tx,
  tenant: string,
  channel: Channel,
  addresses: readonly string[],
): Promise<Set<string>> {
  const forms = new Map(addresses.map((address) => [address, suppressedForms(tx, tenant, channel, address)]));
  const rows = await tx.query<{ address: string }>(
    'SELECT DISTINCT address FROM relance.suppressions WHERE tenant = $1 AND channel = $2 AND address = ANY($3) AND lifted_at IS NULL',
    [tenant, channel, [...forms.values()].flat()],
  );
  const found = new Set(rows.map(({ address }) => address));
  return new Set(addresses.filter((address) => forms.get(address)?.some((form) => found.has(form)) === true));
}

/** Lifts what every source has said of an endpoint; answers which those were. */
export async function liftSuppression(
  tx: Tx,
  { channel, address, reason }: { readonly channel: Channel; readonly address: string; readonly reason: string },
  { tenant, now, by }: SuppressionBy,
): Promise<readonly SuppressionSource[]> {
  const rows = await tx.query<{ source: SuppressionSource }>(
    `UPDATE relance.suppressions SET lifted_at = $4, lifted_by = $5, lifted_reason = $6
     WHERE tenant = $1 AND channel = $2 AND address = ANY($3) AND lifted_at IS NULL RETURNING source`,
    [tenant, channel, suppressedForms(tx, tenant, channel, address), at(now), by, reason],
  );
  const sources = [...new Set(rows.map(({ source }) => source))].sort();
  if (sources.length > 0) {
    const about = aboutAddress(tx, tenant, channel, address);
    await insertAudit(tx, { tenant, by, action: 'suppression.lifted', about, data: { channel, sources } });
  }
  return sources;
}

interface Row {
  readonly id: number;
  readonly channel: Channel;
  readonly address: string;
  readonly source: SuppressionSource;
  readonly reason: string | null;
  readonly message_id: string | null;
  readonly at: Instant;
  readonly lifted_at: Instant | null;
  readonly lifted_reason: string | null;
}

export const toWireSuppression = (row: Row) => ({
  channel: row.channel,
  address: row.address,
  source: row.source,
  reason: row.reason,
  message: row.message_id,
  at: toRfc3339(row.at),
  liftedAt: row.lifted_at === null ? null : toRfc3339(row.lifted_at),
  liftedReason: row.lifted_reason,
});

export interface SuppressionFilter {
  readonly channel: Channel | null;
  readonly address: string | null;
  readonly source: SuppressionSource | null;
  /** Also those that were lifted. */
  readonly history: boolean;
}

/** Newest first. An address is compared on its channel, or as it is where none is named. */
export async function listSuppressions(
  tx: Tx,
  tenant: string,
  { channel, address, source, history }: SuppressionFilter,
  before: number | null,
  limit: number,
): Promise<Row[]> {
  return tx.query<Row>(
    `SELECT id, channel, address, source, reason, message_id, at, lifted_at, lifted_reason FROM relance.suppressions
     WHERE tenant = $1 AND ($2::text IS NULL OR channel = $2) AND ($3::text[] IS NULL OR address = ANY($3)) AND ($4::text IS NULL OR source = $4)
       AND ($5::boolean OR lifted_at IS NULL) AND ($6::bigint IS NULL OR id < $6) ORDER BY id DESC LIMIT $7`,
    [
      tenant,
      channel,
      address === null
        ? null
        : suppressedForms(tx, tenant, channel ?? (address.includes('@') ? 'email' : 'sms'), address),
      source,
      history,
      before,
      limit,
    ],
  );
}

/** A page of all of them, the oldest first. */
export const suppressionsAfter = (
  tx: Tx,
  tenant: string,
  after: number,
  history: boolean,
  limit: number,
): Promise<Row[]> =>
  tx.query<Row>(
    `SELECT id, channel, address, source, reason, message_id, at, lifted_at, lifted_reason FROM relance.suppressions
     WHERE tenant = $1 AND id > $2 AND ($3::boolean OR lifted_at IS NULL) ORDER BY id LIMIT $4`,
    [tenant, after, history, limit],
  );
