// Published policy versions as decisions use them. A version is immutable, so what is read once is never read again;
// which version is the latest is read in the ingest transaction. Publishing is policy.ts.
import type { Tx } from '../database.ts';

export interface PolicyRef {
  readonly tenant: string;
  readonly id: string;
  readonly version: number;
}

export const versionKey = ({ tenant, id, version }: PolicyRef): string => `${tenant}\n${id}\n${version}`;

export async function readPolicyVersions(
  tx: Tx,
  refs: readonly PolicyRef[],
): Promise<(PolicyRef & { written: unknown })[]> {
  return tx.query(
    `SELECT v.tenant, v.id, v.version, v.written FROM relance.policy_versions v
     JOIN unnest($1::text[], $2::text[], $3::integer[]) AS x(tenant, id, version) ON v.tenant = x.tenant AND v.id = x.id AND v.version = x.version`,
    [refs.map((ref) => ref.tenant), refs.map((ref) => ref.id), refs.map((ref) => ref.version)],
  );
}

export type VersionInUse = PolicyRef & { readonly latest: boolean; readonly deleted: boolean };

/**
 * Every version of every policy of these tenants that may still match events, the latest first. Versions are numbered from
 * 1 without gaps, so a policy's own row tells them all.
 */
export async function versionsInUse(tx: Tx, tenants: readonly string[]): Promise<VersionInUse[]> {
  const rows = await tx.query<{ tenant: string; id: string; latest: number; deleted: boolean }>(
    `SELECT tenant, id, latest, deleted_at IS NOT NULL AS deleted FROM relance.policies WHERE tenant = ANY($1) ORDER BY tenant, id`,
    [tenants],
  );
  return rows.flatMap(({ latest, ...policy }) =>
    Array.from({ length: latest }, (_, index) => ({ ...policy, version: latest - index, latest: index === 0 })),
  );
}

/** The version that opens; null for a policy that does not exist or was deleted. */
export async function latestVersion(tx: Tx, tenant: string, id: string): Promise<PolicyRef | null> {
  const [row] = await tx.query<{ version: number }>(
    'SELECT latest AS version FROM relance.policies WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL',
    [tenant, id],
  );
  return row === undefined ? null : { tenant, id, version: row.version };
}
