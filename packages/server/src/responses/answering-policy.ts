// What the policies of follow-ups say of answering them, and the zones they count in: for pages, text messages and buttons alike.
import { answeringOf, type FollowUp } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { zonesOfPolicies } from '../store/sql/calendar.ts';
import { type PolicyRef, readPolicyVersions, versionKey } from '../store/sql/policy-version.ts';

export interface AnsweringPolicy {
  /** Where the version is not there, what holds where nothing is said. */
  readonly policy: ReturnType<typeof answeringOf>;
  /** Null: it has no calendar. */
  readonly zone: string | null;
}

/** Of each of these follow-ups; a statement for each kind of thing, however many there are. */
export async function answeringPolicies(
  tx: Tx,
  followUps: readonly FollowUp[],
): Promise<(followUp: FollowUp) => AnsweringPolicy> {
  const refs = [...new Map(followUps.map(refOf).map((ref) => [versionKey(ref), ref])).values()];
  const zones = await zonesOfPolicies(tx, refs);
  const published = await readPolicyVersions(tx, refs);
  const policies = new Map(published.map((one) => [versionKey(one), answeringOf(one.written)]));
  return (followUp) => {
    const version = versionKey(refOf(followUp));
    return { policy: policies.get(version) ?? answeringOf(undefined), zone: zones.get(version) ?? null };
  };
}

const refOf = ({ tenant, policy: id, version }: FollowUp): PolicyRef => ({ tenant, id, version });
