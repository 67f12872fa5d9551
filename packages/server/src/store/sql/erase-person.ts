// The rows that are a person's own, taken out: profile, devices, choices, links, activity, inbox; and their suppressions, of which
// the keyed hash stays. Where others have written of them is erase-traces.ts. Engine scope, every statement names the tenant.
import { type Channel, slotOfRecipient } from '@relance/core';
import type { Tx } from '../database.ts';
import { addressForms } from './address-forms.ts';
import { OF_SERVER } from './connection.ts';

export interface PersonRef {
  readonly tenant: string;
  readonly recipient: string;
}

export interface OwnEndpoint {
  readonly channel: Channel;
  readonly address: string;
}

export interface Profile {
  readonly name: string | null;
  readonly endpoints: readonly OwnEndpoint[];
}

/** Locked, so that what is written of them meanwhile comes before or finds nobody. */
export async function lockProfile(tx: Tx, { tenant, recipient }: PersonRef): Promise<Profile | null> {
  const slot = slotOfRecipient(tenant, recipient);
  const [row] = await tx.query<{
    name: string | null;
    email: string | null;
    phone: string | null;
    endpoints: readonly OwnEndpoint[];
  }>(
    'SELECT name, email, phone, endpoints FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3 FOR UPDATE',
    [slot, tenant, recipient],
  );
  if (row === undefined) return null;
  const devices = await tx.query<{ address: string }>(
    'SELECT address FROM relance.devices WHERE slot = $1 AND tenant = $2 AND recipient = $3',
    [slot, tenant, recipient],
  );
  return {
    name: row.name,
    endpoints: [
      ...(row.email === null ? [] : [{ channel: 'email' as const, address: row.email }]),
      ...(row.phone === null ? [] : [{ channel: 'sms' as const, address: row.phone }]),
      ...row.endpoints.map(({ channel, address }) => ({ channel, address })),
      ...devices.map(({ address }) => ({ channel: 'push' as const, address })),
    ],
  };
}

const OWN = `tenant = $1 AND recipient = $2`;
const counted = (statement: string): string => `WITH gone AS (${statement} RETURNING 1) SELECT count(*) AS n FROM gone`;
const count = async (tx: Tx, statement: string, values: readonly unknown[]): Promise<number> =>
  (await tx.query<{ n: number }>(counted(statement), values))[0]?.n ?? 0;

/** A group without them is another than whoever has read it has seen. */
async function leaveGroups(tx: Tx, at: readonly [tenant: string, recipient: string]): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    `SELECT g.id FROM relance.groups g WHERE g.tenant = $1
       AND EXISTS (SELECT FROM relance.group_members m WHERE m.tenant = g.tenant AND m.group_id = g.id AND m.recipient = $2)
     ORDER BY g.id FOR NO KEY UPDATE OF g`,
    at,
  );
  await tx.query(
    'UPDATE relance.groups SET version = version + 1, updated_at = clock_timestamp() WHERE tenant = $1 AND id = ANY($2)',
    [at[0], rows.map(({ id }) => id)],
  );
  return count(tx, `DELETE FROM relance.group_members WHERE ${OWN}`, at);
}

/** With devices, which go with it. From here on nothing is planned for them, and no token of theirs opens anything. */
export async function deleteProfile(tx: Tx, { tenant, recipient }: PersonRef): Promise<Record<string, number>> {
  const slot = slotOfRecipient(tenant, recipient);
  const at = [tenant, recipient] as const;
  const counts = {
    devices: await count(tx, `DELETE FROM relance.devices WHERE ${OWN} AND slot = $3`, [...at, slot]),
    choices: await count(tx, `DELETE FROM relance.choices WHERE ${OWN} AND slot = $3`, [...at, slot]),
    preferenceChanges: await count(tx, `DELETE FROM relance.preference_changes WHERE ${OWN} AND slot = $3`, [
      ...at,
      slot,
    ]),
    pageLinks: await count(tx, `DELETE FROM relance.page_tokens WHERE ${OWN}`, at),
    groups: await leaveGroups(tx, at),
  };
  await tx.query(`DELETE FROM relance.fresh_links WHERE ${OWN}`, at);
  await tx.query(`DELETE FROM relance.group_turns WHERE ${OWN}`, at);
  await tx.query(`DELETE FROM relance.usages WHERE ${OWN} AND slot = $3`, [...at, slot]);
  await tx.query('UPDATE relance.recipients SET manager = NULL WHERE tenant = $1 AND manager = $2', at);
  await tx.query(
    `UPDATE relance.recipients SET away = (SELECT jsonb_agg(CASE WHEN a.value ->> 'delegate' = $2 THEN a.value || '{"delegate": null}' ELSE a.value END ORDER BY a.ordinality)
       FROM jsonb_array_elements(away) WITH ORDINALITY AS a)
     WHERE tenant = $1 AND away @> jsonb_build_array(jsonb_build_object('delegate', $2::text))`,
    at,
  );
  await tx.query('DELETE FROM relance.recipients WHERE slot = $3 AND tenant = $1 AND id = $2', [...at, slot]);
  return counts;
}

/** A piece of what may be many; 0: nothing is left. Also what somebody who was at it meanwhile has written after the profile went. */
export async function deleteOwnRows(
  tx: Tx,
  { tenant, recipient }: PersonRef,
  limit: number,
): Promise<Record<string, number>> {
  const slot = slotOfRecipient(tenant, recipient);
  const some = (table: string, more = ''): Promise<number> =>
    count(
      tx,
      `DELETE FROM relance.${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM relance.${table} WHERE ${OWN}${ELSEWHERE.has(table) ? '' : ` AND slot = ${slot}`}${more} LIMIT $3))`,
      [tenant, recipient, limit],
    );
  // Whoever has been given the id since then chooses for themselves.
  const late = ` AND NOT EXISTS (SELECT FROM relance.recipients r WHERE r.slot = ${slot} AND r.tenant = $1 AND r.id = $2)`;
  for (const table of ['choices', 'usages', 'fresh_links']) await some(table, late);
  return {
    preferenceChanges: await some('preference_changes', late),
    pageLinks: await some('page_tokens', late),
    replyCodes: await some('reply_codes'),
    activities: await some('activities'),
    inbox: await some('inbox'),
    links: (await some('action_tokens')) + (await some('track_tokens')),
    visits: await some('visits'),
    replies: await some('replies'),
  };
}
/** Not in the slot of their recipient. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['action_tokens', 'track_tokens', 'page_tokens', 'fresh_links', 'reply_codes'],
  ...['visits', 'replies'],
]);

/**
 * What these addresses are suppressed for goes on to hold, known by the keyed hash alone: what a provider or an operator wrote of
 * them goes with the address. One that is there already as a hash stays as it is.
 */
export async function hashSuppressions(tx: Tx, tenant: string, endpoints: readonly OwnEndpoint[]): Promise<number> {
  const forms = endpoints.flatMap(({ channel, address }) =>
    addressForms(channel, address).map((form) => ({
      channel,
      address: form,
      hash: tx.hash?.ofAddress(tenant, channel, address),
    })),
  );
  if (forms.some(({ hash }) => hash === undefined))
    throw new Error('Nothing is erased without the key of keyed hashes.');
  const rows = await tx.query<{ id: number }>(
    `WITH x AS MATERIALIZED (SELECT DISTINCT * FROM unnest($2::text[], $3::text[], $4::text[]) AS x(channel, address, hash)),
     gone AS (DELETE FROM relance.suppressions s USING x WHERE s.tenant = $1 AND s.channel = x.channel AND s.address = x.address
       RETURNING s.*, x.hash)
     INSERT INTO relance.suppressions (tenant, channel, address, sender, source, at, by, lifted_at, lifted_by)
     SELECT tenant, channel, hash, sender, source, at, by, lifted_at, lifted_by FROM gone ORDER BY id
     ON CONFLICT (tenant, channel, address, source, sender) WHERE lifted_at IS NULL DO NOTHING RETURNING id`,
    [tenant, forms.map(({ channel }) => channel), forms.map(({ address }) => address), forms.map(({ hash }) => hash)],
  );
  return rows.length;
}

/** Passing words of providers that name them. */
export async function deletePassing(tx: Tx, tenant: string, pattern: string): Promise<void> {
  await tx.query('DELETE FROM relance.early_receipts WHERE tenant = $1 AND news::text ~* $2', [tenant, pattern]);
  await tx.query('UPDATE relance.connection_health SET detail = NULL WHERE tenant IN ($1, $3) AND detail ~* $2', [
    tenant,
    pattern,
    OF_SERVER,
  ]);
}

/** Live follow-ups in which they are asked. */
export async function liveOf(tx: Tx, { tenant, recipient }: PersonRef, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM relance.follow_ups WHERE tenant = $1 AND status IN ('open', 'acknowledged')
       AND (assignee = $2 OR state -> 'assignees' ? $2) ORDER BY id LIMIT $3`,
    [tenant, recipient, limit],
  );
  return rows.map(({ id }) => id);
}

/** What has their name on it still, and is to be erased before it is over: written by a transaction that began before. */
export async function leftOf(tx: Tx, { tenant, recipient }: PersonRef): Promise<'outbox' | 'follow_ups' | null> {
  const [row] = await tx.query<{ outbox: boolean; messages: boolean }>(
    `SELECT EXISTS (SELECT FROM relance.outbox WHERE ${OWN}) AS outbox, EXISTS (SELECT FROM relance.messages WHERE ${OWN}) AS messages`,
    [tenant, recipient],
  );
  return row?.outbox === true ? 'outbox' : row?.messages === true ? 'follow_ups' : null;
}

/** What you have written yourself that still names them: nobody but you can say who stands there instead. */
export async function namedIn(
  tx: Tx,
  { tenant, recipient }: PersonRef,
): Promise<{ policies: string[]; schedules: string[] }> {
  const quoted = JSON.stringify(recipient);
  const ids = async (text: string, value: string): Promise<string[]> =>
    (await tx.query<{ id: string }>(text, [tenant, value])).map(({ id }) => id);
  return {
    policies: await ids(
      `SELECT p.id FROM relance.policies p JOIN relance.policy_versions v ON v.tenant = p.tenant AND v.id = p.id AND v.version = p.latest
       WHERE p.tenant = $1 AND p.deleted_at IS NULL AND position($2 in v.written::text) > 0 ORDER BY p.id`,
      `recipient(${recipient})`,
    ),
    schedules: await ids(
      'SELECT id FROM relance.schedules WHERE tenant = $1 AND position($2 in body::text) > 0 ORDER BY id',
      quoted,
    ),
  };
}
