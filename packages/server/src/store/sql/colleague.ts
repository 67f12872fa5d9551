// To whom somebody may give what they are asked, by page, inbox and mail: who shares a group with them, their manager, the requester,
// and those it was escalated to. Nobody else, so that a link tells nobody who is known here. By API key anybody may be named.
import type { FollowUp } from '@relance/core';
import type { Tx } from '../database.ts';
import { addressForms } from './address-forms.ts';
import { readRecipients } from './directory.ts';

export interface Giver {
  readonly tenant: string;
  readonly recipient: string;
  readonly followUp: Pick<FollowUp, 'requester' | 'escalated'>;
}
export interface Candidate {
  readonly id: string;
  readonly name: string | null;
  /** Of email, their own. */
  readonly addresses: readonly string[];
}

const namedBy = ({ requester, escalated }: Giver['followUp']): readonly string[] => [
  ...(requester === null ? [] : [requester]),
  ...escalated,
];

/** Of one row: asked of few, by indexes alone, however large their groups are. $1 tenant, $2 giver, $3 of the follow-up. */
const MAY = `r.tenant = $1 AND r.id <> $2 AND (r.id = ANY($3::text[])
  OR EXISTS (SELECT FROM relance.recipients own WHERE own.tenant = $1 AND own.id = $2 AND own.manager = r.id)
  OR EXISTS (SELECT FROM relance.group_members own
    JOIN relance.group_members other ON other.tenant = own.tenant AND other.group_id = own.group_id AND other.recipient = r.id
    WHERE own.tenant = $1 AND own.recipient = $2))`;

export const candidateOf = (tx: Tx, giver: Giver, id: string): Promise<string | null> =>
  oneOf(tx, giver, 'r.id = $4', id);

/** The first by id where several share the address. */
export const candidateAt = (tx: Tx, giver: Giver, email: string): Promise<string | null> =>
  oneOf(
    tx,
    giver,
    'relance.endpoint_keys(r.email, r.phone, r.endpoints) && $4::text[]',
    addressForms('email', email).map((form) => `email ${form}`),
  );

async function oneOf(
  tx: Tx,
  { tenant, recipient, followUp }: Giver,
  asked: string,
  value: unknown,
): Promise<string | null> {
  const [row] = await tx.query<{ readonly id: string }>(
    `SELECT r.id FROM relance.recipients r WHERE ${asked} AND ${MAY} ORDER BY r.id LIMIT 1`,
    [tenant, recipient, namedBy(followUp), value],
  );
  return row?.id ?? null;
}

/** As replies name them: told apart by name only where all of them are known. */
const CANDIDATES_MAX = 500;
export async function candidatesOf(tx: Tx, { tenant, recipient, followUp }: Giver): Promise<readonly Candidate[]> {
  // Of a group that is too large to tell its members apart no more is read than shows it.
  const ids = await tx.query<{ readonly id: string }>(
    `SELECT id FROM (SELECT unnest($3::text[]) AS id
       UNION SELECT manager FROM relance.recipients WHERE tenant = $1 AND id = $2 AND manager IS NOT NULL
       UNION SELECT other.recipient FROM relance.group_members own, LATERAL (SELECT m.recipient FROM relance.group_members m
         WHERE m.tenant = $1 AND m.group_id = own.group_id ORDER BY m.recipient LIMIT $4) AS other WHERE own.tenant = $1 AND own.recipient = $2) AS theirs
     WHERE id <> $2 LIMIT $4`,
    [tenant, recipient, namedBy(followUp), CANDIDATES_MAX + 2],
  );
  if (ids.length > CANDIDATES_MAX) return [];
  const known = await readRecipients(
    tx,
    ids.map(({ id }) => ({ tenant, id })),
  );
  return known.map(({ recipient: { id, name, email, endpoints } }) => ({
    id,
    name,
    addresses: [
      ...(email === null ? [] : [email]),
      ...endpoints
        .filter(({ channel, copy }) => channel === 'email' && copy === undefined)
        .map(({ address }) => address),
    ],
  }));
}
