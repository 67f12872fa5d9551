// Policies as they are published and listed. A version is immutable; publishing the same again gives the same version.
// What decisions read is policy-version.ts.
import { createHash } from 'node:crypto';
import type { Tx } from '../database.ts';
import { lockName } from './lock.ts';

export interface StoredPolicy {
  readonly id: string;
  readonly version: number;
  readonly written: Record<string, unknown>;
  readonly deleted: boolean;
}

const digestOf = (written: unknown): string => createHash('sha256').update(JSON.stringify(written)).digest('hex');

/** Held until the transaction ends, by whoever publishes or deletes it. */
async function lockPolicy(tx: Tx, tenant: string, id: string): Promise<void> {
  await lockName(tx, `relance.policy/${tenant}/${id}`);
}

interface Written {
  readonly written: unknown;
  /** The YAML, where it came as such. */
  readonly text: string | null;
  /** Other words for the same are a version of their own. */
  readonly toTheWord: boolean;
}
export interface NextVersion {
  /** What it would be published as. */
  readonly version: number;
  /** It means what the newest version means, in whatever words. */
  readonly means: boolean;
  /** It is the newest version. */
  readonly same: boolean;
  /** Null where there is none. */
  readonly current: number | null;
  /** The number is of one that has been deleted since. */
  readonly deleted: number | null;
  /** Who has written the newest version, or its words after that, and these: null where that is not known, or where it has none. */
  readonly by: string | null;
  readonly words: string | null;
}

/**
 * Locks the policy, so that two publishers take turns; answers with the version the next publication gets, and with the one that
 * there is: null where there is none, or where it was deleted.
 */
export async function nextVersion(
  tx: Tx,
  tenant: string,
  id: string,
  { written, text, toTheWord }: Written,
): Promise<NextVersion> {
  await lockPolicy(tx, tenant, id);
  // Compared as jsonb, so that a policy read over HTTP and sent back in another order of keys is still the same.
  const [row] = await tx.query<Newest>(
    `SELECT v.version, coalesce(v.worded_by, v.created_by) AS by, v.text, v.written::jsonb = $3::jsonb AND p.deleted_at IS NULL AS means,
       NOT $5 OR $4::text IS NULL OR v.text IS NOT DISTINCT FROM $4 AS words, p.deleted_at IS NOT NULL AS deleted FROM relance.policies p
     JOIN relance.policy_versions v ON v.tenant = p.tenant AND v.id = p.id
     WHERE p.tenant = $1 AND p.id = $2 ORDER BY v.version DESC LIMIT 1`,
    [tenant, id, JSON.stringify(written), text, toTheWord],
  );
  if (row === undefined)
    return { version: 1, means: false, same: false, current: null, deleted: null, by: null, words: null };
  const current = row.deleted ? null : row.version;
  const same = row.means && row.words;
  return {
    version: same ? row.version : row.version + 1,
    means: row.means,
    same,
    current,
    deleted: row.deleted ? row.version : null,
    by: row.by,
    words: row.text,
  };
}

interface Newest {
  readonly version: number;
  readonly by: string | null;
  readonly text: string | null;
  readonly means: boolean;
  readonly words: boolean;
  readonly deleted: boolean;
}

export async function publishPolicy(
  tx: Tx,
  tenant: string,
  policy: {
    id: string;
    version: number;
    written: unknown;
    /** The YAML, where it came as such. */
    text?: string | null;
    category: string;
    by: string | null;
  },
): Promise<void> {
  const { id, version, written, text = null, by } = policy;
  await tx.query(
    'INSERT INTO relance.policy_versions (tenant, id, version, written, text, digest, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [tenant, id, version, JSON.stringify(written), text, digestOf(written), by],
  );
  await tx.query(
    `INSERT INTO relance.policies (tenant, id, latest) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, id) DO UPDATE SET latest = excluded.latest, deleted_at = NULL, updated_at = clock_timestamp()`,
    [tenant, policy.id, policy.version],
  );
  // A category not yet defined is created at publication, not essential (POLICY.md).
  await tx.query('INSERT INTO relance.categories (tenant, id, title) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [
    tenant,
    policy.category,
  ]);
}

/** Other words for the same policy: comments, order, spaces. The version stays what it was. */
export async function keepText(
  tx: Tx,
  tenant: string,
  { id, version, text, by }: { id: string; version: number; text: string; by: string | null },
): Promise<void> {
  await tx.query(
    'UPDATE relance.policy_versions SET text = $4, worded_by = $5 WHERE tenant = $1 AND id = $2 AND version = $3 AND text IS DISTINCT FROM $4',
    [tenant, id, version, text, by],
  );
}

const SELECT = `SELECT p.id, v.version, v.written, p.deleted_at IS NOT NULL AS deleted FROM relance.policies p JOIN relance.policy_versions v ON v.tenant = p.tenant AND v.id = p.id`;

export async function getPolicy(
  tx: Tx,
  tenant: string,
  id: string,
  version: number | null,
): Promise<(StoredPolicy & { readonly text: string | null }) | null> {
  const [row] = await tx.query<StoredPolicy & { readonly text: string | null }>(
    `${SELECT.replace('v.written,', 'v.written, v.text,')} AND v.version = coalesce($3, p.latest) WHERE p.tenant = $1 AND p.id = $2`,
    [tenant, id, version],
  );
  return row ?? null;
}

export async function listPolicies(
  tx: Tx,
  tenant: string,
  after: string | null,
  limit: number,
): Promise<StoredPolicy[]> {
  return tx.query(
    `${SELECT} AND v.version = p.latest WHERE p.tenant = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.id > $2) ORDER BY p.id LIMIT $3`,
    [tenant, after, limit],
  );
}

/** What runs: the latest version of each policy that is not deleted, and those that live follow-ups are pinned to. */
export async function policiesInUse(tx: Tx, tenant: string): Promise<StoredPolicy[]> {
  return tx.query(
    `WITH pinned AS MATERIALIZED (SELECT DISTINCT policy, version FROM relance.follow_ups WHERE tenant = $1 AND status IN ('open', 'acknowledged'))
     ${SELECT} WHERE p.tenant = $1 AND ((v.version = p.latest AND p.deleted_at IS NULL)
       OR EXISTS (SELECT FROM pinned WHERE pinned.policy = v.id AND pinned.version = v.version)) ORDER BY p.id, v.version`,
    [tenant],
  );
}

export async function listVersions(
  tx: Tx,
  tenant: string,
  id: string,
): Promise<{ version: number; created_at: number; created_by: string | null; name: string | null }[]> {
  return tx.query(
    `SELECT v.version, v.created_at, v.created_by, k.name FROM relance.policy_versions v
     LEFT JOIN relance.api_keys k ON k.id::text = v.created_by AND k.tenant = v.tenant
     WHERE v.tenant = $1 AND v.id = $2 ORDER BY v.version DESC LIMIT 200`,
    [tenant, id],
  );
}

/** No new follow-ups; live ones go on with the version they are pinned to. */
export async function deletePolicy(tx: Tx, tenant: string, id: string): Promise<boolean> {
  await lockPolicy(tx, tenant, id);
  return (
    (
      await tx.query(
        'UPDATE relance.policies SET deleted_at = clock_timestamp() WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL RETURNING id',
        [tenant, id],
      )
    ).length > 0
  );
}
