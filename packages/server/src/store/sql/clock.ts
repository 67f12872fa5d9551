// The clock row: story time is real, scaled, or virtual (stands still until advanced). Read by every loop, moved by
// engine/clock.ts. The lease on `advancer` is server time: one node advances, the others pause.
import { ALARMS_GATHERED_MS, type Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';

export type ClockMode = 'real' | 'scaled' | 'virtual';
export interface ClockRow {
  readonly mode: ClockMode;
  readonly now: Instant;
  readonly scale: number;
  readonly advancer: string | null;
  readonly advancing: boolean;
}

export async function readClock(tx: Tx): Promise<ClockRow> {
  const [row] = await tx.query<ClockRow>(
    `SELECT mode, relance.story_now() AS now, scale, advancer, coalesce(advancer_until > clock_timestamp(), false) AS advancing FROM relance.clock`,
  );
  if (row === undefined)
    throw new Error(
      'The clock row is missing: the schema is damaged. Restore the database or run `relance migrate` on a fresh one.',
    );
  return row;
}

/** Sets the mode at start-up. A virtual clock that exists keeps its time; turning real ends it. */
export async function setClockMode(tx: Tx, mode: ClockMode, scale: number): Promise<void> {
  await tx.query(
    `UPDATE relance.clock SET story_at = CASE WHEN mode = 'real' AND $1 = 'real' THEN story_at ELSE relance.story_now() END, real_at = clock_timestamp(), mode = $1, scale = $2
     WHERE mode <> $1 OR scale <> $2`,
    [mode, scale],
  );
}

/** Takes or keeps the right to advance; false while another node has it. */
export async function takeAdvance(tx: Tx, node: string, leaseMs: number): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE relance.clock SET advancer = $1, advancer_until = clock_timestamp() + $2 * interval '1 millisecond'
     WHERE advancer IS NULL OR advancer = $1 OR advancer_until < clock_timestamp() RETURNING one`,
    [node, leaseMs],
  );
  return rows.length > 0;
}

export async function releaseAdvance(tx: Tx, node: string): Promise<void> {
  await tx.query('UPDATE relance.clock SET advancer = NULL, advancer_until = NULL WHERE advancer = $1', [node]);
}

export async function moveClock(tx: Tx, to: Instant): Promise<void> {
  await tx.query(`UPDATE relance.clock SET story_at = greatest(story_at, $1) WHERE mode = 'virtual'`, [at(to)]);
}

export interface Pending {
  /** The next instant at which something is due. */
  readonly nextAt: Instant | null;
  /** Work that is due now or in somebody's hands. */
  readonly busy: boolean;
}

/** A suspect is tried again within seconds, and what is due waits for that; one that has failed twice is waited for no longer. */
const HOPELESS_TRIES = 2;

/** What is due at `now`, and the next instant after it. Virtual clocks only, where tables are small. */
export async function readPending(tx: Tx, now: Instant): Promise<Pending> {
  const [row] = await tx.query<{
    next_timer: Instant | null;
    next_message: Instant | null;
    next_alarm: Instant | null;
    next_clear_up: Instant | null;
    busy: boolean;
  }>(
    `SELECT (SELECT min(wake_at) FROM relance.timers WHERE wake_at > $1) AS next_timer,
            (SELECT min(send_at) FROM relance.outbox WHERE send_at > $1 AND status IN ('queued', 'deferred')) AS next_message,
            (SELECT min(a.at) + $2 * interval '1 millisecond' FROM relance.alarms a JOIN relance.tenants t ON t.id = a.tenant AND t.settings ->> 'alarmTo' <> ''
             WHERE a.told_at IS NULL AND a.at + $2 * interval '1 millisecond' > $1) AS next_alarm,
            (SELECT min(due_at) FROM relance.clear_ups WHERE due_at > $1) AS next_clear_up,
            EXISTS (SELECT FROM relance.timers t WHERE wake_at <= $1 AND NOT EXISTS (SELECT FROM relance.suspects s WHERE s.slot = t.slot AND s.follow_up_id = t.follow_up_id AND s.crashes >= $3))
              OR EXISTS (SELECT FROM relance.outbox WHERE status IN ('leased', 'sending') OR (status IN ('queued', 'deferred') AND send_at <= $1))
              OR EXISTS (SELECT FROM relance.fan_outs) OR EXISTS (SELECT FROM relance.lookups)
              OR EXISTS (SELECT FROM relance.clear_ups WHERE due_at <= $1 OR leased_until > clock_timestamp()) AS busy`,
    [at(now), ALARMS_GATHERED_MS, HOPELESS_TRIES],
  );
  const nexts = [row?.next_timer, row?.next_message, row?.next_alarm, row?.next_clear_up].filter(
    (one): one is Instant => one !== null && one !== undefined,
  );
  return { nextAt: nexts.length === 0 ? null : (Math.min(...nexts) as Instant), busy: row?.busy ?? false };
}
