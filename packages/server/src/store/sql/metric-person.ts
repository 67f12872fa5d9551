// Sums of whom messages interrupted, by person and quarter (core/person-cells.ts): differences are added in the tenant's
// slot. They are what the facts of follow-ups add up to, and name people: where the messages of a follow-up go, or a name in
// them, its facts and these sums change in the same transaction, and whoever counts its slot waits for that.
import {
  addPeople,
  HOUR_KINDS,
  type HourKind,
  isNobody,
  type PackedDays,
  type PersonDifference,
  type PersonDifferences,
  type PersonKey,
  packPersonDays,
  personName,
  slotOfRecipient,
  withPeople,
} from '@relance/core';
import type { Tx } from '../database.ts';
import { lockName } from './lock.ts';
import { type SumQuestion, slotOfFigures } from './metric-day.ts';
import { lockMetricPasses, putFacts, readFactsNaming } from './metric-fact.ts';
import { type Columns, rowsOf } from './rows.ts';

const KEY_COLUMNS: Columns<PersonDifference> = {
  slot: ['smallint', ({ tenant }) => slotOfFigures(tenant)],
  tenant: ['text', ({ tenant }) => tenant],
  policy: ['text', ({ key }) => key.policy],
  quarter: ['date', ({ key }) => key.quarter],
  recipient: ['text', ({ key }) => key.recipient],
};
const KEYS = rowsOf(KEY_COLUMNS);
const SAME = Object.keys(KEY_COLUMNS)
  .map((name) => `p.${name} = x.${name}`)
  .join(' AND ');

type Change = PersonDifference & { readonly packed: PackedDays };
const CHANGES = rowsOf<Change>({
  ...KEY_COLUMNS,
  first: ['smallint', ({ packed }) => packed.first],
  last: ['smallint', ({ packed }) => packed.last],
  days: ['bytea', ({ packed }) => Buffer.from(packed.days)],
});

type Found = PersonKey & PackedDays & { readonly tenant: string };

/** So many people are added at a time: one follow-up may have told hundreds of thousands. */
const BITE = 1_000;

/** Rows are made and taken away by one at a time, until it commits: whoever adds, erases or forgets does so last in its transaction. */
async function lockPeople(tx: Tx, tenants: Iterable<string>): Promise<void> {
  for (const tenant of [...new Set(tenants)].sort()) await lockName(tx, `relance.metric_people/${tenant}`);
}

/**
 * A row in which nothing is left is gone. Answers how many times somebody would have been interrupted less than never: 0, unless whoever
 * counts has a bug, or a release that knows nothing of these sums has counted. It is no reason to keep a name, so it does not throw.
 */
export async function addPersonDifferences(tx: Tx, all: PersonDifferences): Promise<number> {
  const differences = [...all.values()].filter((one) => !isNobody(one));
  await lockPeople(
    tx,
    differences.map(({ tenant }) => tenant),
  );
  let missing = 0;
  for (let at = 0; at < differences.length; at += BITE) {
    if (at > 0) await new Promise(setImmediate);
    missing += await addSome(tx, differences.slice(at, at + BITE));
  }
  return missing;
}

async function addSome(tx: Tx, differences: readonly PersonDifference[]): Promise<number> {
  const keys = KEYS.of(differences);
  const found = await tx.query<Found>(
    `SELECT p.tenant, p.policy, to_char(p.quarter, 'YYYY-MM-DD') AS quarter, p.recipient, p.first, p.last, p.days
     FROM ${keys.from} JOIN relance.metric_people p ON ${SAME}`,
    keys.values,
  );
  const before = new Map(found.map((one) => [personName(one.tenant, one), one]));
  const [gone, changed, made]: [PersonDifference[], Change[], Change[]] = [[], [], []];
  let missing = 0;
  for (const one of differences) {
    const known = before.get(personName(one.tenant, one.key)) ?? null;
    const sum = packPersonDays(one.days, known);
    if (one.key.policy === '') missing += sum.missing;
    if (sum.packed !== null) (known === null ? made : changed).push({ ...one, packed: sum.packed });
    else if (known !== null) gone.push(one);
  }
  if (made.length > 0) {
    const { from, values } = CHANGES.of(made);
    await tx.query(`INSERT INTO relance.metric_people (${CHANGES.names}) SELECT * FROM ${from}`, values);
  }
  if (changed.length > 0) {
    const { from, values } = CHANGES.of(changed);
    await tx.query(
      `UPDATE relance.metric_people p SET first = x.first, last = x.last, days = x.days FROM ${from} WHERE ${SAME}`,
      values,
    );
  }
  if (gone.length > 0) {
    const { from, values } = KEYS.of(gone);
    await tx.query(`DELETE FROM relance.metric_people p USING ${from} WHERE ${SAME}`, values);
  }
  return missing;
}

/** After the messages of these follow-ups have gone, by whoever has locked their passes: whom they interrupted is forgotten. */
export const forgetPeople = (tx: Tx, ids: readonly string[]): Promise<void> =>
  changePeople(tx, ids, null, () => undefined);

/**
 * After somebody has been erased from the messages of these follow-ups: their stand-in was interrupted. `others`: follow-ups in which a
 * release that knew nothing of these sums may have done so before.
 */
export async function renamePerson(
  tx: Tx,
  ids: readonly string[],
  {
    recipient,
    standIn,
    others,
  }: { readonly recipient: string; readonly standIn: string; readonly others: readonly string[] },
): Promise<void> {
  const named = (await readFactsNaming(tx, others, recipient)).map(({ id }) => id);
  const theirs = [...new Set([...ids, ...named])];
  await lockMetricPasses(tx, theirs);
  await changePeople(tx, theirs, recipient, (to) => (to === recipient ? standIn : to));
}

/**
 * Last in its transaction, with the passes locked: whoever counts was waited for, or reads the messages as they are after it. What the
 * sums lack of them is no reason to keep a name. `recipient`: whose name is looked for; null: anybody's.
 */
async function changePeople(
  tx: Tx,
  ids: readonly string[],
  recipient: string | null,
  become: (recipient: string) => string | undefined,
): Promise<void> {
  if (ids.length === 0) return;
  const facts = await readFactsNaming(tx, ids, recipient);
  const differences: PersonDifferences = new Map();
  const changed = facts.map((one) => {
    const generations = withPeople(one.generations, become);
    addPeople(differences, one.tenant, one.generations, generations);
    return { ...one, generations };
  });
  await putFacts(tx, changed);
  await addPersonDifferences(tx, differences);
}

/** At the end of an erasure: what the sums still say of somebody, where a release counted that knew nothing of them. */
export async function deletePersonSums(
  tx: Tx,
  { tenant, recipient }: { readonly tenant: string; readonly recipient: string },
): Promise<void> {
  await lockPeople(tx, [tenant]);
  await tx.query(
    `DELETE FROM relance.metric_people p WHERE p.slot = $1 AND p.tenant = $2 AND p.recipient = $3
       AND NOT EXISTS (SELECT FROM relance.recipients r WHERE r.slot = $4 AND r.tenant = $2 AND r.id = $3)`,
    [slotOfFigures(tenant), tenant, recipient, slotOfRecipient(tenant, recipient)],
  );
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
         OFFSET 0) AS p -- so that none of these is worked out for each of its uses
       GROUP BY p.recipient),
     most AS (SELECT * FROM people WHERE ${TOTAL} > 0 ORDER BY ${TOTAL} DESC, recipient LIMIT $6)
     SELECT most.*, coalesce(r.name, r.id) AS name FROM most LEFT JOIN relance.recipients r ON r.tenant = $2 AND r.id = most.recipient
     ORDER BY ${TOTAL} DESC, most.recipient`,
    [slotOfFigures(tenant), tenant, from, to, policy ?? '', limit, ...(recipient === null ? [] : [recipient])],
  );
}
