// Figures as they are asked for: sums of days, in one statement, so that all of an answer is of one moment. Adding to them is
// metric-day.ts.
import { type CellCounts, COUNT_NAMES, type Instant, type MetricKey, type MetricSum } from '@relance/core';
import type { Tx } from '../database.ts';
import { COUNT_COLUMNS, columnOf, slotOfFigures } from './metric-day.ts';

export interface MetricQuestion {
  readonly tenant: string;
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  readonly groupBy: readonly MetricKey[];
  readonly policy: string | null;
  readonly team: string | null;
}

type Read = Readonly<Record<string, string | number>> & { readonly times: Uint8Array | null };

/** The groups in the order of their keys; of no key, one group with everything. Those in which nothing is left are none. */
export async function readSums(tx: Tx, question: MetricQuestion, limit: number): Promise<MetricSum[]> {
  const { tenant, from, to, groupBy, policy, team } = question;
  const keys = groupBy.map((key) => (key === 'day' ? 'd.day::text' : `d.${key}`));
  const counts = COUNT_COLUMNS.map((name) => `coalesce(sum(d.${name}), 0)::bigint AS ${name}`);
  const kind = (key: 'stage' | 'channel'): string => `d.${key} ${groupBy.includes(key) ? '<>' : '='} ''`;
  const rows = await tx.query<Read>(
    `SELECT ${[...keys.map((key, index) => `${key} AS key_${index}`), ...counts].join(', ')}, string_agg(d.times, ''::bytea) AS times
     FROM relance.metric_days d WHERE d.slot = $1 AND d.tenant = $2 AND d.day BETWEEN $3 AND $4 AND ${kind('stage')} AND ${kind('channel')}
       AND ($5::text IS NULL OR d.policy = $5) AND ($6::text IS NULL OR d.team = $6)
     ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')} HAVING sum(d.follow_ups + d.messages) > 0 ORDER BY ${keys.join(', ')}`} LIMIT $7`,
    [slotOfFigures(tenant), tenant, from, to, policy, team, limit],
  );
  return rows.map((row) => ({
    group: Object.fromEntries(groupBy.map((key, index) => [key, shownKey(key, row[`key_${index}`])])),
    counts: Object.fromEntries(COUNT_NAMES.map((name) => [name, row[columnOf(name)]])) as unknown as CellCounts,
    times: row.times ?? new Uint8Array(),
  }));
}

/** No team is null, and not a team without a name. */
const shownKey = (key: MetricKey, value: string | number | undefined): string | number | null =>
  key === 'team' && value === '' ? null : (value ?? null);

/** When the oldest mark of a tenant was set, by the server's clock; null: everything is counted. */
export async function oldestMark(tx: Tx, tenant: string): Promise<Instant | null> {
  const [row] = await tx.query<{ at: Instant | null }>(
    'SELECT min(at) AS at FROM relance.metric_marks WHERE tenant = $1',
    [tenant],
  );
  return row?.at ?? null;
}
