// Events whose sender says the same thing again because it still holds: forgets that they were seen, where nothing came of
// them that still lives. Their rows stay in the record. Everyday deduplication is event.ts.
import { hashId, slotOfKey } from '@relance/core';
import type { Tx } from '../database.ts';

/**
 * Answers those event ids of a source that may come again: none of their arrivals touched a follow-up that is
 * live. (Not the newest arrival: several come within one instant of a virtual clock.)
 */
export async function forgetSettled(
  tx: Tx,
  tenant: string,
  source: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const settled = await tx.query<{ event_id: string }>(
    `SELECT event_id FROM relance.events e WHERE e.tenant = $1 AND e.source = $2 AND e.event_id = ANY($3::text[])
     GROUP BY event_id
     HAVING NOT bool_or(EXISTS (
       SELECT FROM jsonb_array_elements(e.matches) AS match
       JOIN relance.follow_ups f ON f.id = (match->>'followUp')::uuid AND f.tenant = $1
       WHERE f.status IN ('open', 'acknowledged')))`,
    [tenant, source, ids],
  );
  const found = settled.map(({ event_id }) => event_id);
  await tx.query(
    `DELETE FROM relance.event_keys k USING unnest($2::smallint[], $3::uuid[]) AS x(slot, key)
     WHERE k.slot = x.slot AND k.tenant = $1 AND k.key = x.key`,
    [
      tenant,
      found.map((id) => slotOfKey(tenant, source, id)),
      found.map((id) => hashId(['event', tenant, source, id])),
    ],
  );
  return new Set(found);
}
