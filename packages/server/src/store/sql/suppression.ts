// The suppression ledger: endpoints that get nothing more. Whoever adds one takes back what waits for it in the same
// transaction (take-back.ts); lifting one keeps it as history. Engine scope, with the tenant named by every statement: who has an
// address is found by an index that row security would keep closed. What decisions read is consent.ts.
import { type Channel, type Instant, normalAddress, type SuppressionSource, toRfc3339 } from '@relance/core';
import type { EndpointSuppression } from '../../engine/ports.ts';
import { at, type Tx } from '../database.ts';
import { suppressedForms } from './address-forms.ts';
import { aboutAddress, insertAudit } from './audit.ts';

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

/** Nothing is sent to these endpoints any more; answers how many are new. Said again it changes nothing: the first time and reason stay. */
export async function suppressEndpoints(
  tx: Tx,
  given: readonly NewSuppression[],
  { tenant, now, by }: SuppressionBy,
): Promise<{ readonly added: number }> {
  if (given.length === 0) return { added: 0 };
  const rows = given.map((one) => ({
    channel: one.channel,
    address: keptAddress(tx, tenant, one),
    source: one.source,
    reason: one.forgotten === true ? null : one.reason,
    message_id: one.message ?? null,
    sender: one.sender ?? '',
  }));
  // In one order, so that two who suppress the same ones wait for each other instead of for ever.
  const added = await tx.query(
    `INSERT INTO relance.suppressions (tenant, channel, address, source, reason, message_id, sender, at, by)
     SELECT $1, x.channel, x.address, x.source, x.reason, x.message_id, x.sender, $3, $4
     FROM json_to_recordset($2::json) AS x(channel text, address text, source text, reason text, message_id uuid, sender text)
     ORDER BY x.channel, x.address, x.source, x.sender
     ON CONFLICT (tenant, channel, address, source, sender) WHERE lifted_at IS NULL DO NOTHING RETURNING id`,
    [tenant, JSON.stringify(rows), at(now), by],
  );
  return { added: added.length };
}

function keptAddress(tx: Tx, tenant: string, { channel, address, forgotten }: NewSuppression): string {
  const hash = forgotten === true ? tx.hash?.ofAddress(tenant, channel, address) : undefined;
  return hash ?? normalAddress(channel, address);
}

/** Those of the addresses that get nothing on this channel, or nothing of this sender, as they were given. */
export async function suppressedAmong(
  tx: Tx,
  tenant: string,
  channel: Channel,
  addresses: readonly string[],
  sender: string | null = null,
): Promise<Set<string>> {
  const forms = new Map(addresses.map((address) => [address, suppressedForms(tx, tenant, channel, address)]));
  const rows = await tx.query<{ address: string }>(
    `SELECT DISTINCT address FROM relance.suppressions WHERE tenant = $1 AND channel = $2 AND address = ANY($3)
       AND (sender = '' OR sender = $4) AND lifted_at IS NULL`,
    [tenant, channel, [...forms.values()].flat(), sender],
  );
  const found = new Set(rows.map(({ address }) => address));
  return new Set(addresses.filter((address) => forms.get(address)?.some((form) => found.has(form)) === true));
}

/** Which senders of ours these addresses have said STOP to, as `address sender`. */
export async function stopsOf(
  tx: Tx,
  tenant: string,
  channel: Channel,
  addresses: readonly string[],
): Promise<Set<string>> {
  const forms = addresses.flatMap((own) => suppressedForms(tx, tenant, channel, own).map((form) => ({ own, form })));
  const rows = await tx.query<{ stop: string }>(
    `SELECT x.own || ' ' || s.sender AS stop FROM unnest($3::text[], $4::text[]) AS x(own, form)
     JOIN relance.suppressions s ON s.tenant = $1 AND s.channel = $2 AND s.address = x.form AND s.sender <> '' AND s.lifted_at IS NULL`,
    [tenant, channel, forms.map(({ own }) => own), forms.map(({ form }) => form)],
  );
  return new Set(rows.map(({ stop }) => stop));
}

export interface Lift {
  readonly channel: Channel;
  readonly address: string;
  readonly reason: string;
  /** Only what its reader has stopped of this sender. */
  readonly stoppedOf?: string;
}

/**
 * Lifts what every source has said of an endpoint, or only a STOP to one sender, which may have been told when nobody said to
 * which; answers what sources those were.
 */
export async function liftSuppression(
  tx: Tx,
  { channel, address, reason, stoppedOf }: Lift,
  { tenant, now, by }: SuppressionBy,
): Promise<readonly SuppressionSource[]> {
  const rows = await tx.query<{ source: SuppressionSource }>(
    `UPDATE relance.suppressions SET lifted_at = $4, lifted_by = $5, lifted_reason = $6
     WHERE tenant = $1 AND channel = $2 AND address = ANY($3) AND lifted_at IS NULL
       AND ($7::text IS NULL OR source = 'stop' AND (sender = $7 OR sender = '' AND by IS NULL)) RETURNING source`,
    [tenant, channel, suppressedForms(tx, tenant, channel, address), at(now), by, reason, stoppedOf ?? null],
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
  readonly sender: string;
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
  sender: row.sender === '' ? null : row.sender,
  at: toRfc3339(row.at),
  liftedAt: row.lifted_at === null ? null : toRfc3339(row.lifted_at),
  liftedReason: row.lifted_reason,
});

export interface SuppressionFilter {
  readonly channel: Channel | null;
  readonly address: string | null;
  readonly source: SuppressionSource | null;
  /** What an address has in it; of one that is forgotten only a hash is left, in which nothing is found. */
  readonly part: string | null;
  /** Also those that were lifted. */
  readonly history: boolean;
}

/** Newest first. An address is compared on its channel, or as it is where none is named. */
export async function listSuppressions(
  tx: Tx,
  tenant: string,
  { channel, address, source, part, history }: SuppressionFilter,
  before: number | null,
  limit: number,
): Promise<Row[]> {
  return tx.query<Row>(
    `SELECT id, channel, address, source, reason, message_id, sender, at, lifted_at, lifted_reason FROM relance.suppressions
     WHERE tenant = $1 AND ($2::text IS NULL OR channel = $2) AND ($3::text[] IS NULL OR address = ANY($3)) AND ($4::text IS NULL OR source = $4)
       AND ($5::boolean OR lifted_at IS NULL) AND ($6::bigint IS NULL OR id < $6) AND ($8::text IS NULL OR position(lower($8) IN lower(address)) > 0 AND address !~ '^hmac:') ORDER BY id DESC LIMIT $7`,
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
      part,
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
    `SELECT id, channel, address, source, reason, message_id, sender, at, lifted_at, lifted_reason FROM relance.suppressions
     WHERE tenant = $1 AND id > $2 AND ($3::boolean OR lifted_at IS NULL) ORDER BY id LIMIT $4`,
    [tenant, after, history, limit],
  );
