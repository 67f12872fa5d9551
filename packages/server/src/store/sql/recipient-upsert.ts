// Recipients that an event brings along: created, or changed in the fields it names and left alone in the others.
// Ordinary reading and writing is recipient.ts.
import { slotOfRecipient } from '@relance/core';
import type { Tx } from '../database.ts';

export interface IncomingRecipient {
  readonly tenant: string;
  readonly recipient: Readonly<Record<string, unknown>> & { readonly id: string };
}

export async function upsertRecipients(tx: Tx, incoming: readonly IncomingRecipient[]): Promise<void> {
  if (incoming.length === 0) return;
  const rows = incoming
    .map(({ tenant, recipient }) => ({
      slot: slotOfRecipient(tenant, recipient.id),
      tenant,
      id: recipient.id,
      name: recipient.name ?? null,
      email: recipient.email ?? null,
      phone: recipient.phone ?? null,
      locale: recipient.locale ?? null,
      time_zone: recipient.timeZone ?? null,
      manager: recipient.manager ?? null,
      traits: recipient.traits ?? null,
      endpoints: recipient.endpoints ?? null,
    }))
    .sort((a, b) => a.slot - b.slot || (a.id < b.id ? -1 : 1));
  await tx.query(
    `INSERT INTO relance.recipients AS r (slot, tenant, id, name, email, phone, locale, time_zone, manager, traits, endpoints)
     SELECT slot, tenant, id, name, email, phone, locale, time_zone, manager, coalesce(traits, '{}'), coalesce(endpoints, '[]')
     FROM json_to_recordset($1::json) AS x(slot smallint, tenant text, id text, name text, email text, phone text, locale text, time_zone text, manager text, traits jsonb, endpoints jsonb)
     ON CONFLICT (slot, tenant, id) DO UPDATE SET
       name = coalesce(excluded.name, r.name), email = coalesce(excluded.email, r.email), phone = coalesce(excluded.phone, r.phone), locale = coalesce(excluded.locale, r.locale),
       time_zone = coalesce(excluded.time_zone, r.time_zone), manager = coalesce(excluded.manager, r.manager),
       traits = r.traits || excluded.traits, endpoints = CASE WHEN excluded.endpoints = '[]' THEN r.endpoints ELSE excluded.endpoints END, updated_at = clock_timestamp()`,
    [JSON.stringify(rows)],
  );
}
