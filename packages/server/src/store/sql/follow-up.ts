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
import { type Columns, columnsOver, type Rows, rowsOf } from './rows.ts';
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

async function lock(tx: Tx, slots: Slots, ids: readonly string[], held: '' | ' SKIP LOCKED'): Promise<FollowUp[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f JOIN unnest($1::smallint[], $2::uuid[]) AS x(slot, id) ON f.slot = x.slot AND f.id = x.id
     WHERE true${inSlot(slots, 'f')} ORDER BY f.id FOR UPDATE OF f${held}`,
    [ids.map(slotOfId), ids],
  );
  return rows.map(rowToFollowUp);
}

/** Locks these follow-ups, in id order so that two transactions never wait for each other in a ring. */
export const lockFollowUps = (tx: Tx, slots: Slots, ids: readonly string[]): Promise<FollowUp[]> =>
  lock(tx, slots, ids, '');

/** Locks those that nobody else holds. A caller's own transaction may hold one for as long as it likes. */
export const lockFree = (tx: Tx, slots: Slots, ids: readonly string[]): Promise<FollowUp[]> =>
  lock(tx, slots, ids, ' SKIP LOCKED');

/** Reads without locking: what rendering needs. */
export async function readFollowUps(tx: Tx, slots: Slots, ids: readonly string[]): Promise<FollowUp[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM unnest($1::smallint[], $2::uuid[]) AS x(slot, id) JOIN relance.follow_ups f ON f.slot = x.slot AND f.id = x.id WHERE true${inSlot(slots, 'f')}`,
    [ids.map(slotOfId), ids],
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

/**
 * Locks those of the ids that nobody else holds and that are still due. The row lock is the fence. Joined, because for a
 * list of ids the planner may walk all keys of the slot by another index that ends in the id.
 */
export async function claimDue(tx: Tx, slot: number, ids: readonly string[], now: Instant): Promise<FollowUp[]> {
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM unnest($2::uuid[]) AS x(id) JOIN relance.follow_ups f ON f.slot = $1 AND f.id = x.id
     WHERE f.wake_at <= $3 FOR UPDATE OF f SKIP LOCKED`,
    [slot, ids, at(now)],
  );
  return rows.map(rowToFollowUp);
}

/** What an ordinary advance changes; most are ordinary, and each column costs. */
const ADVANCING = {
  stage: ['text', ({ stage }) => stage],
  next_at: ['timestamptz', ({ nextAt }) => at(nextAt)],
  next_stage: ['text', ({ nextStage }) => nextStage],
  wake_at: ['timestamptz', ({ wakeAt }) => at(wakeAt)],
  waits_for: ['text', ({ waitsFor }) => waitsFor],
  state: ['jsonb', packState],
  revision: ['integer', ({ revision }) => revision],
  timeline_count: ['integer', ({ timelineCount }) => timelineCount],
} as const satisfies Columns<FollowUp>;
const CHANGING = {
  ...ADVANCING,
  status: ['text', ({ status }) => status],
  outcome: ['text', ({ outcome }) => outcome],
  urgency: ['text', ({ urgency }) => urgency],
  data: ['jsonb', ({ data }) => data],
  assignee: ['text', ({ assignee }) => assignee],
  asked: ['jsonb', ({ assignees }) => (assignees.length === 0 ? null : assignees)],
  team: ['text', ({ team }) => team],
  due_at: ['timestamptz', ({ dueAt }) => at(dueAt)],
  acknowledged_at: ['timestamptz', ({ acknowledgedAt }) => at(acknowledgedAt)],
  acknowledged_by: ['text', ({ acknowledgedBy }) => acknowledgedBy],
  closed_at: ['timestamptz', ({ closedAt }) => at(closedAt)],
  closed_by: ['text', ({ closedBy }) => closedBy],
  snoozed_until: ['timestamptz', ({ snoozedUntil }) => at(snoozedUntil)],
  escalation_level: ['smallint', ({ escalationLevel }) => escalationLevel],
  unknown_recipient: ['text', ({ unknownRecipient }) => unknownRecipient],
} as const satisfies Columns<FollowUp>;
const IDENTITY = {
  slot: ['smallint', ({ slot }) => slot],
  id: ['uuid', ({ id }) => id],
} as const satisfies Columns<FollowUp>;

const NEW = rowsOf<FollowUp>({
  ...IDENTITY,
  ...CHANGING,
  tenant: ['text', ({ tenant }) => tenant],
  policy: ['text', ({ policy }) => policy],
  version: ['integer', ({ version }) => version],
  key: ['text', ({ key }) => key],
  assignee_key: ['text', ({ assigneeKey }) => assigneeKey],
  generation: ['integer', ({ generation }) => generation],
  requester: ['text', ({ requester }) => requester],
  opened_at: ['timestamptz', ({ openedAt }) => at(openedAt)],
  subject: ['jsonb', ({ subject }) => subject],
});

export async function insertFollowUps(tx: Tx, followUps: readonly FollowUp[]): Promise<void> {
  if (followUps.length === 0) return;
  const { from, values } = NEW.of(followUps);
  await Promise.all([
    tx.query(`INSERT INTO relance.follow_ups (${NEW.names}) SELECT * FROM ${from}`, values),
    insertTimers(tx, followUps),
  ]);
}

const ADVANCED = rowsOf<FollowUp>({ ...IDENTITY, ...ADVANCING });
const CHANGED = rowsOf<Changed>({
  ...columnsOver<Changed, FollowUp>({ ...IDENTITY, ...CHANGING }, ({ after }) => after),
  data: ['jsonb', ({ before, after }) => (after.data === before.data ? null : after.data)], // null: it stays as it is
});

const KEPT = [
  'status',
  'outcome',
  'urgency',
  'data',
  'assignee',
  'assignees',
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
  const advances = changed.filter(isAdvance).map(({ after }) => after);
  const others = changed.filter((one) => !isAdvance(one));
  await Promise.all([
    advances.length === 0 ? null : update(tx, slots, ADVANCING, ADVANCED.of(advances)),
    others.length === 0 ? null : update(tx, slots, CHANGING, CHANGED.of(others)),
    moveTimers(
      tx,
      slots,
      changed.filter(({ before, after }) => before.wakeAt !== after.wakeAt),
    ),
  ]);
}

async function update(tx: Tx, slots: Slots, columns: object, { from, values }: Rows): Promise<void> {
  const set = Object.keys(columns).map((name) =>
    name === 'data' ? 'data = coalesce(x.data, f.data)' : `${name} = x.${name}`,
  );
  await tx.query(
    `UPDATE relance.follow_ups f SET ${set.join(', ')} FROM ${from} WHERE f.slot = x.slot AND f.id = x.id${inSlot(slots, 'f')}`,
    values,
  );
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

const TIMERS = rowsOf<FollowUp>({
  slot: ['smallint', ({ slot }) => slot],
  wake_at: ['timestamptz', ({ wakeAt }) => at(wakeAt)],
  follow_up_id: ['uuid', ({ id }) => id],
});

async function insertTimers(tx: Tx, followUps: readonly FollowUp[]): Promise<void> {
  const timed = followUps.filter((followUp) => followUp.wakeAt !== null);
  if (timed.length === 0) return;
  const { from, values } = TIMERS.of(timed);
  await tx.query(`INSERT INTO relance.timers (${TIMERS.names}) SELECT * FROM ${from} ON CONFLICT DO NOTHING`, values);
}

const MOVED = rowsOf<Changed>({
  slot: ['smallint', ({ after }) => after.slot],
  id: ['uuid', ({ after }) => after.id],
  was: ['timestamptz', ({ before }) => at(before.wakeAt)],
  is_now: ['timestamptz', ({ after }) => at(after.wakeAt)],
});

/**
 * Old and new in one statement; a follow-up that waits for a person or an event has no new one. Two instants may be stored as
 * one (past the last day of 9999): that timer stays, as the new one would be refused for the old one's sake.
 */
async function moveTimers(tx: Tx, slots: Slots, moved: readonly Changed[]): Promise<void> {
  if (moved.length === 0) return;
  const { from, values } = MOVED.of(moved);
  await tx.query(
    `WITH x AS (SELECT * FROM ${from}),
     old AS (DELETE FROM relance.timers t USING x WHERE t.slot = x.slot AND t.wake_at = x.was AND t.follow_up_id = x.id AND x.was IS DISTINCT FROM x.is_now${inSlot(slots, 't')})
     INSERT INTO relance.timers (slot, wake_at, follow_up_id) SELECT slot, is_now, id FROM x WHERE is_now IS NOT NULL
     ON CONFLICT DO NOTHING`,
    values,
  );
}
