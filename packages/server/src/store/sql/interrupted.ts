// Who was interrupted, read from the messages themselves: sums would be a profile of each person that outlives what it was made from,
// and here nothing does. What counts as an interruption is core/metrics.ts, at which hours core/interruption.ts.
import { DAY_MS, dayOf, fromLocal, HOUR_KINDS, type HourKind, type Instant } from '@relance/core';
import type { Tx } from '../database.ts';
import { highest, lowest, openingAt } from './message.ts';

export interface InterruptedQuestion {
  readonly tenant: string;
  /** Days in this zone, both included, on which follow-ups opened. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly policy: string | null;
  readonly recipient: string | null;
}

export type Interrupted = Readonly<Record<HourKind, number>> & {
  readonly recipient: string;
  /** The id of whoever has none; null: there is no such person any more. */
  readonly name: string | null;
};

const HOURS = HOUR_KINDS.map((kind, index) => `(count(*) FILTER (WHERE m.hours = ${index}))::int AS ${kind}`);

/** Those who were interrupted most come first. A message's id begins with when its follow-up opened, so other months are not looked at. */
export async function readInterrupted(
  tx: Tx,
  { tenant, from, to, zone, policy, recipient }: InterruptedQuestion,
  limit: number,
): Promise<readonly Interrupted[]> {
  const begin = fromLocal(dayOf(from) * DAY_MS, zone);
  const end = (fromLocal((dayOf(to) + 1) * DAY_MS, zone) - 1) as Instant;
  // Of one policy: those follow-ups are found first, where the planner thinks that better than asking each message for its own.
  const ofPolicy =
    policy === null
      ? ''
      : `AND (m.slot, m.follow_up_id) IN
           (SELECT f.slot, f.id FROM relance.follow_ups f WHERE f.tenant = $1 AND f.policy = $6 AND f.id BETWEEN $2::uuid AND $3::uuid)`;
  return tx.query<Interrupted>(
    `SELECT most.*, coalesce(r.name, r.id) AS name FROM (
       SELECT m.recipient, ${HOURS.join(', ')} FROM relance.messages m
       WHERE m.tenant = $1 AND m.id BETWEEN $2::uuid AND $3::uuid AND m.hours IS NOT NULL AND m.stage NOT LIKE '@%'
         AND m.status IN ('accepted', 'delivered', 'bounced') AND m.channel NOT IN ('inbox', 'webhook')
         AND ($4::text IS NULL OR m.recipient = $4) ${ofPolicy}
       GROUP BY m.recipient ORDER BY count(*) DESC, m.recipient LIMIT $5) AS most
     LEFT JOIN relance.recipients r ON r.tenant = $1 AND r.id = most.recipient
     ORDER BY ${HOUR_KINDS.map((kind) => `most.${kind}`).join(' + ')} DESC, most.recipient`,
    [tenant, lowest(openingAt(begin)), highest(openingAt(end)), recipient, limit, ...(policy === null ? [] : [policy])],
  );
}
