// Who asked for a fresh link, and when last, by the server's clock (engine/fresh-link.ts).
import type { Instant } from '@relance/core';
import type { Tx } from '../database.ts';

interface Whose {
  readonly tenant: string;
  readonly recipient: string;
}

/** Notes that one is sent now; null where the last is too recent. Of many at once one gets it. */
export async function claimFreshLink(tx: Tx, { tenant, recipient }: Whose, everyMs: number): Promise<Instant | null> {
  const [row] = await tx.query<{ asked_at: Instant }>(
    `INSERT INTO relance.fresh_links AS f (tenant, recipient, asked_at) VALUES ($1, $2, clock_timestamp())
     ON CONFLICT (tenant, recipient) DO UPDATE SET asked_at = excluded.asked_at
       WHERE f.asked_at <= excluded.asked_at - $3 * interval '1 millisecond' RETURNING asked_at`,
    [tenant, recipient, everyMs],
  );
  return row?.asked_at ?? null;
}

/** The follow-up that somebody was last sent a message about. */
export async function lastToldOf(tx: Tx, { tenant, recipient }: Whose): Promise<string | null> {
  const [row] = await tx.query<{ follow_up_id: string }>(
    'SELECT follow_up_id FROM relance.messages WHERE tenant = $1 AND recipient = $2 ORDER BY id DESC LIMIT 1',
    [tenant, recipient],
  );
  return row?.follow_up_id ?? null;
}
