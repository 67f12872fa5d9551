// Recipients that an event brings along: created, or changed in the fields it names and left alone in the others.
// Ordinary reading and writing is recipient.ts.
import { type LeftOut, type RecipientInput, slotOfRecipient } from '@relance/core';
import type { Tx } from '../database.ts';

export interface IncomingRecipient {
  readonly tenant: string;
  readonly recipient: RecipientInput;
  /** A webhook of theirs was left out: those that are known stay beside the endpoints it came with. */
  readonly keepsWebhooks: boolean;
}

export const incoming = (
  tenant: string,
  recipient: RecipientInput,
  { leftOut }: { readonly leftOut: readonly LeftOut[] },
): IncomingRecipient => ({
  tenant,
  recipient,
  keepsWebhooks: leftOut.some((one) => one.recipient === recipient.id && one.what === 'webhook'),
});

/** Of x, those that it does not name itself. */
const KNOWN_WEBHOOKS = `(SELECT coalesce(jsonb_agg(e), '[]') FROM relance.recipients known, jsonb_array_elements(known.endpoints) e
  WHERE known.slot = x.slot AND known.tenant = x.tenant AND known.id = x.id AND e ->> 'channel' = 'webhook' AND NOT x.endpoints @> jsonb_build_array(e))`;

export async function upsertRecipients(tx: Tx, all: readonly IncomingRecipient[]): Promise<void> {
  if (all.length === 0) return;
  const rows = all
    .map(({ tenant, recipient, keepsWebhooks }) => ({
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
      keeps_webhooks: keepsWebhooks && recipient.endpoints !== undefined,
    }))
    .sort((a, b) => a.slot - b.slot || (a.id < b.id ? -1 : 1));
  await tx.query(
    `INSERT INTO relance.recipients AS r (slot, tenant, id, name, email, phone, locale, time_zone, manager, traits, endpoints)
     SELECT slot, tenant, id, name, email, phone, locale, time_zone, manager, coalesce(traits, '{}'), coalesce(endpoints, '[]') || CASE WHEN keeps_webhooks THEN ${KNOWN_WEBHOOKS} ELSE '[]' END
     FROM json_to_recordset($1::json) AS x(slot smallint, tenant text, id text, name text, email text, phone text, locale text, time_zone text, manager text, traits jsonb, endpoints jsonb, keeps_webhooks boolean)
     ON CONFLICT (slot, tenant, id) DO UPDATE SET
       name = coalesce(excluded.name, r.name), email = coalesce(excluded.email, r.email), phone = coalesce(excluded.phone, r.phone), locale = coalesce(excluded.locale, r.locale),
       time_zone = coalesce(excluded.time_zone, r.time_zone), manager = coalesce(excluded.manager, r.manager),
       traits = r.traits || excluded.traits, endpoints = CASE WHEN excluded.endpoints = '[]' THEN r.endpoints ELSE excluded.endpoints END, updated_at = clock_timestamp()`,
    [JSON.stringify(rows)],
  );
}
