// Versions go on where something is deleted and made again under its name: a version is never two different things.
import type { Tx } from '../database.ts';
import { lockName } from './lock.ts';

type Kind = 'template' | 'calendar' | 'schedule' | 'group';

type Locked = Exclude<Kind, 'template'> | 'category' | 'connection';
/** Held until the transaction ends: by those who write only over what they have seen. */
export async function lockVersion(tx: Tx, kind: Locked, tenant: string, id: string): Promise<void> {
  await lockName(tx, `relance.${kind}/${tenant}/${id}`);
}

/** The version that a new row begins with; `tenant` and `id` are expressions of the statement it stands in. */
export const firstVersion = (kind: Kind, tenant: string, id: string): string =>
  `1 + coalesce((SELECT l.version FROM relance.last_versions l WHERE l.tenant = ${tenant} AND l.kind = '${kind}' AND l.id = ${id}), 0)`;

/** Deletes `$2` of tenant `$1`, remembers its version, and answers with its id where there was one. */
export const deletionOf = (kind: Kind): string =>
  `WITH gone AS (DELETE FROM relance.${kind}s WHERE tenant = $1 AND id = $2 RETURNING tenant, id, version)
   INSERT INTO relance.last_versions (tenant, kind, id, version) SELECT tenant, '${kind}', id, version FROM gone
   ON CONFLICT (tenant, kind, id) DO UPDATE SET version = excluded.version RETURNING id`;
