// Published policy versions as decisions use them. A version is immutable, so what is read once is never read again;
// which version is the latest is read in the ingest transaction. Publishing is policy.ts.
import type { Tx } from '../database.ts';

export interface PolicyRef {
  readonly tenant: string;
  readonly id: string;
  readonly version: number;
}

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

/** Every version of every policy of these tenants that may still match events, with the latest marked. */
export async function versionsInUse(
  tx: Tx,
  tenants: readonly string[],
): Promise<(PolicyRef & { latest: boolean; deleted: boolean })[]> {
  return tx.query(
    `SELECT v.tenant, v.id, v.version, v.version = p.latest AS latest, p.deleted_at IS NOT NULL AS deleted
     FROM relance.policies p JOIN relance.policy_versions v ON v.tenant = p.tenant AND v.id = p.id
     WHERE p.tenant = ANY($1) ORDER BY v.tenant, v.id, v.version DESC`,
    [tenants],
  );
}
