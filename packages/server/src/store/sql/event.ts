// Events: what arrived, each once. The key row makes a repeated event a duplicate for as long as it is kept; the event row
// remembers what it matched and why not. Lists for people are in event-list.ts.
import { type FollowUp, hashId, type Instant, slotOfKey } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { rowsOf } from './rows.ts';

export interface EventKey {
  readonly tenant: string;
  readonly source: string;
  readonly eventId: string;
  /** Our own id for it. */
  readonly id: string;
}
const keyOf = (event: EventKey): string => hashId(['event', event.tenant, event.source, event.eventId]);
const slotOf = (event: EventKey): number => slotOfKey(event.tenant, event.source, event.eventId);

/** Answers with the ids of those that are new. In key order, so that two batches never wait for each other in a ring. */
export async function takeEventKeys(tx: Tx, events: readonly EventKey[]): Promise<Set<string>> {
  const keyed = events
    .map((event) => ({ ...event, key: keyOf(event), slot: slotOf(event) }))
    .sort((a, b) => a.slot - b.slot || (a.key < b.key ? -1 : 1));
  const rows = await tx.query<{ event_id: string }>(
    `INSERT INTO relance.event_keys (slot, tenant, key, event_id) SELECT * FROM unnest($1::smallint[], $2::text[], $3::uuid[], $4::uuid[])
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [
      keyed.map((one) => one.slot),
      keyed.map((one) => one.tenant),
      keyed.map((one) => one.key),
      keyed.map((one) => one.id),
    ],
  );
  return new Set(rows.map((row) => row.event_id));
}

export interface EventMatch {
  readonly policy: string;
  readonly key: string | null;
  readonly role: string;
  readonly followUp: string | null;
  /** What came of it: opened, updated, resolved, cancelled, unchanged, closed, early, error. */
  readonly result: string;
  readonly detail?: string;
}

/** Said in the answer and in the record. */
export const whyNoPolicy = (type: string): string => `No published policy has a clause for events of type "${type}".`;

export interface EventRow extends EventKey {
  readonly type: string;
  readonly receivedAt: Instant;
  readonly body: unknown;
  readonly matches: readonly EventMatch[];
  readonly activities: readonly EventActivity[];
}

/** Whose activity an event was recorded as, and of which type. */
export interface EventActivity {
  readonly recipient: string;
  readonly type: string;
}

const EVENTS = rowsOf<EventRow>({
  id: ['uuid', ({ id }) => id],
  slot: ['smallint', slotOf],
  tenant: ['text', ({ tenant }) => tenant],
  event_id: ['text', ({ eventId }) => eventId],
  source: ['text', ({ source }) => source],
  type: ['text', ({ type }) => type],
  received_at: ['timestamptz', ({ receivedAt }) => at(receivedAt)],
  body: ['jsonb', ({ body }) => body],
  matches: ['jsonb', ({ matches }) => matches],
  activities: ['jsonb', ({ activities }) => activities],
});

export async function insertEvents(tx: Tx, events: readonly EventRow[]): Promise<void> {
  if (events.length === 0) return;
  const { from, values } = EVENTS.of(events);
  await tx.query(`INSERT INTO relance.events (${EVENTS.names}) SELECT * FROM ${from}`, values);
}

export interface EarlyEvent {
  readonly tenant: string;
  readonly policy: string;
  readonly key: string;
  /** Our own id for it, and its sender's. */
  readonly eventRow: string;
  readonly eventId: string;
  readonly role: 'resolve' | 'cancel';
  readonly outcome: string | null;
  readonly eventAt: Instant | null;
  readonly arrivedAt: Instant;
}

export async function keepEarly(tx: Tx, events: readonly EarlyEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((one) => ({
    slot: slotOfKey(one.tenant, one.policy, one.key),
    tenant: one.tenant,
    policy: one.policy,
    key: one.key,
    event_id: one.eventRow,
    sender_event_id: one.eventId,
    role: one.role,
    outcome: one.outcome,
    event_at: at(one.eventAt),
    arrived_at: at(one.arrivedAt),
  }));
  await tx.query(
    `INSERT INTO relance.early_events (slot, tenant, policy, key, event_id, sender_event_id, role, outcome, event_at, arrived_at)
     SELECT * FROM json_to_recordset($1::json) AS x(slot smallint, tenant text, policy text, key text, event_id uuid, sender_event_id text, role text, outcome text, event_at timestamptz, arrived_at timestamptz)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Takes what came early for the keys that these new follow-ups hold; each is matched once. */
export async function takeEarly(
  tx: Tx,
  followUps: readonly Pick<FollowUp, 'slot' | 'id' | 'tenant' | 'policy' | 'key'>[],
): Promise<EarlyEvent[]> {
  if (followUps.length === 0) return [];
  const rows = await tx.query<{
    tenant: string;
    policy: string;
    key: string;
    event_id: string;
    sender_event_id: string | null;
    role: 'resolve' | 'cancel';
    outcome: string | null;
    event_at: Instant | null;
    arrived_at: Instant;
  }>(
    `DELETE FROM relance.early_events e USING unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::uuid[]) AS x(slot, tenant, policy, key, id)
     WHERE e.slot = x.slot AND e.tenant = x.tenant AND e.policy = x.policy AND e.key = x.key
       AND EXISTS (SELECT FROM relance.live_keys l WHERE l.slot = x.slot AND l.tenant = x.tenant AND l.policy = x.policy AND l.key = x.key AND l.follow_up_id = x.id)
     RETURNING e.tenant, e.policy, e.key, e.event_id, e.sender_event_id, e.role, e.outcome, e.event_at, e.arrived_at`,
    [
      followUps.map((one) => one.slot),
      followUps.map((one) => one.tenant),
      followUps.map((one) => one.policy),
      followUps.map((one) => one.key),
      followUps.map((one) => one.id),
    ],
  );
  return rows.map((row) => ({
    tenant: row.tenant,
    policy: row.policy,
    key: row.key,
    eventRow: row.event_id,
    eventId: row.sender_event_id ?? row.event_id,
    role: row.role,
    outcome: row.outcome,
    eventAt: row.event_at,
    arrivedAt: row.arrived_at,
  }));
}
