// Sums of figures by day: differences are added to them, in the tenant's slot and in the order of their keys, so that two who add
// never wait for each other in a ring. Reading them for answers is metric-read.ts.
import { type CellKey, COUNT_NAMES, cellName, packTimes, slotOfKey, type TenantDifference } from '@relance/core';
import type { Tx } from '../database.ts';
import { type Columns, rowsOf } from './rows.ts';

/** Where a tenant's sums lie. */
export const slotOfFigures = (tenant: string): number => slotOfKey(tenant, '', '');

/** `templateVersion`: `template_version`. */
export const columnOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const COUNT_COLUMNS = COUNT_NAMES.map(columnOf);
/** What a row says of each name. */
export const countsOf = <Counts>(names: readonly (keyof Counts & string)[], row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(names.map((name) => [name, row[columnOf(name)]])) as Counts;

const KEY_COLUMNS: Columns<TenantDifference> = {
  slot: ['smallint', ({ tenant }) => slotOfFigures(tenant)],
  tenant: ['text', ({ tenant }) => tenant],
  day: ['date', ({ key }) => key.day],
  stage: ['text', ({ key }) => key.stage],
  channel: ['text', ({ key }) => key.channel],
  policy: ['text', ({ key }) => key.policy],
  team: ['text', ({ key }) => key.team],
  level: ['smallint', ({ key }) => key.level],
};
const KEYS = rowsOf(KEY_COLUMNS);
const KEY_NAMES = Object.keys(KEY_COLUMNS);
const SAME = KEY_NAMES.map((name) => `d.${name} = x.${name}`).join(' AND ');
const BY_KEY = KEY_NAMES.map((name) => `d.${name}`).join(', ');

export interface SumQuestion<Key> {
  readonly tenant: string;
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  readonly groupBy: readonly Key[];
  readonly policy: string | null;
}

/** A bit for each that a month can have. */
const EVERY_DAY = 2 ** 31 - 1;

/**
 * The months of a question ($1 the slot, $2 the tenant, $3 and $4 its first and last day), each with the part of it that is asked for,
 * whether its sums hold, of which of its days they do not (read one by one, so that of a year whose months hold no day is looked at),
 * and whether those of its quarter do: all three months are asked for and hold, and are those that were added up.
 */
export const SPANS = `WITH spans AS MATERIALIZED (
  SELECT *, coalesce(bool_and(whole AND holds) OVER quarter AND count(*) OVER quarter = 3
      AND max(added_at) OVER quarter = max(quarter_of) OVER quarter, false) AS in_quarter,
    month = date_trunc('quarter', month::timestamp) AS begins_quarter
  FROM (
    SELECT m::date AS month, greatest(m::date, $3::date) AS first, least((m + interval '1 month - 1 day')::date, $4::date) AS last,
      m::date >= $3::date AND m + interval '1 month' <= $4::date + interval '1 day' AS whole,
      h.month IS NOT NULL AND NOT h.stale AS holds, coalesce(h.changed_days, ${EVERY_DAY}) AS changed_days, h.added_at, h.quarter_of
    FROM generate_series(date_trunc('month', $3::date::timestamp), $4::date::timestamp, interval '1 month') AS m
    LEFT JOIN relance.metric_months h ON h.slot = $1 AND h.tenant = $2 AND h.month = m::date) AS months
  WINDOW quarter AS (PARTITION BY date_trunc('quarter', month::timestamp)))`;

/** Whether a day is among such ones. */
export const isChanged = (changedDays: string, day: string): string =>
  `(${changedDays} >> (extract(day FROM ${day})::integer - 1)) & 1 = 1`;

interface Found extends CellKey {
  readonly tenant: string;
  readonly times: Uint8Array;
}

/** Of a day that has changed, in whichever sums: what adds it up holds no longer, nor does its month (metric-month.ts). */
export async function makeMonthsStale(
  tx: Tx,
  changed: readonly { readonly tenant: string; readonly key: { readonly day: string } }[],
): Promise<void> {
  if (changed.length === 0) return;
  const months = new Map<string, StaleMonth>();
  for (const { tenant, key } of changed) {
    const [month, day] = [`${key.day.slice(0, 7)}-01`, Number(key.day.slice(8))];
    const name = `${tenant}\n${month}`;
    months.set(name, { tenant, month, changedDays: (months.get(name)?.changedDays ?? 0) | (1 << (day - 1)) });
  }
  const { from, values } = MONTHS.of([...months.values()]);
  await tx.query(
    `INSERT INTO relance.metric_months AS m (${MONTHS.names})
     SELECT slot, tenant, month, CASE WHEN EXISTS (SELECT FROM relance.metric_months k WHERE k.slot = x.slot AND k.tenant = x.tenant AND k.month = x.month)
       THEN changed_days ELSE ${EVERY_DAY} END
     FROM ${from} ORDER BY slot, tenant, month
     ON CONFLICT (slot, tenant, month) DO UPDATE SET stale = true, changed_days = m.changed_days | excluded.changed_days
     WHERE NOT m.stale OR m.changed_days & excluded.changed_days <> excluded.changed_days`,
    values,
  );
}

interface StaleMonth {
  readonly tenant: string;
  readonly month: string;
  /** A bit for each, the first of the month the lowest. */
  readonly changedDays: number;
}

const MONTHS = rowsOf<StaleMonth>({
  slot: ['smallint', ({ tenant }) => slotOfFigures(tenant)],
  tenant: ['text', ({ tenant }) => tenant],
  month: ['date', ({ month }) => month],
  changed_days: ['integer', ({ changedDays }) => changedDays],
});

/** Counts below zero, or times that were never added, throw: whoever counts has a bug, and nothing of the pass is kept. */
export async function addDifferences(tx: Tx, differences: readonly TenantDifference[]): Promise<void> {
  if (differences.length === 0) return;
  const keys = KEYS.of(differences);
  await tx.query(
    `INSERT INTO relance.metric_days (${KEYS.names}) SELECT * FROM ${keys.from} ORDER BY ${KEYS.names} ON CONFLICT DO NOTHING`,
    keys.values,
  );
  const found = await tx.query<Found>(
    `SELECT d.tenant, d.day::text AS day, d.stage, d.channel, d.policy, d.team, d.level, d.times FROM ${keys.from} JOIN relance.metric_days d ON ${SAME}
     ORDER BY ${BY_KEY} FOR UPDATE OF d`,
    keys.values,
  );
  const before = new Map(found.map((one) => [cellName(one.tenant, one), one.times]));
  const rows = CHANGES.of(
    differences.map((one) => ({
      ...one,
      packed: Buffer.from(packTimes(one.times, before.get(cellName(one.tenant, one.key)))),
    })),
  );
  const set = COUNT_COLUMNS.map((name) => `${name} = d.${name} + x.${name}`).join(', ');
  await tx.query(
    `UPDATE relance.metric_days d SET ${set}, times = x.times FROM ${rows.from} WHERE ${SAME}`,
    rows.values,
  );
}

type Change = TenantDifference & { readonly packed: Buffer };
const CHANGES = rowsOf<Change>({
  ...KEY_COLUMNS,
  ...Object.fromEntries(
    COUNT_NAMES.map((name): [string, readonly [string, (one: Change) => unknown]] => [
      columnOf(name),
      ['bigint', ({ counts }) => counts[name]],
    ]),
  ),
  times: ['bytea', ({ packed }) => packed],
});
