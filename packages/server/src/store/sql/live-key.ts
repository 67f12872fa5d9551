// Live keys: one live follow-up for each (tenant, policy, key, and assignee where several are asked), as a constraint.
// Taken when a follow-up opens, freed when it closes. Rows name their slot (slot.ts).
import { type FollowUp, slotOfKey } from '@relance/core';
import type { Tx } from '../database.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from './follow-up.ts';
import { rowsOf } from './rows.ts';
import { inSlot, type Slots } from './slot.ts';

export interface KeyRef {
  readonly tenant: string;
  readonly policy: string;
  readonly key: string;
}
const slotOf = (ref: KeyRef): number => slotOfKey(ref.tenant, ref.policy, ref.key);

/** A key and who holds it. */
export type Holder = Pick<FollowUp, 'slot' | 'id' | 'tenant' | 'policy' | 'key' | 'assigneeKey'>;

const HOLDERS = rowsOf<Holder>({
  slot: ['smallint', ({ slot }) => slot],
  tenant: ['text', ({ tenant }) => tenant],
  policy: ['text', ({ policy }) => policy],
  key: ['text', ({ key }) => key],
  assignee_key: ['text', ({ assigneeKey }) => assigneeKey],
  follow_up_id: ['uuid', ({ id }) => id],
});

/** Takes keys; answers with the ids that got theirs. Waits for a transaction that is taking or freeing the same key. */
export async function takeKeys(tx: Tx, holders: readonly Holder[]): Promise<Set<string>> {
  if (holders.length === 0) return new Set();
  const { from, values } = HOLDERS.of(holders);
  const rows = await tx.query<{ follow_up_id: string }>(
    `INSERT INTO relance.live_keys (${HOLDERS.names}) SELECT * FROM ${from} ORDER BY 1, 2, 3, 4, 5
     ON CONFLICT DO NOTHING RETURNING follow_up_id`,
    values,
  );
  return new Set(rows.map((row) => row.follow_up_id));
}

export async function freeKeys(tx: Tx, slots: Slots, holders: readonly Holder[]): Promise<void> {
  if (holders.length === 0) return;
  const { from, values } = HOLDERS.of(holders);
  await tx.query(
    `DELETE FROM relance.live_keys l USING ${from}
     WHERE l.slot = x.slot AND l.tenant = x.tenant AND l.policy = x.policy AND l.key = x.key AND l.assignee_key = x.assignee_key AND l.follow_up_id = x.follow_up_id${inSlot(slots, 'l')}`,
    values,
  );
}

const KEYS = rowsOf<KeyRef>({
  slot: ['smallint', slotOf],
  tenant: ['text', ({ tenant }) => tenant],
  policy: ['text', ({ policy }) => policy],
  key: ['text', ({ key }) => key],
});

/** Closed follow-ups of one key that are looked at: only the newest matters, with several assignees the newest of each. */
const CLOSED_SEEN_MAX = 100;

/** The live follow-ups of these keys and the newest closed ones, newest first. Nothing is locked. */
export async function findByKeys(tx: Tx, slots: Slots, keys: readonly KeyRef[]): Promise<FollowUp[]> {
  if (keys.length === 0) return [];
  const { from, values } = KEYS.of(keys);
  const rows = await tx.query<FollowUpRow>(
    `WITH x AS MATERIALIZED (SELECT DISTINCT * FROM ${from}),
     ids AS (SELECT l.slot, l.follow_up_id AS id FROM x JOIN relance.live_keys l USING (slot, tenant, policy, key) WHERE true${inSlot(slots, 'l')}
       UNION SELECT c.slot, c.id FROM x CROSS JOIN LATERAL (SELECT f.slot, f.id FROM relance.follow_ups f
         WHERE f.slot = x.slot AND f.tenant = x.tenant AND f.policy = x.policy AND f.key = x.key${inSlot(slots, 'f')} ORDER BY f.id DESC LIMIT ${CLOSED_SEEN_MAX}) AS c)
     SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f JOIN ids USING (slot, id) WHERE true${inSlot(slots, 'f')} ORDER BY f.id DESC`,
    values,
  );
  return rows.map(rowToFollowUp);
}
