// Figures as they are asked for, in one statement, so that all of an answer is of one moment: months that are added up and hold
// (metric-month.ts), and the days of all others (metric-day.ts).
import { type CellCounts, COUNT_NAMES, type Instant, type MetricKey, type MetricSum } from '@relance/core';
import type { Tx } from '../database.ts';
import { COUNT_COLUMNS, columnOf, slotOfFigures } from './metric-day.ts';
import type { KeyedBy } from './metric-month.ts';

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
     FROM (${partsOf(question, `${kind('stage')} AND ${kind('channel')}`)}) AS d
     WHERE ($5::text IS NULL OR d.policy = $5) AND ($6::text IS NULL OR d.team = $6)
     ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')} HAVING sum(d.follow_ups + d.messages) > 0 ORDER BY ${keys.join(', ')}`} LIMIT $7`,
    [slotOfFigures(tenant), tenant, from, to, policy, team, limit],
  );
  return rows.map((row) => ({
    group: Object.fromEntries(groupBy.map((key, index) => [key, shownKey(key, row[`key_${index}`])])),
    counts: Object.fromEntries(COUNT_NAMES.map((name) => [name, row[columnOf(name)]])) as unknown as CellCounts,
    times: row.times ?? new Uint8Array(),
  }));
}

/** Whole months that hold, as one row a group; days of months that hold; and the days of all others, by all their keys. */
function partsOf(question: MetricQuestion, kinds: string): string {
  const keyedBy = keyedByOf(question);
  const columns = ['day', 'policy', 'stage', 'channel', 'team', 'level', ...COUNT_COLUMNS, 'times']
    .map((name) => `d.${name}`)
    .join(', ');
  const own = `d.slot = $1 AND d.tenant = $2 AND ${kinds}`;
  const holds = (month: string): string =>
    `EXISTS (SELECT FROM relance.metric_months m WHERE m.slot = $1 AND m.tenant = $2 AND m.month = ${month} AND NOT m.stale)`;
  const whole = (month: string): string =>
    question.groupBy.includes('day')
      ? 'false'
      : `${month} >= $3::date AND ${month} + interval '1 month' <= $4::date + interval '1 day'`;
  const sums = (span: 'month' | 'day', keys: KeyedBy): string =>
    `SELECT ${columns} FROM relance.metric_sums d WHERE ${own} AND d.span = '${span}' AND d.keyed_by = '${keys}'
       AND d.month BETWEEN date_trunc('month', $3::date) AND $4::date AND ${holds('d.month')}`;
  const month = `date_trunc('month', d.day)::date`;
  const within = 'd.day BETWEEN $3::date AND $4::date';
  const read = keyedBy === 'all' ? whole(month) : 'true';
  return [
    `${sums('month', keyedBy)} AND ${whole('d.month')}`,
    ...(keyedBy === 'all' ? [] : [`${sums('day', keyedBy)} AND ${within} AND NOT (${whole('d.month')})`]),
    `SELECT ${columns} FROM relance.metric_days d WHERE ${own} AND ${within} AND NOT (${read} AND ${holds(month)})`,
  ].join(' UNION ALL ');
}

/** By what sums must be keyed for a question; by all of them where it asks for more than one. */
function keyedByOf({ groupBy, policy, team }: MetricQuestion): KeyedBy {
  const keys = new Set<KeyedBy>([
    ...groupBy.flatMap((key) => (key === 'policy' || key === 'team' || key === 'level' ? [key] : [])),
    ...(policy === null ? [] : (['policy'] as const)),
    ...(team === null ? [] : (['team'] as const)),
  ]);
  const [one = 'none'] = keys;
  return keys.size > 1 ? 'all' : one;
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
