// How far behind everything is, for operators: the oldest that is due and not done, of each kind. A look into an index for each slot.
import type { Tx } from '../database.ts';

/** Seconds; 0: nothing is late. */
export interface Backlog {
  /** Due by story time. */
  readonly follow_ups: number;
  readonly messages: number;
  /** Changed by the server's clock, and not counted for figures yet. */
  readonly figures: number;
}

const SLOTS = 'generate_series(0, 63) AS s(slot)';
const behind = (now: string, oldest: string): string =>
  `greatest(0, coalesce(extract(epoch FROM ${now} - (${oldest})), 0))::double precision`;

export async function readBacklog(tx: Tx): Promise<Backlog> {
  const [row] = await tx.query<Backlog>(
    `SELECT ${behind('relance.story_now()', `SELECT min(o.wake_at) FROM ${SLOTS}, LATERAL (SELECT t.wake_at FROM relance.timers t WHERE t.slot = s.slot ORDER BY t.wake_at LIMIT 1) AS o`)} AS follow_ups,
       ${behind(
         'relance.story_now()',
         `SELECT min(o.send_at) FROM ${SLOTS}, generate_series(0, 3) AS u(urgency), LATERAL (SELECT b.send_at FROM relance.outbox b
         WHERE b.slot = s.slot AND b.urgency = u.urgency AND b.status IN ('queued', 'deferred') ORDER BY b.send_at LIMIT 1) AS o`,
       )} AS messages,
       ${behind('clock_timestamp()', `SELECT min(o.at) FROM ${SLOTS}, LATERAL (SELECT m.at FROM relance.metric_marks m WHERE m.slot = s.slot ORDER BY m.n LIMIT 1) AS o`)} AS figures`,
  );
  return row ?? { follow_ups: 0, messages: 0, figures: 0 };
}
