// Finished messages: those that never had an address are written here directly; the others come from the outbox
// (outbox.ts moves them). Receipts change them later. Lists for people are in message-list.ts.
import {
  type Channel,
  type EngagementSeen,
  type Instant,
  type MessageStatus,
  type Outcome,
  slotOfId,
} from '@relance/core';
import { at, type Tx } from '../database.ts';
import { markMessages } from './metric-mark.ts';
import type { NewMessage } from './outbox.ts';
import { rowsOf } from './rows.ts';

export async function insertSuppressed(tx: Tx, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ tenant, plannedAt, draft }) => ({
    slot: slotOfId(draft.followUp),
    id: draft.id,
    tenant,
    follow_up_id: draft.followUp,
    stage: draft.stage,
    run: draft.run,
    notify: draft.notify,
    entry: draft.entry,
    recipient: draft.recipient,
    channel: draft.channel,
    reason: draft.reason,
    planned_at: at(plannedAt),
  }));
  await tx.query(
    `INSERT INTO relance.messages (slot, id, tenant, follow_up_id, stage, run, notify, entry, recipient, channel, status, reason, attempts, planned_at)
     SELECT x.slot, x.id, x.tenant, x.follow_up_id, x.stage, x.run, x.notify, x.entry, x.recipient, x.channel, 'suppressed', x.reason, 0, x.planned_at
     FROM json_to_recordset($1::json) AS x(slot smallint, id uuid, tenant text, follow_up_id uuid, stage text, run integer, notify smallint, entry smallint, recipient text, channel text, reason text, planned_at timestamptz)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

export interface AttemptRow {
  readonly messageId: string;
  readonly n: number;
  readonly tenant: string;
  readonly at: Instant;
  readonly connection: string;
  readonly outcome: Outcome['kind'];
  readonly detail: string | null;
}

const ATTEMPTS = rowsOf<AttemptRow>({
  slot: ['smallint', ({ messageId }) => slotOfId(messageId)],
  message_id: ['uuid', ({ messageId }) => messageId],
  n: ['smallint', ({ n }) => n],
  tenant: ['text', ({ tenant }) => tenant],
  at: ['timestamptz', (one) => at(one.at)],
  connection: ['text', ({ connection }) => connection],
  outcome: ['text', ({ outcome }) => outcome],
  detail: ['text', ({ detail }) => detail],
});

export async function insertAttempts(tx: Tx, attempts: readonly AttemptRow[]): Promise<void> {
  if (attempts.length === 0) return;
  const { from, values } = ATTEMPTS.of(attempts);
  await tx.query(
    `INSERT INTO relance.attempts (${ATTEMPTS.names}) SELECT * FROM ${from} ON CONFLICT DO NOTHING`,
    values,
  );
}

/** What somebody who showed who they are did with a message. */
type Shown = 'read' | 'acted' | 'replied';

export const addEngagement = (tx: Tx, tenant: string, messageId: string, kind: Shown): Promise<void> =>
  addEngagements(tx, tenant, [messageId], kind);

/** Once a kind: who has read it has read it. */
export async function addEngagements(
  tx: Tx,
  tenant: string,
  messageIds: readonly string[],
  kind: Shown,
): Promise<void> {
  if (messageIds.length === 0) return;
  const rows = await tx.query<{ id: string }>(
    `UPDATE relance.messages SET engagement = engagement || jsonb_build_array(jsonb_build_object('kind', $3::text, 'evidence', 'proven',
       'at', floor(extract(epoch FROM relance.story_now()) * 1000)::bigint, 'count', 1))
     WHERE id = ANY($1::uuid[]) AND tenant = $2 AND NOT engagement @> jsonb_build_array(jsonb_build_object('kind', $3::text)) RETURNING id`,
    [messageIds, tenant, kind],
  );
  await markMessages(
    tx,
    rows.map(({ id }) => id),
  );
}

/** What was done with the messages of these follow-ups, each kind and evidence once. */
export async function engagementsOf(
  tx: Tx,
  followUps: readonly { readonly id: string }[],
): Promise<Map<string, readonly EngagementSeen[]>> {
  if (followUps.length === 0) return new Map();
  const ids = followUps.map(({ id }) => id).sort();
  const rows = await tx.query<{ id: string; seen: EngagementSeen[] }>(
    `SELECT m.follow_up_id AS id, jsonb_agg(DISTINCT jsonb_build_object('kind', e.one -> 'kind', 'evidence', e.one -> 'evidence')) AS seen
     FROM relance.messages m, jsonb_array_elements(m.engagement) AS e(one)
     WHERE m.follow_up_id = ANY($1::uuid[]) AND m.id BETWEEN $2::uuid AND $3::uuid GROUP BY 1`,
    [ids, lowest(openingOf(ids[0] ?? '')), highest(openingOf(ids.at(-1) ?? ''))],
  );
  return new Map(rows.map(({ id, seen }) => [id, seen]));
}

export interface SettledRow {
  readonly id: string;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly entry: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly status: MessageStatus;
}

/** Whose finished messages are asked for. */
export interface Told {
  readonly tenant: string;
  readonly follow_up_id: string;
  readonly recipient: string;
}

/**
 * What some people have been sent about some follow-ups: with the outbox's, what a contact plan is judged by. A message
 * shares the first 48 bits of its follow-up's id, so one person's messages of those bits are all there is to look at (and
 * all that is answered: a follow-up that opened in the same millisecond may be among them). The outer bounds prune partitions.
 */
export async function settledOf(tx: Tx, told: readonly Told[]): Promise<SettledRow[]> {
  const people = [
    ...new Map(
      told.map((one) => [`${one.tenant}\n${one.recipient}\n${openingOf(one.follow_up_id)}`, one] as const),
    ).values(),
  ];
  if (people.length === 0) return [];
  const sorted = people.map((one) => openingOf(one.follow_up_id)).sort();
  return tx.query(
    `SELECT m.id, m.follow_up_id, m.stage, m.run, m.notify, m.entry, m.recipient, m.channel, m.status
     FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) AS x(tenant, recipient, low, high)
     JOIN relance.messages m ON m.tenant = x.tenant AND m.recipient = x.recipient AND m.id BETWEEN x.low AND x.high
     WHERE m.id BETWEEN $5::uuid AND $6::uuid`,
    [
      people.map((one) => one.tenant),
      people.map((one) => one.recipient),
      people.map((one) => lowest(openingOf(one.follow_up_id))),
      people.map((one) => highest(openingOf(one.follow_up_id))),
      lowest(sorted[0] ?? ''),
      highest(sorted.at(-1) ?? ''),
    ],
  );
}

/** Of an id that is made at that moment (RFC 9562, UUIDv7). */
export function openingAt(at: Instant): string {
  const hex = Math.max(0, at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** The 48 bits of the opening time, as they are written. */
export const openingOf = (followUpId: string): string => followUpId.slice(0, 13);
export const lowest = (opening: string): string => `${opening}-0000-0000-000000000000`;
export const highest = (opening: string): string => `${opening}-ffff-ffff-ffffffffffff`;

/** What its provider called it when it accepted; null where it said nothing, or has not accepted. */
export async function providerIdOf(tx: Tx, tenant: string, id: string): Promise<string | null> {
  const [row] = await tx.query<{ provider_id: string | null }>(
    'SELECT provider_id FROM relance.messages WHERE tenant = $1 AND id = $2',
    [tenant, id],
  );
  return row?.provider_id ?? null;
}
