// A tenant's settings: zone, locale, whom alarms go to, branding. Tenants are a reference table, not under row security.
import type { Tx } from '../database.ts';

export async function putTenantSettings(
  tx: Tx,
  tenant: string,
  settings: Readonly<Record<string, unknown>> & { readonly name?: string | undefined },
): Promise<void> {
  const { name, ...rest } = settings;
  await tx.query(
    `INSERT INTO relance.tenants (id, name, settings) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = coalesce(excluded.name, relance.tenants.name), settings = relance.tenants.settings || excluded.settings`,
    [tenant, name ?? null, JSON.stringify(rest)],
  );
}
