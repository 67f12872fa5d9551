// Groups: a named, ordered set of recipients.
import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '../database.ts';
import { deletionOf, firstVersion, lockVersion } from './last-version.ts';

export interface WrittenGroup {
  readonly id: string;
  readonly name: string | null;
  readonly members: readonly string[];
}
export interface StoredGroup extends WrittenGroup {
  readonly version: number;
}

/**
 * The same name and members again are the same version, and nothing is written. `check` sees what there is, which nobody else can change
 * by then, and throws where it is not to be written over.
 */
export async function putGroup(
  tx: Tx,
  tenant: string,
  group: WrittenGroup,
  check: (before: StoredGroup | null) => void = () => {},
): Promise<StoredGroup> {
  await lockVersion(tx, 'group', tenant, group.id); // also where there is none yet
  const before = await lockedGroup(tx, tenant, group.id);
  check(before);
  if (before !== null && isDeepStrictEqual(before, { ...group, version: before.version })) return before;
  const [row] = await tx.query<{ readonly version: number }>(
    `INSERT INTO relance.groups AS g (tenant, id, name, version) VALUES ($1, $2, $3, ${firstVersion('group', '$1', '$2')})
     ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, version = g.version + 1, updated_at = clock_timestamp() RETURNING version`,
    [tenant, group.id, group.name],
  );
  await tx.query('DELETE FROM relance.group_members WHERE tenant = $1 AND group_id = $2', [tenant, group.id]);
  await tx.query(
    `INSERT INTO relance.group_members (tenant, group_id, recipient, position)
     SELECT $1, $2, recipient, min(position) FROM unnest($3::text[]) WITH ORDINALITY AS m(recipient, position) GROUP BY recipient`,
    [tenant, group.id, group.members],
  );
  if (row === undefined) throw new Error('A group was written, and nothing came back.');
  return { ...group, version: row.version };
}

const SELECT = `SELECT g.id, g.version, g.name, coalesce((SELECT json_agg(m.recipient ORDER BY m.position) FROM relance.group_members m WHERE m.tenant = g.tenant AND m.group_id = g.id), '[]') AS members
  FROM relance.groups g`;

/** Nobody else changes it until the transaction ends; whoever takes a turn in it goes on. */
async function lockedGroup(tx: Tx, tenant: string, id: string): Promise<StoredGroup | null> {
  // Members are read by a statement of their own, when nobody can change them any more.
  await tx.query('SELECT FROM relance.groups WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE', [tenant, id]);
  return getGroup(tx, tenant, id);
}

export async function getGroup(tx: Tx, tenant: string, id: string): Promise<StoredGroup | null> {
  const [row] = await tx.query<StoredGroup>(`${SELECT} WHERE g.tenant = $1 AND g.id = $2`, [tenant, id]);
  return row ?? null;
}

export interface Colleague {
  readonly id: string;
  readonly name: string | null;
}

/** By group: the first of those who are in it beside one of its members, in its order; nobody for whoever is not in it. */
export async function othersOf(
  tx: Tx,
  tenant: string,
  groups: readonly string[],
  member: string,
  limit: number,
): Promise<Map<string, Colleague[]>> {
  const rows = await tx.query<Colleague & { readonly group_id: string }>(
    `SELECT x.group_id, o.id, o.name FROM unnest($2::text[]) AS x(group_id),
       LATERAL (SELECT r.id, r.name, m.position FROM relance.group_members m JOIN relance.recipients r ON r.tenant = m.tenant AND r.id = m.recipient
         WHERE m.tenant = $1 AND m.group_id = x.group_id AND m.recipient <> $3
           AND EXISTS (SELECT FROM relance.group_members own WHERE own.tenant = $1 AND own.group_id = x.group_id AND own.recipient = $3)
         ORDER BY m.position LIMIT $4) o
     ORDER BY x.group_id, o.position`,
    [tenant, groups, member, limit],
  );
  return Map.groupBy(rows, (row) => row.group_id);
}

export async function groupNames(tx: Tx, tenant: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; name: string | null }>(
    'SELECT id, name FROM relance.groups WHERE tenant = $1 AND id = ANY($2::text[])',
    [tenant, ids],
  );
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
}

export async function listGroups(tx: Tx, tenant: string, after: string | null, limit: number): Promise<StoredGroup[]> {
  return tx.query(`${SELECT} WHERE g.tenant = $1 AND ($2::text IS NULL OR g.id > $2) ORDER BY g.id LIMIT $3`, [
    tenant,
    after,
    limit,
  ]);
}

export async function deleteGroup(tx: Tx, tenant: string, id: string): Promise<boolean> {
  return (await tx.query(deletionOf('group'), [tenant, id])).length > 0;
}

export async function knownGroups(tx: Tx, tenant: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM relance.groups WHERE tenant = $1', [tenant]);
  return new Set(rows.map((row) => row.id));
}

/** Whether anybody is in a group: a known recipient, only ids that nobody has, or no member at all. */
export type GroupReach = 'reaches' | 'strangers' | 'empty';

/** By id; groups that do not exist are left out. */
export async function groupReach(tx: Tx, tenant: string, ids: readonly string[]): Promise<Map<string, GroupReach>> {
  const rows = await tx.query<{ id: string; reach: GroupReach }>(
    `SELECT g.id, CASE
       WHEN NOT EXISTS (SELECT FROM relance.group_members m WHERE m.tenant = g.tenant AND m.group_id = g.id) THEN 'empty'
       WHEN EXISTS (SELECT FROM relance.group_members m JOIN relance.recipients r ON r.tenant = m.tenant AND r.id = m.recipient
                    WHERE m.tenant = g.tenant AND m.group_id = g.id) THEN 'reaches'
       ELSE 'strangers' END AS reach
     FROM relance.groups g WHERE g.tenant = $1 AND g.id = ANY($2)`,
    [tenant, ids],
  );
  return new Map(rows.map((row) => [row.id, row.reach]));
}

/** The first members, in their order. */
export async function groupMembers(tx: Tx, tenant: string, id: string, limit: number): Promise<string[]> {
  const rows = await tx.query<{ recipient: string }>(
    'SELECT recipient FROM relance.group_members WHERE tenant = $1 AND group_id = $2 ORDER BY position LIMIT $3',
    [tenant, id, limit],
  );
  return rows.map((row) => row.recipient);
}
