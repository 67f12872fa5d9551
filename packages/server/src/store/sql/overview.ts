// What needs attention now, counted for one tenant. What is live is found by the index of live follow-ups, whatever is closed.
import { type Instant, toRfc3339 } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { OF_SERVER } from './connection.ts';

interface Counts {
  readonly open: number;
  readonly acknowledged: number;
  readonly snoozed: number;
  readonly overdue: number;
  readonly urgent: number;
  readonly exhausted: number;
  readonly unknown: number;
  readonly parked: number;
  readonly nobodyReached: number;
  readonly orphaned: number;
  readonly replies: number;
  readonly policies: number;
  readonly recipients: boolean;
}

const ALARMS_MAX = 20;
const CONNECTIONS_MAX = 50;

/** Live ones with an alarm that is kept: those of the last seven days. */
const alarmed = (reason: 'nobody_reached' | 'orphaned'): string =>
  `(SELECT count(DISTINCT a.follow_up_id)::int FROM relance.alarms a JOIN relance.follow_ups f ON f.slot = a.slot AND f.id = a.follow_up_id AND f.tenant = a.tenant
         WHERE a.tenant = $1 AND a.reason = '${reason}' AND f.status IN ('open', 'acknowledged'))`;

export async function countOverview(tx: Tx, tenant: string, now: Instant): Promise<Counts> {
  const [counts] = await tx.query<Counts>(
    `SELECT count(*) FILTER (WHERE status = 'open')::int AS open, count(*) FILTER (WHERE status = 'acknowledged')::int AS acknowledged,
       count(*) FILTER (WHERE snoozed_until > $2)::int AS snoozed, count(*) FILTER (WHERE due_at < $2)::int AS overdue,
       count(*) FILTER (WHERE urgency = 'urgent')::int AS urgent, count(*) FILTER (WHERE waits_for = 'stages_exhausted')::int AS exhausted,
       count(*) FILTER (WHERE waits_for = 'unknown_recipient')::int AS unknown, count(*) FILTER (WHERE waits_for = 'parked')::int AS parked,
       ${alarmed('nobody_reached')} AS "nobodyReached", ${alarmed('orphaned')} AS orphaned,
       (SELECT count(*)::int FROM relance.replies r WHERE r.tenant = $1 AND r.status = 'open') AS replies,
       (SELECT count(*)::int FROM relance.policies p WHERE p.tenant = $1 AND p.deleted_at IS NULL) AS policies,
       EXISTS (SELECT FROM relance.recipients r WHERE r.tenant = $1) AS recipients
     FROM relance.follow_ups WHERE tenant = $1 AND status IN ('open', 'acknowledged')`,
    [tenant, at(now)],
  );
  if (counts === undefined) throw new Error('an aggregate without a row');
  return counts;
}

/** The same of each policy that has something live. */
export async function countByPolicy(tx: Tx, tenant: string, now: Instant) {
  return tx.query<{
    readonly policy: string;
    readonly open: number;
    readonly acknowledged: number;
    readonly overdue: number;
    readonly attention: number;
  }>(
    `SELECT policy, count(*) FILTER (WHERE status = 'open')::int AS open, count(*) FILTER (WHERE status = 'acknowledged')::int AS acknowledged,
       count(*) FILTER (WHERE due_at < $2)::int AS overdue,
       count(*) FILTER (WHERE waits_for IN ('stages_exhausted', 'unknown_recipient', 'parked'))::int AS attention
     FROM relance.follow_ups WHERE tenant = $1 AND status IN ('open', 'acknowledged') GROUP BY policy ORDER BY policy`,
    [tenant, at(now)],
  );
}

/**
 * The connections that messages of this tenant leave by and that do not take what they are handed: its own, and those of the server
 * (`server`) for channels for which it has none.
 */
export async function failingConnections(
  tx: Tx,
  tenant: string,
  server: readonly { readonly id: string; readonly channel: string; readonly provider: string }[],
) {
  const rows = await tx.query<{
    id: string;
    channel: string;
    provider: string;
    state: 'failing' | 'down';
    detail: string | null;
    since: Instant;
  }>(
    `SELECT c.id, c.channel, c.provider, h.state, h.detail, h.since FROM relance.connections c
     JOIN relance.connection_health h ON h.tenant = c.tenant AND h.connection = c.id
     WHERE c.tenant = $1 AND NOT c.disabled AND h.state <> 'up'
     UNION ALL
     SELECT s.id, s.channel, s.provider, h.state, h.detail, h.since FROM json_to_recordset($3::json) AS s(id text, channel text, provider text)
     JOIN relance.connection_health h ON h.tenant = $4 AND h.connection = s.id
     WHERE h.state <> 'up' AND NOT EXISTS (SELECT FROM relance.connections c WHERE c.tenant = $1 AND c.channel = s.channel)
     ORDER BY since LIMIT $2`,
    [tenant, CONNECTIONS_MAX, JSON.stringify(server), OF_SERVER],
  );
  return rows.map((row) => ({ ...row, since: toRfc3339(row.since) }));
}

export async function newestAlarms(tx: Tx, tenant: string, since: Instant) {
  const rows = await tx.query<{
    followUp: string;
    title: string | null;
    live: boolean;
    at: Instant;
    reason: string;
    text: string;
  }>(
    `SELECT a.follow_up_id AS "followUp", f.subject ->> 'title' AS title, coalesce(f.status IN ('open', 'acknowledged'), false) AS live, a.at, a.reason, a.text
     FROM relance.alarms a LEFT JOIN relance.follow_ups f ON f.slot = a.slot AND f.id = a.follow_up_id AND f.tenant = a.tenant
     WHERE a.tenant = $1 AND a.at > $2 ORDER BY a.at DESC, a.follow_up_id, a.seq LIMIT $3`,
    [tenant, at(since), ALARMS_MAX],
  );
  return rows.map((row) => ({ ...row, at: toRfc3339(row.at) }));
}
