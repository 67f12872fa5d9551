// The zone a tenant's dates mean when neither policy nor recipient says otherwise. Settings are written by tenant.ts.
import type { Tx } from '../database.ts';

export async function tenantZones(tx: Tx, tenants: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; zone: string | null }>(
    `SELECT id, settings ->> 'zone' AS zone FROM relance.tenants WHERE id = ANY($1)`,
    [tenants],
  );
  return new Map(rows.map((row) => [row.id, row.zone ?? 'UTC']));
}
