// Which follow-ups something happened to since a moment: those whose timeline has grown. Found by the block ranges of `at`
// (migration 0067), which cost nothing where lines are only added.
import type { Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';

/** The newest line of each; no more than `limit`, whichever they are. */
export const changedFollowUps = (tx: Tx, tenant: string, since: Instant, limit: number) =>
  tx.query<{ readonly id: string; readonly line: number }>(
    `SELECT follow_up_id AS id, max(seq) AS line FROM relance.timeline WHERE tenant = $1 AND at >= $2
     GROUP BY follow_up_id ORDER BY max(at) DESC LIMIT $3`,
    [tenant, at(since), limit],
  );
