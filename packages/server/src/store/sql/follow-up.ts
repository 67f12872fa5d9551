// Follow-up rows and their timers: read and written in sets; each row names its slot (slot.ts). The engine's step.ts is the
// only writer. Keys are live-key.ts, lists for people follow-up-list.ts.
import {
  type FollowUp,
  type FollowUpStatus,
  type Instant,
  type Subject,
  slotOfId,
  type Urgency,
  type WaitReason,
} from '@relance/core';
import { at, type Tx } from '../database.ts';
import { type PackedState, packState, unpackState } from './follow-up-state.ts';
import { type Rows, rowsOf } from './rows.ts';
import { inSlot, type Slots } from './slot.ts';

export const FOLLOW_UP_COLUMNS = `f.slot, f.id, f.tenant, f.policy, f.version, f.key, f.assignee_key, f.generation, f.status, f.outcome, f.urgency,
  f.subject, f.data, f.assignee, f.requester, f.team, f.due_at, f.opened_at, f.acknowledged_at, f.acknowledged_by, f.closed_at, f.closed_by,
  f.snoozed_until, f.escalation_level, f.stage, f.next_at, f.next_stage, f.wake_at, f.waits_for, f.unknown_recipient, f.state,
  f.revision, f.timeline_count`;

export interface FollowUpRow {
  readonly slot: number;
  readonly id: string;
  readonly tenant: string;
  readonly policy: string;
  readonly version: number;
  readonly key: string;
  readonly assignee_key: string;
  readonly generation: number;
  readonly status: FollowUpStatus;
  readonly outcome: string | null;
  readonly urgency: Urgency;
  readonly subject: Subject;
  readonly data: Record<string, unknown>;
  readonly assignee: string | null;
  readonly requester: string | null;
  readonly team: string | null;
  readonly due_at: Instant | null;
  readonly opened_at: Instant;
  readonly acknowledged_at: Instant | null;
  readonly acknowledged_by: string | null;
  readonly closed_at: Instant | null;
  readonly closed_by: string | null;
  readonly snoozed_until: Instant | null;
  readonly escalation_level: number;
  readonly stage: string | null;
  readonly next_at: Instant | null;
  readonly next_stage: string | null;
  readonly wake_at: Instant | null;
  readonly waits_for: WaitReason | null;
  readonly unknown_recipient: string | null;
  readonly state: PackedState;
  readonly revision: number;
  readonly timeline_count: number;
}

export const rowToFollowUp = (row: FollowUpRow): FollowUp => ({
  id: row.id,
  tenant: row.tenant,
  slot: row.slot,
  policy: row.policy,
  version: row.version,
  key: row.key,
  assigneeKey: row.assignee_key,
  generation: row.generation,
  status: row.status,
  outcome: row.outcome,
  urgency: row.urgency,
  subject: row.subject,
  data: row.data,
  assignee: row.assignee,
  requester: row.requester,
  team: row.team,
  dueAt: row.due_at,
  openedAt: row.opened_at,
  acknowledgedAt: row.acknowledged_at,
  acknowledgedBy: row.acknowledged_by,
  closedAt: row.closed_at,
  closedBy: row.closed_by,
  snoozedUntil: row.snoozed_until,
  escalationLevel: row.escalation_level,
  stage: row.stage,
  nextAt: row.next_at,
  nextStage: row.next_stage,
  wakeAt: row.wake_at,
  waitsFor: row.waits_for,
  unknownRecipient: row.unknown_recipient,
  revision: row.revision,
  timelineCount: row.timeline_count,
  ...unpackState(row.state),
});

/** Locks these follow-ups, in id order so that two transactions never wait for each other in a ring. */
export async function lockFollowUps(tx: Tx, slots: Slots, ids: readonly string[]): Promise<FollowUp[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f JOIN unnest($1::smallint[], $2::uuid[]) AS x(slot, id) ON f.slot = x.slot AND f.id = x.id
     WHERE true${inSlot(slots, 'f')} ORDER BY f.id FOR UPDATE OF f`,
    [ids.map(slotOfId), ids],
  );
  return rows.map(rowToFollowUp);
}

/** Reads without locking: what rendering needs. */
export async function readFollowUps(tx: Tx, slot: number, ids: readonly string[]): Promise<FollowUp[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f WHERE f.slot = $1 AND f.id = ANY($2::uuid[])`,
    [slot, ids],
  );
  return rows.map(rowToFollowUp);
}

/** Which slots have due work at `now`: one cheap aggregate over the timers' index. */
export async function slotsDue(tx: Tx, now: Instant): Promise<number[]> {
  const rows = await tx.query<{ slot: number }>(
    `SELECT s.slot FROM generate_series(0, 63) AS s(slot)
     WHERE EXISTS (SELECT FROM relance.timers t WHERE t.slot = s.slot AND t.wake_at <= $1)`,
    [at(now)],
  );
  return rows.map((row) => row.slot);
}

/** The ids due in a slot, oldest first; nothing is locked yet. Suspects are run alone by the sweep, so they are left out. */
export async function dueIds(tx: Tx, slot: number, now: Instant, limit: number): Promise<string[]> {
  const rows = await tx.query<{ follow_up_id: string }>(
    `SELECT t.follow_up_id FROM relance.timers t
     WHERE t.slot = $1 AND t.wake_at <= $2
       AND NOT EXISTS (SELECT FROM relance.suspects s WHERE s.slot = t.slot AND s.follow_up_id = t.follow_up_id)
     ORDER BY t.wake_at LIMIT $3`,
    [slot, at(now), limit],
  );
  return rows.map((row) => row.follow_up_id);
}

/** Locks those of the ids that nobody else holds and that are still due. The row lock is the fence. */
export async function claimDue(tx: Tx, slot: number, ids: readonly string[], now: Instant): Promise<FollowUp[]> {
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f
     WHERE f.slot = $1 AND f.id = ANY($2::uuid[]) AND f.wake_at <= $3 FOR UPDATE SKIP LOCKED`,
    [slot, ids, at(now)],
  );
  return rows.map(rowToFollowUp);
}

const INSERTED = [
  'tenant',
  'policy',
  'version',
  'key',
  'assignee_key',
  'generation',
  'requester',
  'opened_at',
  'subject',
] as const;
const CHANGING = [
  'status',
  'outcome',
  'urgency',
  'data',
  'assignee',
  'team',
  'due_at',
  'acknowledged_at',
  'acknowledged_by',
  'closed_at',
  'closed_by',
  'snoozed_until',
  'escalation_level',
  'stage',
  'next_at',
  'next_stage',
  'wake_at',
  'waits_for',
  'unknown_recipient',
  'state',
  'revision',
  'timeline_count',
] as const;
const TYPES: Readonly<Record<string, string>> = {
  slot: 'smallint',
  id: 'uuid',
  version: 'integer',
  generation: 'integer',
  opened_at: 'timestamptz',
  subject: 'jsonb',
  data: 'jsonb',
  due_at: 'timestamptz',
  acknowledged_at: 'timestamptz',
  closed_at: 'timestamptz',
  snoozed_until: 'timestamptz',
  escalation_level: 'smallint',
  next_at: 'timestamptz',
  wake_at: 'timestamptz',
  state: 'jsonb',
  revision: 'integer',
  timeline_count: 'integer',
};
const typed = (columns: readonly string[]): string =>
  columns.map((column) => `${column} ${TYPES[column] ?? 'text'}`).join(', ');

function changingColumns(followUp: FollowUp, data: FollowUp['data'] | null) {
  return {
    slot: followUp.slot,
    id: followUp.id,
    status: followUp.status,
    outcome: followUp.outcome,
    urgency: followUp.urgency,
    data,
    assignee: followUp.assignee,
    team: followUp.team,
    due_at: at(followUp.dueAt),
    acknowledged_at: at(followUp.acknowledgedAt),
    acknowledged_by: followUp.acknowledgedBy,
    closed_at: at(followUp.closedAt),
    closed_by: followUp.closedBy,
    snoozed_until: at(followUp.snoozedUntil),
    escalation_level: followUp.escalationLevel,
    stage: followUp.stage,
    next_at: at(followUp.nextAt),
    next_stage: followUp.nextStage,
    wake_at: at(followUp.wakeAt),
    waits_for: followUp.waitsFor,
    unknown_recipient: followUp.unknownRecipient,
    state: packState(followUp),
    revision: followUp.revision,
    timeline_count: followUp.timelineCount,
  };
}

const NEW_ROWS = rowsOf(typed(['slot', 'id', ...INSERTED, ...CHANGING]));

export async function insertFollowUps(tx: Tx, followUps: readonly FollowUp[]): Promise<void> {
  if (followUps.length === 0) return;
  const rows = followUps.map((followUp) => ({
    ...changingColumns(followUp, followUp.data),
    tenant: followUp.tenant,
    policy: followUp.policy,
    version: followUp.version,
    key: followUp.key,
    assignee_key: followUp.assigneeKey,
    generation: followUp.generation,
    requester: followUp.requester,
    opened_at: at(followUp.openedAt),
    subject: followUp.subject,
  }));
  await Promise.all([
    tx.query(
      `INSERT INTO relance.follow_ups (${NEW_ROWS.names}) SELECT * FROM ${NEW_ROWS.from}`,
      NEW_ROWS.values(rows),
    ),
    insertTimers(tx, followUps),
  ]);
}

const updating = (columns: readonly string[], rows: Rows, slots: Slots): string =>
  `UPDATE relance.follow_ups f SET ${columns
    .map((column) => (column === 'data' ? 'data = coalesce(x.data, f.data)' : `${column} = x.${column}`))
    .join(', ')}
  FROM ${rows.from} WHERE f.slot = x.slot AND f.id = x.id${inSlot(slots, 'f')}`;

/** What an ordinary advance changes; most are ordinary, and each column costs. */
const ADVANCING = [
  'stage',
  'next_at',
  'next_stage',
  'wake_at',
  'waits_for',
  'state',
  'revision',
  'timeline_count',
] as const satisfies readonly (typeof CHANGING)[number][];
const ADVANCED_ROWS = rowsOf(typed(['slot', 'id', ...ADVANCING]));
const CHANGED_ROWS = rowsOf(typed(['slot', 'id', ...CHANGING]));

function advancedColumns(followUp: FollowUp) {
  return {
    slot: followUp.slot,
    id: followUp.id,
    stage: followUp.stage,
    next_at: at(followUp.nextAt),
    next_stage: followUp.nextStage,
    wake_at: at(followUp.wakeAt),
    waits_for: followUp.waitsFor,
    state: packState(followUp),
    revision: followUp.revision,
    timeline_count: followUp.timelineCount,
  };
}

const KEPT = [
  'status',
  'outcome',
  'urgency',
  'data',
  'assignee',
  'team',
  'dueAt',
  'acknowledgedAt',
  'acknowledgedBy',
  'closedAt',
  'closedBy',
  'snoozedUntil',
  'escalationLevel',
  'unknownRecipient',
] as const satisfies readonly (keyof FollowUp)[];
const isAdvance = ({ before, after }: Changed): boolean => KEPT.every((field) => before[field] === after[field]);

export interface Changed {
  readonly before: FollowUp;
  readonly after: FollowUp;
}

/** Writes the new state of locked follow-ups, and moves their timers in the same transaction. */
export async function updateFollowUps(tx: Tx, slots: Slots, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return;
  const advances = changed.filter(isAdvance).map(({ after }) => advancedColumns(after));
  const others = changed
    .filter((one) => !isAdvance(one))
    .map(({ before, after }) => changingColumns(after, after.data === before.data ? null : after.data));
  await Promise.all([
    advances.length === 0 ? null : tx.query(updating(ADVANCING, ADVANCED_ROWS, slots), ADVANCED_ROWS.values(advances)),
    others.length === 0 ? null : tx.query(updating(CHANGING, CHANGED_ROWS, slots), CHANGED_ROWS.values(others)),
    moveTimers(
      tx,
      slots,
      changed.filter(({ before, after }) => before.wakeAt !== after.wakeAt),
    ),
  ]);
}

/** What only a reopening changes: written beside updateFollowUps, so that ordinary advances stay lean. */
export async function beginGenerations(tx: Tx, slots: Slots, followUps: readonly FollowUp[]): Promise<void> {
  if (followUps.length === 0) return;
  const rows = followUps.map((one) => ({
    slot: one.slot,
    id: one.id,
    version: one.version,
    generation: one.generation,
    opened_at: at(one.openedAt),
    subject: one.subject,
    requester: one.requester,
  }));
  await tx.query(
    `UPDATE relance.follow_ups f SET version = x.version, generation = x.generation, opened_at = x.opened_at, subject = x.subject, requester = x.requester
     FROM json_to_recordset($1::json) AS x(slot smallint, id uuid, version integer, generation integer, opened_at timestamptz, subject jsonb, requester text)
     WHERE f.slot = x.slot AND f.id = x.id${inSlot(slots, 'f')}`,
    [JSON.stringify(rows)],
  );
}

async function insertTimers(tx: Tx, followUps: readonly FollowUp[]): Promise<void> {
  const timed = followUps.filter((followUp) => followUp.wakeAt !== null);
  if (timed.length === 0) return;
  await tx.query(
    `INSERT INTO relance.timers (slot, wake_at, follow_up_id)
     SELECT * FROM unnest($1::smallint[], $2::timestamptz[], $3::uuid[]) ON CONFLICT DO NOTHING`,
    [timed.map((one) => one.slot), timed.map((one) => at(one.wakeAt)), timed.map((one) => one.id)],
  );
}

/** Old and new in one statement; a follow-up that waits for a person or an event has no new one. */
async function moveTimers(tx: Tx, slots: Slots, moved: readonly Changed[]): Promise<void> {
  if (moved.length === 0) return;
  await tx.query(
    `WITH x AS (SELECT * FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS x(slot, id, was, is_now)),
     old AS (DELETE FROM relance.timers t USING x WHERE t.slot = x.slot AND t.wake_at = x.was AND t.follow_up_id = x.id${inSlot(slots, 't')})
     INSERT INTO relance.timers (slot, wake_at, follow_up_id) SELECT slot, is_now, id FROM x WHERE is_now IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [
      moved.map(({ after }) => after.slot),
      moved.map(({ after }) => after.id),
      moved.map(({ before }) => at(before.wakeAt)),
      moved.map(({ after }) => at(after.wakeAt)),
    ],
  );
}
