// Alarms that are raised and not told yet. Written in sets by the engine's step, told by its sweep (engine/alarm.ts).
// Times are story time, as in the timeline.
import { ALARMS_SHOWN_MAX, type AlarmCount, type AlarmSeen, type Instant, type Reason, slotOfId } from '@relance/core';
import { at, type Tx } from '../database.ts';
import type { TimelineRow } from './timeline-write.ts';

export interface AlarmRow {
  readonly followUpId: string;
  readonly tenant: string;
  /** Its line in the timeline; negative for what the watchdog finds. */
  readonly seq: number;
  readonly at: Instant;
  readonly reason: Reason;
  readonly text: string;
}

/** Alarm lines of a timeline, as rows to tell. */
export const alarmsIn = (lines: readonly TimelineRow[]): AlarmRow[] =>
  lines
    .filter(({ entry }) => entry.kind === 'alarm' || entry.kind === 'parked')
    .map(({ followUpId, tenant, seq, entry }) => {
      const text = entry.data?.[entry.kind === 'alarm' ? 'text' : 'error'];
      const said = typeof text === 'string' ? text : '';
      const names = entry.stage === undefined || said.includes(`"${entry.stage}"`); // most say it themselves
      const stage = names ? '' : `Stage "${entry.stage}": `;
      return {
        followUpId,
        tenant,
        seq,
        at: entry.at,
        reason: entry.reason,
        text: entry.kind === 'parked' ? `Parked: ${said}.` : `${stage}${said}`,
      };
    });

/** Answers how many were new: what is raised again is one alarm. */
export async function insertAlarms(tx: Tx, alarms: readonly AlarmRow[]): Promise<number> {
  if (alarms.length === 0) return 0;
  const rows = alarms.map((one) => ({
    slot: slotOfId(one.followUpId),
    follow_up_id: one.followUpId,
    seq: one.seq,
    tenant: one.tenant,
    at: at(one.at),
    reason: one.reason,
    text: one.text.slice(0, 1_000),
  }));
  const made = await tx.query(
    `INSERT INTO relance.alarms (slot, follow_up_id, seq, tenant, at, reason, text)
     SELECT * FROM json_to_recordset($1::json) AS x(slot smallint, follow_up_id uuid, seq integer, tenant text, at timestamptz, reason text, text text)
     ON CONFLICT DO NOTHING RETURNING seq`,
    [JSON.stringify(rows)],
  );
  return made.length;
}

export interface ToldAlarms {
  readonly tenant: string;
  readonly alarmTo: string;
  readonly counts: readonly AlarmCount[];
  /** Oldest first, ALARMS_SHOWN_MAX at most. */
  readonly first: readonly (AlarmSeen & { readonly seq: number })[];
}

/**
 * Marks as told everything untold of each tenant whose oldest untold alarm was raised at `ripe` or before, and answers
 * with what to say. Two nodes cannot both get an alarm: the second finds its rows told.
 */
export async function takeAlarms(tx: Tx, ripe: Instant, now: Instant): Promise<ToldAlarms[]> {
  const rows = await tx.query<{
    tenant: string;
    alarm_to: string;
    counts: Record<string, number>;
    first: { followUp: string; seq: number; at: number; reason: Reason; text: string }[];
  }>(
    `WITH due AS (SELECT a.tenant, t.settings ->> 'alarmTo' AS alarm_to FROM relance.alarms a JOIN relance.tenants t ON t.id = a.tenant
       WHERE a.told_at IS NULL AND t.settings ->> 'alarmTo' <> '' GROUP BY a.tenant, t.settings HAVING min(a.at) <= $1),
     told AS (UPDATE relance.alarms a SET told_at = $2 FROM due WHERE a.tenant = due.tenant AND a.told_at IS NULL RETURNING a.*, due.alarm_to),
     counted AS (SELECT tenant, jsonb_object_agg(reason, n) AS counts FROM (SELECT tenant, reason, count(*) AS n FROM told GROUP BY tenant, reason) AS c GROUP BY tenant),
     numbered AS (SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY at, follow_up_id, seq) AS n FROM told)
     SELECT n.tenant, n.alarm_to, c.counts, jsonb_agg(jsonb_build_object('followUp', n.follow_up_id, 'seq', n.seq,
       'at', floor(extract(epoch FROM n.at) * 1000), 'reason', n.reason, 'text', n.text) ORDER BY n.n) AS first
     FROM numbered n JOIN counted c USING (tenant) WHERE n.n <= $3 GROUP BY n.tenant, n.alarm_to, c.counts ORDER BY n.tenant`,
    [at(ripe), at(now), ALARMS_SHOWN_MAX],
  );
  return rows.map((row) => ({
    tenant: row.tenant,
    alarmTo: row.alarm_to,
    counts: Object.entries(row.counts).map(([reason, count]) => ({ reason: reason as Reason, count })),
    first: row.first.map((one) => ({ ...one, at: one.at as Instant })),
  }));
}
