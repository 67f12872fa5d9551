// The views for SQL (docs/guide/metrics.md), read by all of their keys, as the rows that the API answers when it is asked by those: each
// column under the name that the API has for it. Nothing is made of them here but names.
import type { Database } from '../store/database.ts';
import type { Row } from './recount.test-kit.ts';
import type { Waited } from './recount-curve.test-kit.ts';

const DAYS_KEYS = ['day', 'policy', 'team', 'level'];
/** Of `figures` each of the four kinds of rows: what it is asked by, and how its rows are told from the others. */
const KINDS = [false, true].flatMap((stage) =>
  [false, true].map((channel) => ({
    keys: [...DAYS_KEYS, ...(stage ? ['stage'] : []), ...(channel ? ['channel'] : [])],
    where: `(stage IS NOT NULL) = ${stage} AND (channel IS NOT NULL) = ${channel} AND follow_ups + messages > 0`,
  })),
);

export interface View {
  readonly question: 'overview' | 'messages';
  readonly keys: readonly string[];
  readonly statement: string;
}
export const VIEWS: readonly View[] = [
  ...KINDS.map(({ keys, where }): View => {
    return { question: 'overview', keys, statement: `SELECT *, day::text AS day FROM relance.figures WHERE ${where}` };
  }),
  {
    question: 'messages',
    keys: ['day', 'policy', 'stage', 'channel', 'provider', 'template', 'templateVersion', 'locale'],
    statement: 'SELECT *, day::text AS day FROM relance.message_figures WHERE messages > 0',
  },
];

/** What a row of the API has and none of a view: times, which SQL has one by one, and what adds up other rows. */
export const NOT_IN_VIEWS = new Set(['responseTime', 'timeToResolve', 'timeToAcknowledge', 'reached', 'reachedRate']);

export async function viewRows(database: Database, tenant: string, { statement }: View): Promise<readonly Row[]> {
  const rows = await database.transaction({ kind: 'tenant', tenant }, (tx) => tx.query<Row>(statement));
  return rows.map(asAnswered);
}

const asAnswered = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      // The driver gives counts of 64 bits as text.
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ]),
  );

const INTERRUPTED = `
  SELECT recipient, sum(interrupted_business + interrupted_evening + interrupted_night + interrupted_weekend)::int AS interrupted,
    ${['business', 'evening', 'night', 'weekend'].map((hours) => `sum(interrupted_${hours})::int AS interrupted_${hours}`).join(', ')}
  FROM relance.interruptions GROUP BY recipient`;

/** Of all days and policies. */
export const viewInterrupted = async (database: Database, tenant: string): Promise<readonly Row[]> =>
  (await database.transaction({ kind: 'tenant', tenant }, (tx) => tx.query<Row>(INTERRUPTED))).map(asAnswered);

const WAITS = `
  SELECT 'responseTime' AS of, policy, seconds::int, answered AS came FROM relance.response_times WHERE NOT beside
  UNION ALL SELECT CASE kind WHEN 'resolve' THEN 'timeToResolve' ELSE 'timeToAcknowledge' END, policy, seconds::int, ended FROM relance.waits`;

/** How long each waited, by `of` and policy. */
export async function viewWaits(database: Database, tenant: string): Promise<ReadonlyMap<string, readonly Waited[]>> {
  const rows = await database.transaction({ kind: 'tenant', tenant }, (tx) =>
    tx.query<Waited & { readonly of: string; readonly policy: string }>(WAITS),
  );
  return Map.groupBy(rows, ({ of, policy }) => `${of} of ${policy}`);
}
