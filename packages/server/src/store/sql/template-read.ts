// Templates as rendering needs them: the latest version at this moment. Writing and listing them is template.ts.
import type { Template } from '@relance/core';
import type { Tx } from '../database.ts';

/** Which version it was that a message was written by. */
export type ReadTemplate = Template & { readonly version: number };

/** Keyed by tenant and id, joined by a newline. */
export async function readTemplates(
  tx: Tx,
  wanted: readonly { tenant: string; id: string }[],
): Promise<Map<string, ReadTemplate>> {
  if (wanted.length === 0) return new Map();
  const rows = await tx.query<{ tenant: string; id: string; version: number; compiled: Template }>(
    `SELECT DISTINCT t.tenant, t.id, t.version, t.compiled FROM relance.templates t
     JOIN unnest($1::text[], $2::text[]) AS x(tenant, id) ON t.tenant = x.tenant AND t.id = x.id`,
    [wanted.map((one) => one.tenant), wanted.map((one) => one.id)],
  );
  return new Map(
    rows.map((row) => [`${row.tenant}\n${row.id}`, { ...row.compiled, id: row.id, version: row.version }]),
  );
}
