// To whom somebody may give what they are asked, by page and by mail: who shares a group with them, their manager, and whoever the
// follow-up's page names anyway. Nobody else, so that a link tells nobody who is known here. By API key anybody may be named.
import type { FollowUp } from '@relance/core';
import type { Tx } from '../database.ts';
import { addressForms } from './address-forms.ts';

export interface Giver {
  readonly tenant: string;
  readonly recipient: string;
  readonly followUp: Pick<FollowUp, 'requester' | 'escalated'>;
}
export interface Candidate {
  readonly id: string;
  readonly name: string | null;
}

/** $1 tenant, $2 giver, $3 of the follow-up. */
const MAY = `r.tenant = $1 AND r.id <> $2 AND (r.id = ANY($3::text[])
  OR r.id IN (SELECT own.manager FROM relance.recipients own WHERE own.tenant = $1 AND own.id = $2)
  OR r.id IN (SELECT other.recipient FROM relance.group_members own
    JOIN relance.group_members other ON other.tenant = own.tenant AND other.group_id = own.group_id WHERE own.tenant = $1 AND own.recipient = $2))`;
const values = ({ tenant, recipient, followUp: { requester, escalated } }: Giver): readonly unknown[] => [
  tenant,
  recipient,
  [...(requester === null ? [] : [requester]), ...escalated],
];

export const candidateOf = async (tx: Tx, giver: Giver, id: string): Promise<string | null> =>
  (
    await tx.query<Candidate>(`SELECT r.id, r.name FROM relance.recipients r WHERE ${MAY} AND r.id = $4`, [
      ...values(giver),
      id,
    ])
  )[0]?.id ?? null;

/** As replies name them: told apart by name only where all of them are known. */
const CANDIDATES_MAX = 500;
export async function candidatesOf(tx: Tx, giver: Giver): Promise<(Candidate & { readonly addresses: string[] })[]> {
  const all = await tx.query<Candidate & { readonly addresses: string[] }>(
    `SELECT r.id, r.name, array_remove(r.email || ARRAY(SELECT e ->> 'address' FROM jsonb_array_elements(r.endpoints) AS e
       WHERE e ->> 'channel' = 'email' AND e ->> 'copy' IS NULL), NULL) AS addresses
     FROM relance.recipients r WHERE ${MAY} ORDER BY r.id LIMIT $4`,
    [...values(giver), CANDIDATES_MAX + 1],
  );
  return all.length > CANDIDATES_MAX ? [] : all;
}

/** Those of them who have the address, by id. */
export const candidatesAt = (tx: Tx, giver: Giver, email: string): Promise<Candidate[]> =>
  tx.query<Candidate>(
    `SELECT r.id, r.name FROM relance.recipients r
     WHERE relance.endpoint_keys(r.email, r.phone, r.endpoints) && $4::text[] AND ${MAY} ORDER BY r.id LIMIT 2`,
    [...values(giver), addressForms('email', email).map((form) => `email ${form}`)],
  );
