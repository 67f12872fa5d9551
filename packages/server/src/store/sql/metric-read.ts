// Figures as they are asked for, in one statement, so that all of an answer is of one moment: months that are added up and hold
// (metric-month.ts), and the days of all others (metric-day.ts).
import {
  type CellCounts,
  COUNT_NAMES,
  type Instant,
  MESSAGE_COUNT_NAMES,
  type MessageCounts,
  type MessageSum,
  type MetricKey,
  type MetricSum,
} from '@relance/core';
import type { Tx } from '../database.ts';
import { COUNT_COLUMNS, countsOf, isChanged, SPANS, type SumQuestion, slotOfFigures } from './metric-day.ts';
import type { KeyedBy } from './metric-month.ts';

export interface MetricQuestion extends SumQuestion<MetricKey> {
  readonly team: string | null;
}

/** `times` is base64: of megabytes it is read in a fifth of the time that hexadecimal takes. */
type Read = Readonly<Record<string, string | number>> & { readonly times: string | null };

/** The groups in the order of their keys; of no key, one group with everything. Those in which nothing is left are none. */
export async function readSums(tx: Tx, question: MetricQuestion, limit: number): Promise<MetricSum[]> {
  const rows = await read(tx, question, {
    limit,
    more: `, encode(string_agg(d.times, ''::bytea), 'base64') AS times`,
    something: 'd.follow_ups + d.messages',
  });
  return rows.map((row) => ({
    group: groupOf(question, row),
    counts: countsOf<CellCounts>(COUNT_NAMES, row),
    times: Buffer.from(row.times ?? '', 'base64'),
  }));
}

/** What became of messages, by keys that follow-ups have too. By any others it is metric-message.ts. */
export async function readMessageCounts(tx: Tx, question: MetricQuestion, limit: number): Promise<MessageSum[]> {
  const rows = await read(tx, question, { limit, more: '', something: 'd.messages + d.accepted' });
  return rows.map((row) => ({
    group: groupOf(question, row),
    counts: countsOf<MessageCounts>(MESSAGE_COUNT_NAMES, row),
  }));
}

interface Asked {
  readonly limit: number;
  readonly more: string;
  /** A group in which that comes to nothing is none. */
  readonly something: string;
}

/** Times are megabytes, which are sorted in memory rather than on disk; where there is more of it, that stays. */
const MEMORY = `SELECT set_config('work_mem', '64MB', true) WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')`;

async function read(tx: Tx, question: MetricQuestion, { limit, more, something }: Asked): Promise<Read[]> {
  const { tenant, from, to, groupBy, policy, team } = question;
  const keys = groupBy.map((key) => (key === 'day' ? 'd.day::text' : `d.${key}`));
  const counts = COUNT_COLUMNS.map((name) => `coalesce(sum(d.${name}), 0)::bigint AS ${name}`);
  const kind = (key: 'stage' | 'channel'): string => `d.${key} ${groupBy.includes(key) ? '<>' : '='} ''`;
  const [, rows] = await Promise.all([
    tx.query(MEMORY),
    tx.query<Read>(
      `${SPANS} SELECT ${[...keys.map((key, index) => `${key} AS key_${index}`), ...counts].join(', ')}${more}
     FROM (${partsOf(question, `${kind('stage')} AND ${kind('channel')}`)}) AS d
     WHERE ($5::text IS NULL OR d.policy = $5) AND ($6::text IS NULL OR d.team = $6)
     ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')} HAVING sum(${something}) > 0 ORDER BY ${keys.join(', ')}`} LIMIT $7`,
      [slotOfFigures(tenant), tenant, from, to, policy, team, limit],
    ),
  ]);
  return rows;
}

const groupOf = ({ groupBy }: MetricQuestion, row: Read): MetricSum['group'] =>
  Object.fromEntries(groupBy.map((key, index) => [key, shownKey(key, row[`key_${index}`])]));

/** Whole quarters and months that hold, as one row a group; of all others the days that hold, and those that do not, by all their keys. */
function partsOf(question: MetricQuestion, kinds: string): string {
  const keyedBy = keyedByOf(question);
  const columns = ['day', 'policy', 'stage', 'channel', 'team', 'level', ...COUNT_COLUMNS, 'times']
    .map((name) => `d.${name}`)
    .join(', ');
  const own = `d.slot = $1 AND d.tenant = $2 AND ${kinds}`;
  const whole = question.groupBy.includes('day') ? 'false' : 's.holds AND s.whole';
  const sums = `relance.metric_sums d ON ${own} AND d.month = s.month AND d.keyed_by = '${keyedBy}'`;
  // Of quarters there are no sums by all keys.
  const months = `SELECT ${columns} FROM spans s JOIN ${sums} AND d.span = 'month' WHERE ${whole}${keyedBy === 'all' ? '' : ' AND NOT s.in_quarter'}`;
  const quarters = `SELECT ${columns} FROM spans s JOIN ${sums} AND d.span = 'quarter' WHERE ${whole} AND s.in_quarter AND s.begins_quarter`;
  const days = `SELECT ${columns} FROM spans s JOIN ${sums} AND d.span = 'day' AND d.day BETWEEN s.first AND s.last
    WHERE NOT (${whole}) AND NOT (${isChanged('s.changed_days', 'd.day')})`;
  // Day by day, however many there are of others (OFFSET 0 keeps the planner from reading all of them to join them).
  const all = `SELECT ${columns} FROM spans s CROSS JOIN generate_series(s.first::timestamp, s.last, interval '1 day') AS each
    CROSS JOIN LATERAL (SELECT d.* FROM relance.metric_days d WHERE ${own} AND d.day = each::date OFFSET 0) AS d WHERE NOT (${whole})`;
  // Of days by all of their keys there are no sums but the days themselves.
  if (keyedBy === 'all') return `${months} UNION ALL ${all}`;
  return `${quarters} UNION ALL ${months} UNION ALL ${days} UNION ALL ${all} AND ${isChanged('s.changed_days', 'each')}`;
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
