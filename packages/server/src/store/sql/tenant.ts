// A tenant's settings: zone, locale, whom alarms go to, branding, tracking. Tenants are a reference table, not under row security.
import {
  type Directory,
  readBudget,
  readQuietHours,
  type WrittenActivityMapping,
  type WrittenBudget,
  type WrittenResolver,
} from '@relance/core';
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

/** As they were applied, the name among them; empty where nothing was. */
export async function readTenantSettings(tx: Tx, tenant: string): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await tx.query<{ name: string | null; settings: Readonly<Record<string, unknown>> }>(
    'SELECT name, settings FROM relance.tenants WHERE id = $1',
    [tenant],
  );
  if (row === undefined) return {};
  return { ...(row.name === null ? {} : { name: row.name }), ...row.settings };
}

/** What mail may tell of its readers: nothing, unless the tenant has switched it on. A recipient's `tracking: false` wins. */
export interface Tracking {
  readonly opens: boolean;
  readonly clicks: boolean;
  /** Links of text messages as well, which cost their place. */
  readonly sms: boolean;
}

/** With what ingest and the rendering of mail ask beside what decisions see. */
export type TenantSettings = Directory['tenant'] & {
  readonly tracking: Tracking;
  readonly activity: readonly WrittenActivityMapping[];
  readonly resolvers: Readonly<Record<string, WrittenResolver>>;
};

/** What holds where a tenant has set nothing. */
export const NO_SETTINGS: TenantSettings = {
  zone: null,
  locale: 'en',
  alarmTo: null,
  name: null,
  tracking: { opens: false, clicks: false, sms: false },
  activity: [],
  resolvers: {},
};

/** Settings are read once a transaction, however many sets it decides. */
const settingsOf = new WeakMap<Tx, Map<string, TenantSettings>>();

export async function tenantSettings(tx: Tx, tenants: readonly string[]): Promise<Map<string, TenantSettings>> {
  const known = settingsOf.get(tx) ?? new Map<string, TenantSettings>();
  settingsOf.set(tx, known);
  const missing = tenants.filter((tenant) => !known.has(tenant));
  if (missing.length === 0) return known;
  const rows = await tx.query<{
    id: string;
    name: string | null;
    settings: Partial<Omit<TenantSettings, 'name' | 'quietHours' | 'budget'>> & {
      readonly quietHours?: string;
      readonly budget?: WrittenBudget;
    };
  }>('SELECT id, name, settings FROM relance.tenants WHERE id = ANY($1)', [missing]);
  for (const { id, name, settings } of rows)
    known.set(id, {
      zone: settings.zone ?? NO_SETTINGS.zone,
      locale: settings.locale ?? NO_SETTINGS.locale,
      alarmTo: settings.alarmTo ?? NO_SETTINGS.alarmTo,
      tracking: { ...NO_SETTINGS.tracking, ...settings.tracking },
      activity: settings.activity ?? NO_SETTINGS.activity,
      resolvers: settings.resolvers ?? NO_SETTINGS.resolvers,
      name,
      quietHours: readQuietHours(settings.quietHours),
      budget: readBudget(settings.budget),
      ...(settings.branding === undefined ? {} : { branding: settings.branding }),
    });
  return known;
}
