// Takes messages back that consent no longer covers. They are not finished here: each is leased anew, with a lease that is
// over already, so that it cannot pass the gate (its fence has moved on). Whoever took it settles it in the same
// transaction (engine/consent.ts); what nobody settles, because somebody holds its follow-up, the sweep gives back and the
// deliver loop refuses. Spans slots, as one person's messages do. What has passed the gate is in flight and stays.
import { ABOUT_WORK, type Channel, type Choice, DIGEST, type Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { addressForms } from './address-forms.ts';
import type { Person } from './preference.ts';

export interface TakenBack {
  readonly slot: number;
  readonly id: string;
  readonly follow_up_id: string;
  readonly fence: number;
}

const TAKE = `UPDATE relance.outbox o SET status = 'leased', fence = o.fence + 1, node = NULL, lease_until = clock_timestamp()`;
const WAITING = `o.status IN ('queued', 'deferred', 'leased')`;
const TAKEN = 'RETURNING o.slot, o.id, o.follow_up_id, o.fence';

/** What waits for these endpoints; addresses as they are compared. */
export async function takeBackEndpoints(
  tx: Tx,
  tenant: string,
  endpoints: readonly { readonly channel: Channel; readonly address: string }[],
): Promise<TakenBack[]> {
  if (endpoints.length === 0) return [];
  const forms = endpoints.flatMap(({ channel, address }) =>
    addressForms(channel, address).map((form) => ({ channel, address: form })),
  );
  return tx.query<TakenBack>(
    `WITH x AS MATERIALIZED (SELECT DISTINCT channel, address FROM unnest($2::text[], $3::text[]) AS u(channel, address)),
     r AS MATERIALIZED (SELECT DISTINCT r.id AS recipient, x.channel FROM x JOIN relance.recipients r
       ON relance.endpoint_keys(r.email, r.phone, r.endpoints) @> ARRAY[x.channel || ' ' || x.address] WHERE r.tenant = $1)
     ${TAKE} FROM r WHERE o.tenant = $1 AND o.recipient = r.recipient AND o.channel = r.channel AND ${WAITING} ${TAKEN}`,
    [tenant, forms.map(({ channel }) => channel), forms.map(({ address }) => address)],
  );
}

/** Everything that waits for somebody, on any channel; also the entries of contact plans whose turn has not come. */
export async function takeBackPerson(
  tx: Tx,
  { tenant, recipient }: { readonly tenant: string; readonly recipient: string },
  limit: number,
): Promise<TakenBack[]> {
  return tx.query<TakenBack>(
    `WITH r AS MATERIALIZED (SELECT slot, id FROM relance.outbox WHERE tenant = $1 AND recipient = $2
       AND status IN ('planned', 'queued', 'deferred', 'leased') ORDER BY slot, id LIMIT $3 FOR UPDATE)
     ${TAKE} FROM r WHERE o.slot = r.slot AND o.id = r.id ${TAKEN}`,
    [tenant, recipient, limit],
  );
}

/** What waits for somebody who does not want it any more: pushed channels only, and never what is about their work, as alarms are. */
export async function takeBackChoices(
  tx: Tx,
  { tenant, recipient }: Person,
  refused: readonly Choice[],
): Promise<TakenBack[]> {
  if (refused.length === 0) return [];
  return tx.query<TakenBack>(
    `${TAKE} FROM relance.follow_ups f JOIN relance.policy_versions v ON v.tenant = f.tenant AND v.id = f.policy AND v.version = f.version
     WHERE o.tenant = $1 AND o.recipient = $2 AND o.channel <> 'inbox' AND o.stage <> ALL($5) AND ${WAITING} AND f.slot = o.slot AND f.id = o.follow_up_id
       AND EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS x(category, channel)
         WHERE x.category = coalesce(v.written ->> 'category', 'general') AND (x.channel = '' OR x.channel = o.channel)
           AND NOT EXISTS (SELECT FROM relance.categories c WHERE c.tenant = $1 AND c.id = x.category AND c.essential)) ${TAKEN}`,
    [tenant, recipient, refused.map(({ category }) => category), refused.map(({ channel }) => channel), ABOUT_WORK],
  );
}

/**
 * What waits for somebody whose times have changed is looked at again: what is leased already cannot pass the gate as it was
 * prepared, and what is held is due, so that whoever prepares it finds anew when it may leave.
 */
export async function lookAgain(tx: Tx, { tenant, recipient }: Person, now: Instant): Promise<void> {
  await tx.query(
    `UPDATE relance.outbox o SET status = 'queued', fence = o.fence + 1, node = NULL, lease_until = NULL, held_by = NULL,
       together = CASE WHEN o.held_by IS NOT NULL AND o.together = $5 THEN NULL ELSE o.together END,
       send_at = CASE WHEN o.held_by IS NULL THEN o.send_at ELSE least(o.send_at, $3) END
     WHERE o.tenant = $1 AND o.recipient = $2 AND o.channel <> 'inbox' AND o.stage <> ALL($4)
       AND (o.status = 'leased' OR (o.status = 'deferred' AND o.held_by IS NOT NULL))`,
    [tenant, recipient, at(now), ABOUT_WORK, DIGEST],
  );
}

/** Only what is leased, after the change has been committed: it may have been prepared before. */
export async function lookAgainAtLeased(tx: Tx, { tenant, recipient }: Person): Promise<void> {
  await tx.query(
    `UPDATE relance.outbox o SET status = 'queued', fence = o.fence + 1, node = NULL, lease_until = NULL
     WHERE o.tenant = $1 AND o.recipient = $2 AND o.channel <> 'inbox' AND o.stage <> ALL($3) AND o.status = 'leased'`,
    [tenant, recipient, ABOUT_WORK],
  );
}
