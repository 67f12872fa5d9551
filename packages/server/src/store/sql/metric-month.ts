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
    `UPDATE relance.metric_months SET stale = false, changed_days = 0,
       added_at = greatest(clock_timestamp(), added_at + interval '1 microsecond')
     WHERE slot = $1 AND tenant = $2 AND month = $3`,
    at,
  );
}

export interface MissingQuarter {
  readonly slot: number;
  readonly tenant: string;
  /** Its first. */
  readonly month: string;
  /** When the newest of its three months was added up. */
  readonly newest: string;
}

/** One of which all months hold, and that was not made of them as they are; null where there is none, or somebody else is at it. */
export async function lockMissingQuarter(tx: Tx): Promise<MissingQuarter | null> {
  const [found] = await tx.query<MissingQuarter>(
    `SELECT q.slot, q.tenant, q.month::text AS month, three.newest::text AS newest FROM relance.metric_months q
     CROSS JOIN LATERAL (SELECT max(m.added_at) AS newest FROM relance.metric_months m
       WHERE m.slot = q.slot AND m.tenant = q.tenant AND m.month >= q.month AND m.month < q.month + interval '3 months' AND NOT m.stale
       HAVING count(m.added_at) = 3) AS three
     WHERE q.month = date_trunc('quarter', q.month::timestamp)::date AND NOT q.stale AND three.newest IS DISTINCT FROM q.quarter_of LIMIT 1`,
  );
  if (found === undefined) return null;
  const [lock] = await tx.query<{ readonly locked: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
    [`relance.quarter/${found.tenant}/${found.month}`],
  );
  return lock?.locked === true ? found : null;
}

/**
 * Adds up a quarter from its months. It remembers when the newest of them was added up, by which whoever reads knows whether they are
 * still the same; so nothing has to be told to it, and no month is locked while it is made.
 */
export async function addUpQuarter(tx: Tx, { slot, tenant, month, newest }: MissingQuarter): Promise<void> {
  const at = [slot, tenant, month];
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
    sums.map((sum) => ({ slot, tenant, month, ...sum, span: 'quarter' })),
  );
  await tx.query('UPDATE relance.metric_months SET quarter_of = $4 WHERE slot = $1 AND tenant = $2 AND month = $3', [
    ...at,
    newest,
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
