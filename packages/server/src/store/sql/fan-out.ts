// Fan-out rows: a stage that tells a large group, expanded a thousand members a transaction by the sweep. Stopping the
// stage deletes the row (revoke.ts), so nobody after the cursor is told.
import type { FanOut, FollowUp, NotifyEffect } from '@relance/core';
import type { Tx } from '../database.ts';
import { stopRank } from './outbox.ts';
import { inSlot, type Slots } from './slot.ts';

export interface FanOutRow {
  readonly slot: number;
  readonly follow_up_id: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly tenant: string;
  readonly group_id: string;
  readonly cursor: string;
  /** How many members the stage still waits for. */
  readonly awaited: number;
  readonly effect: NotifyEffect;
}

export async function insertFanOuts(tx: Tx, fanOuts: readonly { fanOut: FanOut; followUp: FollowUp }[]): Promise<void> {
  if (fanOuts.length === 0) return;
  const rows = fanOuts.map(({ fanOut, followUp }) => ({
    slot: followUp.slot,
    follow_up_id: followUp.id,
    stage: fanOut.stage,
    run: fanOut.run,
    notify: fanOut.notify,
    tenant: followUp.tenant,
    group_id: fanOut.group,
    stopped_by: stopRank(fanOut.effect.stoppedBy),
    awaited: fanOut.size,
    effect: fanOut.effect,
  }));
  await tx.query(
    `INSERT INTO relance.fan_outs (slot, follow_up_id, stage, run, notify, tenant, group_id, stopped_by, awaited, effect)
     SELECT * FROM json_to_recordset($1::json) AS x(slot smallint, follow_up_id uuid, stage text, run integer, notify smallint, tenant text, group_id text, stopped_by smallint, awaited integer, effect jsonb)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Follow-ups with fan-outs, those behind another first; a look that comes to the end is followed by one from the beginning. */
export async function nextFanOuts(
  tx: Tx,
  after: { readonly slot: number; readonly follow_up_id: string } | null,
  limit: number,
): Promise<{ slot: number; follow_up_id: string }[]> {
  return tx.query(
    `SELECT DISTINCT slot, follow_up_id FROM relance.fan_outs WHERE $1::smallint IS NULL OR (slot, follow_up_id) > ($1, $2::uuid)
     ORDER BY slot, follow_up_id LIMIT $3`,
    [after?.slot ?? null, after?.follow_up_id ?? null, limit],
  );
}

export async function lockFanOuts(tx: Tx, slot: number, followUpId: string): Promise<FanOutRow[]> {
  return tx.query(
    `SELECT slot, follow_up_id, stage, run, notify, tenant, group_id, cursor, awaited, effect FROM relance.fan_outs
     WHERE slot = $1 AND follow_up_id = $2 ORDER BY stage, run, notify FOR UPDATE`,
    [slot, followUpId],
  );
}

/** The next members after the cursor, in id order. */
export async function membersAfter(tx: Tx, row: FanOutRow, limit: number): Promise<string[]> {
  const rows = await tx.query<{ recipient: string }>(
    `SELECT recipient FROM relance.group_members WHERE tenant = $1 AND group_id = $2 AND recipient > $3 COLLATE "C" ORDER BY recipient COLLATE "C" LIMIT $4`,
    [row.tenant, row.group_id, row.cursor, limit],
  );
  return rows.map((one) => one.recipient);
}

/** Moves the cursor past members who were told, or removes a finished row. */
export async function moveFanOut(
  tx: Tx,
  row: FanOutRow,
  { cursor, told }: { readonly cursor: string | null; readonly told: number },
): Promise<void> {
  const key = [row.slot, row.follow_up_id, row.stage, row.run, row.notify];
  if (cursor === null)
    await tx.query(
      'DELETE FROM relance.fan_outs WHERE slot = $1 AND follow_up_id = $2 AND stage = $3 AND run = $4 AND notify = $5',
      key,
    );
  else
    await tx.query(
      'UPDATE relance.fan_outs SET cursor = $6, awaited = awaited - $7 WHERE slot = $1 AND follow_up_id = $2 AND stage = $3 AND run = $4 AND notify = $5',
      [...key, cursor, told],
    );
}

/** What a follow-up that is opened again still had to tell of its end: nobody else is told of it any more. */
export async function dropFanOuts(tx: Tx, slots: Slots, followUps: readonly FollowUp[]): Promise<void> {
  if (followUps.length === 0) return;
  await tx.query(
    `DELETE FROM relance.fan_outs o USING unnest($1::smallint[], $2::uuid[]) AS x(slot, id) WHERE o.slot = x.slot AND o.follow_up_id = x.id${inSlot(slots, 'o')}`,
    [followUps.map(({ slot }) => slot), followUps.map(({ id }) => id)],
  );
}
