// Which follow-ups something happened to since a moment: those whose timeline has grown. Found by the block ranges of `at`
// (migration 0067), which cost nothing where lines are only added. Engine scope.
import type { Instant } from '@relance/core';
import { at, type Tx } from '../database.ts';

export interface Changed {
  readonly tenant: string;
  readonly id: string;
  /** The newest line of its timeline. */
  readonly line: number;
}

/** Of each tenant no more than `limit`, the newest first: one that is busy takes nobody else's place. */
export const changedFollowUps = (tx: Tx, tenants: readonly string[], since: Instant, limit: number) =>
  tx.query<Changed>(
    `SELECT tenant, id, line FROM (
       SELECT tenant, follow_up_id AS id, max(seq) AS line, row_number() OVER (PARTITION BY tenant ORDER BY max(at) DESC) AS place
       FROM relance.timeline WHERE tenant = ANY($1) AND at >= $2 GROUP BY tenant, follow_up_id) AS changed
     WHERE place <= $3`,
    [tenants, at(since), limit],
  );
