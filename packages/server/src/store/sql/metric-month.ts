// Days of a month added up, and months of a quarter (ADR 0016): made anew when they hold no longer, from the days alone, in one
// transaction. Whoever changes a day says so under the lock that is held here, so that nothing is added up half. Read by metric-read.ts.
import { noTimes, packTimes } from '@relance/core';
import type { Tx } from '../database.ts';
import { COUNT_COLUMNS, isChanged } from './metric-day.ts';
import { addUpMessages } from './metric-message.ts';
import { rowsOf } from './rows.ts';

export interface StaleMonth {
  readonly slot: number;
  readonly tenant: string;
  readonly month: string;
}

/** A month that is worth adding up again: of so many rows, and not made within the last hour. Locked; null where there is none. */
export async function lockStaleMonth(tx: Tx, rowsMin: number, restMinutes: number): Promise<StaleMonth | null> {
  const [row] = await tx.query<StaleMonth>(
    `SELECT m.slot, m.tenant, m.month::text AS month FROM relance.metric_months m
     WHERE m.stale AND (m.added_at IS NULL OR m.added_at < clock_timestamp() - make_interval(mins => $2))
       AND (SELECT count(*) FROM (SELECT FROM relance.metric_days d WHERE d.slot = m.slot AND d.tenant = m.tenant
         AND d.day >= m.month AND d.day < m.month + interval '1 month' LIMIT $1) AS few) >= $1
     ORDER BY m.added_at NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [rowsMin, restMinutes],
  );
  return row ?? null;
}

const KEYED = ['policy', 'team', 'level'] as const;
export type KeyedBy = 'none' | 'all' | (typeof KEYED)[number];
const SPANS: readonly (readonly [span: 'month' | 'day', keyedBy: KeyedBy])[] = [
  ...(['none', 'policy', 'team', 'level', 'all'] as const).map((keyedBy) => ['month', keyedBy] as const),
  ...(['none', 'policy', 'team', 'level'] as const).map((keyedBy) => ['day', keyedBy] as const),
];

const CHANGED = isChanged('m.changed_days', 'd.day');

type Sum = Readonly<Record<string, string | number>> & { readonly times: Uint8Array };

export async function addUpMonth(tx: Tx, one: StaleMonth): Promise<void> {
  const at = [one.slot, one.tenant, one.month];
  await tx.query(
    `DELETE FROM relance.metric_sums d USING relance.metric_months m WHERE m.slot = $1 AND m.tenant = $2 AND m.month = $3
       AND d.slot = $1 AND d.tenant = $2 AND d.month = $3 AND (d.span = 'month' OR ${CHANGED})`,
    at,
  );
  await addUpMessages(tx, one);
  for (const [span, keyedBy] of SPANS) {
    const sums = await tx.query<Sum>(sumsOf(span, keyedBy), at);
    await insertSums(
      tx,
      sums.map((sum) => ({ ...one, ...sum, span, keyed_by: keyedBy })),
    );
  }
  await tx.query(
    `UPDATE relance.metric_months SET stale = false, changed_days = 0, added_at = clock_timestamp()
     WHERE slot = $1 AND tenant = $2 AND month = $3`,
    at,
  );
}

/**
 * Adds up the quarter of a month from its three, where all of them hold. It remembers when the newest of them was added up, by which
 * whoever reads knows whether they are still the same; so nothing else has to be told, and nobody else to be locked.
 */
export async function addUpQuarter(tx: Tx, { slot, tenant, month }: StaleMonth): Promise<void> {
  const [quarter] = await tx.query<{ readonly month: string }>(
    `SELECT m.month::text AS month FROM relance.metric_months m
     WHERE m.slot = $1 AND m.tenant = $2 AND m.month = date_trunc('quarter', $3::date::timestamp)::date FOR UPDATE`,
    [slot, tenant, month],
  );
  if (quarter === undefined) return;
  const at = [slot, tenant, quarter.month];
  const [newest] = await tx.query<{ readonly added_at: string }>(
    `SELECT max(m.added_at)::text AS added_at FROM relance.metric_months m
     WHERE m.slot = $1 AND m.tenant = $2 AND m.month >= $3::date AND m.month < $3::date + interval '3 months' AND NOT m.stale
     HAVING count(m.added_at) = 3`,
    at,
  );
  if (newest === undefined) return;
  await tx.query(
    `DELETE FROM relance.metric_sums WHERE slot = $1 AND tenant = $2 AND month = $3 AND span = 'quarter'`,
    at,
  );
  const keys = ['stage', 'channel', ...KEYED, 'keyed_by'].map((key) => `d.${key}`).join(', ');
  const sums = await tx.query<Sum>(
    `SELECT $3::date::text AS day, ${keys}, ${ADDED_UP} FROM relance.metric_sums d
     WHERE d.slot = $1 AND d.tenant = $2 AND d.month >= $3::date AND d.month < $3::date + interval '3 months'
       AND d.span = 'month' AND d.keyed_by <> 'all' GROUP BY ${keys}`,
    at,
  );
  await insertSums(
    tx,
    sums.map((sum) => ({ slot, tenant, month: quarter.month, ...sum, span: 'quarter' })),
  );
  await tx.query('UPDATE relance.metric_months SET quarter_of = $4 WHERE slot = $1 AND tenant = $2 AND month = $3', [
    ...at,
    newest.added_at,
  ]);
}

const ADDED_UP = `${COUNT_COLUMNS.map((name) => `sum(d.${name})::bigint AS ${name}`).join(', ')}, string_agg(d.times, ''::bytea) AS times`;

async function insertSums(tx: Tx, sums: readonly Made[]): Promise<void> {
  if (sums.length === 0) return;
  const { from, values } = SUMS.of(sums);
  await tx.query(`INSERT INTO relance.metric_sums (${SUMS.names}) SELECT * FROM ${from}`, values);
}

function sumsOf(span: 'month' | 'day', keyedBy: KeyedBy): string {
  const keys = KEYED.map((key) =>
    keyedBy === key || keyedBy === 'all' ? `d.${key}` : `${key === 'level' ? '0::smallint' : `''`} AS ${key}`,
  );
  const day = span === 'day' ? 'd.day' : '$3::date';
  const grouped = [
    ...(span === 'day' ? ['d.day'] : []),
    'd.stage',
    'd.channel',
    ...KEYED.filter((key) => keyedBy === key || keyedBy === 'all').map((key) => `d.${key}`),
  ];
  return `SELECT ${day}::text AS day, d.stage, d.channel, ${keys.join(', ')}, ${ADDED_UP}
    FROM relance.metric_months m JOIN relance.metric_days d ON d.slot = $1 AND d.tenant = $2
      AND d.day >= $3::date AND d.day < $3::date + interval '1 month'
    WHERE m.slot = $1 AND m.tenant = $2 AND m.month = $3${span === 'day' ? ` AND ${CHANGED}` : ''}
    GROUP BY ${grouped.join(', ')} HAVING sum(d.follow_ups + d.messages) > 0`;
}

type Made = Readonly<Record<string, unknown>> & { readonly times: Uint8Array };
const plain = (names: readonly string[], type: string) =>
  names.map((name): [string, readonly [string, (made: Made) => unknown]] => [name, [type, (made) => made[name]]]);
const SUMS = rowsOf<Made>(
  Object.fromEntries([
    ...plain(['slot', 'level'], 'smallint'),
    ...plain(['month', 'day'], 'date'),
    ...plain(['tenant', 'span', 'keyed_by', 'stage', 'channel', 'policy', 'team'], 'text'),
    ...plain(COUNT_COLUMNS, 'bigint'),
    ['times', ['bytea', ({ times }: Made) => Buffer.from(packTimes(noTimes(), times))]] as const,
  ]),
);
