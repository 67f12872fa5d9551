// What is counted of follow-ups: the marks that are taken, the rows they are counted from, and what was counted of them before.
// Engine scope. The sums by day are metric-day.ts.
import {
  type Channel,
  type EngagementSeen,
  type Evidence,
  type GenerationFigures,
  type Instant,
  type MessageStatus,
  type Reason,
  type SentBy,
  slotOfId,
  type TimelineKind,
} from '@relance/core';
import { at, type Tx } from '../database.ts';
import { highest, lowest, openingOf } from './message.ts';
import { rowsOf } from './rows.ts';

/** Which slots have marks: one look into an index each. */
export async function slotsMarked(tx: Tx): Promise<number[]> {
  const rows = await tx.query<{ slot: number }>(
    `SELECT s.slot FROM generate_series(0, 63) AS s(slot) WHERE EXISTS (SELECT FROM relance.metric_marks m WHERE m.slot = s.slot)`,
  );
  return rows.map(({ slot }) => slot);
}

/** The same, where there are at most so many marks; none where there are more. */
export async function slotsOfLittle(tx: Tx, marksMax: number): Promise<number[]> {
  const rows = await tx.query<{ slot: number }>('SELECT slot FROM relance.metric_marks LIMIT $1', [marksMax + 1]);
  return rows.length > marksMax ? [] : [...new Set(rows.map(({ slot }) => slot))];
}

/** What becomes of a slot that another node counts. */
export type Held = 'left' | 'waited for';

/** False where another node counts this slot. Held to the end of the transaction. */
export async function lockMetricPass(tx: Tx, slot: number, held: Held): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM relance.metric_passes WHERE slot = $1 FOR UPDATE${held === 'left' ? ' SKIP LOCKED' : ''}`,
    [slot],
  );
  return rows.length > 0;
}

/** Nobody counts these follow-ups until the end of the transaction, and whoever does is waited for. */
export const lockMetricPasses = (tx: Tx, ids: readonly string[]): Promise<unknown> =>
  tx.query('SELECT FROM relance.metric_passes WHERE slot = ANY($1::smallint[]) ORDER BY slot FOR UPDATE', [
    [...new Set(ids.map(slotOfId))],
  ]);

/** $1 and $2: facts are found by the slot of their follow-up, and its id. */
const FACTS_OF = 'unnest($1::smallint[], $2::uuid[]) AS x(slot, id) WHERE k.slot = x.slot AND k.follow_up_id = x.id';
const keysOf = (ids: readonly string[]) => [ids.map(slotOfId), ids] as const;

/** Their figures stay: what is counted of them by now is not counted again. */
export async function makeFinal(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `UPDATE relance.metric_facts k SET final = greatest(final, (generations -> -1 ->> 'generation')::integer) FROM ${FACTS_OF}`,
    [...keysOf(ids)],
  );
}

export async function deleteFacts(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.query(`DELETE FROM relance.metric_facts k USING ${FACTS_OF}`, [...keysOf(ids)]);
}

/** Those of the follow-ups in which messages interrupted somebody; `recipient`: them, or null: anybody. */
export const readFactsNaming = (tx: Tx, ids: readonly string[], recipient: string | null): Promise<Fact[]> =>
  tx.query<Fact>(
    `SELECT k.slot, k.follow_up_id AS id, k.tenant, k.generations FROM relance.metric_facts k, ${FACTS_OF}
       AND jsonb_path_exists(k.generations, '$[*].messages[*].to ? ($who == null || @ == $who)', jsonb_build_object('who', $3::text))`,
    [...keysOf(ids), recipient],
  );

export interface MarkedOne {
  readonly id: string;
  readonly tenant: string;
  /** When it was marked first. */
  readonly at: Instant;
  /** Of its timeline; none where it is gone. */
  readonly lines: number;
}

/** The oldest marks of a slot, taken away, each follow-up once. One that is not committed yet is not seen, and stays. */
export const takeMarks = (tx: Tx, slot: number, limit: number): Promise<readonly MarkedOne[]> =>
  tx.query<MarkedOne>(
    `WITH taken AS (DELETE FROM relance.metric_marks
       WHERE slot = $1 AND n = ANY (ARRAY(SELECT n FROM relance.metric_marks WHERE slot = $1 ORDER BY n LIMIT $2))
       RETURNING n, at, follow_up_id AS id, tenant)
     SELECT t.id, min(t.tenant) AS tenant, min(t.at) AS at, coalesce(max(f.timeline_count), 0) AS lines
     FROM taken t LEFT JOIN relance.follow_ups f ON f.slot = $1 AND f.id = t.id GROUP BY t.id ORDER BY min(t.n)`,
    [slot, limit],
  );

/** The first, and as many more as come to so many lines. */
export function asManyAs<One extends { readonly lines: number }>(
  marked: readonly One[],
  linesMax: number,
): readonly One[] {
  let lines = 0;
  const beyond = marked.findIndex((one, index) => {
    lines += one.lines;
    return index > 0 && lines > linesMax;
  });
  return beyond === -1 ? marked : marked.slice(0, beyond);
}

const PUT_BACK = rowsOf<MarkedOne>({
  follow_up_id: ['uuid', ({ id }) => id],
  tenant: ['text', ({ tenant }) => tenant],
  at: ['timestamptz', ({ at: marked }) => at(marked)],
});

/** What is counted later has waited since it was marked first. */
export async function putBackMarks(tx: Tx, slot: number, marked: readonly MarkedOne[]): Promise<void> {
  if (marked.length === 0) return;
  const { from, values } = PUT_BACK.of(marked);
  await tx.query(
    `INSERT INTO relance.metric_marks (slot, ${PUT_BACK.names}) SELECT ${slot}::smallint, * FROM ${from}`,
    values,
  );
}

export interface CountedFact {
  readonly id: string;
  readonly tenant: string;
  readonly policy: string;
  readonly version: number;
  readonly generation: number;
  readonly team: string | null;
  readonly waitsFor: string | null;
  /** What was counted before, and up to which generation it stays so. */
  readonly known: readonly GenerationFigures[];
  readonly final: number;
  readonly lines: readonly LineRead[];
  readonly messages: readonly MessageRead[];
}
export type LineRead = readonly [
  at: Instant,
  kind: TimelineKind,
  stage: string | null,
  actor: string | null,
  evidence: Evidence | null,
  level: number | null,
  promised: Instant | null,
  resumedBy: Reason | null,
];
export interface MessageRead {
  readonly id: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly entry: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly status: MessageStatus;
  readonly engagement: readonly EngagementSeen[];
  readonly watched: number | null;
  readonly hours: number | null;
  readonly sentBy: SentBy;
  readonly plannedAt: Instant;
  readonly sentAt: Instant | null;
  readonly carried: boolean;
  /** `pending`: it is not finished yet, and will be. */
  readonly carrier:
    | {
        readonly status: MessageStatus;
        readonly engagement: readonly EngagementSeen[];
        readonly watched: number | null;
      }
    | 'pending'
    | null;
}

const MS = (column: string): string => `floor(extract(epoch FROM ${column}) * 1000)::bigint`;
/** As slotOfId. */
const SLOT_OF_CARRIER = `(('x' || substr(g.carrier::text, 16, 3))::bit(12)::integer >> 6)`;
const LINES = `SELECT coalesce(json_agg(json_build_array(${MS('t.at')}, t.kind, t.stage, t.actor, t.evidence, CASE WHEN t.kind = 'escalated' THEN t.data -> 'level' END,
    CASE WHEN t.kind = 'committed' THEN t.data -> 'by' END, CASE WHEN t.kind = 'resumed' THEN t.reason END) ORDER BY t.seq), '[]')
  FROM relance.timeline t WHERE t.follow_up_id = f.id AND (t.kind = ANY ($5::text[]) OR t.kind = 'alarm' AND t.reason = 'nobody_reached' OR t.kind = 'noted' AND t.reason = 'escalated_by_hand')`;
const MESSAGES = `SELECT coalesce(json_agg(json_build_object('id', g.id, 'stage', g.stage, 'run', g.run, 'notify', g.notify, 'entry', g.entry,
    'recipient', g.recipient, 'channel', g.channel, 'status', g.status, 'engagement', g.engagement, 'watched', g.watched, 'hours', g.hours,
    'sentBy', json_build_array(coalesce(g.provider, ''), coalesce(g.template, ''), coalesce(g.template_version, 0), coalesce(g.locale, '')), 'plannedAt', ${MS('g.planned_at')}, 'sentAt', ${MS('g.sent_at')}, 'carried', g.carrier IS NOT NULL,
    'carrier', CASE WHEN c.id IS NOT NULL THEN json_build_object('status', c.status, 'engagement', c.engagement, 'watched', c.watched)
      WHEN g.carrier IS NOT NULL AND EXISTS (SELECT FROM relance.outbox o WHERE o.slot = ${SLOT_OF_CARRIER} AND o.id = g.carrier) THEN '"pending"'::json END)), '[]')
  FROM relance.messages g LEFT JOIN relance.messages c ON c.id = g.carrier
  WHERE g.follow_up_id = f.id AND g.id BETWEEN x.low AND x.high AND g.status NOT IN ('suppressed', 'revoked')`;

/** Of a timeline; and alarms that nobody was reached. */
export const COUNTED_KINDS: readonly TimelineKind[] = [
  'opened',
  'reopened',
  'stage_ran',
  'escalated',
  'resolved',
  'cancelled',
  'expired',
  'acknowledged',
  'snoozed',
  'committed',
  'answered',
  'claimed',
  'delegated',
  'declined',
  'replied',
  'unacknowledged',
  'reassigned',
  'resumed',
];

/** One statement, so that retention takes away all of it or nothing. Follow-ups that are gone are none. */
export async function readCounted(tx: Tx, slot: number, ids: readonly string[]): Promise<CountedFact[]> {
  if (ids.length === 0) return [];
  return tx.query<CountedFact>(
    `SELECT f.id, f.tenant, f.policy, f.version, f.generation, f.team, f.waits_for AS "waitsFor", coalesce(k.generations, '[]') AS known, coalesce(k.final, 0) AS final,
       (${LINES}) AS lines, (${MESSAGES}) AS messages
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS x(id, low, high) JOIN relance.follow_ups f ON f.slot = $1 AND f.id = x.id
     LEFT JOIN relance.metric_facts k ON k.slot = $1 AND k.follow_up_id = x.id`,
    [slot, ids, ids.map((id) => lowest(openingOf(id))), ids.map((id) => highest(openingOf(id))), COUNTED_KINDS],
  );
}

export interface Fact {
  readonly slot: number;
  readonly id: string;
  readonly tenant: string;
  readonly generations: readonly GenerationFigures[];
}

const FACTS = rowsOf<Fact>({
  slot: ['smallint', ({ slot }) => slot],
  follow_up_id: ['uuid', ({ id }) => id],
  tenant: ['text', ({ tenant }) => tenant],
  generations: ['jsonb', ({ generations }) => generations],
});

export async function putFacts(tx: Tx, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  const { from, values } = FACTS.of(facts);
  await tx.query(
    `INSERT INTO relance.metric_facts (${FACTS.names}) SELECT * FROM ${from}
     ON CONFLICT (slot, follow_up_id) DO UPDATE SET generations = excluded.generations`,
    values,
  );
}
