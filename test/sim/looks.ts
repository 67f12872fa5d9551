// What the simulation reads of a world's database between what its nodes do, and the leases that it lets run out.
import type { FollowUp, Instant } from '@relance/core';
import { type Database, ENGINE, type Tx } from '../../packages/server/src/store/database.ts';
import { FOLLOW_UP_COLUMNS, type FollowUpRow, rowToFollowUp } from '../../packages/server/src/store/sql/follow-up.ts';
import type { Stored } from './choices.ts';

export const followUpsIn = async (database: Database): Promise<FollowUp[]> =>
  (
    await database.transaction(ENGINE, (tx) =>
      tx.query<FollowUpRow>(`SELECT ${FOLLOW_UP_COLUMNS} FROM relance.follow_ups f ORDER BY f.id`),
    )
  ).map(rowToFollowUp);

export const expireLeases = (database: Database): Promise<void> =>
  database.transaction(ENGINE, async (tx) => {
    await tx.query(
      `UPDATE relance.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL`,
    );
    await tx.query(`UPDATE relance.lookups SET try_at = clock_timestamp() - interval '1 second'`);
  });

/** Story time stands still while anything is handed over, so what is read after the start was true at it. */
export async function heldAs(
  database: Database,
  message: string,
): Promise<{ slot: number; fence: number; now: Instant }> {
  const [row] = await database.transaction(ENGINE, (tx) =>
    tx.query<{ slot: number | null; fence: number | null; now: Instant }>(
      'SELECT o.slot, o.fence, c.story_at AS now FROM relance.clock c LEFT JOIN relance.outbox o ON o.id = $1',
      [message],
    ),
  );
  if (row === undefined) throw new Error('the clock row is missing');
  return { slot: row.slot ?? -1, fence: row.fence ?? -1, now: row.now };
}

/** How somebody stands in the database, with what of theirs has passed the gate. */
export const standingOf = (
  database: Database,
  recipient: string,
): Promise<Stored & { readonly sending: string[]; readonly now: Instant }> =>
  database.transaction(ENGINE, async (tx) => {
    const [row] = await tx.query<Pick<Stored, 'preferences'> & { now: Instant }>(
      `SELECT c.story_at AS now, r.preferences FROM relance.clock c LEFT JOIN relance.recipients r ON r.tenant = 'default' AND r.id = $1`,
      [recipient],
    );
    if (row === undefined) throw new Error('the clock row is missing');
    const choices = await tx.query<Stored['choices'][number]>(
      `SELECT category, channel, wanted FROM relance.choices WHERE tenant = 'default' AND recipient = $1`,
      [recipient],
    );
    return { recipient, ...row, choices, sending: await idsIn(tx, ['sending'], recipient) };
  });

/** What a node has in hand. */
export const inHand = (database: Database): Promise<string[]> =>
  database.transaction(ENGINE, (tx) => idsIn(tx, ['leased', 'sending'], null));

const idsIn = async (tx: Tx, statuses: readonly string[], recipient: string | null): Promise<string[]> =>
  (
    await tx.query<{ id: string }>(
      'SELECT id FROM relance.outbox WHERE status = ANY($1) AND ($2::text IS NULL OR recipient = $2) ORDER BY id',
      [statuses, recipient],
    )
  ).map(({ id }) => id);
