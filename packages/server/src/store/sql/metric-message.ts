// Sums of messages by how they were sent: differences are added to them in the order of their keys, days are added up to months, and both
// are read. A message counts in one row, so the keys that nobody asked for are simply added up. The sums of follow-ups are metric-day.ts.
import {
  MESSAGE_COUNT_NAMES,
  type MessageCellKey,
  type MessageCounts,
  type MessageDifference,
  type MessageKey,
  type MessageSum,
} from '@relance/core';
import type { Tx } from '../database.ts';
import { columnOf, countsOf, SPANS, type SumQuestion, slotOfFigures } from './metric-day.ts';
import { type Columns, rowsOf } from './rows.ts';

const KEY_TYPES = {
  day: 'date',
  policy: 'text',
  stage: 'text',
  channel: 'text',
  provider: 'text',
  template: 'text',
  templateVersion: 'integer',
  locale: 'text',
} as const satisfies Readonly<Record<keyof MessageCellKey, string>>;
const KEYS = Object.keys(KEY_TYPES) as readonly (keyof MessageCellKey)[];
const KEY_COLUMNS = KEYS.map(columnOf);
const COUNTS = MESSAGE_COUNT_NAMES.map(columnOf);

const ROWS: Columns<MessageDifference> = {
  slot: ['smallint', ({ tenant }) => slotOfFigures(tenant)],
  tenant: ['text', ({ tenant }) => tenant],
  ...Object.fromEntries(
    KEYS.map((name) => [columnOf(name), [KEY_TYPES[name], ({ key }: MessageDifference) => key[name]] as const]),
  ),
  ...Object.fromEntries(
    MESSAGE_COUNT_NAMES.map((name) => [
      columnOf(name),
      ['bigint', ({ counts }: MessageDifference) => counts[name]] as const,
    ]),
  ),
};
const ADDED = rowsOf(ROWS);
const BY_KEY = ['slot', 'tenant', ...KEY_COLUMNS].join(', ');

export async function addMessageDifferences(tx: Tx, differences: readonly MessageDifference[]): Promise<void> {
  if (differences.length === 0) return;
  const { from, values } = ADDED.of(differences);
  await tx.query(
    `INSERT INTO relance.metric_messages AS m (${ADDED.names}) SELECT * FROM ${from} ORDER BY ${BY_KEY}
     ON CONFLICT (${BY_KEY}) DO UPDATE SET ${COUNTS.map((name) => `${name} = m.${name} + excluded.${name}`).join(', ')}`,
    values,
  );
}

const SUMMED = COUNTS.map((name) => `sum(${name})::bigint AS ${name}`).join(', ');

/** A month that is locked, added up anew. */
export async function addUpMessages(
  tx: Tx,
  { slot, tenant, month }: Readonly<Record<'tenant' | 'month', string>> & { readonly slot: number },
): Promise<void> {
  const own = [slot, tenant, month];
  await tx.query('DELETE FROM relance.metric_message_sums WHERE slot = $1 AND tenant = $2 AND day = $3', own);
  const keys = KEY_COLUMNS.filter((name) => name !== 'day').join(', ');
  await tx.query(
    `INSERT INTO relance.metric_message_sums (slot, tenant, day, ${keys}, ${COUNTS.join(', ')})
     SELECT slot, tenant, $3::date, ${keys}, ${SUMMED} FROM relance.metric_messages
     WHERE slot = $1 AND tenant = $2 AND day >= $3::date AND day < $3::date + interval '1 month' GROUP BY slot, tenant, ${keys}`,
    own,
  );
}

/** The groups in the order of their keys, in one statement: whole months that hold, and the days of all others. */
export async function readMessageSums(
  tx: Tx,
  { tenant, from, to, groupBy, policy }: SumQuestion<MessageKey>,
  limit: number,
): Promise<MessageSum[]> {
  const keys = groupBy.map((key) => (key === 'day' ? 'd.day::text' : `d.${columnOf(key)}`));
  const shown = [
    ...keys.map((key, index) => `${key} AS key_${index}`),
    ...COUNTS.map((name) => `coalesce(sum(d.${name}), 0)::bigint AS ${name}`),
  ];
  const own = 'd.slot = $1 AND d.tenant = $2 AND ($5::text IS NULL OR d.policy = $5)';
  const whole = groupBy.includes('day') ? 'false' : 's.holds AND s.whole';
  const parts = [
    `SELECT d.* FROM spans s JOIN relance.metric_messages d ON ${own} AND d.day BETWEEN s.first AND s.last WHERE NOT (${whole})`,
    `SELECT d.* FROM spans s JOIN relance.metric_message_sums d ON ${own} AND d.day = s.month WHERE ${whole}`,
  ];
  const rows = await tx.query<Readonly<Record<string, string | number>>>(
    `${SPANS} SELECT ${shown.join(', ')} FROM (${parts.join(' UNION ALL ')}) AS d
     ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')} HAVING sum(d.messages + d.accepted) > 0 ORDER BY ${keys.join(', ')}`} LIMIT $6`,
    [slotOfFigures(tenant), tenant, from, to, policy, limit],
  );
  return rows.map((row) => ({
    group: Object.fromEntries(groupBy.map((key, index) => [key, shownKey(key, row[`key_${index}`])])),
    counts: countsOf<MessageCounts>(MESSAGE_COUNT_NAMES, row),
  }));
}

const MAY_BE_NONE: ReadonlySet<MessageKey> = new Set(['provider', 'template', 'templateVersion', 'locale']);
const shownKey = (key: MessageKey, value: string | number | undefined): string | number | null =>
  MAY_BE_NONE.has(key) && (value === '' || value === 0) ? null : (value ?? null);
