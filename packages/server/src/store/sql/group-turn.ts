// Whose turn it is in a group: each pick of a strategy is a row of its own, so that nobody waits for a group that somebody
// else's open transaction has picked from; the newest of each member counts, and older ones are forgotten by the sweep.
import type { Group } from '@relance/core';
import type { Tx } from '../database.ts';

export interface Turn {
  readonly tenant: string;
  readonly group: string;
  readonly recipient: string;
}

/** Who was picked when, and who is asked about how much, of the first members of these groups. */
export async function gatherPicks(
  tx: Tx,
  groups: readonly { readonly tenant: string; readonly id: string; readonly members: readonly string[] | null }[],
): Promise<Map<string, Pick<Group, 'turns' | 'load'>>> {
  const found = new Map<string, { turns: Map<string, number>; load: Map<string, number> }>();
  if (groups.length === 0) return found;
  const members = groups.flatMap(({ tenant, id, members: own }) =>
    (own ?? []).map((member) => ({ tenant, id, member })),
  );
  const rows = await tx.query<{ tenant: string; id: string; member: string; turn: number | null; load: number }>(
    `SELECT x.tenant, x.id, x.member,
       (SELECT max(t.turn) FROM relance.group_turns t WHERE t.tenant = x.tenant AND t.group_id = x.id AND t.recipient = x.member) AS turn,
       (SELECT count(*) FROM relance.follow_ups f WHERE f.tenant = x.tenant AND f.assignee = x.member AND f.status IN ('open', 'acknowledged')) AS load
     FROM unnest($1::text[], $2::text[], $3::text[]) AS x(tenant, id, member)`,
    [members.map(({ tenant }) => tenant), members.map(({ id }) => id), members.map(({ member }) => member)],
  );
  for (const { tenant, id, member, turn, load } of rows) {
    const key = `${tenant}\n${id}`;
    const own = found.get(key) ?? { turns: new Map<string, number>(), load: new Map<string, number>() };
    found.set(key, own);
    if (turn !== null) own.turns.set(member, turn);
    own.load.set(member, load);
  }
  return found;
}

export async function insertTurns(tx: Tx, turns: readonly Turn[]): Promise<void> {
  if (turns.length === 0) return;
  await tx.query(
    'INSERT INTO relance.group_turns (tenant, group_id, recipient) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])',
    [turns.map(({ tenant }) => tenant), turns.map(({ group }) => group), turns.map(({ recipient }) => recipient)],
  );
}
