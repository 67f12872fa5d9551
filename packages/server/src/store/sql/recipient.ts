// Recipients as the HTTP interface and project folders write and read them. What decisions gather is directory.ts.

import type { Channel, Instant } from '@relance/core';
import { slotOfRecipient } from '@relance/core';
import type { Tx } from '../database.ts';
import { addressForms } from './address-forms.ts';
import { type TimedRow, wakeNow } from './timer.ts';

export interface WireRecipient {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly location: unknown;
  readonly manager: string | null;
  readonly traits: unknown;
  readonly endpoints: unknown;
  readonly plan: unknown;
  readonly away: unknown;
}

interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly time_zone: string | null;
  readonly location: unknown;
  readonly manager: string | null;
  readonly traits: unknown;
  readonly endpoints: unknown;
  readonly plan: unknown;
  readonly away: unknown;
}
const COLUMNS = 'id, name, email, phone, locale, time_zone, location, manager, traits, endpoints, plan, away';
const toWire = ({ time_zone: timeZone, ...row }: Row): WireRecipient => ({ ...row, timeZone });

/** Writes whole recipients: what is not given is empty afterwards. */
export async function putRecipients(tx: Tx, tenant: string, recipients: readonly WireRecipient[]): Promise<void> {
  if (recipients.length === 0) return;
  const rows = recipients.map((one) => ({
    slot: slotOfRecipient(tenant, one.id),
    id: one.id,
    name: one.name,
    email: one.email,
    phone: one.phone,
    locale: one.locale,
    time_zone: one.timeZone,
    location: one.location,
    manager: one.manager,
    traits: one.traits ?? {},
    endpoints: one.endpoints ?? [],
    plan: one.plan,
    away: one.away ?? [],
  }));
  await tx.query(
    `INSERT INTO relance.recipients (slot, tenant, id, name, email, phone, locale, time_zone, location, manager, traits, endpoints, plan, away)
     SELECT slot, $1, id, name, email, phone, locale, time_zone, location, manager, traits, endpoints, plan, away
     FROM json_to_recordset($2::json) AS x(slot smallint, id text, name text, email text, phone text, locale text, time_zone text, location jsonb, manager text, traits jsonb, endpoints jsonb, plan jsonb, away jsonb)
     ORDER BY slot, id
     ON CONFLICT (slot, tenant, id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone, locale = excluded.locale, time_zone = excluded.time_zone,
       location = excluded.location, manager = excluded.manager, traits = excluded.traits, endpoints = excluded.endpoints, plan = excluded.plan, away = excluded.away, updated_at = clock_timestamp()`,
    [tenant, JSON.stringify(rows)],
  );
}

/** Follow-ups that wait for these recipients are due now. */
export async function wakeWaiting(
  tx: Tx,
  tenant: string,
  recipients: readonly string[],
  now: Instant,
): Promise<number> {
  const waiting = await tx.query<TimedRow>(
    `SELECT slot, id, wake_at FROM relance.follow_ups WHERE tenant = $1 AND unknown_recipient = ANY($2) ORDER BY id FOR UPDATE`,
    [tenant, recipients],
  );
  return wakeNow(tx, waiting, now);
}

/** As many as a recipient may have (http/routes/recipient.ts). */
const AWAY_MAX = 50;

/** One more period in which they are away; answers whether there was room for it. */
export async function addAway(
  tx: Tx,
  tenant: string,
  id: string,
  period: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE relance.recipients SET away = away || $4::jsonb, updated_at = clock_timestamp()
     WHERE slot = $1 AND tenant = $2 AND id = $3 AND jsonb_array_length(away) < $5 RETURNING id`,
    [slotOfRecipient(tenant, id), tenant, id, JSON.stringify([{ ...period, delegate: null }]), AWAY_MAX],
  );
  return rows.length > 0;
}

export async function getRecipient(tx: Tx, tenant: string, id: string): Promise<WireRecipient | null> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3`,
    [slotOfRecipient(tenant, id), tenant, id],
  );
  return row === undefined ? null : toWire(row);
}

/** Those of them that are known, by id; `lock`ed in the order in which they are written. */
export async function recipientsByIds(
  tx: Tx,
  tenant: string,
  ids: readonly string[],
  lock: boolean,
): Promise<Map<string, WireRecipient>> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.recipients WHERE tenant = $1 AND id = ANY($2) ORDER BY slot, id ${lock ? 'FOR UPDATE' : ''}`,
    [tenant, ids],
  );
  return new Map(rows.map((row) => [row.id, toWire(row)]));
}

export interface RecipientFilter {
  readonly ids: readonly string[] | null;
  readonly q: string | null; // part of the id, name or email address
}

export async function listRecipients(
  tx: Tx,
  tenant: string,
  { ids, q }: RecipientFilter,
  after: string | null,
  limit: number,
): Promise<WireRecipient[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM relance.recipients
     WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) AND ($4::text[] IS NULL OR id = ANY($4))
       AND ($5::text IS NULL OR id ILIKE $5 OR name ILIKE $5 OR email ILIKE $5) ORDER BY id LIMIT $3`,
    [tenant, after, limit, ids, q === null ? null : `%${q.replace(/[\\%_]/g, '\\$&')}%`],
  );
  return rows.map(toWire);
}

export async function deleteRecipient(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    'DELETE FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3 RETURNING id',
    [slotOfRecipient(tenant, id), tenant, id],
  );
  return rows.length > 0;
}

/** When it was created; null when there is none. One that was deleted and created again is somebody else. */
export async function recipientSince(tx: Tx, tenant: string, id: string): Promise<number | null> {
  const [row] = await tx.query<{ created_at: number }>(
    'SELECT created_at FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3',
    [slotOfRecipient(tenant, id), tenant, id],
  );
  return row?.created_at ?? null;
}

export async function knownRecipients(tx: Tx, tenant: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.recipients WHERE tenant = $1 AND id = ANY($2)', [
    tenant,
    ids,
  ]);
  return new Set(rows.map((row) => row.id));
}

/** Who has an address, the first by id of several; null where nobody is known by it. */
export async function recipientAt(tx: Tx, tenant: string, channel: Channel, address: string): Promise<string | null> {
  const keys = addressForms(channel, address).map((form) => `${channel} ${form}`);
  const [row] = await tx.query<{ id: string }>(
    `SELECT id FROM relance.recipients
     WHERE relance.endpoint_keys(email, phone, endpoints) && $2::text[] AND tenant = $1 ORDER BY id LIMIT 1`,
    [tenant, keys],
  );
  return row?.id ?? null;
}
