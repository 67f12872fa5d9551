// What published policies use: a group, schedule, calendar or template that one names is not deleted under it, and neither is
// the last person whom a fallback or an escalation reaches. Publication and deletion take turns, so that neither misses the other.
import { compilePolicy, type Policy } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { readClock } from '../store/sql/clock.ts';
import { groupReach } from '../store/sql/group.ts';
import { policiesInUse } from '../store/sql/policy.ts';
import { knownRecipients } from '../store/sql/recipient.ts';
import { compiledSchedules } from '../store/sql/schedule.ts';
import { checkReach, onCallAsFallback, type Reach } from './policy-reach.ts';
import { Problem } from './problem.ts';

/** Held until the transaction ends: by deletions alone, by publications together. */
export async function takeTurns(tx: Tx, tenant: string, who: 'publication' | 'deletion'): Promise<void> {
  const lock = who === 'deletion' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await tx.query(`SELECT ${lock}(hashtextextended($1, 0))`, [`relance.definitions/${tenant}`]);
}

/** Each policy that is published or still runs; one that another release published and this one cannot read names nothing. */
async function readInUse(tx: Tx, tenant: string): Promise<readonly Policy[]> {
  return (await policiesInUse(tx, tenant)).flatMap(({ written, version }) => {
    const compiled = compilePolicy(written, version);
    return compiled.ok ? [compiled.policy] : [];
  });
}

const templatesOf = ({ stages, closing }: Policy): readonly (string | null)[] =>
  [...stages.map((stage) => stage.notify), ...Object.values(closing)].flat().map((notify) => notify.template);

const NAMES = {
  calendar: ({ calendarSource }, id) => calendarSource?.kind === 'named' && calendarSource.id === id,
  group: ({ needs }, id) => needs.groups.includes(id),
  schedule: ({ needs }, id) => needs.schedules.some((one) => one.id === id),
  template: (policy, id) => templatesOf(policy).includes(id),
} satisfies Readonly<Record<string, (policy: Policy, id: string) => boolean>>;

/** Throws 409 when a published policy names it. */
export async function refuseUsed(tx: Tx, tenant: string, noun: keyof typeof NAMES, id: string): Promise<void> {
  await takeTurns(tx, tenant, 'deletion');
  const naming = (await readInUse(tx, tenant)).filter((policy) => NAMES[noun](policy, id));
  if (naming.length > 0) throw inUse(`The ${noun} "${id}" is named by`, naming);
}

/** Carries the deletion of a recipient out, and throws 409 when a policy that reached somebody now reaches nobody. */
export async function refuseUnreached(tx: Tx, tenant: string, id: string, remove: () => Promise<void>): Promise<void> {
  await takeTurns(tx, tenant, 'deletion');
  const policies = await readInUse(tx, tenant);
  const before = await unreached(tx, tenant, policies);
  await remove();
  const after = await unreached(tx, tenant, policies);
  const broken = after.filter((policy) => !before.includes(policy));
  if (broken.length > 0) throw inUse(`Without the recipient "${id}" nobody is reached by`, broken);
}

async function unreached(tx: Tx, tenant: string, policies: readonly Policy[]): Promise<readonly Policy[]> {
  const reach = await reachOf(tx, tenant, policies);
  return policies.filter((policy) => checkReach(policy, reach, 'error').some(({ severity }) => severity === 'error'));
}

/** Who of those that these policies name is there. */
export async function reachOf(tx: Tx, tenant: string, policies: readonly Policy[]): Promise<Reach> {
  const [{ now }, asked] = await Promise.all([
    readClock(tx),
    compiledSchedules(
      tx,
      policies.flatMap((policy) => policy.needs.schedules.map(({ id }) => ({ tenant, id }))),
    ),
  ]);
  const schedules = new Map(asked.map(({ id, schedule }) => [id, schedule]));
  const people = policies.flatMap((policy) => [
    ...policy.needs.recipients,
    ...onCallAsFallback(policy, schedules, now),
  ]);
  const [recipients, groups] = await Promise.all([
    knownRecipients(tx, tenant, [...new Set(people)]),
    groupReach(tx, tenant, [...new Set(policies.flatMap((policy) => policy.needs.groups))]),
  ]);
  return { recipients, groups, schedules, now };
}

function inUse(what: string, policies: readonly { readonly id: string }[]): Problem {
  const ids = [...new Set(policies.map((policy) => policy.id))];
  const named = ids.map((one) => `"${one}"`).join(', ');
  return new Problem('in_use', `${what} the published ${ids.length === 1 ? 'policy' : 'policies'} ${named}.`, {
    policies: ids,
  });
}
