// Sums of whom messages interrupted, by person and quarter (core/person-cells.ts): differences are added in the order of their keys, in the
// tenant's slot. They are what the facts of follow-ups add up to, and name people: where the messages of a follow-up go, or a name in
// them, its facts and these sums change in the same transaction, and whoever counts its slot waits for that.
import {
  addPeople,
  type GenerationFigures,
  HOUR_KINDS,
  type HourKind,
  isNobody,
  type PackedDays,
  type PersonDifference,
  type PersonDifferences,
  type PersonKey,
  packPersonDays,
  personName,
  slotOfId,
  withPeople,
} from '@relance/core';
import type { Tx } from '../database.ts';
import { type SumQuestion, slotOfFigures } from './metric-day.ts';
import { putFacts } from './metric-fact.ts';
import { type Columns, rowsOf } from './rows.ts';

const KEY_COLUMNS: Columns<PersonDifference> = {
  slot: ['smallint', ({ tenant }) => slotOfFigures(tenant)],
  tenant: ['text', ({ tenant }) => tenant],
  policy: ['text', ({ key }) => key.policy],
  quarter: ['date', ({ key }) => key.quarter],
  recipient: ['text', ({ key }) => key.recipient],
};
const KEYS = rowsOf(KEY_COLUMNS);
const KEY_NAMES = Object.keys(KEY_COLUMNS);
const SAME = KEY_NAMES.map((name) => `p.${name} = x.${name}`).join(' AND ');
const BY_KEY = KEY_NAMES.map((name) => `p.${name}`).join(', ');

type Change = PersonDifference & { readonly packed: PackedDays };
const CHANGES = rowsOf<Change>({
  ...KEY_COLUMNS,
  first: ['smallint', ({ packed }) => packed.first],
  last: ['smallint', ({ packed }) => packed.last],
  days: ['bytea', ({ packed }) => Buffer.from(packed.days)],
});

type Found = PersonKey & PackedDays & { readonly tenant: string };

/** Counts below zero throw: whoever counts has a bug, and nothing of it is kept. A row in which nothing is left is gone. */
export async function addPersonDifferences(tx: Tx, all: PersonDifferences): Promise<void> {
  const differences = [...all.values()].filter((one) => !isNobody(one));
  if (differences.length === 0) return;
  const before = await lockPeople(tx, differences);
  const [gone, left]: [PersonDifference[], Change[]] = [[], []];
  for (const one of differences) {
    const packed = packPersonDays(one.days, before.get(personName(one.tenant, one.key)) ?? null);
    if (packed === null) gone.push(one);
    else left.push({ ...one, packed });
  }
  if (left.length > 0) {
    const { from, values } = CHANGES.of(left);
    await tx.query(
      `UPDATE relance.metric_people p SET first = x.first, last = x.last, days = x.days FROM ${from} WHERE ${SAME}`,
      values,
    );
  }
  if (gone.length > 0) {
    const { from, values } = KEYS.of(gone);
    await tx.query(`DELETE FROM relance.metric_people p USING ${from} WHERE ${SAME}`, values);
  }
}

/** What is there of them. One that somebody takes away between the two statements is made again. */
async function lockPeople(tx: Tx, differences: readonly PersonDifference[]): Promise<ReadonlyMap<string, PackedDays>> {
  const { from, values } = KEYS.of(differences);
  for (;;) {
    await tx.query(
      `INSERT INTO relance.metric_people (${KEYS.names}, first, last, days) SELECT *, 0, 0, '\\x00000000' FROM ${from}
       ORDER BY ${KEYS.names} ON CONFLICT DO NOTHING`,
      values,
    );
    const found = await tx.query<Found>(
      `SELECT p.tenant, p.policy, p.quarter::text AS quarter, p.recipient, p.first, p.last, p.days
       FROM ${from} JOIN relance.metric_people p ON ${SAME} ORDER BY ${BY_KEY} FOR UPDATE OF p`,
      values,
    );
    if (found.length === differences.length) return new Map(found.map((one) => [personName(one.tenant, one), one]));
  }
}

/** Before the messages of these follow-ups go: whom they interrupted is forgotten. */
export const forgetPeople = (tx: Tx, ids: readonly string[]): Promise<void> =>
  changePeople(tx, ids, { recipient: null, become: () => undefined });

/** While somebody is erased from these follow-ups: their stand-in was interrupted. */
export const renamePerson = (
  tx: Tx,
  ids: readonly string[],
  { recipient, standIn }: { readonly recipient: string; readonly standIn: string },
): Promise<void> => changePeople(tx, ids, { recipient, become: (to) => (to === recipient ? standIn : to) });

interface Counted {
  readonly slot: number;
  readonly id: string;
  readonly tenant: string;
  readonly generations: readonly GenerationFigures[];
}
interface Becoming {
  /** Whose name is looked for; null: anybody's. */
  readonly recipient: string | null;
  readonly become: (recipient: string) => string | undefined;
}

async function changePeople(tx: Tx, ids: readonly string[], { recipient, become }: Becoming): Promise<void> {
  if (ids.length === 0) return;
  const slots = [...new Set(ids.map(slotOfId))];
  await tx.query('SELECT FROM relance.metric_passes WHERE slot = ANY($1::smallint[]) ORDER BY slot FOR UPDATE', [
    slots,
  ]);
  const facts = await tx.query<Counted>(
    `SELECT slot, follow_up_id AS id, tenant, generations FROM relance.metric_facts
     WHERE slot = ANY($1::smallint[]) AND follow_up_id = ANY($2::uuid[])
       AND jsonb_path_exists(generations, '$[*].messages[*].to ? ($who == null || @ == $who)', jsonb_build_object('who', $3::text))`,
    [slots, ids, recipient],
  );
  const differences: PersonDifferences = new Map();
  const changed = facts.map((one) => ({ ...one, generations: withPeople(one.generations, become) }));
  for (const [all, sign] of [
    [facts, -1],
    [changed, 1],
  ] as const)
    for (const { tenant, generations } of all)
      for (const each of generations) addPeople(differences, tenant, each, sign);
  await putFacts(tx, changed);
  await addPersonDifferences(tx, differences);
}

export type Interrupted = Readonly<Record<HourKind, number>> & {
  readonly recipient: string;
  /** The id of whoever has none; null: there is no such person any more. */
  readonly name: string | null;
};
export interface InterruptedQuestion extends Omit<SumQuestion<never>, 'groupBy'> {
  readonly recipient: string | null;
}

const ASKED = HOUR_KINDS.map(
  (kind, index) =>
    `sum(relance.interrupted_until(p.days, p.width, p.until, ${index}) - relance.interrupted_until(p.days, p.width, p.before, ${index}))::int AS ${kind}`,
);
const TOTAL = HOUR_KINDS.join(' + ');

/** Those who were interrupted most come first. Of the rows of a quarter, the days that are asked for. */
export async function readInterrupted(
  tx: Tx,
  { tenant, from, to, policy, recipient }: InterruptedQuestion,
  limit: number,
): Promise<readonly Interrupted[]> {
  return tx.query<Interrupted>(
    `WITH quarters AS MATERIALIZED (
       SELECT q::date AS quarter, $3::date - q::date AS first, $4::date - q::date AS last
       FROM generate_series(date_trunc('quarter', $3::date::timestamp), $4::date::timestamp, interval '3 months') AS q),
     people AS (
       SELECT p.recipient, ${ASKED.join(', ')} FROM (
         SELECT d.recipient, d.days, octet_length(d.days) / (${HOUR_KINDS.length} * (d.last - d.first + 1)) AS width,
           least(q.last, d.last) - d.first AS until, least(q.first - 1, d.last) - d.first AS before
         FROM quarters q JOIN relance.metric_people d
           ON d.slot = $1 AND d.tenant = $2 AND d.policy = $5 AND d.quarter = q.quarter${recipient === null ? '' : ' AND d.recipient = $7'}
         OFFSET 0) AS p
       GROUP BY p.recipient),
     most AS (SELECT * FROM people WHERE ${TOTAL} > 0 ORDER BY ${TOTAL} DESC, recipient LIMIT $6)
     SELECT most.*, coalesce(r.name, r.id) AS name FROM most LEFT JOIN relance.recipients r ON r.tenant = $2 AND r.id = most.recipient
     ORDER BY ${TOTAL} DESC, most.recipient`,
    [slotOfFigures(tenant), tenant, from, to, policy ?? '', limit, ...(recipient === null ? [] : [recipient])],
  );
}
