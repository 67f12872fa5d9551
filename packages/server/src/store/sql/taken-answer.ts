// Texts and presses that were taken already, by what their provider calls them: the same one told again counts once.
import type { Tx } from '../database.ts';

export interface TakenAnswer {
  readonly tenant: string;
  readonly connection: string;
  readonly id: string;
}

export async function isTaken(tx: Tx, { tenant, connection, id }: TakenAnswer): Promise<boolean> {
  const rows = await tx.query('SELECT FROM relance.taken_answers WHERE tenant = $1 AND connection = $2 AND id = $3', [
    tenant,
    connection,
    id,
  ]);
  return rows.length > 0;
}

/** False where it was taken before: within `againAfterSeconds` if it is something that may come again, ever without. */
export async function take(
  tx: Tx,
  { tenant, connection, id }: TakenAnswer,
  againAfterSeconds: number | null = null,
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO relance.taken_answers AS t (tenant, connection, id) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, connection, id) DO UPDATE SET at = excluded.at WHERE t.at < clock_timestamp() - make_interval(secs => $4::double precision) RETURNING t.id`,
    [tenant, connection, id, againAfterSeconds],
  );
  return rows.length > 0;
}
