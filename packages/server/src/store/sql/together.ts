// What leaves together: messages to one person on one channel that wait under the same word. Claimed person by person, all that
// is due of each at once, and by one node at a time, so that two nodes do not make two messages of them.
import type { Channel } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { type Claimer, exceptFor, exceptValues, leaseChosen, type OutboxRow, type Room } from './outbox.ts';
import { inSlot } from './slot.ts';

/** One message carries no more; what is over it makes the next. */
export const TOGETHER_MAX = 50;
/** People told at once. */
const PEOPLE_MAX = 25;
/** Of each channel and urgency so many are looked at to find them: what is due at nine in the morning may be a million. */
const LOOKED_AT = 500;
const WAITS = `o.together IS NOT NULL AND o.status IN ('queued', 'deferred') AND o.send_at <= $1`;

/** Urgent first, then what has waited longest. `channel || ''` keeps the planner from walking through all that is due on it. */
export async function claimTogether(
  tx: Tx,
  spanning: boolean,
  options: Claimer & {
    readonly rooms: readonly Omit<Room, 'room'>[];
    readonly served: readonly { readonly tenant: string; readonly channel: Channel }[];
  },
): Promise<OutboxRow[]> {
  const { now, except, rooms, served } = options;
  const due = await tx.query<Due>(
    `SELECT d.tenant, d.recipient, d.channel, d.together, ARRAY(SELECT DISTINCT o.slot FROM relance.outbox o
         WHERE o.tenant = d.tenant AND o.recipient = d.recipient AND o.channel || '' = d.channel AND o.together = d.together AND ${WAITS}) AS slots
     FROM (
       SELECT w.tenant, w.recipient, w.channel, w.together, max(w.urgency) AS urgency, min(w.send_at) AS since
       FROM unnest($2::text[], $3::boolean[]) AS r(channel, own_only), generate_series(0, 3) AS u(urgency),
         LATERAL (SELECT o.tenant, o.recipient, o.channel, o.together, o.urgency, o.send_at FROM relance.outbox o
           WHERE o.channel = r.channel AND o.urgency = u.urgency AND ${WAITS}
             AND (NOT r.own_only OR (o.tenant || ' ' || o.channel) = ANY($4::text[]))${exceptFor(except, 5)}
           ORDER BY o.send_at LIMIT ${LOOKED_AT}) AS w
       GROUP BY w.tenant, w.recipient, w.channel, w.together ORDER BY max(w.urgency) DESC, min(w.send_at) LIMIT ${PEOPLE_MAX}) AS d
     WHERE pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\\n', 'together', d.tenant, d.recipient, d.channel), 0))
     ORDER BY d.urgency DESC, d.since`,
    [
      at(now),
      rooms.map(({ channel }) => channel),
      rooms.map(({ ownOnly }) => ownOnly),
      served.map(({ tenant, channel }) => `${tenant} ${channel}`),
      ...exceptValues(except),
    ],
  );
  if (due.length === 0) return [];
  if (spanning) return claimDue(tx, 'each', due, options);
  const claimed: OutboxRow[] = [];
  for (const slot of [...new Set(due.flatMap(({ slots }) => slots))].sort((a, b) => a - b))
    claimed.push(...(await claimDue(tx, slot, due, options)));
  return claimed;
}

interface Due {
  readonly tenant: string;
  readonly recipient: string;
  readonly channel: Channel;
  readonly together: string;
  readonly slots: readonly number[];
}

const claimDue = (
  tx: Tx,
  slots: number | 'each',
  due: readonly Due[],
  { now, node, leaseMs }: Claimer,
): Promise<OutboxRow[]> =>
  tx.query<OutboxRow>(
    `WITH c AS MATERIALIZED (SELECT d.slot, d.id FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) AS x(tenant, recipient, channel, together),
         LATERAL (SELECT o.slot, o.id FROM relance.outbox o WHERE o.tenant = x.tenant AND o.recipient = x.recipient AND o.channel || '' = x.channel AND o.together = x.together
           AND ${WAITS}${inSlot(slots, 'o')}
           ORDER BY o.urgency DESC, o.planned_at, o.id LIMIT ${TOGETHER_MAX} FOR UPDATE SKIP LOCKED) AS d)
     ${leaseChosen(slots)}`,
    [
      at(now),
      node,
      leaseMs,
      due.map(({ tenant }) => tenant),
      due.map(({ recipient }) => recipient),
      due.map(({ channel }) => channel),
      due.map(({ together }) => together),
    ],
  );

/**
 * What went in these messages to these people, beside them: what comes back of one comes back of all. `pending`: what came of it is not
 * recorded yet.
 */
export async function mergedInto(
  tx: Tx,
  tenant: string,
  carriers: readonly string[],
  recipients: readonly string[],
): Promise<Merged[]> {
  if (carriers.length === 0) return [];
  return tx.query<Merged>(
    `SELECT id, carrier, false AS pending FROM relance.messages WHERE tenant = $1 AND carrier = ANY($2::uuid[])
     UNION ALL SELECT id, carrier, true FROM relance.outbox
     WHERE tenant = $1 AND recipient = ANY($3::text[]) AND carrier = ANY($2::uuid[]) AND id <> carrier`,
    [tenant, carriers, recipients],
  );
}
export interface Merged {
  readonly id: string;
  readonly carrier: string;
  readonly pending: boolean;
}
