// Follow-ups as people look for them: filtered, newest first, paged by id. Reading one, or its state, is follow-up.ts.
import { type FollowUp, type Instant, isId, type Reason, slotOfId, slotOfKey, type WaitReason } from '@relance/core';
import { at, type Tx } from '../database.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, readFollowUps, rowToFollowUp } from './follow-up.ts';
import { findByKeys } from './live-key.ts';

export interface FollowUpFilter {
  readonly status: readonly string[] | null;
  readonly policy: string | null;
  readonly key: string | null;
  readonly subject: string | null; // the subject's id, or type/id
  readonly assignee: string | null;
  readonly team: string | null;
  readonly stage: string | null;
  readonly dueBefore: Instant | null;
  /** Live ones that need somebody. */
  readonly attention: Attention | null;
  readonly q: string | null; // part of the title, key or subject id
}

/** Why live ones go no further by themselves: everything tried, nobody known to ask, or an error. */
const NEEDS_ATTENTION = ['stages_exhausted', 'unknown_recipient', 'parked'] as const satisfies readonly WaitReason[];
/** Alarms that are about a follow-up which goes on: a stage reached nobody, or the watchdog found that nothing wakes it. */
const ALARMING = ['nobody_reached', 'orphaned'] as const satisfies readonly Reason[];

/** `true`: whatever keeps them from going on. */
export const ATTENTIONS = ['true', ...NEEDS_ATTENTION, ...ALARMING] as const;
export type Attention = (typeof ATTENTIONS)[number];

const isOf = <T extends Attention>(all: readonly T[], one: Attention | null): readonly T[] | null =>
  all.some((known) => known === one) ? [one as T] : null;

export async function listFollowUps(
  tx: Tx,
  tenant: string,
  filter: FollowUpFilter,
  before: string | null,
  limit: number,
): Promise<FollowUp[]> {
  const rows = await tx.query<FollowUpRow>(
    `SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f
     WHERE f.tenant = $1 AND ($2::uuid IS NULL OR f.id < $2) AND ($3::text[] IS NULL OR f.status = ANY($3)) AND ($4::text IS NULL OR f.policy = $4) AND ($5::text IS NULL OR f.key = $5)
       AND ($6::text IS NULL OR f.subject ->> 'id' = $6 OR (f.subject ->> 'type') || '/' || (f.subject ->> 'id') = $6) AND ($7::text IS NULL OR f.assignee = $7 OR (f.state -> 'assignees') ? $7)
       AND ($8::text IS NULL OR f.team = $8) AND ($9::text IS NULL OR f.stage = $9) AND ($10::timestamptz IS NULL OR f.due_at < $10)
       AND ($11::text IS NULL OR f.key ILIKE $11 OR f.subject ->> 'title' ILIKE $11 OR f.subject ->> 'id' ILIKE $11)
       AND ($12::text[] IS NULL OR f.status IN ('open', 'acknowledged') AND f.waits_for = ANY($12))
       AND ($13::text[] IS NULL OR f.status IN ('open', 'acknowledged')
         AND EXISTS (SELECT FROM relance.alarms a WHERE a.slot = f.slot AND a.follow_up_id = f.id AND a.reason = ANY($13)))
     ORDER BY f.id DESC LIMIT $14`,
    [
      tenant,
      before,
      filter.status,
      filter.policy,
      filter.key,
      filter.subject,
      filter.assignee,
      filter.team,
      filter.stage,
      at(filter.dueBefore),
      filter.q === null ? null : `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`,
      filter.attention === 'true' ? NEEDS_ATTENTION : isOf(NEEDS_ATTENTION, filter.attention),
      isOf(ALARMING, filter.attention),
      limit,
    ],
  );
  return rows.map(rowToFollowUp);
}

export async function getFollowUp(tx: Tx, tenant: string, id: string): Promise<FollowUp | null> {
  if (!isId(id)) return null;
  const [followUp] = await readFollowUps(tx, slotOfId(id), [id]);
  return followUp === undefined || followUp.tenant !== tenant ? null : followUp;
}

/** Every follow-up of a key, newest first. */
export const followUpsOfKey = (tx: Tx, tenant: string, policy: string, key: string): Promise<FollowUp[]> =>
  findByKeys(tx, slotOfKey(tenant, policy, key), [{ tenant, policy, key }]);
